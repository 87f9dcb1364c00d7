"""What the doors hand over, and when a store begins and ends with its application."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cds_service.doors.app import AFTER_FORK, AT_EXIT, create_app
from cds_service.doors.events import Cause, LogStore, RequestEvent, Store
from cds_service.doors.keeping import Keeping, event_record
from cds_service.errors import SettingsError, Unavailable
from cds_service.knowledge import Knowledge
from cds_service.settings import Settings
from cds_service.store import DurableStore
from cds_service.store.engine import Engines
from cds_service.store.tables import DECISIONS, EVENTS
from tests.doors.bodies import SERVICE
from tests.doors.commands import positive
from tests.doors.conftest import noon
from tests.store.made import until
from tests.store.test_tokens import started
from tests.store.test_two_servers import registry, token

AWAY = "postgresql://nobody@127.0.0.1:1/none"
EVENT = RequestEvent(
    time=datetime(2026, 11, 22, 12, tzinfo=UTC),
    correlation="an-id",
    method="POST",
    route=SERVICE,
    status=200,
    duration_ms=3,
    recommendations=("could-not-check",),
    site="trust-a",
    causes=(Cause("could-not-check", "not-sent"),),
    fetches=("complete",),
)


@pytest.fixture
def store(store_url: str, tmp_path: Path) -> Iterator[DurableStore]:
    with started(store_url, tmp_path) as store:
        yield store


def events(engines: Engines) -> list[Any]:
    with engines.reading.begin() as link:
        return list(link.execute(select(EVENTS).order_by(EVENTS.c.id)))


def test_an_event_is_logged_and_stored_with_every_member(
    store: DurableStore, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        Keeping(store).request_event(EVENT)
    assert [record.message for record in caplog.records] == ["request"]
    until(lambda: events(store.engines))
    (row,) = events(store.engines)
    told = json.loads(row.event)
    members = {field.name for field in fields(RequestEvent)} - {"correlation"} | {"id"}
    assert set(told) == members
    assert (row.id, told["id"], row.site, row.status) == ("an-id", "an-id", "trust-a", 200)
    assert told["causes"] == [{"recommendation": "could-not-check", "why": "not-sent"}]
    assert told == json.loads(json.dumps(event_record(EVENT)))


@pytest.mark.parametrize("route", ["/health", "/health/live", "/health/ready", "/metrics"])
def test_whoever_only_watches_leaves_no_row(route: str, store: DurableStore) -> None:
    keeping = Keeping(store)
    keeping.request_event(replace(EVENT, route=route, correlation="watched"))
    keeping.request_event(EVENT)
    until(lambda: events(store.engines))
    assert [row.id for row in events(store.engines)] == ["an-id"]


def test_the_state_of_the_store_is_told_to_the_doors(store: DurableStore, tmp_path: Path) -> None:
    assert (Keeping(store).health().status, Keeping(store).health().why) == ("ok", "")
    with started(AWAY, tmp_path / "other") as away:
        keeping = Keeping(away)
        keeping.request_event(EVENT)
        found = keeping.health()
    assert (found.status, found.why, found.waiting) == ("degraded", "away", 1)


def test_the_adapter_and_the_log_are_stores() -> None:
    given: list[type[Store]] = [Keeping, LogStore]
    members = {name for name in vars(Store) if not name.startswith("_")}
    assert {"first_use", "feedback", "decision", "start", "close"} <= members
    assert all(callable(getattr(kind, name)) for kind in given for name in members)


def settings_of(url: str, folder: Path, **changes: Any) -> Settings:
    return replace(Settings(), store_url=url, spool_dir=folder / "spool", **changes)


def test_an_application_opens_the_store_of_its_settings_only_when_it_serves(
    store_url: str, engines: Engines, tmp_path: Path, knowledge: Knowledge
) -> None:
    before = threading.active_count()
    app = create_app(settings_of(store_url, tmp_path), knowledge=knowledge, clock=noon)
    assert threading.active_count() == before
    assert not (tmp_path / "spool").exists()
    app.extensions[AFTER_FORK]()
    try:
        assert app.test_client().post(SERVICE, json=positive()).status_code == 200
    finally:
        app.extensions[AT_EXIT]()
    assert [row.status for row in events(engines)] == [200]
    with engines.reading.begin() as link:
        assert len(link.execute(select(DECISIONS)).all()) == 1


def test_what_an_application_that_never_served_was_asked_is_filed_by_the_next(
    store_url: str, engines: Engines, tmp_path: Path, knowledge: Knowledge
) -> None:
    settings = settings_of(store_url, tmp_path)
    unserved = create_app(settings, knowledge=knowledge, clock=noon)
    assert unserved.test_client().post(SERVICE, json=positive()).status_code == 200
    unserved.extensions[AT_EXIT]()
    with started(store_url, tmp_path):
        until(lambda: events(engines))
    assert [row.status for row in events(engines)] == [200]


def test_a_store_whose_address_is_none_stops_the_start(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    with pytest.raises(SettingsError, match="CDS_STORE_URL"):
        create_app(settings_of("nothing", tmp_path), knowledge=knowledge)


@pytest.mark.parametrize(("strict", "status"), [(False, 200), (True, 503)])
def test_with_the_store_away_a_token_is_good_unless_the_site_is_strict(
    strict: bool, status: int, tmp_path: Path, knowledge: Knowledge
) -> None:
    settings = settings_of(AWAY, tmp_path, jti_strict=strict, clients=Path(registry(tmp_path)))
    with started(AWAY, tmp_path) as away:
        app = create_app(settings, knowledge=knowledge, store=Keeping(away))
        door, signed = app.test_client(), {"Authorization": f"Bearer {token('one')}"}
        answers = [door.post(SERVICE, json=positive(), headers=signed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [status, 503 if strict else 401]
    if strict:
        assert all(0 < int(answer.headers["Retry-After"]) <= 60 for answer in answers)
        assert answers[0].get_json()["issue"][0]["code"] == "transient"
    else:
        assert answers[0].get_json()["cards"]


def test_feedback_is_refused_while_nothing_can_be_made_durable(tmp_path: Path) -> None:
    item = {"card": "c", "outcome": "accepted", "outcomeTimestamp": "2026-11-22T12:00:00Z"}
    with started(AWAY, tmp_path) as away, pytest.raises(Unavailable) as refused:
        Keeping(away).feedback("local", "ntrk-mesothelioma", [item])
    assert refused.value.retry_after > 0
