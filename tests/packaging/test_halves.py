"""The two processes of `make test`: nothing is left out, and nothing that fails is lost."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.halves import SERVERS, halves, side_by_side


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_every_folder_of_tests_is_in_exactly_one_half(checkout: Path) -> None:
    folders = {path.parent.name for path in checkout.glob("tests/*/test_*.py")}
    first, second = halves()
    assert {Path(name).name for name in first} == set(SERVERS) <= folders
    assert second == ["tests", *(f"--ignore=tests/{name}" for name in SERVERS)]
    assert folders - set(SERVERS)


@pytest.mark.parametrize(
    ("first", "second", "code"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (0, 5, 1), (2, 2, 1)]
)
def test_the_run_fails_where_either_half_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int, second: int, code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = [python(f"raise SystemExit({each})") for each in (first, second)]
    assert side_by_side(commands[0], commands[1], tmp_path / "told") == code


def test_a_half_that_is_killed_is_a_half_that_failed(tmp_path: Path) -> None:
    killed = python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert side_by_side(python(""), killed, tmp_path / "told") == 1


def test_what_the_second_half_says_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loud = python("import sys; print('one test failed'); print('badly', file=sys.stderr)")
    side_by_side(python(""), loud, tmp_path / "told")
    assert sorted(capsys.readouterr().out.splitlines()) == ["badly", "one test failed"]
