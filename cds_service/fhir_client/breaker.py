"""How a server did so far -> whether it may be asked now: a few at once, none while it is down.

A breaker of our own: the known library holds a lock while the call runs, so that the calls of one
server would wait for each other. Time comes from a monotonic clock and is given in seconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import Enum

FAILURES = 3  # in a row
# A trial takes up to 2 seconds, the default budget; with it a mended server is read within 10.
PAUSE = 8.0
AT_ONCE = 8  # calls that read from one server
IN_ALL = 32  # calls that read from any server; half of the threads of the process stay free
_KEPT = 256  # servers remembered


class Entry(Enum):
    """What a call is told at the door of a server."""

    GO = "go"
    PAUSED = "paused"
    CROWDED = "crowded"


@dataclass
class _Standing:
    """One server: calls inside, failures in a row, and until when it rests."""

    inside: int = 0
    failures: int = 0
    rests_until: float = float("-inf")


class Breakers:
    """All servers; thread-safe."""

    def __init__(
        self, clock: Callable[[], float], *, at_once: int = AT_ONCE, in_all: int = IN_ALL
    ) -> None:
        self._clock = clock
        self._at_once = at_once
        self._in_all = in_all
        self._inside = 0
        self._waiting = 0
        self._servers: dict[Hashable, _Standing] = {}
        self._changed = threading.Condition()

    def enter(self, server: Hashable, patience: float) -> Entry:
        """Ask to read; GO must be followed by leave(). Waits up to 'patience' seconds."""
        with self._changed:
            if self._inside + self._waiting >= self._in_all:
                return Entry.CROWDED
            self._waiting += 1
            try:
                self._changed.wait_for(lambda: self._room(server), patience)
            finally:
                self._waiting -= 1
            return self._admit(server)

    def verdict(self, server: Hashable, *, down: bool) -> None:
        """How a call ended; a server that was down three times in a row rests."""
        with self._changed:
            standing = self._standing(server)
            standing.failures = standing.failures + 1 if down else 0
            rests = standing.failures >= FAILURES
            standing.rests_until = self._clock() + PAUSE if rests else float("-inf")
            self._changed.notify_all()

    def leave(self, server: Hashable) -> None:
        """The last request of a call has ended, however long after the call."""
        with self._changed:
            self._inside -= 1
            self._standing(server).inside -= 1
            self._changed.notify_all()

    def _room(self, server: Hashable) -> bool:
        standing = self._standing(server)
        resting = standing.failures >= FAILURES
        return resting or standing.inside < self._at_once

    def _admit(self, server: Hashable) -> Entry:
        standing = self._standing(server)
        if standing.failures >= FAILURES:
            if self._clock() < standing.rests_until:
                return Entry.PAUSED
            # The one call that tries is let in; the others rest until it has ended.
            standing.rests_until = self._clock() + PAUSE
        elif standing.inside >= self._at_once:
            return Entry.CROWDED
        standing.inside += 1
        self._inside += 1
        return Entry.GO

    def _standing(self, server: Hashable) -> _Standing:
        if server not in self._servers and len(self._servers) >= _KEPT:
            idle = [name for name, kept in self._servers.items() if not kept.inside]
            for name in idle[: len(idle) // 2 + 1]:
                del self._servers[name]
        return self._servers.setdefault(server, _Standing())
