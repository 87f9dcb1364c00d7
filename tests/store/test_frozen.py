"""A server that is there and does not answer: no time limit of a database helps, ours does."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cds_service.errors import Unavailable
from tests.store.made import decision, until
from tests.store.postgresql import PostgresqlServer
from tests.store.test_tokens import ENDS, started

ITEM = {"card": "c", "outcome": "accepted", "outcomeTimestamp": "2026-11-22T12:00:00Z"}


@pytest.fixture
def server() -> Iterator[PostgresqlServer]:
    own = PostgresqlServer()
    own.start()
    yield own
    own.remove()


@contextmanager
def frozen(server: PostgresqlServer) -> Iterator[None]:
    """All its processes are stopped, and go on afterwards; connections stay open."""
    stopped = _processes(server)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


def _processes(server: PostgresqlServer) -> list[int]:
    """The server first, so that it starts no other meanwhile."""
    main = int((server.folder / "data" / "postmaster.pid").read_text("ascii").split()[0])
    children = Path(f"/proc/{main}/task/{main}/children").read_text("ascii").split()
    return [main, *map(int, children)]


def test_a_server_that_is_frozen_holds_nobody_up_and_is_used_again_when_it_wakes(
    server: PostgresqlServer, tmp_path: Path
) -> None:
    url = server.url(server.new_database())
    with started(url, tmp_path) as store:
        assert store.first_use("a", "before", ENDS)
        store.feedback("local", "service", [ITEM])
        with frozen(server):
            began = time.monotonic()
            for number in range(20):
                with pytest.raises(Unavailable):
                    store.first_use("a", f"frozen-{number}", ENDS)
                assert store.nhs_number("local", "p") == ""
                assert store.dismissed("local", ["c"]) == frozenset()
                store.decision(decision())
            assert time.monotonic() - began < 2.5  # what one hook call may take
            began = time.monotonic()
            with pytest.raises(Unavailable):
                store.feedback("local", "service", [ITEM])
            assert time.monotonic() - began < 6.0  # longer than feedback's own limit, no more
            assert store.health().why in ("slow", "away")
            assert store.health().waiting
        until(lambda: not store.health().waiting)
        until(lambda: _works(lambda: store.first_use("a", "again", ENDS)))
        assert not store.first_use("a", "before", ENDS)
        until(lambda: _works(lambda: store.feedback("local", "service", [ITEM])))
        until(lambda: store.health().why == "")


def _works(call: Callable[[], object]) -> bool:
    try:
        call()
    except Unavailable:
        return False
    return True


def test_a_process_that_ends_while_the_server_is_frozen_does_not_hang(
    server: PostgresqlServer, tmp_path: Path
) -> None:
    url = server.url(server.new_database())
    with started(url, tmp_path) as store:
        assert store.first_use("a", "before", ENDS)
        with frozen(server):
            store.decision(decision(id="waiting"))
            began = time.monotonic()
            store.close()
            assert time.monotonic() - began < 20.0  # of the 25 seconds that a worker has
    with started(url, tmp_path) as store:
        until(lambda: not store.health().waiting and store.health().why == "")
