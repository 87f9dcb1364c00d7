"""Server settings side by side, in one run -> how long a neighbour waits, and how much is answered.

Each server gets the same two trials: two hundred slow connections with one good client beside
them, and calls that wait for a FHIR server with one good client beside them. Read the ratios.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence

from benchmarks.hook_door import example, padded

SLOW, CALLS, WAITING, SECONDS = 200, 40, 24, 10.0
HEAD = b"POST /worked HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
KINDS = {"silent": b"", "half a head": HEAD, "half a body": HEAD + b"\r\n{"}
GTHREAD = "gunicorn's gthread"
OURS = "whole requests first"


@contextlib.contextmanager
def server(kind: str, threads: int) -> Iterator[int]:
    """A server of one kind on a free port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    command = [sys.executable, "-m", "benchmarks.waiting_app", str(port), kind, str(threads)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _answering(port)
        yield port
    finally:
        process.kill()  # slow connections are still open: do not wait for them
        process.wait()
        time.sleep(1.5)  # its worker sees that it is alone, and ends


def _answering(port: int) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError):
            call(port, "/worked", b"{}", 5)
            return
        time.sleep(0.1)
    raise SystemExit("a server does not answer")


def call(port: int, path: str, body: bytes, seconds: float) -> float:
    """Milliseconds of one call on a connection of its own; raises OSError when it is over time."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        connection.getresponse().read()
    finally:
        connection.close()
    return (time.perf_counter() - start) * 1000


def beside(port: int, body: bytes) -> tuple[list[float], int]:
    """A good client for some seconds: how long each call took, and how many got no answer."""
    took, lost, end = list[float](), 0, time.monotonic() + SECONDS
    while len(took) < CALLS and time.monotonic() < end:
        try:
            took.append(call(port, "/worked", body, end - time.monotonic() + 0.1))
        except OSError:
            lost += 1
    return took, lost


def slow(port: int, sent: bytes, body: bytes) -> tuple[list[float], int]:
    """The good client beside slow connections."""
    with contextlib.ExitStack() as held:
        for _ in range(SLOW):
            connection = held.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.sendall(sent)
        return beside(port, body)


def waiting(port: int, body: bytes) -> tuple[list[float], int]:
    """The good client beside calls that wait a second each for somebody else."""
    over = threading.Event()

    def wait() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):
                call(port, "/waited", b"{}", 30)

    threads = [threading.Thread(target=wait, daemon=True) for _ in range(WAITING)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    try:
        return beside(port, body)
    finally:
        over.set()
        for thread in threads:
            thread.join()


def row(name: str, took: Sequence[float], lost: int) -> None:
    """One line: median, longest, answered of those tried."""
    median = f"{statistics.median(took):9.1f}" if took else f"{'-':>9}"
    longest = f"{max(took):9.1f}" if took else f"{'-':>9}"
    print(f"{name:<50} {median} {longest} {len(took):>6} {lost:>5}", flush=True)


def main() -> int:
    """Print one line for each server and trial."""
    body = padded(example()[0], 20)
    print(f"{'':<50} {'median ms':>9} {'longest':>9} {'calls':>6} {'lost':>5}")
    for kind, threads in ((GTHREAD, 8), (GTHREAD, 32), (GTHREAD, 256), (OURS, 8), (OURS, 32)):
        for trial, sent in KINDS.items():
            with server(kind, threads) as port:
                row(f"{kind}, {threads} threads, {SLOW} {trial}", *slow(port, sent, body))
    for threads in (8, 16, 32, 64, 128):
        with server(OURS, threads) as port:
            row(f"{OURS}, {threads} threads, alone", *beside(port, body))
            row(f"{OURS}, {threads} threads, {WAITING} waiting", *waiting(port, body))
    return 0


if __name__ == "__main__":
    sys.exit(main())
