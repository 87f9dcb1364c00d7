"""Empty stores of both kinds, for every test folder; tests/conftest.py loads this.

What is tested is imported late: a broken store is then a failed test, not a broken session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from cds_service.store.engine import Engines
    from tests.store.postgresql import PostgresqlServer


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """One server for all tests; a test that stops or freezes it makes its own."""
    from tests.store.postgresql import PostgresqlServer

    server = PostgresqlServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def postgresql_url(postgresql: PostgresqlServer) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    name = postgresql.new_database()
    yield postgresql.url(name)
    postgresql.drop_database(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of an SQLite store whose file does not exist yet."""
    return f"sqlite:///{tmp_path / 'data' / 'store.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty store; each test runs once for each database.

    For one of them only: parametrize("store_url", ["sqlite"], indirect=True).
    """
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def open_engines() -> Iterator[Callable[[str], Engines]]:
    """Makes the engines of an address, and closes them after the test."""
    from cds_service.store.engine import engines_of

    opened: list[Engines] = []

    def made(url: str) -> Engines:
        opened.append(engines_of(url))
        return opened[-1]

    yield made
    for engines in opened:
        engines.dispose()


@pytest.fixture
def engines(store_url: str, open_engines: Callable[[str], Engines]) -> Engines:
    """The engines of an upgraded store."""
    from cds_service.store.upgrade import upgrade

    engines = open_engines(store_url)
    upgrade(engines)
    return engines


@pytest.fixture
def engine(engines: Engines) -> Engine:
    """The engine that commits durably."""
    return engines.durable
