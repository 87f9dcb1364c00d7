"""Lines -> files that outlive the process -> groups of records for the store.

Each process appends to a file of its own and holds it locked. What a dead process left is adopted
by whoever gets the lock. A line that is no record is set aside in a file beside, never dropped.
"""

from __future__ import annotations

import logging
import os
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cds_service.store.lines import VERSION, DamagedLine, Entry, NewerLine, read, written
from cds_service.store.segment import SUFFIX, Segment, adopt, create

GROUP = 200  # records in one transaction
LARGEST = 8 * 1024 * 1024  # bytes of one file, before the next is begun
ASIDE = "set-aside"
_LOGGER = logging.getLogger("cds_service")
_OURS = f"v{VERSION}-"


@dataclass(frozen=True)
class Group:
    """The next lines of one file."""

    segment: Segment
    lines: int
    size: int  # bytes
    entries: tuple[Entry, ...]
    damaged: tuple[bytes, ...]
    newer: tuple[tuple[int, bytes], ...]  # with their version


class Spool:
    """The spool files of one process; 'append' is for every thread, the rest for one."""

    def __init__(self, folder: Path, largest: int = LARGEST) -> None:
        self._folder = folder
        self._largest = largest
        self._lock = threading.Lock()
        self._own: list[Segment] = []  # the last one is appended to
        self._adopted: list[Segment] = []
        self.waiting = 0  # lines
        self.oldest: int | None = None  # of those, in milliseconds since 1970
        self.damaged = 0  # lines set aside since the start
        self.unreadable = 0  # how often a file could not be read

    def append(self, entry: Entry) -> None:
        """Keep one record; raises OSError, and DamagedLine for what is no JSON."""
        line = written(entry)
        with self._lock:
            if not self._own or not self._own[-1].more or self._own[-1].size >= self._largest:
                self._begin()
            self._own[-1].append(line)
            self.waiting += 1
            if self.oldest is None:
                self.oldest = entry.at

    def _begin(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = create(self._folder / f"{_OURS}{uuid.uuid4().hex}{SUFFIX}")
        if self._own:
            self._own[-1].more = False
        self._own.append(made)

    def adopt(self) -> int:
        """Take over the files of dead processes; how many."""
        found = 0
        held = {segment.path for segment in (*self._own, *self._adopted)}
        for path in sorted(set(self._folder.glob(f"{_OURS}*{SUFFIX}")) - held):
            try:
                found += self._take(path)
            except OSError:
                self._tell_unreadable()
        self._notice_removed()
        return found

    def _take(self, path: Path) -> bool:
        segment = adopt(path)
        if segment is None:
            return False
        lines = segment.count()
        with self._lock:
            self._adopted.append(segment)
            self.waiting += lines
        return True

    def _tell_unreadable(self) -> None:
        self.unreadable += 1
        _LOGGER.error("a spool file cannot be read")

    def _notice_removed(self) -> None:
        """A file that somebody deleted is filed from here on, and not appended to."""
        with self._lock:
            if self._own and self._own[-1].more and not self._own[-1].in_place():
                _LOGGER.error("a spool file was removed while it was in use")
                self._own[-1].more = False

    def next_group(self) -> Group | None:
        """The next lines to file, oldest file first; None where none wait that can be read."""
        for segment in (*self._adopted, *self._own):
            try:
                lines = segment.lines(GROUP)
            except OSError:
                self._tell_unreadable()
                continue
            if lines:
                return self._group(segment, lines)
            self._finish(segment)
        return None

    def _group(self, segment: Segment, lines: Sequence[bytes]) -> Group:
        found = _group(segment, lines)
        if found.entries:
            self.oldest = found.entries[0].at
        return found

    def filed(self, group: Group) -> None:
        """The store has these records: set aside what was none, and delete a file that is done."""
        segment = group.segment
        self.set_aside(group.damaged, segment)
        for version, line in group.newer:
            self._leave(version, line, segment)
        with self._lock:
            segment.filed += group.size
            self.waiting -= group.lines
            if not self.waiting:
                self.oldest = None
        self._finish(segment)

    def set_aside(self, lines: Sequence[bytes], segment: Segment) -> None:
        """Keep lines that are no record for a person to look at; their file stays if that fails."""
        if not lines:
            return
        self.damaged += len(lines)
        _LOGGER.error("damaged lines of the spool were set aside", extra={"lines": len(lines)})
        folder = self._folder / ASIDE
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            _write(folder / f"{segment.path.stem}.txt", b"".join(map(_ended, lines)))
        except OSError:
            segment.kept = True

    def _leave(self, version: int, line: bytes, segment: Segment) -> None:
        """A line of a newer version waits for it under the name that it looks for."""
        _LOGGER.error("a line of the spool waits for a newer version of this service")
        path = self._folder / f"v{version}-{uuid.uuid4().hex}{SUFFIX}"
        try:
            _write(path.with_suffix(".new"), _ended(line))
            path.with_suffix(".new").rename(path)
        except OSError:
            segment.kept = True

    def _finish(self, segment: Segment) -> None:
        """Empty the file that is appended to, delete another; what fails is tried again."""
        with self._lock:
            if segment.filed < segment.size:
                return
            try:
                self._let_go(segment)
            except OSError:
                segment.more = False

    def _let_go(self, segment: Segment) -> None:
        if segment.more and not segment.kept:
            if segment.size:
                segment.empty()
            return
        segment.more = False
        segment.release() if segment.kept else segment.delete()
        for held in (self._adopted, self._own):
            if segment in held:
                held.remove(segment)

    def sync(self) -> None:
        """The store is away for longer: what waits shall outlive a power cut; raises OSError."""
        with self._lock:
            own = tuple(self._own)
        for segment in own:
            segment.sync()

    def close(self) -> None:
        """Leave what is not filed to the next process."""
        with self._lock:
            for segment in self._own:
                segment.more = False
        for segment in (*self._adopted, *self._own):
            self._finish(segment)
        with self._lock:
            for segment in (*self._adopted, *self._own):
                segment.release()
            self._adopted, self._own = [], []


def _group(segment: Segment, lines: Sequence[bytes]) -> Group:
    entries: list[Entry] = []
    damaged: list[bytes] = []
    newer: list[tuple[int, bytes]] = []
    for line in lines:
        try:
            entries.append(read(line))
        except NewerLine as error:
            newer.append((error.version, line))
        except DamagedLine:
            damaged.append(line)
    size = sum(map(len, lines))
    return Group(segment, len(lines), size, tuple(entries), tuple(damaged), tuple(newer))


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
        file.write(data)


def _ended(line: bytes) -> bytes:
    return line.rstrip(b"\n") + b"\n"
