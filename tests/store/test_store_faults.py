"""Whatever happens to the store, each call gets its right card soon, and its record is kept once.

Each test breaks a real store under a running server, and mends it: the server goes on without a
restart, and what waited in the spool is in the store afterwards.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from cds_service.store.engine import engines_of
from cds_service.store.upgrade import upgrade
from tests.store.breaking import (
    DiskFull,
    Fault,
    FileLocked,
    FileReplaced,
    FolderGone,
    NoLargerFiles,
    PagesDamaged,
    ServerReadOnly,
    ServerStopped,
    TablesLocked,
    TablesMayNotGrow,
    small_disk,
)
from tests.store.made import until
from tests.store.postgresql import PostgresqlServer
from tests.store.site import Site, running

# A lock lasts 3 seconds in `make test`, and 30 with CDS_TEST_EXAMPLES=10.
LOCKED = 3.0 * int(os.environ.get("CDS_TEST_EXAMPLES", "1"))
MANY = 300  # calls until a disk without room is noticed: pages that are there have some left
WITHOUT_POWERS = ("setpriv", "--bounding-set=-all", "--no-new-privs") if os.geteuid() == 0 else ()
InSqlite = Callable[[Path], Fault]


def file_of(url: str) -> Path:
    return Path(str(make_url(url).database))


@pytest.fixture(scope="module")
def own_postgresql() -> Iterator[PostgresqlServer]:
    """A server that may be stopped and damaged."""
    server = PostgresqlServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def own_url(own_postgresql: PostgresqlServer) -> Iterator[str]:
    name = own_postgresql.new_database()
    yield own_postgresql.url(name)
    own_postgresql.drop_database(name)


def broken(site: Site, seconds: float = 0.0) -> None:
    """Cards come, health says why, feedback is refused until later."""
    for _ in range(MANY):
        site.call()
        if site.health()["status"] == "degraded":
            break
    site.degraded()
    ends = time.monotonic() + seconds
    site.call()
    while time.monotonic() < ends:
        time.sleep(0.5)
        site.call()
    status, fields = site.feedback(site.cards[0])
    assert status == 503
    assert int(fields["Retry-After"]) > 0


def mended(site: Site) -> None:
    """Everything is in the store, and feedback is taken again."""
    until(lambda: site.feedback(site.cards[0])[0] == 200)
    site.recovered()
    site.call()
    site.stored()
    assert site.answers() == [site.cards[0]]


def survives(site: Site, fault: Fault, seconds: float = 0.0) -> None:
    """From well over broken to well."""
    first = site.call()
    site.stored()
    began = utc_now()
    fault.begin(site)
    broken(site, seconds)
    last = site.call()
    ended = utc_now()
    fault.end(site)
    mended(site)
    assert site.times(first)[1] < began < ended < site.times(last)[1]


def utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


@pytest.mark.parametrize("fault", [FolderGone, FileReplaced])
def test_a_file_that_is_gone_or_damaged_and_comes_back(
    sqlite_url: str, tmp_path: Path, fault: InSqlite
) -> None:
    with running(tmp_path, sqlite_url) as site:
        survives(site, fault(file_of(sqlite_url)))


def test_a_file_that_is_locked(sqlite_url: str, tmp_path: Path) -> None:
    with running(tmp_path, sqlite_url) as site:
        survives(site, FileLocked(file_of(sqlite_url)), LOCKED)


def test_a_disk_without_room_for_the_file(sqlite_url: str, tmp_path: Path) -> None:
    folder = file_of(sqlite_url).parent
    with small_disk(folder, 2) as made, running(tmp_path, sqlite_url) as site:
        site.call()
        survives(site, DiskFull(folder) if made else NoLargerFiles(file_of(sqlite_url)))


def test_a_file_that_may_not_grow(sqlite_url: str, tmp_path: Path) -> None:
    with running(tmp_path, sqlite_url) as site:
        survives(site, NoLargerFiles(file_of(sqlite_url)))


def test_a_file_that_may_not_be_written(sqlite_url: str, tmp_path: Path) -> None:
    """From the start on: whoever may write an open file could write on."""
    engines = engines_of(sqlite_url)
    upgrade(engines)
    engines.dispose()
    file = file_of(sqlite_url)
    file.chmod(0o400)
    file.parent.chmod(0o500)
    with running(tmp_path, sqlite_url, WITHOUT_POWERS) as site:
        broken(site)
        assert site.health()["why"] == "read-only"
        file.parent.chmod(0o700)
        file.chmod(0o600)
        mended(site)


def test_a_file_that_is_no_store_at_the_start(sqlite_url: str, tmp_path: Path) -> None:
    """The operator moves it away; in development a new one is made by itself."""
    file = file_of(sqlite_url)
    file.parent.mkdir()
    file.write_bytes(b"\x5a" * 40_960)
    with running(tmp_path, sqlite_url) as site:
        broken(site)
        assert site.health()["why"] == "damaged"
        file.rename(file.with_suffix(".damaged"))
        mended(site)


def test_a_folder_that_was_never_there(sqlite_url: str, tmp_path: Path) -> None:
    folder = file_of(sqlite_url).parent
    folder.write_text("not a folder")
    with running(tmp_path, sqlite_url) as site:
        broken(site)
        folder.unlink()
        mended(site)


def test_a_file_that_was_deleted_is_made_anew_in_development_and_the_rest_goes_there(
    sqlite_url: str, tmp_path: Path
) -> None:
    with running(tmp_path, sqlite_url) as site:
        site.call()
        site.stored()
        for path in file_of(sqlite_url).parent.iterdir():
            path.unlink()
        later = [site.call() for _ in range(5)]
        site.recovered()
        site.stored(later)


def test_a_server_that_is_stopped(
    own_postgresql: PostgresqlServer, own_url: str, tmp_path: Path
) -> None:
    with running(tmp_path, own_url) as site:
        survives(site, ServerStopped(own_postgresql))


def test_a_server_whose_disk_has_no_room(
    own_postgresql: PostgresqlServer, own_url: str, tmp_path: Path
) -> None:
    folder = own_postgresql.folder / "disk"
    with small_disk(folder, 48) as made:
        full: Fault = TablesMayNotGrow(own_postgresql, own_url)
        place: AbstractContextManager[str] = nullcontext(own_url)
        if made:
            full, place = DiskFull(folder), own_postgresql.database_in(folder)
        with place as url, running(tmp_path, url) as site:
            survives(site, full)


def test_tables_that_may_not_grow(
    own_postgresql: PostgresqlServer, own_url: str, tmp_path: Path
) -> None:
    with running(tmp_path, own_url) as site:
        survives(site, TablesMayNotGrow(own_postgresql, own_url))


def test_a_server_that_was_never_there(
    own_postgresql: PostgresqlServer, own_url: str, tmp_path: Path
) -> None:
    own_postgresql.stop()
    with running(tmp_path, own_url) as site:
        broken(site)
        assert site.health()["why"] == "away"
        own_postgresql.start()
        mended(site)


def test_a_server_that_is_read_only(
    postgresql: PostgresqlServer, postgresql_url: str, tmp_path: Path
) -> None:
    with running(tmp_path, postgresql_url) as site:
        survives(site, ServerReadOnly(postgresql, postgresql_url))


def test_tables_that_are_locked(postgresql_url: str, tmp_path: Path) -> None:
    with running(tmp_path, postgresql_url) as site:
        survives(site, TablesLocked(postgresql_url), LOCKED)


def test_pages_of_tables_that_are_damaged(
    own_postgresql: PostgresqlServer, own_url: str, tmp_path: Path
) -> None:
    with running(tmp_path, own_url) as site:
        survives(site, PagesDamaged(own_postgresql, own_url))


def test_a_spool_that_cannot_be_written_while_the_store_can(store_url: str, tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("not a folder")
    with running(tmp_path, store_url) as site:
        site.call()
        site.degraded()
        assert site.health()["why"] == "spool-unwritable"
        site.stored()
        assert site.feedback(site.cards[0])[0] == 200
        (tmp_path / "spool").unlink()
        site.recovered()


def test_neither_spool_nor_store_can_be_written(sqlite_url: str, tmp_path: Path) -> None:
    """Cards come; what memory holds reaches the store when that is back."""
    folder = file_of(sqlite_url).parent
    for path in (folder, tmp_path / "spool"):
        path.write_text("not a folder")
    with running(tmp_path, sqlite_url) as site:
        broken(site)
        folder.unlink()
        until(lambda: site.health()["why"] == "spool-unwritable", seconds=40)
        site.stored()
