"""The tables of a store: made once, whoever else makes them; newer ones are left alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from cds_service.store import migrations
from cds_service.store.engine import Engines
from cds_service.store.schema import NOT_LOOKED, Schema
from cds_service.store.trouble import AWAY, DAMAGED, NEWER_SCHEMA, NOT_UPGRADED
from cds_service.store.upgrade import VERSIONS, state_of, upgrade, version_of
from tests.store.test_engine import Open

_PROCESSES = 4
_UPGRADES = """
import sys
from cds_service.store.engine import engines_of
from cds_service.store.upgrade import upgrade
sys.stdin.readline()
upgrade(engines_of(sys.argv[1]))
"""


def set_version(engines: Engines, version: str) -> None:
    with engines.slow.begin() as link:
        link.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})


def version(engines: Engines) -> str:
    with engines.reading.begin() as link:
        return version_of(link)


def test_the_versions_are_those_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(str(migrations.__file__)).parent))
    config.set_main_option("path_separator", "os")
    walked = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(reversed([script.revision for script in walked])) == VERSIONS


def test_an_empty_store_is_upgraded_and_an_upgraded_one_left_alone(
    store_url: str, open_engines: Open
) -> None:
    engines = open_engines(store_url)
    upgrade(engines)
    assert state_of(engines) == ""
    with engines.durable.begin() as link:
        link.execute(text("INSERT INTO chain VALUES ('a', 1, 'b')"))
    upgrade(engines)
    assert version(engines) == VERSIONS[-1]
    with engines.reading.begin() as link:
        assert link.execute(text("SELECT seq FROM chain")).scalars().all() == [1]


def test_a_store_of_a_newer_release_is_left_alone(engines: Engines) -> None:
    set_version(engines, "9999")
    upgrade(engines)
    assert state_of(engines) == NEWER_SCHEMA
    assert version(engines) == "9999"


def test_an_older_store_is_told_from_one_that_is_away(engines: Engines) -> None:
    set_version(engines, VERSIONS[0])
    assert state_of(engines) == NOT_UPGRADED


def test_a_file_that_is_no_store_is_damaged_and_stays_as_it_is(
    sqlite_url: str, open_engines: Open
) -> None:
    engines = open_engines(sqlite_url)
    assert engines.file is not None
    engines.file.parent.mkdir()
    engines.file.write_bytes(b"no database" * 1000)
    assert state_of(engines) == DAMAGED
    with pytest.raises(SQLAlchemyError):
        upgrade(engines)
    assert engines.file.read_bytes() == b"no database" * 1000


def test_several_processes_upgrade_one_store_once(store_url: str, open_engines: Open) -> None:
    command = [sys.executable, "-c", _UPGRADES, store_url]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(_PROCESSES)
    ]
    told = [process.communicate("go\n", timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [0] * _PROCESSES, told
    assert state_of(open_engines(store_url)) == ""


def test_an_upgrade_that_fails_half_way_leaves_nothing_behind(
    store_url: str, open_engines: Open
) -> None:
    engines = open_engines(store_url)
    upgrade(engines)
    set_version(engines, VERSIONS[0])  # its tables are those of a newer one already
    with pytest.raises(SQLAlchemyError):
        upgrade(engines)
    assert version(engines) == VERSIONS[0]
    assert state_of(engines) == NOT_UPGRADED


def test_development_makes_the_tables_by_itself(store_url: str, open_engines: Open) -> None:
    schema = Schema(open_engines(store_url), by_itself=True)
    assert schema.obstacle() == NOT_LOOKED
    schema.look()
    assert schema.obstacle() == ""


def test_production_waits_for_the_command(store_url: str, open_engines: Open) -> None:
    engines = open_engines(store_url)
    schema = Schema(engines, by_itself=False)
    schema.look()
    assert schema.obstacle() == (AWAY if engines.file else NOT_UPGRADED)
    upgrade(engines)
    schema.look()
    assert schema.obstacle() == ""


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_newer_store_is_an_obstacle_in_every_mode(engines: Engines, by_itself: bool) -> None:
    set_version(engines, "9999")
    schema = Schema(engines, by_itself=by_itself)
    schema.look()
    assert schema.obstacle() == NEWER_SCHEMA


def test_a_folder_that_cannot_be_made_is_an_obstacle_and_no_error(
    tmp_path: Path, open_engines: Open
) -> None:
    (tmp_path / "taken").write_text("a file")
    schema = Schema(open_engines(f"sqlite:///{tmp_path}/taken/store.sqlite"), by_itself=True)
    schema.look()
    assert schema.obstacle() not in ("", NOT_LOOKED)


def test_a_server_that_is_not_there_is_away(open_engines: Open) -> None:
    engines = open_engines("postgresql://nobody@127.0.0.1:1/none")
    assert state_of(engines) == AWAY
    with pytest.raises(OperationalError):
        upgrade(engines)


def test_the_migrations_come_with_the_package() -> None:
    folder = Path(str(migrations.__file__)).parent
    assert (folder / "env.py").is_file()
    assert len(list((folder / "versions").glob("v0*.py"))) == len(VERSIONS)
