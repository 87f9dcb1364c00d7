"""Servers of the tests' own, and what the exchange with them needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from cds_service.fhir_client.deadline import Deadline
from cds_service.fhir_client.transport import Transport
from tests.faults.server import Behaviour, Listener

LIMIT = 1024 * 1024
Serve = Callable[[Behaviour], Listener]
Open = Callable[..., Transport]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server that behaves as told; stops them all at the end."""
    started: list[Listener] = []

    def start(behave: Behaviour) -> Listener:
        started.append(Listener(behave).start())
        return started[-1]

    yield start
    for listener in started:
        listener.stop()


@pytest.fixture
def transport() -> Iterator[Open]:
    """Opens a transport; closes it, and what its deadline watches, at the end."""
    opened: list[tuple[Transport, Deadline]] = []

    def start(seconds: float = 10, limit: int = LIMIT) -> Transport:
        deadline = Deadline(seconds)
        opened.append((Transport(deadline, limit=limit, tls=None), deadline))
        return opened[-1][0]

    yield start
    for one, deadline in opened:
        one.close()
        deadline.expire()
