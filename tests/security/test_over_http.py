"""A production server, real sockets: what only the wire can do to a token."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.doors.bodies import SERVICE, chart_opening
from tests.doors.commands import PRODUCTION
from tests.processes import ending, port_of
from tests.security.makers import ISSUER, claims, ec_key, forged, header, public
from tests.security.test_registry import inline

BODY = json.dumps(chart_opening()).encode()
ADDRESS = PRODUCTION["CDS_PUBLIC_URL"] + SERVICE


class Server(NamedTuple):
    """A process, its port, and the file that its log goes to."""

    port: int
    log: Path

    def send(self, *lines: str) -> tuple[int, str]:
        """Status and head and body of the answer to a call with these header lines."""
        head = [
            f"POST {SERVICE} HTTP/1.1",
            "Host: cds.trust.example",
            "Content-Type: application/json",
            f"Content-Length: {len(BODY)}",
            "Connection: close",
            *lines,
        ]
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + BODY)
            received = b""
            while piece := connection.recv(65536):
                received += piece
        return int(received.split(b" ", 2)[1]), received.decode("latin-1")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("production")
    registry = folder / "clients.toml"
    registry.write_text(
        f'[[client]]\nsite = "trust-a"\niss = "{ISSUER}"\nquota = 50\n'
        f"keys = [{inline(**public(ec_key()))}]\n",
        "utf-8",
    )
    log = folder / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "cds_service", "serve", "--port", "0"],
            cwd=folder,
            env=os.environ
            | PRODUCTION
            | {"CDS_CLIENTS": str(registry), "PYTHONPATH": str(Path(__file__).parents[2])}
            | {"PYTHONUNBUFFERED": "1", "CDS_LOG_LEVEL": "debug"},
            stdout=errors,
            stderr=errors,
        )
    with ending(process):
        yield Server(port_of(process), log)
    assert process.returncode == 0


def fresh(jti: str) -> str:
    now = int(time.time())
    return forged(header(), claims(aud=ADDRESS, iat=now, exp=now + 300, jti=jti))


def test_a_good_token_is_let_in_once(server: Server) -> None:
    line = f"Authorization: Bearer {fresh('once')}"
    assert [server.send(line)[0], server.send(line)[0]] == [200, 401]


def test_without_a_token_nobody_gets_an_answer(server: Server) -> None:
    status, told = server.send()
    assert status == 401
    assert "\r\nWWW-Authenticate: Bearer\r\n" in told
    assert '"A valid token is needed."' in told


@pytest.mark.parametrize(
    "lines",
    [
        ("Authorization: Bearer {}", "Authorization: Bearer {}"),
        ("Authorization: Bearer {}", "Authorization: Basic eA=="),
        ("Authorization: Basic eA==", "Authorization: Bearer {}"),
        ("Authorization: Bearer {}", "authorization: Bearer x"),
        ("Authorization: Bearer x", "AUTHORIZATION: Bearer {}"),
        ("Authorization_: Bearer {}",),
        ("Authorization: Bearer {}, Bearer {}",),
        ("Authorization: bearer {}",),
        ("Authorization: Bearer \xa0{}",),
        ("Authorization: Bearer {}\xa0",),
        ("Authorization: Bearer {}\xb2",),
        ("X-Forwarded-User: trust-a",),
        ("X-Forwarded-For: 127.0.0.1",),
        ("Forwarded: for=127.0.0.1",),
        ("Cookie: Authorization=Bearer {}",),
    ],
)
def test_two_tokens_or_one_in_disguise_are_none(server: Server, lines: tuple[str, ...]) -> None:
    good = fresh(f"disguised in {lines}"[:90])
    assert server.send(*(line.replace("{}", good) for line in lines))[0] in (400, 401)
    assert server.send(f"Authorization: Bearer {good}")[0] == 200, "the token itself is good"


@pytest.mark.parametrize("size", [9_000, 100_000, 1_000_000])
def test_a_token_that_is_too_long_is_refused_and_the_service_goes_on(
    server: Server, size: int
) -> None:
    with suppress(ConnectionError):  # the server may hang up before all of it was sent
        assert server.send(f"Authorization: Bearer {'a' * size}")[0] in (400, 401, 431)
    assert server.send(f"Authorization: Bearer {fresh(f'after {size}')}")[0] == 200


def test_nothing_of_a_token_is_in_the_log(server: Server) -> None:
    good = fresh("canary-of-an-id")
    assert server.send(f"Authorization: Bearer {good}")[0] == 200
    assert server.send(f"Authorization: Bearer {good}")[0] == 401
    log = server.log.read_text("utf-8")
    assert "replayed" in log
    for secret in (*good.split("."), "canary-of-an-id", ISSUER):
        assert secret not in log
