"""A worker that is being stopped takes who waits, and no flood keeps it from its end."""

from __future__ import annotations

import logging
import selectors
import socket
from collections.abc import Iterator

import pytest
from gunicorn.config import Config

from cds_service.doors.worker import QUEUE, WholeRequestWorker


class Flooded(WholeRequestWorker):
    """Whenever it takes a connection, as many have come in the meantime and gone again."""

    taken = 0

    def accept(self, listener: object) -> bool:
        self.taken += 1
        assert self.taken < 10 * QUEUE, "it goes on for ever"
        return True


@pytest.fixture
def flooded() -> Iterator[Flooded]:
    with socket.create_server(("127.0.0.1", 0)) as bound, selectors.DefaultSelector() as poller:
        worker = Flooded(0, 0, [bound], None, 30, Config(), logging.getLogger("flooded"))
        worker.poller = poller
        worker.set_accept_enabled(True)
        yield worker
        worker.tmp.close()


def test_a_flood_does_not_keep_the_door_open(flooded: Flooded) -> None:
    flooded.alive = False
    flooded.set_accept_enabled(False)
    assert flooded.taken == QUEUE + 1
    assert [listener.fileno() for listener in flooded.sockets] == [-1]


def test_a_worker_that_is_full_takes_no_more(flooded: Flooded) -> None:
    flooded.alive = False
    flooded.nr_conns = flooded.worker_connections
    flooded.set_accept_enabled(False)
    assert flooded.taken == 0


def test_a_worker_that_goes_on_leaves_the_queue_to_its_loop(flooded: Flooded) -> None:
    flooded.set_accept_enabled(False)
    assert flooded.taken == 0
    assert flooded.sockets[0].fileno() != -1
