"""The URL of a store -> its engines: one that commits durably, a quick one, and one that reads.

No engine opens anything until it is used, so a store that is away does not keep the service from
starting, and nothing is shared over a fork.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, QueuePool, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError

from cds_service.errors import SettingsError

LOCKED = 1.0  # seconds to wait for somebody else's transaction
QUICK = 0.5  # seconds, where a hook call waits
_CONNECTS = 2  # seconds to reach a PostgreSQL server; the library knows no less
_READS = 30.0  # seconds for a report
_SLOW = 60.0  # seconds for a change of the tables, and to wait for another process's
# What one report says is of one moment, as it is in SQLite anyway.
_ONE_MOMENT = (
    "default_transaction_read_only=on",
    r"default_transaction_isolation=repeatable\ read",
)
_WRONG = "CDS_STORE_URL: expected sqlite:///FILE or postgresql://..."
# A server that vanished is noticed by the network, since the driver waits for its answer.
_NETWORK = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}


@dataclass(frozen=True)
class Engines:
    """One store, for four uses; each has connections of its own."""

    durable: Engine  # what is committed is on the disk
    quick: Engine  # what is committed outlives the process, not a power cut; gives up early
    reading: Engine  # for reports; cannot write
    slow: Engine  # waits long; for upgrades and purges
    file: Path | None = None  # of SQLite

    def dispose(self) -> None:
        """Close every connection that is not in use."""
        for engine in (self.durable, self.quick, self.reading, self.slow):
            engine.dispose()


def engines_of(url: str) -> Engines:
    """Engines for SQLite or PostgreSQL; raises SettingsError for any other address."""
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        path = _path(address)
        return Engines(
            durable=_sqlite(path, LOCKED, "synchronous=FULL", size=1),
            # Without a checkpoint of its own, no commit of this engine waits for the disk.
            quick=_sqlite(path, QUICK, "synchronous=NORMAL", "wal_autocheckpoint=0", size=4),
            reading=_sqlite(path, LOCKED, "query_only=ON", size=4, reads=True),
            slow=_sqlite(path, _SLOW, "synchronous=FULL", size=1),
            file=path,
        )
    return Engines(
        durable=_postgresql(address, 2 * LOCKED, LOCKED, size=8),
        quick=_postgresql(address, QUICK, QUICK, "synchronous_commit=off", size=8),
        reading=_postgresql(address, _READS, LOCKED, *_ONE_MOMENT, size=4),
        slow=_postgresql(address, _SLOW, _SLOW, size=1),
    )


def engine_of(url: str) -> Engine:
    """The engine that commits durably; raises SettingsError."""
    return engines_of(url).durable


def make_file(path: Path) -> None:
    """An empty file that only its owner can read, in such a folder; raises OSError.

    The engines open a file and never make one: a store whose disk is not there must not begin
    anew beside it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise SettingsError(_WRONG) from None
    if address.get_backend_name() == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:"):
        return address.set(drivername="sqlite+pysqlite")
    raise SettingsError(_WRONG)


def _path(address: URL) -> Path:
    return Path(str(address.database)).absolute()


def _sqlite(path: Path, waits: float, *pragmas: str, size: int, reads: bool = False) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        creator=_opener(path, waits),
        poolclass=QueuePool,
        hide_parameters=True,
        pool_size=size,
        max_overflow=0,
        pool_timeout=waits,
        execution_options={"reads": reads},
    )

    def prepare(connection: Any, record: Any) -> None:
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", *pragmas):
            connection.execute(f"PRAGMA {pragma}")
        record.info["file"] = _identity(path)

    def same(_: Any, record: Any, __: Any) -> None:
        """A file that was moved away would take what is written, and lose it."""
        if record.info.get("file") != _identity(path):
            raise DisconnectionError("the file is another one now")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "checkout", same)
    event.listen(engine, "begin", _begin)
    return engine


def _opener(path: Path, waits: float) -> Callable[[], sqlite3.Connection]:
    address = f"file:{quote(str(path))}?mode=rw"

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(
            address, uri=True, timeout=waits, isolation_level=None, check_same_thread=False
        )

    return opened


def _begin(link: Connection) -> None:
    """The driver's own transactions begin too late: a read that turns into a write would fail."""
    reads = link.get_execution_options().get("reads", False)
    link.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _postgresql(address: URL, statement: float, lock: float, *more: str, size: int) -> Engine:
    options = (
        f"statement_timeout={_milliseconds(statement)}",
        f"lock_timeout={_milliseconds(lock)}",
        # A connection that died in a transaction must not hold its locks.
        f"idle_in_transaction_session_timeout={_milliseconds(_SLOW)}",
        *more,
    )
    return create_engine(
        address,
        connect_args={
            "connect_timeout": _CONNECTS,
            "options": " ".join(f"-c {option}" for option in options),
            "tcp_user_timeout": _milliseconds(2 * LOCKED),
            **_NETWORK,
        },
        pool_pre_ping=True,
        hide_parameters=True,  # an error would quote what is stored
        pool_size=size,
        max_overflow=0,
        pool_timeout=LOCKED,
    )


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
