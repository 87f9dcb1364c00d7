"""A development server that knows four clients by their key sets, which are served beside it."""

from __future__ import annotations

import http.server
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.clients.ehrs import TYPED_BY_HAND, Ehr, epic, oracle, request_generator, sandbox
from tests.doors.bodies import SERVICE
from tests.serving.servers import Server, serving

ORIGIN = "https://sandbox.cds-hooks.org"


@dataclass(frozen=True)
class Told:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Town:
    """The service and the clients that are registered with it."""

    server: Server
    sandbox: Ehr
    epic: Ehr
    oracle: Ehr
    request_generator: Ehr

    def url(self, path: str = SERVICE) -> str:
        return self.server.address + path

    def call(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Told:
        """One HTTP call."""
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.url(path), data, dict(headers or {}), method=method)
        try:
            with urllib.request.urlopen(asked, timeout=30) as response:
                return Told(response.status, dict(response.headers), response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Told(error.code, dict(error.headers), error.read())

    def post(self, ehr: Ehr, body: object, **changes: Any) -> Told:
        """A call of the service as this client makes it."""
        token = ehr.token(self.url(), **changes)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        return self.call("POST", SERVICE, body, headers)


@pytest.fixture(scope="session")
def key_sets() -> Iterator[tuple[str, dict[str, Ehr]]]:
    """Every client's key set at its address on this machine."""
    documents: dict[str, bytes] = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(documents[self.path])

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        base = f"http://127.0.0.1:{listening.server_port}"
        makers = (sandbox, epic, oracle, request_generator)
        ehrs = {maker.__name__: maker(base) for maker in makers}
        for ehr in ehrs.values():
            path = ehr.key_set.removeprefix(base)
            documents[path] = json.dumps({"keys": [ehr.public()]}).encode()
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield base, ehrs
        listening.shutdown()
        thread.join()


REGISTRY = f"""
[[client]]
site = "sandbox"
iss = "{{sandbox.iss}}"
jwks = "{{sandbox.key_set}}"
origins = ["{ORIGIN}"]

[[client]]
site = "epic-trust"
iss = "{{epic.iss}}"
jwks = "{{epic.key_set}}"
algorithms = ["RS384"]
audiences = ["{TYPED_BY_HAND}"]
max_lifetime = 900

[[client]]
site = "oracle-trust"
iss = "{{oracle.iss}}"
jwks = "{{oracle.key_set}}"
tenants = ["ec2458f2-tenant"]

[[client]]
site = "generator"
iss = "{{request_generator.iss}}"
jwks = "{{request_generator.key_set}}"
"""


@pytest.fixture(scope="session")
def town(
    key_sets: tuple[str, dict[str, Ehr]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    folder: Path = tmp_path_factory.mktemp("town")
    _, ehrs = key_sets
    clients = folder / "clients.toml"
    clients.write_text(REGISTRY.format(**ehrs), "utf-8")
    with serving(folder, CDS_CLIENTS=str(clients)) as server:
        yield Town(server, **ehrs)


@pytest.fixture(scope="session")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Development without a registry, for clients that send no token."""
    with serving(tmp_path_factory.mktemp("open")) as server:
        yield server
