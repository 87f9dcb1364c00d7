"""Key sets are read by the process that serves; one that hangs holds up nobody else."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clients.ehrs import Ehr, epic
from tests.doors.bodies import SERVICE
from tests.doors.commands import positive
from tests.serving.servers import Server, serving

CLIENT = """
[[client]]
site = "{site}"
iss = "{ehr.iss}"
jwks = "{ehr.key_set}"
algorithms = ["RS384"]
max_lifetime = 900
"""


def status(server: Server, ehr: Ehr) -> int:
    address = server.address + SERVICE
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {replace(ehr, audience='').token(address)}",
    }
    asked = urllib.request.Request(address, json.dumps(positive()).encode(), headers)
    try:
        with urllib.request.urlopen(asked, timeout=30) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return int(error.code)


@pytest.mark.timeout(120)
def test_a_key_set_that_hangs_holds_up_neither_the_start_nor_other_clients(
    key_sets: tuple[str, dict[str, Ehr]], tmp_path: Path
) -> None:
    good = key_sets[1]["epic"]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base = f"http://127.0.0.1:{silent.getsockname()[1]}"
        hanging = replace(epic(base), iss="https://hangs.example")
        clients = tmp_path / "clients.toml"
        tables = (CLIENT.format(site=s, ehr=e) for s, e in (("good", good), ("hanging", hanging)))
        clients.write_text("".join(tables), "utf-8")
        with serving(tmp_path, CDS_CLIENTS=str(clients)) as server:
            assert status(server, good) == 200
            assert status(server, hanging) == 503
            assert status(server, good) == 200
            server.hang_up()
            assert status(server, good) == 200
