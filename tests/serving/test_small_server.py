"""At its limits the server drops what only holds a place, and says so where it cannot work."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.processes import ending
from tests.serving.servers import CHECKOUT, answer, one_answer
from tests.serving.small_server import AT_WORK, CONNECTIONS, LONGEST_BODY

pytestmark = pytest.mark.timeout(60)
GET = b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def port() -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.serving.small_server"],
        cwd=CHECKOUT,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
    )
    with ending(process):
        assert process.stdout is not None
        yield int(process.stdout.readline())
    assert process.returncode == 0


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def is_answered(port: int) -> bool:
    with connect(port) as connection:
        connection.sendall(GET % b"0")
        return one_answer(connection).endswith(b"\r\n\r\ndone")


def open_still(connections: list[socket.socket]) -> int:
    """How many the other side has not ended."""
    count = 0
    for connection in connections:
        connection.settimeout(0.01)
        try:
            count += bool(connection.recv(1))
        except TimeoutError:
            count += 1
        except ConnectionResetError:
            pass
    return count


@pytest.mark.parametrize("kept", [False, True], ids=["silent", "answered and kept"])
def test_more_connections_than_there_are_places_stop_nobody(port: int, kept: bool) -> None:
    with ExitStack() as held:
        crowd = [held.enter_context(connect(port)) for _ in range(CONNECTIONS - 1)]
        for connection in crowd if kept else ():
            connection.sendall(GET % b"0")
            one_answer(connection)
        crowd += [held.enter_context(connect(port)) for _ in range(3 * CONNECTIONS)]
        assert all(is_answered(port) for _ in range(5))
        assert 0 < open_still(crowd) < CONNECTIONS


def test_half_bodies_are_held_to_a_limit_over_all_connections(port: int) -> None:
    head = b"POST /0 HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % LONGEST_BODY
    with ExitStack() as held:
        crowd = [held.enter_context(connect(port)) for _ in range(CONNECTIONS - 4)]
        for connection in crowd:
            connection.sendall(head + b"x" * (LONGEST_BODY - 1))
        assert is_answered(port)
        assert open_still(crowd) <= 9
        crowd[-1].settimeout(20)
        crowd[-1].sendall(b"x")  # the newest was not among those that were dropped
        assert one_answer(crowd[-1]).endswith(b"done")


def test_more_calls_than_can_be_worked_at_are_told_to_come_again(port: int) -> None:
    with ExitStack() as held:
        busy = [held.enter_context(connect(port)) for _ in range(AT_WORK)]
        for connection in busy:
            connection.sendall(GET % b"1")
        with connect(port) as more:
            more.sendall(GET % b"0")
            told = answer(more)
        assert told.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert b"\r\nRetry-After: 1\r\n" in told
        assert json.loads(told.partition(b"\r\n\r\n")[2])["resourceType"] == "OperationOutcome"
        assert all(one_answer(connection).endswith(b"done") for connection in busy)
    assert is_answered(port)
