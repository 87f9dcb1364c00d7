"""Clients that call without a pause -> how many answers they got, and every failure."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.doors.bodies import SERVICE
from tests.serving.requests import BODY
from tests.serving.servers import Server


@dataclass
class Load:
    """What the clients saw; a refused connection is told apart: nothing was sent on it."""

    answers: int = 0
    refused: int = 0
    failures: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_for(self, more: int) -> None:
        """Until so many more answers have come."""
        wanted = self.answers + more
        pause = threading.Event()
        while self.answers < wanted and not self.failures:
            pause.wait(0.02)

    def call(self, server: Server, keep: bool) -> None:
        """One client: on one connection for all calls, or on a new one for each."""
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        while not self.ended.is_set():
            try:
                connection.connect() if connection.sock is None else None
            except (ConnectionRefusedError, ConnectionResetError):  # closed before, or just now
                self._count(refused=1)
                return
            self._one(connection)
            if not keep:
                connection.close()
        connection.close()

    def _one(self, connection: http.client.HTTPConnection) -> None:
        try:
            connection.request("POST", SERVICE, BODY, {"Content-Type": "application/json"})
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self._count(failure=repr(error))
            return
        good = response.status == 200 and b'"summary"' in body
        self._count(failure="" if good else f"{response.status} {body[:200]!r}")

    def _count(self, *, refused: int = 0, failure: str = "") -> None:
        with self._lock:
            self.refused += refused
            self.answers += not refused and not failure
            self.failures += [failure] if failure else []


@contextmanager
def load(server: Server, clients: int = 6) -> Iterator[Load]:
    """Half of the clients keep their connection."""
    seen = Load()
    threads = [
        threading.Thread(target=seen.call, args=(server, number % 2 == 0))
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        seen.ended.set()
        for thread in threads:
            thread.join()
