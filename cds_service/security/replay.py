"""Ids of tokens that were used -> is this the first time? In memory, until each token ends."""

from __future__ import annotations

import hashlib
import heapq
import threading
from collections.abc import Callable

from cds_service.errors import Unavailable

MOST = 500_000  # tokens at one time; about 100 MB
_LATER = 60  # seconds; by then some tokens have ended


class SeenTokens:
    """Kept by one process: production therefore runs one worker with threads.

    Of each token only a digest is kept, so that long ids take no more room than short ones.
    """

    def __init__(self, clock: Callable[[], float], most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._lock = threading.Lock()
        self._known: set[bytes] = set()
        self._ending: list[tuple[float, bytes]] = []

    def first(self, iss: str, jti: str, until: float) -> bool:
        """True once for each id of an issuer; raises Unavailable when no more can be kept."""
        token = _digest(iss, jti)
        with self._lock:
            self._forget()
            if token in self._known:
                return False
            if len(self._known) >= self._most:
                raise Unavailable("Too many tokens at one time.", _LATER)
            self._known.add(token)
            heapq.heappush(self._ending, (until, token))
            return True

    def _forget(self) -> None:
        now = self._clock()
        while self._ending and self._ending[0][0] < now:
            self._known.discard(heapq.heappop(self._ending)[1])


def _digest(iss: str, jti: str) -> bytes:
    """The issuer's length stands first: no two pairs give the same bytes."""
    issuer = iss.encode("utf-8", "surrogatepass")
    told = jti.encode("utf-8", "surrogatepass")
    return hashlib.sha256(len(issuer).to_bytes(4) + issuer + told).digest()[:16]
