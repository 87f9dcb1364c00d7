"""The service over a real store of each kind, and over one that only remembers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of, open_desk
from cds_service.doors.keeping import Keeping
from cds_service.knowledge import Knowledge
from cds_service.settings import Settings
from cds_service.store import DurableStore, open_store
from cds_service.store.tables import DECISIONS, EVENTS, FEEDBACK
from tests.doors.conftest import Events, noon
from tests.store.made import until


@dataclass
class Answers(Events):
    """Keeps what it is given, as it comes."""

    answers: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)

    def feedback(self, site: str, service: str, items: Sequence[Mapping[str, Any]]) -> None:
        self.answers += [(site, service, item) for item in items]


@pytest.fixture(scope="session")
def desk(knowledge: Knowledge) -> Desk:
    return open_desk(Settings(), knowledge)


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def client(desk: Desk, answers: Answers) -> FlaskClient:
    return app_of(desk, answers, noon).test_client()


@dataclass
class House:
    """A service with a store on disk."""

    desk: Desk
    store: DurableStore

    def door(self, **settings: Any) -> FlaskClient:
        """The service, with some settings changed."""
        changed = replace(self.desk, settings=replace(self.desk.settings, **settings))
        return app_of(changed, Keeping(self.store), noon).test_client()

    def rows(self) -> list[dict[str, Any]]:
        """All feedback, in the order of the time at which it was given."""
        asked = select(FEEDBACK).order_by(FEEDBACK.c.outcome_timestamp, FEEDBACK.c.digest)
        with self.store.engines.reading.begin() as connection:
            return [dict(row) for row in connection.execute(asked).mappings()]

    def records(self, table: Any = DECISIONS) -> list[dict[str, Any]]:
        """All decisions or events, once none waits."""
        until(lambda: not self.store.health().waiting)
        with self.store.engines.reading.begin() as connection:
            asked = select(table).order_by(table.c.stored_at)
            return [dict(row) for row in connection.execute(asked).mappings()]

    def events(self) -> list[dict[str, Any]]:
        return self.records(EVENTS)


Open = Callable[[], House]


@pytest.fixture
def opened(desk: Desk, store_url: str, tmp_path: Path) -> Iterator[Open]:
    """Opens the same store as often as asked, each with a spool of its own process."""
    houses: list[House] = []

    def one() -> House:
        settings = replace(desk.settings, store_url=store_url, spool_dir=tmp_path / "spool")
        house = House(replace(desk, settings=settings), open_store(settings, noon))
        house.store.start()
        until(lambda: not house.store.health().why)
        houses.append(house)
        return house

    yield one
    for house in houses:
        house.store.close()


@pytest.fixture
def house(opened: Open) -> House:
    return opened()
