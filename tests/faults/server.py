"""A FHIR server of the tests' own on real sockets: bytes go out exactly as a fault wants them."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

_LONGEST_HANG = 8.0  # seconds; longer than any caller waits


@dataclass(frozen=True)
class Asked:
    """One request, taken apart."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]  # names in lower case

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(part for part in self.path.split("/") if part)


class Wire:
    """The connection of one request."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, raw: bytes) -> None:
        self._connection.sendall(raw)

    def answer(
        self, status: int = 200, body: bytes = b"", kind: str = "application/fhir+json", **more: str
    ) -> None:
        headers = {"Content-Type": kind, "Content-Length": str(len(body))}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.send(f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode() + body)

    def hang(self) -> None:
        """Say nothing more; end when the caller goes away."""
        self._connection.settimeout(_LONGEST_HANG)
        while self._connection.recv(4096):
            pass

    def drip(self, raw: bytes) -> None:
        """A byte now and then, for longer than anybody waits."""
        for end in range(int(_LONGEST_HANG / 0.05)):
            self.send(raw[end % len(raw) : end % len(raw) + 1])
            time.sleep(0.05)

    def reset(self) -> None:
        """Break the connection off."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


# returns True where the connection stays open for another request
Behaviour = Callable[[Wire, Asked], bool]


@dataclass
class Listener:
    """One port; what it answers can be changed while it runs."""

    behave: Behaviour
    tls: ssl.SSLContext | None = None
    greeting: bytes = b""  # sent before anything is asked
    bound: socket.socket = field(default_factory=lambda: _bound())
    connections: int = 0
    seen: list[Asked] = field(default_factory=list)
    _open: set[socket.socket] = field(default_factory=set)
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def port(self) -> int:
        port: int = self.bound.getsockname()[1]
        return port

    def start(self, backlog: int = 256) -> Listener:
        self.bound.listen(backlog)
        self._run(self._accept)
        return self

    def stop(self) -> None:
        with suppress(OSError):
            self.bound.shutdown(socket.SHUT_RDWR)
        self.bound.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_LONGEST_HANG)

    def _run(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.bound.accept()
            except OSError:
                return
            self.connections += 1
            self._run(lambda taken=connection: self._serve(taken))  # type: ignore[misc]

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        with suppress(OSError), connection:
            served = connection
            connection.sendall(self.greeting)
            if self.tls is not None:
                served = self.tls.wrap_socket(connection, server_side=True)
            with served:
                while (asked := _read(served)) is not None:
                    self.seen.append(asked)
                    if not self.behave(Wire(served), asked):
                        break
        self._open.discard(connection)


def _bound() -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", 0))
    return bound


def _read(connection: socket.socket) -> Asked | None:
    connection.settimeout(30)
    raw = b""
    while b"\r\n\r\n" not in raw:
        more = connection.recv(65536)
        if not more:
            return None
        raw += more
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    method, target, _ = first.split(" ")
    parts = urlsplit(target)
    return Asked(method, parts.path, dict(parse_qsl(f"{parts.query}&{body.decode()}")), headers)
