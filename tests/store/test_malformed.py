"""Pages of an SQLite file are garbage: the spool keeps what comes until a sound file is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cds_service.errors import InputError
from cds_service.store.append import append
from cds_service.store.chain import verify
from cds_service.store.engine import Engines, engines_of
from cds_service.store.ledger import Ledger
from cds_service.store.lines import DECISION, entry
from cds_service.store.trouble import DAMAGED
from cds_service.store.upgrade import upgrade
from tests.store.made import decision, decisions_in, filed, filing, until

PAGE = 4096
STORED = "2026-11-22T12:00:01.000000+00:00"


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Engines]:
    """A file with many records."""
    engines = engines_of(sqlite_url)
    upgrade(engines)
    records = [entry(DECISION, 0, decision()) for _ in range(200)]
    append(engines.durable, "w1", records, STORED)
    with engines.durable.connect() as connection:
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engines.dispose()
    yield engines
    engines.dispose()


@pytest.mark.parametrize("first", [0, 1])
def test_what_comes_meanwhile_is_stored_once_when_the_file_is_sound_again(
    store: Engines, tmp_path: Path, first: int
) -> None:
    """From the first page on it is no store at all, from the second on a malformed one."""
    assert store.file
    sound, spool = store.file.read_bytes(), tmp_path / "spool"
    kept = sound[: first * PAGE]
    store.file.write_bytes(kept + b"\x5a" * (len(sound) - len(kept)))
    with filing(store.durable, spool) as made:
        for at in range(3):
            made.decision(decision(id=f"m{at}"))
        until(lambda: made.health().why == DAMAGED)
        assert (made.health().waiting, made.health().damaged) == (3, 0)
    with pytest.raises(InputError, match=DAMAGED):
        Ledger(store).verify({})
    store.dispose()
    for name in ("-wal", "-shm"):
        store.file.with_name(store.file.name + name).unlink(missing_ok=True)
    store.file.write_bytes(sound)
    with filing(store.durable, spool) as made:
        until(lambda: len(decisions_in(store)) == 203)
        filed(made)
    assert verify(store.reading).faults == []
