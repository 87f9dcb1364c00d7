"""cds-service log: what was decided, for people and for programs, and whether it is intact."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from cds_service.doors.cli import main
from cds_service.store.append import append
from cds_service.store.engine import Engines, engines_of
from cds_service.store.lines import DECISION, EVENT, entry
from cds_service.store.tables import DECISIONS
from cds_service.store.upgrade import upgrade
from tests.store.made import decision, event

CARD = "5e1d1a5c-0f0f-8000-8000-00000000000a"
STORED = "2026-11-22T12:00:01.000000+00:00"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def store(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engines]:
    """Two decisions of one chain, and a call."""
    monkeypatch.setenv("CDS_STORE_URL", sqlite_url)
    engines = engines_of(sqlite_url)
    upgrade(engines)
    records = [
        entry(DECISION, 0, decision(id="d1", cardUuid=CARD)),
        entry(DECISION, 0, decision(id="d2", cardUuid=CARD, time="2026-11-23T12:00:00Z")),
        entry(EVENT, 0, event(id="e1", recommendations=["trk-inhibitor-option"])),
    ]
    append(engines.durable, "w1", records, STORED)
    yield engines
    engines.dispose()


def run(*arguments: str) -> int:
    return main(["log", *arguments])


def told(capsys: Capture, *arguments: str) -> Any:
    assert run(*arguments, "--json") == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: Capture, *arguments: str) -> str:
    """The one line of an input that cannot be read."""
    assert run(*arguments) == 3
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


@pytest.mark.usefixtures("store")
def test_an_intact_log_is_verified_with_0(capsys: Capture) -> None:
    assert run("verify") == 0
    assert capsys.readouterr().out == "2 records in 1 chains: as they were written\n"
    found = told(capsys, "verify")
    assert (found["intact"], found["records"], found["faults"]) == (True, 2, [])
    assert found["heads"]["w1"]["seq"] == 2


def test_a_changed_record_ends_with_1_and_is_named(store: Engines, capsys: Capture) -> None:
    with store.durable.begin() as connection:
        connection.execute(update(DECISIONS).where(DECISIONS.c.id == "d1").values(record="{}"))
    assert run("verify") == 1
    out = capsys.readouterr().out
    assert "changed: chain w1, number 1, decision d1: the record is not the one" in out
    assert run("verify", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert found["intact"] is False
    assert {"what": "changed", "writer": "w1", "seq": 1, "id": "d1"} in found["faults"]


def test_the_last_record_that_was_removed_is_named(store: Engines, capsys: Capture) -> None:
    with store.durable.begin() as connection:
        connection.execute(delete(DECISIONS).where(DECISIONS.c.id == "d2"))
    assert run("verify") == 1
    assert "cut: chain w1, number 2" in capsys.readouterr().out


def test_heads_that_were_noted_show_a_store_that_was_emptied(
    store: Engines, capsys: Capture, tmp_path: Path
) -> None:
    noted = tmp_path / "noted.json"
    noted.write_text(json.dumps(told(capsys, "verify")), "utf-8")
    assert run("verify", "--noted", str(noted)) == 0
    with store.durable.begin() as connection:
        connection.exec_driver_sql("DELETE FROM decision")
        connection.exec_driver_sql("DELETE FROM chain")
    capsys.readouterr()
    assert run("verify") == 0
    assert run("verify", "--noted", str(noted)) == 1
    assert "not-as-noted: chain w1, number 2" in capsys.readouterr().out


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("content", ["", "{}", '{"heads": []}', '{"heads": {"w1": 5}}', None])
def test_notes_that_are_none_end_with_3(
    capsys: Capture, tmp_path: Path, content: str | None
) -> None:
    noted = tmp_path / "noted.json"
    if content is not None:
        noted.write_text(content, "utf-8")
    assert "noted.json" in refused(capsys, "verify", "--noted", str(noted))


@pytest.mark.usefixtures("store")
def test_decisions_are_listed_newest_first(capsys: Capture) -> None:
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[1] for line in lines] == ["d2", "d1"]
    assert [kept["record"]["id"] for kept in told(capsys, "list", "--most", "1")] == ["d2"]


@pytest.mark.usefixtures("store")
def test_a_list_is_bounded_by_days_and_site(capsys: Capture) -> None:
    def found(*arguments: str) -> list[str]:
        return [kept["record"]["id"] for kept in told(capsys, "list", *arguments)]

    assert found("--from", "2026-11-22", "--to", "2026-11-22") == ["d1"]
    assert found("--from", "2026-11-23") == ["d2"]
    assert found("--site", "other") == []


@pytest.mark.usefixtures("store")
def test_calls_are_listed_too(capsys: Capture) -> None:
    assert run("list", "--events") == 0
    assert capsys.readouterr().out.endswith("  200  3  trk-inhibitor-option\n")
    (called,) = told(capsys, "list", "--events")
    assert (called["id"], called["stored_at"]) == ("e1", STORED)


@pytest.mark.usefixtures("store")
def test_an_empty_time_is_told(capsys: Capture) -> None:
    assert run("list", "--to", "2020-01-01") == 0
    assert capsys.readouterr().out == "Nothing of this time is in the store.\n"
    assert told(capsys, "list", "--to", "2020-01-01") == []


@pytest.mark.usefixtures("store")
def test_a_decision_and_a_card_are_shown(capsys: Capture) -> None:
    assert run("show", "d1") == 0
    out = capsys.readouterr().out
    assert "recommendation: trk-inhibitor-option\n" in out
    assert f"stored at {STORED}, chain w1, number 1\n" in out
    assert [kept["record"]["id"] for kept in told(capsys, "show", CARD)] == ["d1", "d2"]


@pytest.mark.usefixtures("store")
def test_an_id_that_nothing_has_ends_with_3(capsys: Capture) -> None:
    assert "No decision" in refused(capsys, "show", "d9")


@pytest.mark.parametrize("action", [("verify",), ("list",), ("list", "--events"), ("show", "d1")])
def test_a_store_that_is_not_there_ends_with_3(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture, action: tuple[str, ...]
) -> None:
    monkeypatch.setenv("CDS_STORE_URL", sqlite_url)
    assert "The store cannot be read: away" in refused(capsys, *action)


def test_an_address_of_no_store_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("CDS_STORE_URL", "mysql://nowhere")
    assert run("verify") == 2
    assert "CDS_STORE_URL" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [("--most", "0"), ("--most", "x"), ("--from", "today")])
def test_a_wrong_option_ends_with_2(wrong: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("list", *wrong)
    assert ended.value.code == 2


def test_what_is_shown_cannot_steer_a_terminal(store: Engines, capsys: Capture) -> None:
    found = entry(DECISION, 0, decision(id="d3", site="\x1b[2Jsite"))
    append(store.durable, "w1", [found], STORED)
    for arguments in (("show", "d3"), ("list",)):
        assert run(*arguments) == 0
        assert "\x1b" not in capsys.readouterr().out
