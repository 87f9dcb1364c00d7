"""Ids of tokens that were used -> is this the first time? In memory, until each token ends."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable

from cds_service.errors import Unavailable

MOST = 1_000_000  # ids at one time; about 200 MB
_LATER = 60  # seconds; by then some tokens have ended


class SeenTokens:
    """Kept by one process: production therefore runs one worker with threads."""

    def __init__(self, clock: Callable[[], float], most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._lock = threading.Lock()
        self._known: set[tuple[str, str]] = set()
        self._ending: list[tuple[float, tuple[str, str]]] = []

    def first(self, iss: str, jti: str, until: float) -> bool:
        """True once for each id of an issuer; raises Unavailable when no more can be kept."""
        with self._lock:
            self._forget()
            if (iss, jti) in self._known:
                return False
            if len(self._known) >= self._most:
                raise Unavailable("Too many tokens at one time.", _LATER)
            self._known.add((iss, jti))
            heapq.heappush(self._ending, (until, (iss, jti)))
            return True

    def _forget(self) -> None:
        now = self._clock()
        while self._ending and self._ending[0][0] < now:
            self._known.discard(heapq.heappop(self._ending)[1])
