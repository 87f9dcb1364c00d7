"""The threat model has a row for every threat, and every test that it names is there."""

from __future__ import annotations

import re

import pytest

from tests.docs.repository import CHECKOUT, page

THREATS = 29
PAGE = page("docs/threat-model.md")
ROWS = {
    int(cells[0]): cells
    for cells in re.findall(r"^\| (\d+) \|(.+)\|(.+)\|(.+)\|$", PAGE.text, re.M)
}
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE.text)))


def test_every_threat_has_a_row_with_a_defence_and_a_test() -> None:
    assert list(ROWS) == list(range(1, THREATS + 1))
    for number, (_, threat, defence, tests) in ROWS.items():
        assert len(threat.strip()) > 10, number
        assert len(defence.strip()) > 10, number
        assert re.search(r"`tests/[\w/]+/test_\w+\.py`", tests), number


@pytest.mark.parametrize("name", NAMED)
def test_every_test_that_it_names_exists_and_tests(name: str) -> None:
    assert re.search(r"^def test_", (CHECKOUT / name).read_text("utf-8"), re.M)


def test_what_is_not_defended_is_said() -> None:
    assert PAGE.text.index("## What is not defended") > PAGE.text.index("| 29 |")
    assert "Replay while the store is away" in PAGE.text


def test_weaknesses_are_reported_in_private_and_no_address_is_made_up() -> None:
    text = page("SECURITY.md").text
    assert "private reporting" in text
    assert "@" not in text
