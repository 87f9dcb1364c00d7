"""The service with its shipped knowledge on a fixed day, and a store that can be looked into."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of, open_desk
from cds_service.doors.events import RequestEvent
from cds_service.knowledge import Knowledge
from cds_service.settings import Settings


@dataclass
class Events:
    """Keeps what the service wants remembered."""

    kept: list[RequestEvent] = field(default_factory=list)

    def request_event(self, event: RequestEvent) -> None:
        self.kept.append(event)


def noon() -> datetime:
    return datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def desk(knowledge: Knowledge) -> Desk:
    return open_desk(Settings(), knowledge)


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def client(desk: Desk, events: Events) -> FlaskClient:
    return app_of(desk, events, noon).test_client()


@pytest.fixture(scope="session")
def checkout() -> Path:
    return Path(__file__).parents[2]
