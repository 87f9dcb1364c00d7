"""The commands of the pages do what the pages say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from cds_service.doors.app import create_app
from cds_service.doors.cli import main
from cds_service.doors.events import LogStore
from cds_service.knowledge import Knowledge
from cds_service.settings import Settings
from tests.docs.repository import CHECKOUT, name_of, page, pages

README = page("README.md")
BASE = "http://127.0.0.1:8080"
CURLS = sorted({line for p in pages() for line in p.commands() if line.startswith("curl")})
OWN = [line for line in README.commands() if line.startswith(".venv/bin/cds-service")]


def test_the_first_two_commands_are_make_run_and_make_test() -> None:
    assert list(README.commands())[:2] == ["make run", "make test"]


def test_every_make_command_of_a_page_exists() -> None:
    makefile = (CHECKOUT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^(\w+):", makefile, flags=re.MULTILINE))
    told = {word for p in pages() for word in re.findall(r"`make (\w+)", p.text)}
    told |= {line.split()[1] for p in pages() for line in p.commands() if line.startswith("make")}
    assert {"run", "test", "docs"} <= told
    assert told <= targets


@pytest.mark.parametrize("line", CURLS)
def test_a_curl_line_of_a_page_gets_a_card(
    line: str, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CHECKOUT)
    words = shlex.split(line)
    name, _, kind = words[words.index("-H") + 1].partition(": ")
    body = Path(words[words.index("--data-binary") + 1].removeprefix("@")).read_bytes()
    door = create_app(Settings(), knowledge=knowledge, store=LogStore()).test_client()
    answer = door.post(words[-1].removeprefix(BASE), data=body, headers={name: kind})
    assert answer.status_code == 200
    assert answer.get_json()["cards"]


def test_the_readme_has_a_curl_line_and_commands_of_its_own() -> None:
    assert any(line in CURLS for line in README.commands())
    assert len(OWN) == 3


@pytest.mark.parametrize("line", OWN)
def test_a_command_of_the_readme_is_answered(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(CHECKOUT)
    assert main(shlex.split(line)[1:]) == 0
    assert capsys.readouterr().out.strip()


def test_no_page_shows_a_command_that_no_test_knows() -> None:
    known = ("make ", "curl ", ".venv/bin/cds-service ", ".venv/bin/python -m pytest", "docker ")
    strange = [
        f"{name_of(p.path)}: {line}"
        for p in pages()
        for line in p.commands()
        if not line.startswith(known)
    ]
    assert strange == []
