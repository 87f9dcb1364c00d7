"""Every example is answered in full as expected, whichever door the patient comes through."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cds_service.domain import Nation
from cds_service.doors.answer import Desk
from cds_service.doors.cli import main
from cds_service.knowledge import Knowledge, data_dir
from cds_service.settings import Settings
from tests.examples.bless import bless, written
from tests.examples.scenarios import (
    ROOT,
    Scenario,
    assessments,
    differences,
    hook_answer,
    scenario,
    scenarios,
)

MOST_WORDS = 180
EVERY = pytest.mark.parametrize("example", scenarios(), ids=lambda example: example.name)
UNCHECKED = ("could-not-check", "insufficient-data")


def arguments(example: Scenario) -> list[str]:
    day, nation = example.today.isoformat(), str(example.nation)
    return ["check", "--json", "--today", day, "--nation", nation, str(example.request_file)]


def exit_code(example: Scenario) -> int:
    return 4 if example.recommendation in UNCHECKED else 0


def cards(example: Scenario) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = example.expected()["body"].get("cards", [])
    return found


@EVERY
def test_the_hook_door_answers_what_is_expected(example: Scenario, desk: Desk) -> None:
    assert list(differences(example.expected(), hook_answer(example, desk))) == []


@EVERY
def test_the_command_line_answers_what_is_expected(
    example: Scenario,
    desk: Desk,
    development: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Proving the templates takes most of a run and is the same for all: done once.
    def ready(settings: Settings, knowledge: Knowledge) -> Desk:
        return replace(desk, settings=settings, knowledge=knowledge)

    monkeypatch.setattr("cds_service.doors.cli.open_desk", ready)
    assert main(arguments(example)) == exit_code(example)
    assert list(differences(example.expected(), json.loads(capsys.readouterr().out))) == []


@pytest.mark.parametrize(
    "name", ["source-page-patient", "named-fusion-scotland", "deceased", "nothing-to-go-by"]
)
def test_a_process_of_its_own_answers_what_is_expected(
    name: str, development: dict[str, str]
) -> None:
    example = scenario(ROOT / name)
    done = subprocess.run(
        [sys.executable, "-m", "cds_service", *arguments(example)],
        cwd=ROOT.parent,
        env=development,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (exit_code(example), "")
    assert list(differences(example.expected(), json.loads(done.stdout))) == []


@EVERY
def test_the_recommendation_is_the_one_written_by_hand(example: Scenario, desk: Desk) -> None:
    (assessment,) = assessments(example, desk)
    assert assessment.recommendation == example.recommendation
    assert assessment.row == example.row
    assert hook_answer(example, desk)["status"] == example.status


@EVERY
def test_the_card_bears_the_recommendation_written_by_hand(example: Scenario) -> None:
    said = [card["extension"]["org.example.decision"]["recommendation"] for card in cards(example)]
    silent = example.recommendation == "nothing" or example.status != 200
    assert said == ([] if silent else [example.recommendation])


@EVERY
def test_the_answer_keeps_to_the_schema_of_responses(example: Scenario) -> None:
    answer = example.expected()
    if answer["status"] == 200:
        path = data_dir("cards") / "schema" / "cds-hooks-response.schema.json"
        jsonschema.Draft202012Validator(json.loads(path.read_text("utf-8"))).validate(
            answer["body"]
        )
    else:
        assert (answer["status"], answer["body"]["resourceType"]) == (412, "OperationOutcome")


@EVERY
def test_a_card_is_short_enough_to_be_read(example: Scenario) -> None:
    # A word holds a letter or a digit: the marks of lists and the lone slash are none.
    lengths = [len(re.findall(r"\S*[^\W_]\S*", card["detail"])) for card in cards(example)]
    assert all(length <= MOST_WORDS for length in lengths), lengths


# The nation and the day change the words of the access position, never the recommendation


def test_the_same_patient_gets_the_position_of_the_nation(desk: Desk) -> None:
    example = scenario(ROOT / "named-fusion")
    england, scotland = (
        hook_answer(replace(example, nation=nation), desk)["body"]["cards"][0]
        for nation in (Nation.ENGLAND, Nation.SCOTLAND)
    )
    assert "TA1118" in england["detail"]
    assert "SMC2295" not in england["detail"]
    assert "SMC2295" in scotland["detail"]
    assert "TA1118" not in scotland["detail"]
    assert england["summary"] == scotland["summary"]


def test_before_ta1118_nothing_is_said_of_it() -> None:
    early, today = (
        json.dumps(cards(scenario(ROOT / name))[0])
        for name in ("named-fusion-before-ta1118", "named-fusion")
    )
    assert "TA644" in early
    assert "TA1118" not in early
    assert "TA1118" in today


# Blessing


def test_blessing_writes_the_same_file_again(tmp_path: Path, desk: Desk) -> None:
    shipped = ROOT / "source-page-patient"
    for name in ("scenario.toml", "request.json"):
        (tmp_path / name).write_bytes((shipped / name).read_bytes())
    copy = scenario(tmp_path)
    assert list(bless([copy], desk)) == [tmp_path.name]
    assert copy.expected() == scenario(shipped).expected()
    assert list(bless([copy], desk)) == []


def test_blessing_leaves_the_expectation_written_by_hand(tmp_path: Path, desk: Desk) -> None:
    shipped = ROOT / "source-page-patient"
    (tmp_path / "request.json").write_bytes((shipped / "request.json").read_bytes())
    text = (shipped / "scenario.toml").read_text("utf-8").replace("confirm-fusion", "nothing")
    (tmp_path / "scenario.toml").write_text(text, "utf-8")
    list(bless([scenario(tmp_path)], desk))
    assert (tmp_path / "scenario.toml").read_text("utf-8") == text


@EVERY
def test_an_expected_answer_is_written_in_one_way_only(example: Scenario) -> None:
    text = (example.folder / "expected.json").read_text("utf-8")
    assert text == written(example.expected())
