"""A server process with debug logging, and everything that it ever said or wrote."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from cds_service.settings import SPOOL_DIR
from tests.processes import ending, port_of

CHECKOUT = Path(__file__).parents[2]
JSON = {"Content-Type": "application/json"}


@dataclass
class Watched:
    """A running server; what it answers is kept for the search."""

    port: int
    folder: Path
    errors: list[str] = field(default_factory=list)  # bodies that are no cards
    headers: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] = JSON,
    ) -> int:
        """The status of one call on a connection of its own."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, 60)) as asked:
            asked.request(method, path, body, dict(headers))
            answer = asked.getresponse()
            text = answer.read().decode()
        if answer.status != 200 or method == "GET":
            self.errors.append(text)
        self.headers.append(str(answer.headers))
        self.statuses.append(answer.status)
        return answer.status

    def raw(self, data: bytes) -> str:
        """Whatever comes back for these bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            received = b""
            with contextlib.suppress(ConnectionResetError):
                while piece := connection.recv(65536):
                    received += piece
        self.errors.append(received.decode("latin-1"))
        return self.errors[-1]

    def written(self) -> dict[str, str]:
        """Names and contents of all files in its folders, its output among them.

        The store is left out: it is the one place that may speak of a patient.
        """
        store = self.folder / SPOOL_DIR.parent
        paths = [p for p in self.folder.rglob("*") if p.is_file() and store not in p.parents]
        return {str(path): path.read_text("utf-8", errors="replace") for path in paths}


@contextlib.contextmanager
def watched(folder: Path, *arguments: str, **environment: str) -> Iterator[Watched]:
    """Start 'python -m ARGUMENTS' with all its folders inside this one."""
    places = {"TMPDIR": str(folder), "HOME": str(folder), "PYTHONPATH": str(CHECKOUT)}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CDS_", "COV_"))}
    port = _free_port()
    with (folder / "errors.txt").open("wb") as errors, (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=folder,
            env=kept | places | {"CDS_LOG_LEVEL": "debug", "CDS_PORT": str(port)} | environment,
            stdout=output,
            stderr=errors,
        )
    with ending(process, 60):
        assert port_of(process) == port
        yield Watched(port, folder)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


class FailingServer(ThreadingHTTPServer):
    """A FHIR server whose every fault quotes the canary; it keeps the tokens that it was sent."""

    daemon_threads = True

    def __init__(self, canary: str) -> None:
        super().__init__(("127.0.0.1", 0), _Failing)
        self.canary = canary
        self.tokens: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


FAULTS = ("500", "401", "html", "redirect", "hang", "cut", "header", "outcome", "status", "next")


class _Failing(BaseHTTPRequestHandler):
    server: FailingServer

    def do_POST(self) -> None:
        self._fail()

    def do_GET(self) -> None:
        self._fail()

    def log_message(self, *_: object) -> None:
        """Not of interest."""

    def _fail(self) -> None:
        self.server.tokens.append(self.headers.get("Authorization", ""))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.path.split("/")[1]
        canary = self.server.canary
        if fault == "hang":
            time.sleep(2)
        if fault == "status":
            self.wfile.write(f"HTTP/1.1 999 {canary}\r\n{canary}\r\n\r\n".encode())
        elif fault == "redirect":
            self._answer(302, canary, {"Location": f"http://127.0.0.1:9/{quote(canary)}"})
        elif fault == "header":
            self._answer(200, canary, {"Content-Encoding": canary})
        elif fault in ("outcome", "next"):
            self._answer(200, _resource(fault, canary), {"Content-Type": "application/fhir+json"})
        elif fault == "cut":
            self._answer(200, f'{{"name": "{canary}', {"Content-Length": "99999"})
        else:
            self._answer(int(fault) if fault.isdigit() else 200, f"<p>{canary}</p>", {})

    def _answer(self, status: int, body: str, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body.encode()))} | dict(headers)).items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(body.encode())


def _resource(fault: str, canary: str) -> str:
    if fault == "outcome":
        return f'{{"resourceType": "OperationOutcome", "issue": [{{"diagnostics": "{canary}"}}]}}'
    link = f'{{"relation": "next", "url": "http://evil.example/{quote(canary)}"}}'
    return f'{{"resourceType": "Bundle", "type": "searchset", "link": [{link}]}}'


@contextlib.contextmanager
def failing_server(canary: str) -> Iterator[FailingServer]:
    """Runs in threads of this process."""
    server = FailingServer(canary)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
