"""Stores that break and mend: each fault is a real one of the file system or of the server."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg

from tests.store.postgresql import PostgresqlServer
from tests.store.site import Site


class Fault(ABC):
    """Something that is broken between 'begin' and 'end'."""

    @abstractmethod
    def begin(self, site: Site) -> None:
        """Break it."""

    @abstractmethod
    def end(self, site: Site) -> None:
        """Mend it."""


class FolderGone(Fault):
    """The disk of the file is not mounted: where the folder was is something else."""

    def __init__(self, file: Path) -> None:
        self._folder = file.parent
        self._away = file.parent.with_suffix(".away")

    def begin(self, site: Site) -> None:
        self._folder.rename(self._away)
        self._folder.write_text("not a folder")

    def end(self, site: Site) -> None:
        self._folder.unlink()
        self._away.rename(self._folder)


class FileReplaced(Fault):
    """Garbage stands where the file was; the operator puts the file back."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._good = file.with_suffix(".good")

    def begin(self, site: Site) -> None:
        with closing(sqlite3.connect(self._file)) as link:
            link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self._file, self._good)
        garbage = self._file.with_suffix(".garbage")
        garbage.write_bytes(b"\x5a" * 40_960)
        for name in ("-wal", "-shm"):
            self._file.with_name(self._file.name + name).unlink(missing_ok=True)
        garbage.rename(self._file)

    def end(self, site: Site) -> None:
        for name in ("-wal", "-shm"):
            self._file.with_name(self._file.name + name).unlink(missing_ok=True)
        self._good.rename(self._file)


class FileLocked(Fault):
    """Another process writes, and does not come to its end."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._link: sqlite3.Connection | None = None

    def begin(self, site: Site) -> None:
        self._link = sqlite3.connect(self._file, isolation_level=None, timeout=20)
        self._link.execute("BEGIN IMMEDIATE")

    def end(self, site: Site) -> None:
        assert self._link
        self._link.rollback()
        self._link.close()


class DiskFull(Fault):
    """No room is left where the file lies."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    def begin(self, site: Site) -> None:
        with self._filler.open("wb", buffering=0) as file:
            for size in (65_536, 512, 1):
                _fill(file.fileno(), size)

    def end(self, site: Site) -> None:
        self._filler.unlink()


def _fill(descriptor: int, size: int) -> None:
    try:
        while True:
            os.write(descriptor, b"x" * size)
    except OSError:
        return


class NoLargerFiles(Fault):
    """The process may not make a file larger than it is: where no small disk can be made."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def begin(self, site: Site) -> None:
        size = self._file.stat().st_size + 4096
        for worker in workers(site):
            resource.prlimit(worker, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def end(self, site: Site) -> None:
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        for worker in workers(site):
            resource.prlimit(worker, resource.RLIMIT_FSIZE, unlimited)


def workers(site: Site) -> list[int]:
    """The processes that answer."""
    master = site.server.process.pid
    listed = Path(f"/proc/{master}/task/{master}/children").read_text("ascii")
    return [int(pid) for pid in listed.split()]


class ServerStopped(Fault):
    """The database server is down."""

    def __init__(self, server: PostgresqlServer) -> None:
        self._server = server

    def begin(self, site: Site) -> None:
        self._server.stop()

    def end(self, site: Site) -> None:
        self._server.start()


class ServerReadOnly(Fault):
    """As a standby is, or a server that somebody looks after."""

    def __init__(self, server: PostgresqlServer, url: str) -> None:
        self._server = server
        self._name = url.rpartition("/")[2]

    def begin(self, site: Site) -> None:
        self._set("SET default_transaction_read_only = on")

    def end(self, site: Site) -> None:
        self._set("RESET default_transaction_read_only")

    def _set(self, what: str) -> None:
        self._server.sql(f"ALTER DATABASE {self._name} {what}")
        self._server.sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self._name}'"
        )


class TablesLocked(Fault):
    """Another session holds every table, as a dump or a migration may."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._link: psycopg.Connection | None = None

    def begin(self, site: Site) -> None:
        self._link = psycopg.connect(self._url)
        self._link.execute(
            "LOCK TABLE decision, request_event, feedback, chain, patient, seen_token"
            " IN ACCESS EXCLUSIVE MODE"
        )

    def end(self, site: Site) -> None:
        assert self._link
        self._link.rollback()
        self._link.close()


class PagesDamaged(Fault):
    """The pages of a table are garbage; the operator restores them."""

    def __init__(self, server: PostgresqlServer, url: str) -> None:
        self._server = server
        self._url = url
        self._files: dict[Path, bytes] = {}

    def begin(self, site: Site) -> None:
        with psycopg.connect(self._url) as link:
            link.execute("CHECKPOINT")
            for table in ("decision_pkey", "request_event_pkey", "feedback"):
                row = link.execute("SELECT pg_relation_filepath(%s)", (table,)).fetchone()
                assert row
                path = self._server.folder / "data" / row[0]
                self._files[path] = b""
        self._server.stop()
        for path in self._files:
            self._files[path] = path.read_bytes()
            garbage = b"\x5a" * max(8192, len(self._files[path]))
            path.write_bytes(garbage)
        self._server.start()

    def end(self, site: Site) -> None:
        self._server.stop()
        for path, content in self._files.items():
            path.write_bytes(content)
        self._server.start()


_FILL = (
    "INSERT INTO request_event SELECT md5(random()::text), '', '', 'filler', repeat('x', 1500),"
    " 200, 0, '' FROM generate_series(1, 500)",
    "INSERT INTO feedback (digest, site, service, card, known_card, outcome, outcome_timestamp,"
    " received_at, reason_system, reason_code, item) SELECT md5(random()::text), 'filler', '', '',"
    " false, '', '', '', '', '', repeat('x', 1500) FROM generate_series(1, 500)",
)


class TablesMayNotGrow(Fault):
    """No file of the server may grow beyond a size that its tables have reached."""

    _MOST = 17 * 1024 * 1024  # bytes; the server's log of changes has files of 16 MiB

    def __init__(self, server: PostgresqlServer, url: str) -> None:
        self._server = server
        self._url = url

    def begin(self, site: Site) -> None:
        self._limit(self._MOST)
        with psycopg.connect(self._url, autocommit=True) as link:
            for statement in _FILL:
                with suppress(psycopg.Error):
                    while True:
                        link.execute(statement)

    def end(self, site: Site) -> None:
        self._limit("unlimited")
        with psycopg.connect(self._url, autocommit=True) as link:
            link.execute("DELETE FROM request_event WHERE site = 'filler'")
            link.execute("DELETE FROM feedback WHERE site = 'filler'")

    def _limit(self, size: int | str) -> None:
        """For the server and for whoever connects from now on."""
        self._server.limit_files(size)
        self._server.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """The folder as a small file system of its own; False where this machine does not let us."""
    folder.mkdir(mode=0o777, parents=True, exist_ok=True)
    options = f"size={megabytes}m,mode=0777"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, check=False)
    mounted = done.returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
