"""Hundreds of connections, slow, silent or half dead; a neighbour still gets its card."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack

import pytest

from tests.serving.requests import BODY, HEAD, WHOLE, framed
from tests.serving.servers import Server, answer, one_answer

pytestmark = pytest.mark.timeout(240)
MANY = 200
UNFINISHED = framed(f"Content-Length: {len(BODY)}".encode(), body=BODY[:-1])
# Cheap to answer: to wait for a processor that works at answers is not to be held up.
HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
SLOW = {
    "sends nothing": b"",
    "half a request line": b"POST /cds-serv",
    "a head that never ends": HEAD,
    "a body that never starts": framed(b"Content-Length: 500"),
    "a body that never ends": UNFINISHED,
    "chunks that never end": framed(b"Transfer-Encoding: chunked", body=b"5\r\n12345\r\n"),
    "a chunk that never ends": framed(b"Transfer-Encoding: chunked", body=b"ffff\r\n12345"),
    "a size line that never ends": framed(b"Transfer-Encoding: chunked", body=b"000"),
    "waits to be told to go on": framed(b"Content-Length: 500", b"Expect: 100-continue"),
    "never reads its answers": HEALTH * 20,
    "was answered and stays": HEALTH,
    "was told to close and stays": b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "was refused and stays": b"NONSENSE\r\n\r\n",
}


@pytest.fixture(scope="module", autouse=True)
def never_whole(server: Server) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Opened first and looked at last: their twenty seconds are those of the other tests too."""
    with server.connect() as silent, server.connect() as half:
        half.sendall(UNFINISHED)
        yield silent, half


@contextlib.contextmanager
def crowd(server: Server, sent: bytes, count: int = MANY) -> Iterator[list[socket.socket]]:
    with ExitStack() as held:
        connections = [held.enter_context(server.connect()) for _ in range(count)]
        for connection in connections:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
                connection.settimeout(0.2)
                connection.sendall(sent)
        yield connections


def cards(server: Server) -> list[bytes]:
    """What a neighbour is told, five times; where it waits ten seconds, it was stopped."""
    told = []
    for _ in range(5):
        with server.connect(10) as connection:
            connection.sendall(WHOLE)
            told.append(one_answer(connection))
    return told


def beside(crowded: Callable[[], AbstractContextManager[object]], server: Server) -> list[bytes]:
    """The same beside a crowd: best of three, for a busy machine is slow once and a stopped server
    each time. Only what came too late is asked again, never an answer that was wrong.
    """
    for _ in range(2):
        with crowded(), contextlib.suppress(TimeoutError):
            return cards(server)
    with crowded():
        return cards(server)


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_two_hundred_slow_connections_do_not_stop_a_neighbour(server: Server, sent: bytes) -> None:
    for told in beside(lambda: crowd(server, sent), server):
        assert told.startswith(b"HTTP/1.1 200 ")
        assert b'"summary"' in told


def test_a_byte_now_and_then_does_not_stop_a_neighbour(server: Server) -> None:
    answers = beside(lambda: dripping(server), server)
    assert all(told.startswith(b"HTTP/1.1 200 ") for told in answers)


@contextlib.contextmanager
def dripping(server: Server) -> Iterator[None]:
    done = threading.Event()

    def drip(connections: list[socket.socket]) -> None:
        while not done.wait(0.2):
            for connection in connections:
                with contextlib.suppress(OSError):
                    connection.send(b"x")

    with crowd(server, HEAD + b"X-Slow: ") as connections:
        thread = threading.Thread(target=drip, args=(connections,))
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


def test_a_request_in_two_pieces_is_answered(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(WHOLE[:-7])
        time.sleep(0.1)
        connection.sendall(WHOLE[-7:])
        assert one_answer(connection).startswith(b"HTTP/1.1 200 ")


def test_a_client_that_ends_its_side_after_the_request_is_answered(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(WHOLE)
        connection.shutdown(socket.SHUT_WR)
        assert answer(connection).startswith(b"HTTP/1.1 200 ")


def test_a_client_that_asks_first_is_told_to_go_on(server: Server) -> None:
    with server.connect() as connection:
        length = f"Content-Length: {len(BODY)}".encode()
        connection.sendall(framed(length, b"Expect: 100-continue", b"Connection: close"))
        assert connection.recv(64) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(BODY)
        assert b"HTTP/1.1 200 OK" in answer(connection)


def test_requests_that_come_early_are_answered_in_order(server: Server) -> None:
    health = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with server.connect() as connection:
        connection.sendall(health + WHOLE + last)
        told = answer(connection)
    places = [told.find(words) for words in (b'"status":"ok"', b'"summary"', b'"not-found"')]
    assert -1 not in places
    assert places == sorted(places)
    assert told.count(b"HTTP/1.1 ") == 3


def test_a_request_that_does_not_come_whole_is_let_go_with_a_reason(
    never_whole: tuple[socket.socket, socket.socket],
) -> None:
    silent, half = never_whole
    assert ended(silent) == b""
    assert ended(half).startswith(b"HTTP/1.1 408 Request Timeout\r\n")


def ended(connection: socket.socket) -> bytes:
    connection.settimeout(40)
    return answer(connection)
