"""An error of a database -> an id that says what is wrong, without a word of what was written."""

from __future__ import annotations

import sqlite3

from psycopg import Error as PostgresqlError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

AWAY = "away"
LOCKED = "locked"
READ_ONLY = "read-only"
FULL = "disk-full"
DAMAGED = "damaged"
REFUSED = "refused"
NOT_UPGRADED = "not-upgraded"
NEWER_SCHEMA = "newer-schema"
SLOW = "slow"
FAILED = "failed"

_SQLITE = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_CANTOPEN: AWAY,
    sqlite3.SQLITE_IOERR: FAILED,
    sqlite3.SQLITE_PERM: REFUSED,
    sqlite3.SQLITE_AUTH: REFUSED,
}
# The longest beginning of a SQLSTATE that is listed counts.
_POSTGRESQL = {
    "08": AWAY,
    "57P": AWAY,
    "55P03": LOCKED,
    "57014": LOCKED,
    "40": LOCKED,
    "25006": READ_ONLY,
    "53100": FULL,
    "53": AWAY,
    "XX": DAMAGED,
    "58": DAMAGED,
    "28": REFUSED,
    "42501": REFUSED,
    "3D": AWAY,
    "42P01": NOT_UPGRADED,
    "42703": NOT_UPGRADED,
}


def trouble_of(error: SQLAlchemyError) -> str:
    """The id of what is wrong; 'failed' where it is none of the known."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause)
    if isinstance(cause, PostgresqlError):
        return _of_postgresql(cause.sqlstate or "08")
    return LOCKED if cause is None else FAILED  # no connection became free


def _of_sqlite(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the details
    if "no such table" in str(error) or "no such column" in str(error):
        return NOT_UPGRADED
    return _SQLITE.get(code, FAILED)


def _of_postgresql(state: str) -> str:
    known = [start for start in _POSTGRESQL if state.startswith(start)]
    return _POSTGRESQL[max(known, key=len)] if known else FAILED
