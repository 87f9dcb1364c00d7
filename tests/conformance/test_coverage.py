"""The table of requirements is whole: every row has a test or says what it waits for."""

from __future__ import annotations

from collections import Counter

from tests.conformance.table import Table

MAY_BE_OPEN = {
    "feedback": range(47, 51),
}


def test_the_table_holds_every_binding_row_of_the_standard(table: Table) -> None:
    levels = Counter(row["level"] for row in table.requirements.values())
    assert levels == {"SHALL": 69, "SHALL NOT": 4, "SHOULD": 17, "SHOULD NOT": 1}


def test_the_table_holds_the_whole_checklist(table: Table) -> None:
    assert list(table.checklist) == list(range(1, 63))


def test_every_requirement_has_a_test_or_says_what_it_waits_for(table: Table) -> None:
    covered = {*table.tests, *table.open()}
    assert [name for name in table.requirements if name not in covered] == []


def test_no_requirement_is_both_open_and_tested(table: Table) -> None:
    assert [name for name in table.open() if name in table.tests] == []


def test_every_test_is_named_after_a_row_of_the_table(table: Table) -> None:
    known = {*table.requirements, *(f"checklist {item}" for item in table.checklist)}
    assert set(table.tests) - known == set()


def test_every_item_of_the_checklist_is_covered_by_what_it_names(table: Table) -> None:
    for item, row in table.checklist.items():
        covered = row.get("by", []) or table.tests.get(f"checklist {item}", [])
        assert bool(covered) is ("open" not in row), item
        for requirement in row.get("by", ()):
            assert "open" not in table.requirements[requirement], (item, requirement)


def test_only_feedback_is_open(table: Table) -> None:
    for item, row in table.checklist.items():
        if "open" in row:
            assert item in MAY_BE_OPEN[row["open"]], item
    assert {row["open"] for row in table.requirements.values() if "open" in row} <= set(MAY_BE_OPEN)


def test_what_is_open_is_counted(table: Table) -> None:
    assert list(table.summary()) == [
        "requirements of CDS Hooks 2.0: 91, covered 91, open 0",
        "checklist items: 62, covered 58, open 4 (feedback 4)",
    ]
