"""A server process of our own on a free port -> where it listens, and what it logged."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.processes import ending

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Server:
    """A running server."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def hang_up(self) -> None:
        """Ask for a reload."""
        self.process.send_signal(signal.SIGHUP)

    def stop(self) -> int:
        """Ask for the end, and wait for it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def connect(self, seconds: float = 20) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

    def logged(self, words: str, seconds: float = 30) -> bool:
        """Wait until the log holds these words."""
        end = time.monotonic() + seconds
        while words not in self.log.read_text("utf-8"):
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True


@contextlib.contextmanager
def serving(folder: Path, by: Sequence[str] = (), **environment: str) -> Iterator[Server]:
    """Start a server on a free port; it is stopped at the end, whatever happened.

    'by' is a program that starts it, such as one that takes powers away.
    """
    log = folder / "log.txt"
    with log.open("w", encoding="utf-8") as written:
        process = subprocess.Popen(
            [*by, sys.executable, "-m", "cds_service", "serve", "--port", "0", *_day(environment)],
            cwd=folder,
            env=_environment(environment),
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
        )
    with ending(process):
        assert process.stdout is not None
        first = process.stdout.readline().rstrip("\n")
        assert first, log.read_text("utf-8")
        server = Server(process, int(first.rpartition(":")[2]), log)
        _ready(server)
        yield server


def _day(environment: Mapping[str, str]) -> tuple[str, ...]:
    production = environment.get("CDS_MODE") == "production"
    return () if production else ("--today", "2026-11-22")


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CDS_", "COV_"))}
    return kept | {"PYTHONPATH": str(CHECKOUT)} | dict(given)


def _ready(server: Server) -> None:
    """The address is taken before the worker runs; wait for the first answer."""
    with server.connect(60) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 200", server.log.read_text("utf-8")
        while connection.recv(65536):
            pass


def answer(connection: socket.socket) -> bytes:
    """Everything until the other side ends."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            received += piece
    return received


def one_answer(connection: socket.socket) -> bytes:
    """One answer with a Content-Length, on a connection that stays open."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        assert piece, "the connection ended before an answer"
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    while len(body) < int(fields[b"content-length"]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
