"""Two server processes over one store: a token counts once, an answer is one, both chains hold."""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from cds_service.store.chain import verify
from cds_service.store.engine import Engines
from cds_service.store.tables import CHAINS, DECISIONS, EVENTS, FEEDBACK, SEEN_TOKENS
from tests.doors.bodies import SERVICE
from tests.doors.commands import positive
from tests.security.makers import ISSUER, claims, ec_key, forged, header, public
from tests.security.test_registry import inline
from tests.serving.servers import Server, serving
from tests.store.made import until

AUDIENCE = "https://cds.trust.example"


def registry(folder: Path) -> str:
    """One client, whose tokens are good at every address of the service."""
    file = folder / "clients.toml"
    file.write_text(
        f'[[client]]\nsite = "trust-a"\niss = "{ISSUER}"\naudiences = ["{AUDIENCE}"]\n'
        f"keys = [{inline(**public(ec_key()))}]\n",
        "utf-8",
    )
    return str(file)


def token(jti: str) -> str:
    now = int(time.time())
    return forged(header(), claims(aud=AUDIENCE, iat=now, exp=now + 300, jti=jti))


def call(server: Server, signed: str, path: str = SERVICE, body: object = None) -> int:
    """The status of one signed call."""
    fields = {"Content-Type": "application/json", "Authorization": f"Bearer {signed}"}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request("POST", path, json.dumps(body or positive()), fields)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def servers(store_url: str, tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    """Two servers; they share the folder of the spool too, as workers of one machine do."""
    given = {
        "CDS_STORE_URL": store_url,
        "CDS_SPOOL_DIR": str(tmp_path / "spool"),
        "CDS_CLIENTS": registry(tmp_path),
    }
    with ExitStack() as stack:
        folders = [tmp_path / name for name in ("one", "other")]
        for folder in folders:
            folder.mkdir()
        one, other = (stack.enter_context(serving(folder, **given)) for folder in folders)
        yield one, other


def test_two_servers_are_one_service(servers: tuple[Server, Server], engines: Engines) -> None:
    one, other = servers
    for first, second in ((one, other), (other, one)):
        signed = token(str(uuid.uuid4()))
        assert call(first, signed) == 200
        assert call(second, signed) == 401, "the other server knows that it was used"
        assert second.logged("replayed")
    assert one.stop() == other.stop() == 0
    with engines.reading.begin() as link:
        assert len(link.execute(select(SEEN_TOKENS)).all()) == 2
        assert len(link.execute(select(DECISIONS)).all()) == 2
        statuses = sorted(link.execute(select(EVENTS.c.status)).scalars())
        writers = set(link.execute(select(CHAINS.c.writer)).scalars())
    assert statuses == [200, 200, 401, 401]
    verified = verify(engines.reading)
    assert (verified.records, verified.faults) == (2, [])
    assert set(verified.heads) == writers
    assert len(writers) == 2, "each process has a chain of its own"


def test_an_answer_that_is_sent_to_both_is_one(
    servers: tuple[Server, Server], engines: Engines
) -> None:
    item = {
        "card": str(uuid.uuid4()),
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": str(uuid.uuid4())}],
        "outcomeTimestamp": "2026-11-22T12:00:00Z",
    }
    for server in (*servers, *servers):
        signed = token(str(uuid.uuid4()))
        assert call(server, signed, f"{SERVICE}/feedback", {"feedback": [item]}) == 200
    with engines.reading.begin() as link:
        assert link.execute(select(FEEDBACK.c.card)).scalars().all() == [item["card"]]


def test_a_reload_and_a_stop_lose_neither_tokens_nor_records(
    servers: tuple[Server, Server], engines: Engines
) -> None:
    server, _ = servers
    before, after = token("before"), token("after")
    assert call(server, before) == 200
    server.hang_up()
    until(lambda: server.log.read_text("utf-8").count("store why=ok") >= 2)
    until(lambda: call(server, before) == 401)
    assert call(server, after) == 200
    assert server.stop() == 0
    with engines.reading.begin() as link:
        assert len(link.execute(select(DECISIONS)).all()) == 2
        calls = link.execute(select(EVENTS.c.status)).scalars().all()
    assert calls.count(200) == 2
    assert verify(engines.reading).faults == []


def test_after_a_kill_the_next_server_knows_the_tokens(
    store_url: str, engines: Engines, tmp_path: Path
) -> None:
    given = {
        "CDS_STORE_URL": store_url,
        "CDS_SPOOL_DIR": str(tmp_path / "spool"),
        "CDS_CLIENTS": registry(tmp_path),
    }
    signed = token("killed")
    with serving(tmp_path, **given) as server:
        assert call(server, signed) == 200
        kill_all(server.process.pid)
        server.process.wait(20)
    with serving(tmp_path, **given) as server:
        assert call(server, signed) == 401
    with engines.reading.begin() as link:
        assert len(link.execute(select(DECISIONS)).all()) == 1, "the record was in the spool"


def kill_all(pid: int) -> None:
    """kill -9 for a server and its workers."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    for one in (pid, *map(int, children)):
        os.kill(one, signal.SIGKILL)
