"""What an operator asks of a store: its state, the tables of this release, an end to old rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from cds_service.errors import InputError
from cds_service.store.engine import Engines, engines_of
from cds_service.store.instants import in_utc
from cds_service.store.purge import Purged, purge
from cds_service.store.tables import METADATA
from cds_service.store.trouble import NEWER_SCHEMA, trouble_of
from cds_service.store.upgrade import VERSIONS, schema_trouble, state_of, upgrade, version_of


@dataclass(frozen=True)
class State:
    """What a store is, without a word of what is in it."""

    database: str  # 'sqlite' or 'postgresql'
    why: str  # why it cannot be used, as an id; '' where it can be
    version: str  # of its tables; '' where there are none, or it cannot be read
    expected: str  # what this release works with
    rows: Mapping[str, int]  # of each table


def state(url: str) -> State:
    """Look at a store; one that cannot be read is a state too. Raises SettingsError."""
    with _opened(url) as engines:
        kind, why = engines.durable.dialect.name, state_of(engines)
        try:
            with engines.reading.begin() as connection:
                version = version_of(connection)
                rows = {} if schema_trouble(connection) else _rows(connection)
        except SQLAlchemyError as error:
            return State(kind, why or trouble_of(error), "", VERSIONS[-1], {})
    return State(kind, why, version, VERSIONS[-1], rows)


def bring_up(url: str) -> tuple[str, str]:
    """The versions of the tables before and after; raises InputError and SettingsError."""
    with _opened(url) as engines, _told():
        before = _version(engines)
        upgrade(engines)
        if why := state_of(engines):
            raise InputError(_NEWER if why == NEWER_SCHEMA else f"The store is not usable: {why}.")
        return before, _version(engines)


def purge_before(url: str, before: datetime, now: datetime) -> Purged:
    """Delete what is older than a moment; raises InputError and SettingsError."""
    with _opened(url) as engines, _told():
        if why := state_of(engines):
            raise InputError(f"The store is not usable: {why}.")
        return purge(
            engines.slow, in_utc(before.isoformat()), in_utc(now.isoformat()), now.timestamp()
        )


_NEWER = "The store was upgraded by a newer release; this one leaves it alone."


@contextmanager
def _opened(url: str) -> Iterator[Engines]:
    engines = engines_of(url)
    try:
        yield engines
    finally:
        engines.dispose()


@contextmanager
def _told() -> Iterator[None]:
    """Errors without the address, which may hold a password, and without values."""
    try:
        yield
    except SQLAlchemyError as error:
        raise InputError(f"The store cannot be used: {trouble_of(error)}.") from None
    except OSError as error:
        raise InputError(f"The store's file cannot be made: {error.strerror}.") from None


def _version(engines: Engines) -> str:
    if engines.file and not engines.file.exists():
        return ""
    with engines.reading.begin() as connection:
        return version_of(connection)


def _rows(connection: Connection) -> dict[str, int]:
    tables = sorted(METADATA.tables.values(), key=lambda table: table.name)
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in tables
    }
