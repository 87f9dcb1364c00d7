"""Ids of tokens that were used -> is this the first time? Here, and among all who share a store."""

from __future__ import annotations

import hashlib
import heapq
import logging
import threading
from collections.abc import Callable

from cds_service.errors import Unavailable

MOST = 500_000  # tokens at one time; about 100 MB
_LATER = 60  # seconds; by then some tokens have ended
_LOGGER = logging.getLogger("cds_service")

# Issuer, id and end of a token -> True once among all processes; raises Unavailable.
FirstUse = Callable[[str, str, float], bool]


def nobody_else(iss: str, jti: str, until: float) -> bool:
    """Where a process is alone, it is the first for every token that it does not know."""
    return True


class SeenTokens:
    """What this process knows, before the others are asked.

    Of each token only a digest is kept, so that long ids take no more room than short ones. Where
    the others cannot be asked, this memory alone decides, unless the site is strict.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        others: FirstUse = nobody_else,
        *,
        strict: bool = False,
        most: int = MOST,
    ) -> None:
        self._clock = clock
        self._others = others
        self._strict = strict
        self._most = most
        self._lock = threading.Lock()
        self._known: dict[bytes, float] = {}
        self._ending: list[tuple[float, bytes]] = []
        self._alone = False

    def first(self, iss: str, jti: str, until: float) -> bool:
        """True once for each id of an issuer; raises Unavailable when nobody can tell."""
        token = _digest(iss, jti)
        if not self._new(token, until):
            return False
        try:
            first = self._others(iss, jti, until)
        except Unavailable:
            self._tell(alone=True)
            if not self._strict:
                return True
            with self._lock:  # the caller was not answered, and may come again with it
                self._known.pop(token, None)
            raise
        self._tell(alone=False)
        return first

    def _new(self, token: bytes, until: float) -> bool:
        with self._lock:
            self._forget()
            if token in self._known:
                return False
            if len(self._known) >= self._most:
                raise Unavailable("Too many tokens at one time.", _LATER)
            self._known[token] = until
            heapq.heappush(self._ending, (until, token))
            return True

    def _forget(self) -> None:
        now = self._clock()
        while self._ending and self._ending[0][0] < now:
            until, token = heapq.heappop(self._ending)
            if self._known.get(token) == until:  # else it came again, and ends later
                del self._known[token]

    def _tell(self, *, alone: bool) -> None:
        if alone == self._alone:
            return
        self._alone = alone
        if alone:
            _LOGGER.error("used tokens are known to this process only", extra={"why": "store"})
        else:
            _LOGGER.warning("used tokens are known to all processes again")


def _digest(iss: str, jti: str) -> bytes:
    """The issuer's length stands first: no two pairs give the same bytes."""
    issuer = iss.encode("utf-8", "surrogatepass")
    told = jti.encode("utf-8", "surrogatepass")
    return hashlib.sha256(len(issuer).to_bytes(4) + issuer + told).digest()[:16]
