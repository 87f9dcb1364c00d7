"""The registered address of a client's key set -> its public keys, cached as it allows."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from cds_service.clients import Client
from cds_service.domain import RepeatedKeys
from cds_service.errors import NotAuthenticated, RequestError, Unavailable
from cds_service.strict_json import parse

SECONDS = 3.0  # for one key set
LIMIT = 64 * 1024  # bytes of one key set
BETWEEN = 60.0  # seconds between two requests for one key set
_DEFAULT_AGE, _LONGEST_AGE = 300.0, 24 * 3600.0
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=([0-9]{1,9})(?:$|[,\s])", re.IGNORECASE)
_NO_CACHE = re.compile(r"no-store|no-cache", re.IGNORECASE)


class Document(Protocol):
    """An HTTP answer."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...


# (address, seconds, most bytes) -> the answer, None where none came
Get = Callable[[str, float, int], Document | None]


@dataclass
class _Kept:
    """What is known of one address."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    keys: tuple[Mapping[str, Any], ...] = ()
    good_until: float = -1.0
    asked: float = float("-inf")


class KeySets:
    """Keys of every client; only registered addresses are ever asked."""

    def __init__(self, get: Get, monotonic: Callable[[], float]) -> None:
        self._get = get
        self._now = monotonic
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def of(self, client: Client, kid: str) -> tuple[Mapping[str, Any], ...]:
        """Keys of this id. Raises Unavailable where none were ever read or all are too old."""
        if not client.jwks:
            return _named(client.keys, kid)
        with self._lock:
            kept = self._kept.setdefault(client.jwks, _Kept())
        with kept.lock:  # one request at a time for one address
            found = _named(kept.keys, kid) if self._now() < kept.good_until else ()
            if found:
                return found
            self._refresh(client.jwks, kept)
            if self._now() >= kept.good_until:
                raise Unavailable("The keys of this client cannot be read.", round(BETWEEN))
            return _named(kept.keys, kid)

    def _refresh(self, address: str, kept: _Kept) -> None:
        if self._now() - kept.asked < BETWEEN:
            return
        kept.asked = self._now()
        document = self._get(address, SECONDS, LIMIT)
        keys = _read(document) if document is not None else ()
        if document is not None and keys:
            kept.keys = keys
            kept.good_until = self._now() + _age(document.headers)


def _named(keys: tuple[Mapping[str, Any], ...], kid: str) -> tuple[Mapping[str, Any], ...]:
    """The one key of an id; two keys of the same id are a damaged set."""
    found = tuple(key for key in keys if key.get("kid") == kid)
    if len(found) > 1:
        raise NotAuthenticated("key-id-not-unique")
    return found


def _read(document: Document) -> tuple[Mapping[str, Any], ...]:
    if document.status != 200:
        return ()
    try:
        value = parse(document.body)
    except RequestError:
        return ()
    listed = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(listed, list) or isinstance(value, RepeatedKeys):
        return ()
    return tuple(
        key for key in listed if isinstance(key, dict) and not isinstance(key, RepeatedKeys)
    )


def _age(headers: Mapping[str, str]) -> float:
    """How long the answer may be kept; at least as long as it takes to be asked again."""
    said = next((v for k, v in headers.items() if k.lower() == "cache-control"), "")
    if _NO_CACHE.search(said):
        return BETWEEN
    stated = _MAX_AGE.search(said)
    age = float(stated.group(1)) if stated else _DEFAULT_AGE
    return min(max(age, BETWEEN), _LONGEST_AGE)
