"""'replay' and 'explain' on the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from operator import add
from pathlib import Path
from typing import Any

import pytest

from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of
from cds_service.doors.cli import main
from cds_service.doors.keeping import Keeping
from cds_service.store import open_store
from cds_service.store.ledger import Span, open_ledger
from tests.doors.bodies import PATIENT, SERVICE, chart_opening, fusion
from tests.doors.commands import complaint
from tests.records.conftest import BOTH, SECRET, noon

NOBODY = "00000000-0000-4000-8000-000000000000"
HALF = chart_opening(observations=[fusion()])
Body = dict[str, Any]
# Twice the same card, in between one that could not be checked; without input at the end.
CALLS: Sequence[tuple[dict[str, Any], Body]] = (
    ({}, BOTH),
    ({}, HALF),
    ({"keep_input": False}, BOTH),
)


@dataclass(frozen=True)
class Past:
    """A store in which a few decisions lie, oldest first."""

    records: list[dict[str, Any]]


@pytest.fixture
def past(
    sqlite_url: str, tmp_path: Path, whole_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> Past:
    return past_in(sqlite_url, tmp_path, whole_desk, monkeypatch)


class Dismissed(Keeping):
    """Whoever looks has put every card away."""

    def dismissed(self, site: str, cards: Sequence[str]) -> frozenset[str]:
        return frozenset(cards)


def past_in(
    url: str,
    folder: Path,
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    *,
    calls: Sequence[tuple[dict[str, Any], Body]] = CALLS,
    keeping: type[Keeping] = Keeping,
) -> Past:
    """Decisions of some settings about some bodies, a minute apart."""
    settings = replace(desk.settings, store_url=url, spool_dir=folder / "spool")
    store = keeping(open_store(settings, noon))
    store.start()
    for minute, (changes, body) in enumerate(calls):
        here = replace(desk, settings=replace(settings, **changes))
        clock = partial(add, noon(), timedelta(minutes=minute))
        response = app_of(here, store, clock).test_client().post(SERVICE, json=body)
        assert response.status_code == 200
    store.close()
    monkeypatch.setenv("CDS_STORE_URL", url)
    monkeypatch.setenv("CDS_SECRET", SECRET.decode())
    with open_ledger(url) as ledger:
        kept = sorted(ledger.decisions(Span(), 10), key=lambda item: item.seq)
    return Past([dict(item.record) for item in kept])


def test_a_decision_is_repeated_by_its_id(
    store_url: str,
    tmp_path: Path,
    whole_desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = past_in(store_url, tmp_path, whole_desk, monkeypatch).records[0]
    assert main(["replay", first["id"]]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith(f"{first['id']} of {first['time']}: same: the card is the same, byte for")
    assert PATIENT not in out


def test_neither_another_day_nor_another_nation_changes_a_replay(
    past: Past, capsys: pytest.CaptureFixture[str]
) -> None:
    first = past.records[0]
    assert main(["replay", first["id"].upper(), "--today", "2031-01-01", "--nation", "wales"]) == 0
    assert ": same: " in capsys.readouterr().out


def test_what_cannot_be_repeated_ends_with_4(
    past: Past, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", past.records[2]["id"], "--json"]) == 4
    assert json.loads(capsys.readouterr().out) == {
        "decision": past.records[2]["id"],
        "verdict": "cannot be repeated",
        "why": "its input was not kept (CDS_KEEP_INPUT)",
    }


def test_another_secret_ends_with_4(
    past: Past, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDS_SECRET", "another secret that is long enough too")
    assert main(["replay", past.records[0]["id"]]) == 4
    assert "with another secret" in capsys.readouterr().out


def test_what_differs_ends_with_1(
    past: Past, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cds_service.cards.card.unique", lambda names: list(names)[:1])
    assert main(["replay", past.records[0]["id"]]) == 1
    assert "differs: the decision differs at card." in capsys.readouterr().out


def test_a_card_names_its_newest_decision(past: Past, capsys: pytest.CaptureFixture[str]) -> None:
    card = past.records[0]["cardUuid"]
    assert card == past.records[2]["cardUuid"]
    assert main(["replay", card]) == 4
    assert past.records[2]["id"] in capsys.readouterr().out


@pytest.mark.parametrize("command", ["replay", "explain"])
def test_a_decision_that_nobody_made_ends_with_3(
    past: Past, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main([command, NOBODY]) == 3
    assert f"no decision in the store has this id, or this card: {NOBODY}" in complaint(capsys)


@pytest.mark.parametrize("command", ["replay", "explain"])
def test_a_store_that_is_not_there_ends_with_3(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    monkeypatch.setenv("CDS_STORE_URL", f"sqlite:///{tmp_path / 'nowhere.sqlite'}")
    assert main([command, NOBODY]) == 3
    assert "The store cannot be read" in complaint(capsys)
    assert list(tmp_path.iterdir()) == []


def test_a_card_is_explained_criterion_by_criterion_where_its_input_was_kept(
    past: Past, capsys: pytest.CaptureFixture[str]
) -> None:
    half = past.records[1]
    assert main(["explain", half["cardUuid"]]) == 4  # it could not be checked
    out = capsys.readouterr().out
    assert f"Decision {half['id']}" in out
    assert f"Card {half['cardUuid']}." in out
    assert "A fusion of NTRK1, NTRK2 or NTRK3 was found in the tumour: confirmed" in out
    assert "resources: Observation/synthetic-observation" in out
    assert "decided again from the kept input: the card is the same, byte for byte" in out


def test_a_decision_without_input_is_explained_by_its_record(
    past: Past, capsys: pytest.CaptureFixture[str]
) -> None:
    last = past.records[2]
    assert main(["explain", last["id"]]) == 0
    out = capsys.readouterr().out
    assert "On 2026-11-22, england: trk-inhibitor-option." in out
    assert "fusion: confirmed" in out
    assert "Observation/synthetic-observation, SHA-256 " in out
    assert "larotrectinib-england-ta630" in out
    assert "are not known: its input was not kept (CDS_KEEP_INPUT)." in out


def test_what_was_special_of_a_decision_is_told(
    sqlite_url: str,
    tmp_path: Path,
    whole_desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    without = {"keep_input": False}
    sparse = chart_opening() | {"prefetch": {}}
    calls = (
        (without | {"hold_back": True}, BOTH),
        (without | {"unavailable_as_card": True}, sparse),
    )
    parts = (sqlite_url, tmp_path, whole_desk, monkeypatch)
    held, unchecked = past_in(*parts, calls=calls, keeping=Dismissed).records
    assert main(["explain", held["id"]]) == 0
    assert "The card was held back: this user had dismissed it" in capsys.readouterr().out
    assert main(["explain", unchecked["id"]]) == 4
    out = capsys.readouterr().out
    assert "england: could-not-check.\nThe decision table had said insufficient-data." in out
    assert "Not checked:\n  - patient: not-sent\n" in out


def test_programs_get_the_record_and_the_reasons(
    past: Past, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", past.records[0]["id"], "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["record"] == past.records[0]
    assert told["replay"]["verdict"] == "same"
    assert told["explained"]["recommendation"] == "trk-inhibitor-option"
    assert main(["explain", past.records[2]["id"], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["explained"] is None


def test_a_file_with_the_name_of_a_card_is_a_file(
    past: Past,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / NOBODY).write_text(json.dumps(BOTH), "utf-8")
    assert main(["explain", NOBODY]) == 0
    assert "Decision " not in capsys.readouterr().out


def test_a_decision_is_repeated_by_the_installed_command(past: Past) -> None:
    command = [sys.executable, "-m", "cds_service", "replay", past.records[0]["id"]]
    environment = os.environ | {"PYTHONHASHSEED": "11"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert ": same: " in done.stdout
