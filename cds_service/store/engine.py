"""The URL of a store -> an engine that commits durably and never waits long for a lock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from cds_service.errors import SettingsError

LOCKED = 1.0  # seconds to wait for somebody else's transaction
_CONNECTS = 1  # seconds to reach a PostgreSQL server
_STATEMENT = 2000  # milliseconds


def engine_of(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL; raises SettingsError for any other address.

    Nothing is opened yet: a store that is away does not keep the service from starting.
    """
    address = _address(url)
    return _sqlite(address) if address.get_backend_name() == "sqlite" else _postgresql(address)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise SettingsError("CDS_STORE_URL: expected sqlite:///FILE or postgresql://...") from None
    if address.get_backend_name() == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:"):
        return address.set(drivername="sqlite+pysqlite")
    raise SettingsError("CDS_STORE_URL: expected sqlite:///FILE or postgresql://...")


def _sqlite(address: URL) -> Engine:
    engine = create_engine(address, connect_args={"timeout": LOCKED, "isolation_level": None})
    event.listen(engine, "connect", _prepare)
    # The driver's own transactions begin too late: a read that turns into a write would fail.
    event.listen(engine, "begin", lambda link: link.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _prepare(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _postgresql(address: URL) -> Engine:
    options = f"-c statement_timeout={_STATEMENT} -c lock_timeout={_STATEMENT}"
    return create_engine(
        address,
        connect_args={"connect_timeout": _CONNECTS, "options": options},
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=8,
        pool_timeout=LOCKED,
    )


def folder_of(url: str) -> Path | None:
    """Where the file of an SQLite store lies; None for PostgreSQL."""
    address = _address(url)
    if address.get_backend_name() != "sqlite" or address.database is None:
        return None
    return Path(address.database).parent
