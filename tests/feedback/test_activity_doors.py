"""The figures over HTTP, in development only, and as a command everywhere."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.clients import Registry
from cds_service.doors.answer import Desk
from cds_service.doors.cli import main
from cds_service.settings import Mode
from tests.doors.bodies import SERVICE, chart_opening, fusion, mesothelioma
from tests.doors.commands import PRODUCTION, complaint
from tests.doors.conftest import client_of, outcome_of, texts
from tests.doors.test_openapi import problems
from tests.feedback.bodies import FEEDBACK, accepted, feedback, overridden, reason
from tests.feedback.conftest import House

DAY = "2026-11-22"  # on which the service of these tests runs


@pytest.fixture
def used(house: House) -> FlaskClient:
    """A service that was called three times and heard two answers."""
    door = house.door()
    body = chart_opening(conditions=[mesothelioma()], observations=[fusion()])
    (card,) = door.post(SERVICE, json=body).get_json()["cards"]
    door.post(SERVICE, json=chart_opening())
    door.post(SERVICE, json=chart_opening() | {"prefetch": {}})
    told = accepted(card["uuid"]), overridden("nobody's", **reason())
    assert door.post(FEEDBACK, json=feedback(*told)).status_code == 200
    assert len(house.events()) == 4
    return door


def test_the_address_and_the_command_tell_the_same(
    used: FlaskClient,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown = used.get(f"/activity?from={DAY}&to={DAY}&site=local")
    assert shown.status_code == 200
    figures = shown.get_json()
    assert (figures["from"], figures["to"]) == (DAY, DAY)
    assert figures["calls"]["assessed"] == 3
    assert figures["days"] == [{"day": DAY, "calls": 3, "cards": 1, "rate": 0.3333}]
    assert problems(used.get("/openapi.json").get_json(), "Activity", figures) == []
    (card,) = figures["cards"]
    assert (card["recommendation"], card["acceptance"]) == ("trk-inhibitor-option", 1.0)
    assert figures["overrides"] == [{"reason": "patient-refuses", "answers": 1}]
    assert {row["cause"] for row in figures["notChecked"]} == {"not-sent"}
    assert figures["feedback"]["unknownCards"] == 1
    monkeypatch.setenv("CDS_STORE_URL", house.desk.settings.store_url)
    limits = ["--from", DAY, "--to", DAY, "--site", "local"]
    assert main(["activity", "--json", *limits]) == 0
    printed = json.loads(capsys.readouterr().out)
    del figures["calls"], printed["calls"]  # no more calls, but their times may differ
    assert printed == figures


def test_the_command_prints_tables_for_people(
    used: FlaskClient,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CDS_STORE_URL", house.desk.settings.store_url)
    assert main(["activity", "--from", DAY]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"Activity (from {DAY}, days in UTC)\n\nCalls: 3; p50 ")
    assert "Patient refuses/declines (no context given)*  1" in text
    assert f"{DAY}  3      1      33.3%" in text
    assert "Feedback: 2, accepted 1, overridden 1, to unknown cards 1" in text
    assert main(["activity", "--from", "2026-11-23", "--site", "local"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Activity (from 2026-11-23, site local, days in UTC)")
    assert "By day: none" in text


def test_a_store_that_is_not_there_has_no_figures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sqlite_url: str
) -> None:
    monkeypatch.setenv("CDS_STORE_URL", sqlite_url)
    assert main(["activity"]) == 3
    assert "cannot be read" in complaint(capsys)


def test_in_production_the_command_works_and_the_address_is_not_there(
    house: House,
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Any,
) -> None:
    settings = replace(desk.settings, mode=Mode.PRODUCTION)
    door = client_of(desk, settings=settings, registry=Registry())
    assert outcome_of(door.get("/activity"), 404)
    assert "/activity" not in door.get("/openapi.json").get_json()["paths"]
    (tmp_path / "clients.toml").write_text("", "utf-8")
    here = {"CDS_CLIENTS": str(tmp_path / "clients.toml")}
    here["CDS_STORE_URL"] = house.desk.settings.store_url
    for name, value in (PRODUCTION | here).items():
        monkeypatch.setenv(name, value)
    assert main(["activity"]) == 0
    assert "Calls: 0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("from=yesterday", "from: expected a date such as 2026-11-22."),
        ("to=2026-02-30", "to: expected a date such as 2026-11-22."),
        ("from=2026-11-22&from=2026-11-23", "Expected from, to and site, each at most once."),
        ("since=2026-11-22", "Expected from, to and site, each at most once."),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(
    client: FlaskClient, query: str, problem: str
) -> None:
    assert texts(outcome_of(client.get(f"/activity?{query}"), 400)) == [problem]


@pytest.mark.parametrize("day", ["yesterday", "2026-11-32", "22.11.2026"])
def test_a_day_that_is_none_is_a_matter_of_usage(
    day: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["activity", "--to", day])
    assert ended.value.code == 2
    assert "expected a date" in capsys.readouterr().err


def test_a_site_with_a_nul_has_no_figures(house: House) -> None:
    told = house.door().get("/activity?site=%00x")
    assert (told.status_code, told.get_json()["sites"]) == (200, [])


def test_a_service_without_a_store_has_no_figures(client: FlaskClient) -> None:
    response = client.get("/activity")
    assert outcome_of(response, 503)
    assert "Retry-After" in response.headers
