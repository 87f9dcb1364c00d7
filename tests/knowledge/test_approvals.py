"""A site approves one version by its content: anything that changes the content ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cds_service.errors import KnowledgeError
from cds_service.knowledge import load_approvals, matches
from tests.knowledge.conftest import GUIDELINE, Copy


def written(copy: Copy, path: Path, **changes: str) -> Path:
    """An approval file of the copy's guideline."""
    guideline = copy.load().guidelines[0]
    values = {
        "guideline": f'"{guideline.id}"',
        "version": f'"{guideline.version}"',
        "contentHash": f'"{guideline.content_hash}"',
        "approvedBy": '"Synthetic Approver"',
        "role": '"Clinical Safety Officer"',
        "date": "2026-11-22",
        "site": '"Synthetic NHS Trust"',
        **changes,
    }
    path.write_text("".join(f"{key} = {value}\n" for key, value in values.items() if value))
    return path


def test_an_approval_of_the_shipped_content_matches(copy: Copy, tmp_path: Path) -> None:
    (approval,) = load_approvals(written(copy, tmp_path / "approval.toml"))
    assert matches(approval, copy.load().guidelines[0])
    assert (approval.approved_by, approval.site) == ("Synthetic Approver", "Synthetic NHS Trust")
    assert approval.approved_on == date(2026, 11, 22)


@pytest.mark.parametrize("field", ["guideline", "version", "content_hash"])
def test_an_approval_of_something_else_does_not_match(
    copy: Copy, tmp_path: Path, field: str
) -> None:
    (approval,) = load_approvals(written(copy, tmp_path / "approval.toml"))
    other: dict[str, Any] = {field: "other"}
    assert not matches(replace(approval, **other), copy.load().guidelines[0])


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (GUIDELINE, 'title = "NTRK gene fusion', 'title = "An NTRK gene fusion'),
        (GUIDELINE, '"fusion confirmed by a validated test"', '"fusion confirmed"'),
        ("value_sets/ntrk-genes.json", '"value": "TRKA"', '"value": "TRK A"'),
        ("value_sets/fusion-terms.json", '"value": "fused"', '"value": "fusing"'),
    ],
)
def test_a_changed_rule_or_value_set_is_no_longer_approved(
    copy: Copy, tmp_path: Path, file: str, old: str, new: str
) -> None:
    (approval,) = load_approvals(written(copy, tmp_path / "approval.toml"))
    copy.replace(file, old, new)
    assert not matches(approval, copy.load().guidelines[0])


def changed_hash(copy: Copy, path: Path, text: str) -> bool:
    before = copy.load().guidelines[0].content_hash
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return copy.load().guidelines[0].content_hash != before


@pytest.mark.parametrize(
    "name",
    [
        "genotes-ntrk-mesothelioma/confirm-fusion.md.j2",
        "genotes-ntrk-mesothelioma/parts/new.md.j2",
        "shared/new.md.j2",
        "phrases.toml",
    ],
)
def test_changed_card_words_are_no_longer_approved(copy: Copy, name: str) -> None:
    assert changed_hash(copy, copy.cards / name, "other words\n")


def test_a_changed_lexicon_is_no_longer_approved(copy: Copy) -> None:
    assert changed_hash(copy, copy.root / "lexicon.toml", 'hedged = ["perhaps"]\n')


def test_the_cards_of_another_guideline_do_not_count(copy: Copy) -> None:
    assert not changed_hash(copy, copy.cards / "other-guideline" / "card.md.j2", "words\n")


def test_access_events_do_not_count_because_they_change_by_themselves(copy: Copy) -> None:
    text = 'drug = "larotrectinib"\nlast_checked = 2026-11-22\nevents = []\n'
    assert not changed_hash(copy, copy.root / "access/larotrectinib.toml", text)


def test_line_ends_of_a_checkout_do_not_count(copy: Copy) -> None:
    path = copy.cards / "phrases.toml"
    before = copy.load().guidelines[0].content_hash
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert copy.load().guidelines[0].content_hash == before


def test_several_approvals_stand_in_one_file(copy: Copy, tmp_path: Path) -> None:
    one = written(copy, tmp_path / "approval.toml").read_text()
    several = tmp_path / "several.toml"
    several.write_text(f"[[approvals]]\n{one}\n[[approvals]]\n{one}")
    assert len(load_approvals(several)) == 2


def complaints(path: Path) -> tuple[str, ...]:
    with pytest.raises(KnowledgeError) as caught:
        load_approvals(path)
    return caught.value.problems


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"role": ""}, "approval.toml: role: is missing"),
        ({"ro le": '"x"'}, "approval.toml: line 8: not valid TOML"),
        ({"reviewer": '"x"'}, "approval.toml: reviewer: unknown key"),
        ({"contentHash": '"abc"'}, 'approval.toml: contentHash: "abc": expected the content hash'),
        ({"date": '"today"'}, 'approval.toml: date: "today": expected a date'),
    ],
)
def test_a_wrong_approval_is_refused_with_its_field(
    copy: Copy, tmp_path: Path, changes: dict[str, str], complaint: str
) -> None:
    found = complaints(written(copy, tmp_path / "approval.toml", **changes))
    assert any(problem.startswith(complaint) for problem in found), found


def test_a_wrong_approval_in_a_list_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "several.toml"
    path.write_text('note = "x"\n[[approvals]]\nversion = "0.1.0"\n')
    found = complaints(path)
    assert "several.toml: note: unknown key; expected only [[approvals]]" in found
    assert "several.toml: approvals[0].guideline: is missing" in found


def test_approvals_that_are_no_list_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "approval.toml"
    path.write_text('approvals = "all"\n')
    assert complaints(path) == ("approval.toml: approvals: expected a list of tables",)


def test_an_approval_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    found = complaints(tmp_path / "approval.toml")
    assert found == ("approval.toml: (file): cannot be read: FileNotFoundError",)
