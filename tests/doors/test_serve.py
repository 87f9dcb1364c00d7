"""The running server: what it prints before it serves is true, and sockets are no surprise."""

from __future__ import annotations

import json
import os
import shlex
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cds_service.doors.serve import listen, welcome
from cds_service.errors import SettingsError
from cds_service.settings import Mode, Settings
from tests.doors.bodies import SERVICE, chart_opening
from tests.processes import ending


class Running(NamedTuple):
    """A server, what it printed, and where it listens."""

    process: subprocess.Popen[str]
    printed: list[str]
    port: int


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    checkout = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "cds_service", "serve", "--port", "0", "--today", "2026-11-22"],
        cwd=tmp_path_factory.mktemp("elsewhere"),
        env=os.environ | {"PYTHONPATH": str(checkout), "CDS_MAX_BODY": "100000"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with ending(process):
        assert process.stdout is not None
        printed = [process.stdout.readline().rstrip("\n") for _ in range(5)]
        yield Running(process, printed, int(printed[0].rpartition(":")[2]))
    assert process.returncode == 0


def test_it_prints_where_it_is_and_that_it_is_not_for_clinical_use(running: Running) -> None:
    assert running.printed[0] == f"CDS Hooks service on http://127.0.0.1:{running.port}"
    assert running.printed[1] == f"Discovery: http://127.0.0.1:{running.port}/cds-services"
    assert running.printed[4].startswith("Not for clinical use")


def test_the_printed_discovery_answers(running: Running) -> None:
    with urllib.request.urlopen(running.printed[1].removeprefix("Discovery: ")) as response:
        assert len(json.load(response)["services"]) == 2


def test_the_printed_curl_line_gets_a_card(running: Running) -> None:
    words = shlex.split(running.printed[3])
    assert words[:2] == ["curl", "-s"]
    header = words[words.index("-H") + 1]
    data = words[words.index("--data-binary") + 1]
    request = urllib.request.Request(
        words[-1],
        data=Path(data.removeprefix("@")).read_bytes(),
        headers=dict([header.split(": ")]),
    )
    with urllib.request.urlopen(request) as response:
        assert json.load(response)["cards"]


def exchange(running: Running, head: str, *parts: bytes) -> str:
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as connection:
        connection.sendall((head + "\r\nConnection: close\r\n\r\n").encode() + b"".join(parts))
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received.decode()


HEAD = f"POST {SERVICE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json"


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def test_a_body_in_chunks_is_read(running: Running) -> None:
    data = json.dumps(chart_opening()).encode()
    parts = (chunk(data[:100]), chunk(data[100:]), chunk(b""))
    told = exchange(running, f"{HEAD}\r\nTransfer-Encoding: chunked", *parts)
    assert told.startswith("HTTP/1.1 200 ")
    assert told.endswith('{"cards":[]}\n')


def test_a_body_in_chunks_has_the_same_limit(running: Running) -> None:
    parts = (*([chunk(b" " * 10_000)] * 11), chunk(b""))
    told = exchange(running, f"{HEAD}\r\nTransfer-Encoding: chunked", *parts)
    assert told.startswith("HTTP/1.1 413 ")
    assert '"OperationOutcome"' in told


def test_a_request_without_a_body_is_refused(running: Running) -> None:
    assert exchange(running, HEAD).startswith("HTTP/1.1 400 ")


def test_a_length_and_chunks_at_once_are_refused(running: Running) -> None:
    head = f"{HEAD}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked"
    assert exchange(running, head, chunk(b"")).startswith("HTTP/1.1 400 ")


def test_a_port_that_is_taken_is_one_clear_line(running: Running, checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cds_service", "serve", "--port", str(running.port)],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"cds-service: cannot listen on 127.0.0.1 port {running.port}: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("host", ["not a host", "x" * 70, "256.1.1.1"])
def test_a_host_that_is_none_is_one_clear_line(host: str) -> None:
    with pytest.raises(SettingsError, match="cannot listen on"):
        listen(host, 0)


def told(settings: Settings, host: str = "127.0.0.1") -> Any:
    with listen(host, 0) as bound:
        return welcome(settings, bound)


def test_listening_everywhere_is_told_with_an_address_that_can_be_opened() -> None:
    assert "on http://127.0.0.1:" in told(Settings(), "0.0.0.0")


def test_open_development_says_that_it_is_open_and_where() -> None:
    assert told(Settings()).splitlines()[-1].startswith("Open development: whoever is on this")
    assert "WARNING" not in told(Settings())


def test_open_development_that_others_can_reach_is_a_warning() -> None:
    warning = told(Settings(), "0.0.0.0").splitlines()[-1]
    assert warning.startswith("WARNING: open development on 0.0.0.0: everybody who can reach")


def test_a_registry_ends_the_open_mode_and_its_warning() -> None:
    lines = told(Settings(clients=Path(__file__)), "0.0.0.0")
    assert "WARNING" not in lines
    assert "Open development" not in lines


def test_production_says_in_its_start_line_that_it_stands_behind_a_proxy() -> None:
    last = told(Settings(mode=Mode.PRODUCTION, clients=Path(__file__))).splitlines()[-1]
    assert last.startswith("Production: let nobody reach this port but the proxy")


def test_the_address_that_callers_use_is_printed_where_it_is_known() -> None:
    lines = told(Settings(public_url="https://cds.example.org")).splitlines()
    assert lines[1] == "Discovery: https://cds.example.org/cds-services"


def test_the_file_in_the_curl_line_survives_a_path_with_a_space(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cds_service.doors.serve.data_dir", lambda name: f"/a folder's {name}")
    line = told(Settings()).splitlines()[3]
    assert "@/a folder's fhir_examples/source-page-patient/request.json" in shlex.split(line)
