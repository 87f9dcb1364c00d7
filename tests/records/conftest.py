"""The hook door with a store that keeps decision records in a list."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug.test import TestResponse

from cds_service.clients import ANYBODY, Client
from cds_service.doors.answer import Answer, Desk, answer
from cds_service.doors.app import app_of, open_desk
from cds_service.doors.envelope import read_call
from cds_service.doors.events import LogStore, RequestEvent
from cds_service.doors.replaying import Replayed, Replayer
from cds_service.knowledge import Knowledge, data_dir
from cds_service.settings import Settings
from cds_service.strict_json import parse
from tests.doors.bodies import SERVICE, chart_opening, fusion, mesothelioma

BOTH = chart_opening(observations=[fusion()], conditions=[mesothelioma()])
SECRET = b"a secret of this site that is long enough"


@dataclass
class Shelf(LogStore):
    """Keeps what the service wants remembered."""

    decisions: list[tuple[dict[str, Any], bytes]] = field(default_factory=list)
    events: list[RequestEvent] = field(default_factory=list)

    def decision(self, record: Mapping[str, Any], content: bytes = b"") -> None:
        self.decisions.append((json.loads(json.dumps(record)), content))

    def request_event(self, event: RequestEvent) -> None:
        self.events.append(event)

    @property
    def records(self) -> list[dict[str, Any]]:
        return [record for record, _ in self.decisions]


def noon() -> datetime:
    return datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class Site:
    """One site's service, with its shelf of decisions."""

    desk: Desk
    shelf: Shelf = field(default_factory=Shelf)

    def call(self, body: Mapping[str, Any] | bytes, **more: Any) -> TestResponse:
        """Post one hook request."""
        client = app_of(self.desk, self.shelf, noon).test_client()
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.post(SERVICE, data=data, content_type="application/json", **more)

    def record(self, body: Mapping[str, Any] | bytes) -> dict[str, Any]:
        """The one record that a call leaves."""
        before = len(self.shelf.records)
        assert self.call(body).status_code in (200, 412)
        (record,) = self.shelf.records[before:]
        return record

    def with_(self, **changes: Any) -> Site:
        """The same site with something of its desk replaced, and an empty shelf."""
        return Site(replace(self.desk, **changes))


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(secret=SECRET, keep_input=True)


@pytest.fixture(scope="session")
def whole_desk(knowledge: Knowledge, settings: Settings) -> Desk:
    return open_desk(settings, knowledge)


@pytest.fixture
def site(whole_desk: Desk) -> Site:
    return Site(whole_desk)


def decided(desk: Desk, body: Mapping[str, Any], client: Client = ANYBODY) -> Answer:
    """The answer to a call with everything that is behind it."""
    call = read_call(parse(json.dumps(body).encode()), desk.settings)
    return answer(call, desk, noon().date(), desk.settings.nation, client=client)


def card_of(site: Site, body: Mapping[str, Any]) -> dict[str, Any]:
    (card,) = site.call(body).get_json()["cards"]
    return dict(card)


@pytest.fixture(scope="session")
def replayer() -> Replayer:
    return Replayer(Settings(secret=SECRET), data_dir("knowledge"), data_dir("cards"))


def told(replayed: Replayed) -> str:
    return f"{replayed.verdict}: {replayed.why}"
