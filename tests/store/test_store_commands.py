"""cds-service store state, upgrade, purge: what they say, do, and end with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from cds_service.doors.cli import main
from cds_service.store.engine import Engines
from cds_service.store.tables import DECISIONS
from cds_service.store.upgrade import VERSIONS
from tests.store.test_engine import Open
from tests.store.test_purge import left, links, stored
from tests.store.test_upgrade import set_version


@pytest.fixture(autouse=True)
def settings(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDS_STORE_URL", store_url)
    monkeypatch.setenv("CDS_SPOOL_DIR", str(tmp_path / "spool"))


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, output, error."""
    code = main(["store", *words])
    return code, *capsys.readouterr()


def state(capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    code, out, _ = run(capsys, "state", "--json")
    return code, json.loads(out)


def test_the_tables_are_made_once(capsys: pytest.CaptureFixture[str]) -> None:
    newest = VERSIONS[-1]
    assert run(capsys, "upgrade") == (
        0,
        f"The tables were upgraded from none to {newest}.\n",
        "",
    )
    assert run(capsys, "upgrade") == (0, f"The tables are those of this release: {newest}.\n", "")


def test_the_state_of_a_good_store_names_its_rows(
    engines: Engines, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(engines, "w", 1, 2)
    code, told = state(capsys)
    assert (code, told["status"], told["why"]) == (0, "ok", "")
    assert told["version"] == told["expected"] == VERSIONS[-1]
    assert told["database"] == engines.durable.dialect.name
    assert (told["rows"]["decision"], told["rows"]["feedback"]) == (2, 0)
    code, out, _ = run(capsys, "state")
    assert code == 0
    assert "decision: 2\n" in out


def test_the_state_of_a_store_that_is_not_there_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, told = state(capsys)
    assert (code, told["status"]) == (3, "degraded")
    assert told["why"] in ("away", "not-upgraded")
    assert told["rows"] == {}
    assert run(capsys, "state")[0] == 3


def test_a_newer_store_is_left_alone(engines: Engines, capsys: pytest.CaptureFixture[str]) -> None:
    set_version(engines, "9999")
    code, told = state(capsys)
    assert (code, told["why"], told["version"]) == (3, "newer-schema", "9999")
    for words in (("upgrade",), ("purge", "--before", "2026-01-01")):
        code, out, err = run(capsys, *words)
        assert (code, out) == (3, "")
        assert err.startswith("cds-service: The store ")
        assert err.count("\n") == 1


@pytest.mark.parametrize("words", [("upgrade",), ("purge", "--before", "2026-01-01")])
def test_a_server_that_is_away_is_one_line_without_its_address(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "postgresql://somebody:a-password@127.0.0.1:1/none"
    monkeypatch.setenv("CDS_STORE_URL", url)
    code, out, err = run(capsys, *words)
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert "away" in err
    assert "a-password" not in err
    assert "127.0.0.1" not in err


@pytest.mark.parametrize("action", ["state", "upgrade", "purge"])
def test_an_address_that_is_none_is_a_setting_that_is_wrong(
    action: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CDS_STORE_URL", "mysql://somebody:a-password@localhost/x")
    monkeypatch.setenv("CDS_RETENTION_DAYS", "1")
    code, _, err = run(capsys, action)
    assert code == 2
    assert "CDS_STORE_URL" in err
    assert "a-password" not in err


def test_a_file_that_cannot_be_made_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("a file")
    monkeypatch.setenv("CDS_STORE_URL", f"sqlite:///{tmp_path}/taken/store.sqlite")
    code, out, err = run(capsys, "upgrade")
    assert (code, out, err.count("\n")) == (3, "", 1)


def test_the_days_of_the_setting_count_from_today(
    engines: Engines, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(engines, "w", 1, 20)
    monkeypatch.setenv("CDS_RETENTION_DAYS", "10")
    code, out, _ = run(capsys, "purge", "--today", "2026-11-22")
    assert code == 0
    assert out.startswith("Deleted: 1 decisions, 0 request events, ")
    assert links(engines) == [("w", 2)]


def test_a_day_that_is_named_counts_whatever_the_setting_says(
    engines: Engines, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(engines, "w", 1, 20)
    assert run(capsys, "purge", "--before", "2026-11-10")[0] == 0
    assert links(engines) == [("w", 2)]


def test_without_a_setting_or_a_day_nothing_is_deleted(
    engines: Engines, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(engines, "w", 1)
    code, out, err = run(capsys, "purge")
    assert (code, out) == (2, "")
    assert "--before" in err
    assert left(engines)["decision"] == 1


def test_a_chain_that_does_not_hold_is_left_and_named(
    engines: Engines, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(engines, "w", 1, 2)
    with engines.durable.begin() as link:
        link.execute(update(DECISIONS).where(DECISIONS.c.seq == 1).values(record="{}"))
    code, out, _ = run(capsys, "purge", "--before", "2026-11-10")
    assert code == 1
    assert "chain w: does not hold" in out
    assert links(engines) == [("w", 1), ("w", 2)]


def test_production_is_upgraded_by_the_command_alone(
    store_url: str, open_engines: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "upgrade")[0] == 0
    assert state(capsys)[0] == 0
    assert left(open_engines(store_url)) == {}
