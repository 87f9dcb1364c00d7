"""Calls and refusals, counted over a minute -> 429 for whoever goes over the limit.

A client is held to its own quota, so that one cannot use up what the others need. Refused calls are
counted by the address that they come from; there a good token is never turned away, since all
clients may come from the address of one proxy.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address

from cds_service.clients import Client
from cds_service.errors import NotAuthenticated, TooManyRequests

MINUTE = 60.0  # seconds
REFUSALS = 300  # 401s a minute for one remote address; after that they are 429s
_PLACES = 4096  # addresses share so many counters: memory stays bounded whoever comes
_SITE_OF_IPV6 = 64  # bits; one network can take every address below


@dataclass
class _Bucket:
    """Fills over a minute to what a minute allows; every call takes one."""

    left: float
    since: float  # when 'left' was right


class Limiter:
    """Counts in memory; thread-safe. A name's bucket is full when it is first heard of."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._now = monotonic
        self._lock = threading.Lock()
        self._buckets: dict[object, _Bucket] = {}

    def take(self, name: object, per_minute: int) -> None:
        """Count one; raises TooManyRequests with the seconds until there is room for another."""
        rate = per_minute / MINUTE
        with self._lock:
            now = self._now()
            bucket = self._buckets.setdefault(name, _Bucket(per_minute, now))
            bucket.left = min(per_minute, bucket.left + (now - bucket.since) * rate)
            bucket.since = now
            if bucket.left < 1:
                raise TooManyRequests(math.ceil((1 - bucket.left) / rate))
            bucket.left -= 1


class Limits:
    """The limits of this service; built once."""

    def __init__(self, monotonic: Callable[[], float], refusals: int = REFUSALS) -> None:
        self._calls = Limiter(monotonic)
        self._refused = Limiter(monotonic)
        self._most_refusals = refusals

    def call(self, client: Client) -> None:
        """One call of a client; raises TooManyRequests over its quota, 0 of which is no limit."""
        if client.quota:
            self._calls.take((client.site, client.iss, client.tenants), client.quota)

    def refusal(self, remote: str, error: NotAuthenticated) -> None:
        """One refused call of an address; raises TooManyRequests in its place over the limit."""
        try:
            self._refused.take(_place(remote), self._most_refusals)
        except TooManyRequests as over:
            raise TooManyRequests(over.retry_after) from error


def _place(remote: str) -> int:
    """One of a fixed number of counters."""
    try:
        address = ip_address(remote)
    except ValueError:
        return 0
    packed = address.packed
    if isinstance(address, IPv6Address):
        packed = packed[: _SITE_OF_IPV6 // 8]
    return int.from_bytes(blake2b(packed, digest_size=4).digest()) % _PLACES
