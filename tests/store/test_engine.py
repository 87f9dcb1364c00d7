"""The engines of a store: what they promise of durability, locks, and files."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from cds_service.errors import SettingsError
from cds_service.store.engine import Engines, engine_of, engines_of
from cds_service.store.tables import CHAINS
from cds_service.store.trouble import AWAY, LOCKED, READ_ONLY, trouble_of
from cds_service.store.upgrade import upgrade

Open = Callable[[str], Engines]
WRONG = [
    "",
    "nothing",
    "sqlite://",
    "sqlite:///",
    "sqlite:///:memory:",
    "mysql://somebody:a-password@localhost/store",
    "oracle://localhost",
    "postgresql//localhost",
]


@pytest.mark.parametrize("url", WRONG)
def test_an_address_that_is_none_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        engines_of(url)
    assert "CDS_STORE_URL" in str(refused.value)
    assert "a-password" not in str(refused.value)


def test_making_engines_opens_nothing(tmp_path: Path) -> None:
    engines_of(f"sqlite:///{tmp_path / 'data' / 'store.sqlite'}")
    engines_of("postgresql://nobody@192.0.2.1/none")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_there_is_not_made_by_being_used(
    sqlite_url: str, open_engines: Open
) -> None:
    engines = open_engines(sqlite_url)
    for engine in (engines.durable, engines.quick, engines.reading):
        with pytest.raises(OperationalError) as away, engine.begin():
            pass
        assert trouble_of(away.value) == AWAY
    assert engines.file is not None
    assert not engines.file.exists()


def test_the_file_and_its_folder_are_for_their_owner_alone(
    sqlite_url: str, open_engines: Open
) -> None:
    engines = open_engines(sqlite_url)
    upgrade(engines)
    assert engines.file is not None
    with engines.durable.begin() as link:
        _put(link, "a")
        beside = list(engines.file.parent.iterdir())
        assert len(beside) == 3, "the file, its log and the index of the log"
        assert {stat.S_IMODE(path.stat().st_mode) for path in beside} == {0o600}
    assert stat.S_IMODE(engines.file.parent.stat().st_mode) == 0o700


def test_a_name_with_odd_letters_is_a_name_of_a_file(tmp_path: Path, open_engines: Open) -> None:
    upgrade(open_engines(f"sqlite:///{tmp_path / 'a b #ç'}"))
    assert "a b #ç" in [path.name for path in tmp_path.iterdir()]


def _put(link: Connection, writer: str) -> None:
    link.execute(CHAINS.insert().values(writer=writer, seq=1, hash="0" * 64))


def _writers(engine: Engine) -> list[str]:
    with engine.begin() as link:
        return sorted(link.execute(text("SELECT writer FROM chain")).scalars())


def test_durable_commits_wait_for_the_disk_and_quick_ones_do_not(engines: Engines) -> None:
    asked = {
        "sqlite": "PRAGMA synchronous",
        "postgresql": "SELECT current_setting('synchronous_commit')",
    }
    found = []
    for engine in (engines.durable, engines.quick):
        with engine.begin() as link:
            found.append(link.execute(text(asked[engine.dialect.name])).scalar())
    assert found in ([2, 1], ["on", "off"])


def test_what_one_engine_commits_the_others_see(engines: Engines) -> None:
    with engines.quick.begin() as link:
        _put(link, "a")
    assert _writers(engines.durable) == _writers(engines.reading) == ["a"]


def test_the_engine_of_reports_cannot_write(engines: Engines) -> None:
    with pytest.raises(DBAPIError) as refused, engines.reading.begin() as link:
        _put(link, "a")
    assert trouble_of(refused.value) == READ_ONLY
    assert _writers(engines.durable) == []


def test_readers_do_not_wait_for_a_writer(engines: Engines) -> None:
    with engines.durable.begin() as link:
        _put(link, "a")
        assert _writers(engines.reading) == []
        assert _writers(engines.quick.execution_options(reads=True)) == []


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_whoever_waits_for_a_lock_gives_up_in_time(engines: Engines) -> None:
    with engines.durable.begin() as link:
        _put(link, "a")
        began = time.monotonic()
        with pytest.raises(OperationalError) as refused, engines.quick.begin():
            pass
        assert trouble_of(refused.value) == LOCKED
        assert time.monotonic() - began < 2.0  # a hook call has 2.5 seconds


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_whoever_waits_for_the_lock_of_a_row_gives_up_in_time(engines: Engines) -> None:
    with engines.durable.begin() as link:
        _put(link, "a")
        began = time.monotonic()
        with pytest.raises(SQLAlchemyError) as refused, engines.quick.begin() as other:
            _put(other, "a")
        assert trouble_of(refused.value) == LOCKED
        assert time.monotonic() - began < 2.0  # a hook call has 2.5 seconds


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_nothing_is_written_to_a_file_that_was_moved_away(engines: Engines, tmp_path: Path) -> None:
    assert engines.file is not None
    with engines.durable.begin() as link:
        _put(link, "a")
    engines.file.rename(tmp_path / "moved")
    with pytest.raises(OperationalError) as away, engines.durable.begin() as link:
        _put(link, "b")
    assert trouble_of(away.value) == AWAY


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_file_that_was_put_in_its_place_is_used(engines: Engines, tmp_path: Path) -> None:
    assert engines.file is not None
    with engines.durable.begin() as link:
        _put(link, "a")
    engines.dispose()
    copy = tmp_path / "copy"
    shutil.copy(engines.file, copy)
    with engines.durable.begin() as link:
        _put(link, "b")
    engines.dispose()
    copy.rename(engines.file)
    assert _writers(engines.durable) == ["a"]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_two_writers_in_one_process_take_turns(engines: Engines) -> None:
    with engines.durable.begin() as link:
        _put(link, "a")
        with pytest.raises(SQLAlchemyError) as busy, engines.durable.begin():
            pass
    assert trouble_of(busy.value) == LOCKED
    assert _writers(engines.durable) == ["a"]


def test_a_store_of_one_file_uses_a_log_beside_it(sqlite_url: str, open_engines: Open) -> None:
    engines = open_engines(sqlite_url)
    upgrade(engines)
    assert engines.file is not None
    with sqlite3.connect(engines.file) as link:
        assert link.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    link.close()


def test_the_engine_of_an_address_is_the_durable_one(engines: Engines, store_url: str) -> None:
    engine = engine_of(store_url)
    assert engine.url == engines.durable.url
    assert _writers(engine) == []
    engine.dispose()
