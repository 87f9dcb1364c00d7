"""The command line: knowledge, usage, settings and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cds_service.doors.cli import main
from tests.doors.commands import DAY, PRODUCTION, complaint, positive


def test_the_shipped_knowledge_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "check"]) == 0
    assert "genotes-ntrk-mesothelioma" in capsys.readouterr().out


def test_knowledge_that_is_wrong_is_named_with_file_and_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "links.toml").write_text("nonsense = 1", "utf-8")
    monkeypatch.setenv("CDS_KNOWLEDGE_DIR", str(tmp_path))
    assert main(["knowledge", "check"]) == 5
    assert "links.toml" in capsys.readouterr().err


def test_the_report_ends_with_6_while_something_is_overdue_and_says_what(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["knowledge", "report", *DAY]) == 6
    assert "OVERDUE" in capsys.readouterr().out


def test_the_report_ends_with_0_while_nothing_is_overdue(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["knowledge", "report", "--today", "2024-02-01"]) == 0
    assert "OVERDUE" not in capsys.readouterr().out


# Usage and settings


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["check"],
        ["check", "x", "--today", "22/11/2026"],
        ["check", "x", "--nation", "uk"],
        ["serve", "--port", "65536"],
        ["knowledge"],
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: " in capsys.readouterr().err


def test_help_names_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "2 usage or settings, 3 input unreadable, 4 could not check" in told


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("cds-service ")


def test_an_unknown_setting_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CDS_NATON", "wales")
    assert main(["knowledge", "check"]) == 2
    assert "CDS_NATON" in complaint(capsys)


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path, checkout: Path) -> None:
    path = tmp_path / "request.json"
    path.write_text(json.dumps(positive()), "utf-8")
    done = subprocess.run(
        f"{json.dumps(sys.executable)} -m cds_service check {json.dumps(str(path))} | true",
        shell=True,
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


def test_production_cannot_be_served_on_a_fixed_day(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    assert main(["serve", *DAY]) == 2
    assert "--today" in complaint(capsys)
