"""Records that the spool cannot take -> a bounded queue, and how many found no room."""

from __future__ import annotations

import threading
from collections import deque

from cds_service.store.lines import Entry

MOST = 20_000  # records
MOST_BYTES = 64 * 1024 * 1024
_AROUND = 2_000  # bytes of an entry beside the input that it carries, about


class Memory:
    """Lost with the process: for the time in which a disk is full, and no longer."""

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self.lost = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def oldest(self) -> int | None:
        """Since when the first one waits, in milliseconds since 1970."""
        with self._lock:
            return self._entries[0].at if self._entries else None

    def add(self, entry: Entry) -> bool:
        """Keep one more; False, and counted as lost, where there is no room."""
        size = _size(entry)
        with self._lock:
            if len(self._entries) >= self._most or self._bytes + size > self._most_bytes:
                self.lost += 1
                return False
            self._entries.append(entry)
            self._bytes += size
            return True

    def first(self, most: int) -> tuple[Entry, ...]:
        """The oldest; they stay until they are let go."""
        with self._lock:
            return tuple(self._entries[at] for at in range(min(most, len(self._entries))))

    def let_go(self, number: int) -> None:
        """So many of the oldest are kept elsewhere now."""
        with self._lock:
            for _ in range(number):
                self._bytes -= _size(self._entries.popleft())

    def give_up(self) -> int:
        """The process ends: what is still here is lost, and counted."""
        with self._lock:
            left = len(self._entries)
            self.lost += left
            self._entries.clear()
            self._bytes = 0
        return left


def _size(entry: Entry) -> int:
    return _AROUND + len(entry.content)
