"""The registered key set of a client -> its public keys, cached for as long as it allows.

Pinned keys are read once. An address is asked at the start, again when half of its time is over
(by a thread of its own, so that no call waits), and once a minute at most for a key id that is not
known. While it cannot be reached, what was read is used to the end of its time and no longer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from cds_service.clients import Client
from cds_service.domain import RepeatedKeys
from cds_service.errors import RequestError, SettingsError, Unavailable
from cds_service.security.freshness import LEAST_AGE, lifetime
from cds_service.security.public_keys import PublicKey
from cds_service.strict_json import parse

SECONDS = 3.0  # for one key set
LIMIT = 64 * 1024  # bytes of one key set
BETWEEN = LEAST_AGE  # seconds between two requests for one key set
RETRY = 10.0  # seconds after a failure, where no key can be used
WAITING = 16  # threads that may wait for key sets at one time; the others serve other clients
_WORDS = "The keys of this client cannot be read for the moment."


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
Keys = tuple[PublicKey, ...]


class KeySets:
    """Keys of every client; only registered addresses are ever asked."""

    def __init__(self, clients: Iterable[Client], get: Get, monotonic: Callable[[], float]) -> None:
        """Raises SettingsError for a pinned key that could never check a token."""
        clients = tuple(clients)
        self._pinned = {_name(client): _pinned(client) for client in clients if client.keys}
        asked = {client.jwks for client in clients if client.jwks and not client.keys}
        self._places = threading.BoundedSemaphore(WAITING)
        self._sets = {address: _KeySet(address, get, monotonic) for address in asked}

    def of(self, client: Client, kid: str) -> Keys:
        """Keys of this id. Raises Unavailable where none were ever read or all are too old."""
        if client.keys:
            return _named(self._pinned[_name(client)], kid)
        return self._sets[client.jwks].of(kid, self._places)

    def warm(self) -> None:
        """Ask every address once, all at the same time; calls then find the keys there."""
        threads = [threading.Thread(target=kept.ask, daemon=True) for kept in self._sets.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS)


@dataclass(frozen=True)
class _Held:
    """What one answer gave; times are of the monotonic clock."""

    keys: Keys = ()
    old: float = float("-inf")  # ask again, though the keys are good
    dead: float = float("-inf")  # the keys are good no longer


class _KeySet:
    """The keys of one address."""

    def __init__(self, address: str, get: Get, monotonic: Callable[[], float]) -> None:
        self._address = address
        self._get = get
        self._now = monotonic
        self._held = _Held()
        self._next = float("-inf")  # not asked before this
        self._asking = threading.Lock()  # held by whoever asks

    def of(self, kid: str, places: threading.BoundedSemaphore) -> Keys:
        if found := self._good(kid):
            self._renew()
            return found
        if self._due:
            self._ask_or_wait(places)
        if self._now() >= self._held.dead:
            raise Unavailable(_WORDS, round(RETRY))
        return self._good(kid)

    def ask(self) -> None:
        """Ask, unless that was done while waiting for it."""
        with self._asking:
            if self._due:
                self._ask()

    @property
    def _due(self) -> bool:
        return self._now() >= self._next

    def _good(self, kid: str) -> Keys:
        held = self._held
        return _named(held.keys, kid) if self._now() < held.dead else ()

    def _ask_or_wait(self, places: threading.BoundedSemaphore) -> None:
        """Somebody may be asking; only so many wait, so that a slow address stops nobody else."""
        if not places.acquire(blocking=False):
            raise Unavailable(_WORDS, 1)
        try:
            self.ask()
        finally:
            places.release()

    def _renew(self) -> None:
        """Half of the time is over: one thread asks, and no call waits for it."""
        if self._now() < self._held.old or not self._due:
            return
        if self._asking.acquire(blocking=False):
            thread = threading.Thread(target=self._ask_and_release, daemon=True)
            try:
                thread.start()
            except RuntimeError:  # no thread to be had; the keys are good, a later call tries
                self._asking.release()

    def _ask_and_release(self) -> None:
        try:
            self._ask()
        finally:
            self._asking.release()

    def _ask(self) -> None:
        document = self._get(self._address, SECONDS, LIMIT)
        keys = _read(document) if document is not None else ()
        now = self._now()
        if document is not None and keys:
            age = lifetime(document.headers)
            self._held = _Held(keys, now + age / 2, now + age)
            self._next = now + BETWEEN
        else:
            self._next = min(now + BETWEEN, max(self._held.dead, now + RETRY))


def _name(client: Client) -> tuple[str, ...]:
    return (client.iss, *client.tenants)


def _pinned(client: Client) -> Keys:
    try:
        keys = tuple(PublicKey.read(said) for said in client.keys)
    except ValueError as error:
        raise SettingsError(f"CDS_CLIENTS: {client.site}: keys: {error}") from None
    if len({key.kid for key in keys}) < len(keys):
        raise SettingsError(f"CDS_CLIENTS: {client.site}: keys: the same kid stands in it twice")
    return keys


def _named(keys: Keys, kid: str) -> Keys:
    return tuple(key for key in keys if key.kid == kid)


def _read(document: Document) -> Keys:
    """The keys that can be used; an answer that is no key set gives none."""
    try:
        value = parse(document.body) if document.status == 200 else None
    except RequestError:
        return ()
    listed = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(listed, list) or isinstance(value, RepeatedKeys):
        return ()
    keys = []
    for said in listed:
        if isinstance(said, dict) and not isinstance(said, RepeatedKeys):
            with suppress(ValueError):  # a set may hold keys of other kinds, for other uses
                keys.append(PublicKey.read(said))
    return tuple(keys)
