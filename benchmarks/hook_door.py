"""A shipped example padded with ordinary results -> how long the hook door takes beside bare Flask.

All three run in one go, each call in turn, so that a slow machine slows all of them: read the
ratios, not the milliseconds.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[1] / "fhir_examples"
HOOK = "/cds-services/ntrk-mesothelioma"
SIZES = {20: 200, 200: 100, 2000: 20}  # Observations -> calls


def example() -> tuple[dict[str, Any], str]:
    """The request and the day of the first example that is answered with a card."""
    for folder in sorted(EXAMPLES.iterdir()):
        answer = folder / "expected.json"
        if answer.is_file() and json.loads(answer.read_text("utf-8"))["body"].get("cards"):
            request = json.loads((folder / "request.json").read_text("utf-8"))
            if "prefetch" in request:
                scenario = tomllib.loads((folder / "scenario.toml").read_text("utf-8"))
                return request, str(scenario["today"])
    raise SystemExit("no shipped example is answered with a card")


def padded(request: dict[str, Any], count: int) -> bytes:
    """The same request with this many ordinary laboratory results of the same patient."""
    patient = request["context"]["patientId"]
    entries = [{"resource": _haemoglobin(patient, number)} for number in range(count)]
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": entries}
    prefetch = request["prefetch"] | {"laboratory": bundle}
    return json.dumps(request | {"prefetch": prefetch}).encode()


def _haemoglobin(patient: str, number: int) -> dict[str, Any]:
    code = {"system": "http://loinc.org", "code": "718-7", "display": "Hemoglobin"}
    category = {
        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
        "code": "laboratory",
    }
    return {
        "resourceType": "Observation",
        "id": f"ordinary-{number}",
        "status": "final",
        "category": [{"coding": [category]}],
        "code": {"coding": [code]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": f"2024-01-{1 + number % 28:02d}",
        "valueQuantity": {"value": 120 + number % 40, "unit": "g/L"},
    }


@contextlib.contextmanager
def serving(*command: str) -> Iterator[http.client.HTTPConnection]:
    """A server of its own on a free port, ready to be called; {port} stands for the port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    words = [word.format(port=port) for word in command]
    with tempfile.TemporaryDirectory() as folder:
        store = {"CDS_STORE_URL": f"sqlite:///{folder}/store", "CDS_SPOOL_DIR": f"{folder}/spool"}
        server = subprocess.Popen(
            [sys.executable, "-m", *words],
            env=os.environ | store,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with contextlib.closing(_answering(port, server)) as connection:
                yield connection
        finally:
            server.terminate()
            server.wait(timeout=20)


def _answering(port: int, server: subprocess.Popen[bytes]) -> http.client.HTTPConnection:
    for _ in range(150):
        if server.poll() is not None:
            break
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", "/health")
            connection.getresponse().read()
            return connection
        except OSError:
            connection.close()
            time.sleep(0.2)
    raise SystemExit("a server does not answer")


def milliseconds(connection: http.client.HTTPConnection, path: str, body: bytes) -> float:
    """One call, from the first byte sent to the last byte read."""
    start = time.perf_counter()
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    if response.status != 200 or not json.loads(answer)["cards"]:
        raise SystemExit(f"{path} answered {response.status} without a card")
    return (time.perf_counter() - start) * 1000


def main() -> int:
    """Print one line for each size."""
    request, today = example()
    service = ("cds_service", "serve", "--port", "{port}", "--today", today)
    floor = ("gunicorn", "--bind", "127.0.0.1:{port}", "benchmarks.floor:create_app()")
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; median milliseconds of a call")
    print(f"{'N':>5} {'bytes':>9} {'taken':>8} {'parsed':>8} {'door':>8}  door/taken  door/parsed")
    with serving(*service) as door, serving(*floor) as bare:
        for count, calls in SIZES.items():
            _row(count, padded(request, count), calls, door, bare)
    return 0


def _row(
    count: int,
    body: bytes,
    calls: int,
    door: http.client.HTTPConnection,
    bare: http.client.HTTPConnection,
) -> None:
    ways = ((bare, "/taken"), (bare, "/parsed"), (door, HOOK))
    rounds = [[milliseconds(*way, body) for way in ways] for _ in range(calls + 5)][5:]
    taken, parsed, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratios = f"{ours / taken:>10.1f}  {ours / parsed:>11.1f}"
    print(f"{count:>5} {len(body):>9} {taken:>8.2f} {parsed:>8.2f} {ours:>8.2f}  {ratios}")


if __name__ == "__main__":
    sys.exit(main())
