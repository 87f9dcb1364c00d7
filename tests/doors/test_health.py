"""Alive while it answers, ready only while a known patient gets the right card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.domain import Assessment, Gap, Nation, Received
from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of
from cds_service.doors.events import NOTHING_KEPT, StoreHealth
from cds_service.doors.health import EXAMPLE, trouble
from cds_service.knowledge import Knowledge, data_dir
from cds_service.service import assess_patient
from cds_service.settings import Settings
from tests.doors.conftest import Events, client_of, noon

TODAY = date(2026, 11, 22)


class Speechless:
    """Cards that cannot be written: nothing, or the fixed replacement."""

    def __init__(self, desk: Desk, *, replaced: bool) -> None:
        self._cards = desk.cards
        self._replaced = replaced

    def card(self, assessment: Assessment, *names: Any, **_: object) -> dict[str, Any] | None:
        return self._cards.replacement(assessment, names[0]) if self._replaced else None

    def replacement(self, *_: object) -> None:
        return None

    def failures(self) -> int:
        return 0


def blind(
    resources: Sequence[Received],
    gaps: Sequence[Gap],
    today: date,
    nation: Nation,
    knowledge: Knowledge,
) -> tuple[Assessment, ...]:
    """A rule that lost sight of every result."""
    kept = [r for r in resources if r.json.get("resourceType") != "Observation"]
    return assess_patient(kept, gaps, today, nation, knowledge)


def broken(*_: object) -> tuple[Assessment, ...]:
    raise LookupError("Canary")


def test_a_service_that_works_is_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/health/live").get_json() == {"status": "alive"}
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.get_json()) == (200, {"status": "ready"})


def test_a_rule_that_misses_the_known_patient_is_not_ready_but_alive(desk: Desk) -> None:
    client = client_of(desk, assess=blind)
    ready = client.get("/health/ready")
    assert ready.status_code == 503
    assert ready.get_json() == {"status": "not ready", "why": "wrong-recommendation"}
    assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize("replaced", [False, True])
def test_a_card_that_cannot_be_written_is_not_ready(desk: Desk, replaced: bool) -> None:
    ready = client_of(desk, cards=Speechless(desk, replaced=replaced)).get("/health/ready")
    assert (ready.status_code, ready.get_json()["why"]) == (503, "no-card")


def test_a_rule_that_fails_is_not_ready_and_says_nothing_of_the_failure(desk: Desk) -> None:
    ready = client_of(desk, assess=broken).get("/health/ready")
    assert (ready.status_code, ready.get_json()["why"]) == (503, "internal-error")
    assert "Canary" not in ready.text


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("scenario.toml", ""),
        ("scenario.toml", "recommendation ="),
        ("request.json", ""),
        ("request.json", "{}"),
        ("request.json", None),
    ],
)
def test_an_example_that_cannot_be_read_is_not_ready(
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    content: str | None,
) -> None:
    folder = tmp_path / EXAMPLE
    folder.mkdir()
    for name in ("scenario.toml", "request.json"):
        (folder / name).write_bytes((data_dir("fhir_examples") / EXAMPLE / name).read_bytes())
    monkeypatch.setattr("cds_service.doors.health.data_dir", lambda _: tmp_path)
    assert trouble(desk, TODAY) == ""
    (folder / file).unlink() if content is None else (folder / file).write_text(content, "utf-8")
    assert trouble(desk, TODAY) == "example-unreadable"


@pytest.mark.parametrize("nation", Nation)
@pytest.mark.parametrize("laboratory", [True, False])
def test_a_site_of_any_nation_and_with_any_queries_is_ready(
    desk: Desk, nation: Nation, laboratory: bool
) -> None:
    settings = Settings(nation=nation, prefetch_laboratory=laboratory, patient_users=False)
    assert trouble(replace(desk, settings=settings), TODAY) == ""


def test_asking_whether_it_is_ready_reads_no_fhir_server(desk: Desk) -> None:
    def asked(*_: object) -> Any:
        raise AssertionError("a FHIR server was asked")

    assert trouble(replace(desk, fetch=asked), TODAY) == ""


@dataclass
class Kept(Events):
    """A store in a state of its own."""

    state: StoreHealth = field(default=NOTHING_KEPT)

    def health(self) -> StoreHealth:
        return self.state


@pytest.mark.parametrize(
    ("state", "told", "whole"),
    [
        (StoreHealth("ok", waiting=2), {"status": "ok", "why": "", "waiting": 2}, "ok"),
        (NOTHING_KEPT, {"status": "none", "why": "", "waiting": 0}, "ok"),
        (
            StoreHealth("degraded", "locked", 7),
            {"status": "degraded", "why": "locked", "waiting": 7},
            "degraded",
        ),
    ],
)
def test_trouble_of_the_store_is_told_and_leaves_the_service_ready(
    desk: Desk, state: StoreHealth, told: dict[str, Any], whole: str
) -> None:
    client = app_of(desk, Kept(state=state), noon).test_client()
    found = client.get("/health")
    assert (found.status_code, found.get_json()["status"]) == (200, whole)
    assert found.get_json()["store"] == told
    assert client.get("/health/ready").status_code == 200
