"""Every error of a database has an id, and the id says nothing of what was written."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from cds_service.store import trouble
from cds_service.store.trouble import trouble_of

POSTGRESQL = [
    (psycopg.OperationalError, trouble.AWAY),  # no server answered
    (errors.AdminShutdown, trouble.AWAY),
    (errors.TooManyConnections, trouble.AWAY),
    (errors.InvalidCatalogName, trouble.AWAY),
    (errors.ConnectionFailure, trouble.AWAY),
    (errors.LockNotAvailable, trouble.LOCKED),
    (errors.QueryCanceled, trouble.LOCKED),
    (errors.DeadlockDetected, trouble.LOCKED),
    (errors.ReadOnlySqlTransaction, trouble.READ_ONLY),
    (errors.DiskFull, trouble.FULL),
    (errors.DataCorrupted, trouble.DAMAGED),
    (errors.IoError, trouble.DAMAGED),
    (errors.InvalidPassword, trouble.REFUSED),
    (errors.InsufficientPrivilege, trouble.REFUSED),
    (errors.UndefinedTable, trouble.NOT_UPGRADED),
    (errors.UndefinedColumn, trouble.NOT_UPGRADED),
    (errors.DivisionByZero, trouble.FAILED),
]
SQLITE = [
    (sqlite3.SQLITE_BUSY, trouble.LOCKED),
    (sqlite3.SQLITE_BUSY_SNAPSHOT, trouble.LOCKED),
    (sqlite3.SQLITE_READONLY, trouble.READ_ONLY),
    (sqlite3.SQLITE_READONLY_DBMOVED, trouble.READ_ONLY),
    (sqlite3.SQLITE_FULL, trouble.FULL),
    (sqlite3.SQLITE_CORRUPT, trouble.DAMAGED),
    (sqlite3.SQLITE_NOTADB, trouble.DAMAGED),
    (sqlite3.SQLITE_CANTOPEN, trouble.AWAY),
    (sqlite3.SQLITE_IOERR, trouble.FAILED),
    (sqlite3.SQLITE_MISUSE, trouble.FAILED),
]


@pytest.mark.parametrize(("kind", "expected"), POSTGRESQL)
def test_an_error_of_postgresql_has_its_id(kind: type[psycopg.Error], expected: str) -> None:
    assert trouble_of(OperationalError("SELECT", {}, kind("a value"))) == expected


@pytest.mark.parametrize(("code", "expected"), SQLITE)
def test_an_error_of_sqlite_has_its_id(code: int, expected: str) -> None:
    error = sqlite3.OperationalError("a value")
    error.sqlite_errorcode = code
    assert trouble_of(OperationalError("SELECT", {}, error)) == expected


@pytest.mark.parametrize("words", ["no such table: decision", "no such column: x"])
def test_a_table_that_is_not_there_is_an_upgrade_that_was_not_made(words: str) -> None:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = sqlite3.SQLITE_ERROR
    assert trouble_of(OperationalError("SELECT", {}, error)) == trouble.NOT_UPGRADED


def test_an_error_without_a_code_and_of_another_driver_has_an_id_too() -> None:
    assert trouble_of(OperationalError("x", {}, sqlite3.OperationalError("x"))) == trouble.FAILED
    assert trouble_of(InterfaceError("x", {}, ValueError("x"))) == trouble.FAILED


def test_a_connection_that_did_not_become_free_is_a_lock() -> None:
    assert trouble_of(NoConnection("x")) == trouble.LOCKED
