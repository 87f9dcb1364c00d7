"""The command line: check prints the answers of the hook door, explain their reasons."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.doors.cli import main
from tests.doors.bodies import PATIENT, SERVICE, chart_opening, mesothelioma
from tests.doors.commands import DAY, positive

pytestmark = pytest.mark.usefixtures("proved")


def test_check_prints_the_card_for_people(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", write(positive()), *DAY]) == 0
    told = capsys.readouterr().out
    assert told.startswith("[WARNING] ")
    assert "NTRK1" in told
    assert "Source: NHS GeNotes" in told
    assert "https://" in told
    assert "**" not in told
    assert "{" not in told
    assert max(len(line) for line in told.splitlines() if "https://" not in line) <= 96


def test_check_json_prints_exactly_what_the_hook_door_answers(
    write: Any, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    for body in (positive(), chart_opening(), chart_opening(conditions=[mesothelioma()])):
        response = client.post(SERVICE, json=body)
        assert main(["check", "--json", write(body), *DAY]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told == {"status": response.status_code, "body": response.get_json()}


@pytest.mark.parametrize(
    ("changes", "status", "code"), [({"prefetch": None}, 412, 4), ({"hook": "x"}, 400, 3)]
)
def test_check_json_prints_the_outcome_of_the_hook_door_too(
    write: Any,
    client: FlaskClient,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, Any],
    status: int,
    code: int,
) -> None:
    body = chart_opening() | changes
    answered = client.post(SERVICE, json=body).get_json()
    del answered["id"]  # the id of that one request
    assert main(["check", "--json", write(body), *DAY]) == code
    assert json.loads(capsys.readouterr().out) == {"status": status, "body": answered}


def test_check_says_in_words_that_it_could_not_check(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", write(chart_opening() | {"prefetch": None}), *DAY]) == 4
    assert capsys.readouterr().out.startswith("[INFO] ")


def test_check_ends_with_4_when_one_source_could_not_be_checked(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    body = chart_opening(conditions=[mesothelioma()], observations="<html>")
    assert main(["check", write(body), *DAY]) == 4
    assert capsys.readouterr().out.startswith("[INFO] ")


def test_check_without_a_card_says_why_and_what_was_not_read(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    body = chart_opening()
    del body["prefetch"]["medicationRequests"]
    assert main(["check", write(body), *DAY]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith("No card: what was read rules the guidance out.")
    assert "medicationRequests (not-sent)" in told


def test_the_nation_and_the_day_change_the_position_that_is_shown(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    told = set()
    for arguments in (DAY, ("--today", "2024-06-01"), (*DAY, "--nation", "scotland")):
        assert main(["check", write(positive()), *arguments]) == 0
        told.add(capsys.readouterr().out)
    assert len(told) == 3


def test_explain_prints_every_criterion_with_the_resources_behind_it(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", write(positive()), *DAY]) == 0
    told = capsys.readouterr().out
    assert "Observation/synthetic-observation" in told
    assert "Condition/synthetic-condition" in told


def test_explain_gives_the_reasons_where_there_is_no_card(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", write(chart_opening()), "--json", *DAY]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["recommendation"] == "nothing"
    assert {item["id"] for item in told["criteria"]} == {"alive", "fusion", "diagnosis", "prior"}


def test_nothing_of_a_record_can_steer_the_terminal(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "NTRK1 fusion \x1b[2J\x07\u202edetected\u200b \ud83d"
    report = {
        "resourceType": "DiagnosticReport",
        "id": "synthetic-report",
        "status": "final",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "code": {"text": text},
        "conclusion": text,
    }
    for command in ("check", "explain"):
        main([command, write(chart_opening(diagnosticReports=[report])), *DAY])
        told = capsys.readouterr().out
        assert not set("\x1b\x07\u202e\u200b\ud83d") & set(told)
