"""A service in production with registered clients, a key set that counts, and a listener."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.clients import Base, Client, Registry
from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of
from cds_service.settings import Mode
from tests.doors.conftest import Events, noon
from tests.security.makers import (
    ISSUER,
    KEY_SET,
    PUBLIC,
    TENANTS_ISSUER,
    ec_key,
    public,
    rsa_key,
)


@dataclass(frozen=True)
class Answered:
    """An HTTP answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class KeySet:
    """The key set of a client: gives what it is told to, and counts."""

    def __init__(self, *keys: Mapping[str, Any]) -> None:
        self.asked: list[str] = []
        self.give(*keys)

    def give(self, *keys: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps({"keys": list(keys)}).encode()
        self.answer: Answered | None = Answered(200, body, headers or {})

    def __call__(self, address: str, seconds: float, most: int) -> Answered | None:
        self.asked.append(address)
        return self.answer


def trust(**changes: Any) -> Client:
    """The client that good tokens come from."""
    return replace(
        Client(
            site="trust-a",
            iss=ISSUER,
            jwks=KEY_SET,
            fhir_servers=(Base.parse("https://fhir.trust.example/r4"),),
            origins=("https://ehr.trust.example",),
        ),
        **changes,
    )


def vendor(site: str, *tenants: str) -> Client:
    """A client of an issuer that signs for several hospitals."""
    keys = (public(ec_key("cloud")),)
    return Client(site=site, iss=TENANTS_ISSUER, keys=keys, tenants=tenants)


@dataclass
class Service:
    """A running service and everything that it did."""

    door: FlaskClient
    events: Events
    keys: KeySet

    @property
    def reason(self) -> str:
        """Why the last call was refused."""
        return self.events.kept[-1].refused


def service_of(desk: Desk, *clients: Client, **flags: Any) -> Service:
    """The production service of these clients."""
    settings = replace(desk.settings, mode=Mode.PRODUCTION, public_url=PUBLIC)
    registered = replace(desk, settings=settings, registry=Registry(clients, **flags))
    events = Events()
    keys = KeySet(public(ec_key()), public(rsa_key()))
    return Service(app_of(registered, events, noon, keys).test_client(), events, keys)


@pytest.fixture
def service(desk: Desk) -> Service:
    others = (vendor("trust-b", "b"), vendor("trust-c", "c", "c-2"))
    return service_of(desk, trust(), *others)


class Listener:
    """Counts who connects; nobody should."""

    def __init__(self) -> None:
        self._bound = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._bound.getsockname()[1]}"
        self.hits = 0
        self._thread = threading.Thread(target=self._count, daemon=True)
        self._thread.start()

    def _count(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._bound.accept()
                self.hits += 1
                connection.close()

    def close(self) -> None:
        self._bound.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._bound.close()


@pytest.fixture(scope="session")
def listener() -> Iterator[Listener]:
    counting = Listener()
    yield counting
    counting.close()


@pytest.fixture(scope="session")
def checkout() -> Path:
    return Path(__file__).parents[2]
