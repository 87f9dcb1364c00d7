"""The reasons for putting a card away: on every card, letter by letter, and refused where wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cds_service.cards import load_reasons
from cds_service.errors import KnowledgeError
from tests.cards import builders as make
from tests.cards.test_start import failing

FILE = "override_reasons.toml"
GOOD = 'system = "urn:a:b"\n[[reason]]\ncode = "a"\ndisplay = "A reason"\n'


def problems(folder: Path, text: str | bytes) -> list[str]:
    """What is wrong with a file of this content."""
    (folder / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(KnowledgeError) as refused:
        load_reasons(folder)
    return [problem.removeprefix(f"cards/{FILE}: ") for problem in refused.value.problems]


def test_a_reason_is_a_coding_with_code_system_and_display(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(GOOD, "utf-8")
    assert load_reasons(tmp_path) == ({"code": "a", "system": "urn:a:b", "display": "A reason"},)


def test_the_shipped_reasons_are_on_the_written_and_on_the_fixed_card() -> None:
    reasons = [dict(reason) for reason in load_reasons(make.CARDS)]
    assert len(reasons) == 7
    written = make.card(make.writer(), make.assessment())
    fixed = failing().card(make.assessment(), make.NAMES, "broken")
    assert fixed is not None
    assert "could not write its card" in fixed["detail"]
    assert written["overrideReasons"] == fixed["overrideReasons"] == reasons


def test_one_card_cannot_change_the_reasons_of_the_next() -> None:
    writer = make.writer()
    make.card(writer, make.assessment())["overrideReasons"][0]["code"] = "changed"
    codes = [r["code"] for r in make.card(writer, make.assessment())["overrideReasons"]]
    assert "changed" not in codes


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"urn:a:b"', '"no address"', "system: expected the address of a code system"),
        ('system = "urn:a:b"', "", "system: expected the address of a code system"),
        ('"urn:a:b"', "7", "system: expected the address of a code system"),
        ('"a"', '"a b"', "reason[0].code: expected a code without spaces"),
        ('"a"', '""', "reason[0].code: expected a code without spaces"),
        ('"a"', "1", "reason[0].code: expected a code without spaces"),
        ("A reason", "", "reason[0].display: expected one line of at most 140 characters"),
        ("A reason", "<b>A</b>", "reason[0].display: expected one line of at most 140 characters"),
        ("A reason", "A\\nB", "reason[0].display: expected one line of at most 140 characters"),
        ("A reason", "A" * 141, "reason[0].display: expected one line of at most 140 characters"),
        ("A reason", "***", "reason[0].display: expected one line of at most 140 characters"),
        ('code = "a"', "", "reason[0]: expected code and display"),
        ('code = "a"', 'code = "a"\nmore = 1', "reason[0]: expected code and display"),
        ('system = "urn:a:b"', 'system = "urn:a:b"\nmore = 1', "more: expected no such member"),
        ("[[reason]]", "[reason]", "reason: expected tables [[reason]]"),
    ],
)
def test_a_file_that_is_wrong_is_refused_by_its_field(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    assert old in GOOD
    assert any(told.startswith(problem) for told in problems(tmp_path, GOOD.replace(old, new)))


def test_a_code_that_stands_twice_is_refused(tmp_path: Path) -> None:
    twice = GOOD + GOOD.partition("\n")[2]
    assert problems(tmp_path, twice) == ["reason: expected a once"]


def test_no_reasons_at_all_are_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, 'system = "urn:a:b"\n') == ["reason: expected tables [[reason]]"]
    assert problems(tmp_path, 'system = "urn:a:b"\nreason = [1]\n') == [
        "reason[0]: expected code and display"
    ]


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, "system = ")[0].startswith("file: expected TOML")
    assert problems(tmp_path, b"\xff")[0].startswith("file: expected readable UTF-8 text")
    (tmp_path / FILE).unlink()
    with pytest.raises(KnowledgeError, match="expected readable UTF-8 text"):
        load_reasons(tmp_path)


def test_cards_without_reasons_stop_the_start(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(make.CARDS, tmp_path / "cards"))
    (folder / FILE).unlink()
    with pytest.raises(KnowledgeError, match=FILE):
        make.writer(folder)
