"""Workers and whole groups are killed while feedback comes: what was acknowledged is there, once.

Clients keep a ledger of what they were told is kept. One that got no answer sends the same again,
as a client should, or gives up, as some do.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from cds_service.store.engine import engines_of
from cds_service.store.tables import FEEDBACK as ROWS
from tests.feedback.bodies import FEEDBACK, accepted, feedback, overridden
from tests.serving.servers import Server, serving

# CDS_TEST_EXAMPLES=10 kills 20 times on each database; otherwise it is a tenth.
ROUNDS = 2 * int(os.environ.get("CDS_TEST_EXAMPLES", "1"))
CLIENTS = 6
Batch = tuple[str, ...]  # names of cards, each used once in the whole test


@dataclass
class Ledger:
    """What the clients sent, and what they were told is kept."""

    port: int = 0
    sent: list[Batch] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    failed: Counter[str] = field(default_factory=Counter)
    ended: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_for(self, more: int) -> None:
        """Until so many more items were acknowledged."""
        wanted, ends = len(self.acknowledged) + more, time.monotonic() + 120
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < ends, self.failed
            time.sleep(0.005)


def client(ledger: Ledger, name: str) -> None:
    chance = random.Random(name)
    for number in itertools.count():
        batch = tuple(f"{name}-{number}-{each}" for each in range(chance.randint(1, 5)))
        with ledger.lock:
            ledger.sent.append(batch)
        gives_up = chance.random() < 0.2
        while not _acknowledged(ledger, batch):
            if gives_up or ledger.ended.wait(0.05):
                break
        if ledger.ended.is_set():
            return


def _acknowledged(ledger: Ledger, batch: Batch) -> bool:
    made = [accepted(card) if card.endswith("0") else overridden(card) for card in batch]
    connection = http.client.HTTPConnection("127.0.0.1", ledger.port, timeout=30)
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", FEEDBACK, json.dumps(feedback(*made)), headers)
        told = str(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        told = type(error).__name__
    finally:
        connection.close()
    with ledger.lock:
        if told == "200":
            ledger.acknowledged.update(batch)
        else:
            ledger.failed[told] += 1
    return told == "200"


@contextmanager
def clients(ledger: Ledger) -> Iterator[None]:
    threads = [
        threading.Thread(target=client, args=(ledger, f"client-{number}"))
        for number in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ledger.ended.set()
        for thread in threads:
            thread.join(60)


def kill_worker(server: Server) -> None:
    listed = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    (worker,) = map(int, listed.read_text("ascii").split())
    os.kill(worker, signal.SIGKILL)


def kill_group(server: Server) -> None:
    """The master and everything that it started, in one blow."""
    assert os.getpgid(server.process.pid) == server.process.pid
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait(20)


def stored(url: str) -> Counter[str]:
    """How often each card was answered."""
    engines = engines_of(url)
    with engines.reading.begin() as connection:
        found = Counter(connection.scalars(select(ROWS.c.card)))
    engines.dispose()
    return found


@pytest.mark.timeout(1800)
def test_every_acknowledged_answer_is_there_once_whatever_is_killed(
    store_url: str, tmp_path: Path
) -> None:
    ledger, chance = Ledger(), random.Random(ROUNDS)
    settings = {"CDS_STORE_URL": store_url, "CDS_SPOOL_DIR": str(tmp_path / "spool")}

    def running(number: int) -> Iterator[Server]:
        folder = tmp_path / f"run-{number}"
        folder.mkdir()
        with serving(folder, ("setsid",), **settings) as server:
            ledger.port = server.port
            yield server

    first = running(0)
    server = next(first)
    runs = [first]
    with clients(ledger):
        for number in range(1, ROUNDS + 1):
            ledger.wait_for(chance.randint(50, 150))
            if number % 2:
                kill_worker(server)
            else:
                kill_group(server)
                runs.append(running(number))
                server = next(runs[-1])
        ledger.wait_for(50)
        ledger.ended.set()
    for run in runs:
        assert next(run, None) is None

    rows = stored(store_url)
    assert [card for card, count in rows.items() if count > 1] == []
    assert ledger.acknowledged - set(rows) == set()
    assert set(rows) <= {card for batch in ledger.sent for card in batch}
    for batch in ledger.sent:
        assert len({card in rows for card in batch}) == 1, "a part of a call was kept"
    assert len(ledger.acknowledged) >= 50 * ROUNDS
    assert sum(ledger.failed.values()) >= ROUNDS  # the kills were felt


def test_an_item_that_was_lost_or_doubled_would_be_seen(sqlite_url: str) -> None:
    """The ledger against a store that keeps books badly."""
    engines = engines_of(sqlite_url)
    Path(str(engines.file)).parent.mkdir()
    Path(str(engines.file)).touch()
    with engines.durable.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE feedback (card TEXT)")
        connection.exec_driver_sql("INSERT INTO feedback VALUES ('a'), ('a'), ('b')")
    engines.dispose()
    assert stored(sqlite_url) == {"a": 2, "b": 1}
