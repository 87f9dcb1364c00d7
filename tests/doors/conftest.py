"""The service with its shipped knowledge on a fixed day, and a store that can be looked into."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of
from cds_service.doors.events import LogStore, RequestEvent
from cds_service.knowledge import Knowledge
from cds_service.settings import Settings


@dataclass
class Events(LogStore):
    """Keeps what the service wants remembered."""

    kept: list[RequestEvent] = field(default_factory=list)

    def request_event(self, event: RequestEvent) -> None:
        self.kept.append(event)


def noon() -> datetime:
    return datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def client(desk: Desk, events: Events) -> FlaskClient:
    return app_of(desk, events, noon).test_client()


@pytest.fixture
def proved(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line with cards that were proved before: most of a run, and the same for all."""

    def ready(settings: Settings, knowledge: Knowledge) -> Desk:
        return replace(desk, settings=settings, knowledge=knowledge)

    monkeypatch.setattr("cds_service.doors.cli.open_desk", ready)


@pytest.fixture(scope="session")
def checkout() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def written(*documents: object, name: str = "a file.json") -> str:
        path = tmp_path / name
        path.write_text("\n".join(json.dumps(document) for document in documents), "utf-8")
        return str(path)

    return written


def client_of(desk: Desk, **changes: Any) -> FlaskClient:
    """The service with something of its desk replaced."""
    return app_of(replace(desk, **changes), Events(), noon).test_client()


def outcome_of(response: TestResponse, status: int) -> dict[str, Any]:
    """The outcome of a refused request, checked for what all of them share."""
    assert response.status_code == status
    assert response.mimetype == "application/json"
    body: dict[str, Any] = response.get_json()
    assert body["resourceType"] == "OperationOutcome"
    assert body["id"] == response.headers["X-Correlation-Id"]
    assert all(issue["severity"] == "error" and issue["code"] for issue in body["issue"])
    return body


def texts(body: dict[str, Any]) -> list[str]:
    """What the issues of an outcome say."""
    return [issue["details"]["text"] for issue in body["issue"]]
