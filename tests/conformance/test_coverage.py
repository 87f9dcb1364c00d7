"""The table of requirements is whole: every row has a test or says what it waits for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tests.conformance.table import Table


def test_the_table_holds_every_binding_row_of_the_standard(table: Table) -> None:
    levels = Counter(row["level"] for row in table.requirements.values())
    assert levels == {"SHALL": 69, "SHALL NOT": 4, "SHOULD": 17, "SHOULD NOT": 1}


def test_the_table_holds_the_whole_checklist(table: Table) -> None:
    assert list(table.checklist) == list(range(1, 63))


def test_every_requirement_has_a_test(table: Table) -> None:
    assert table.open_requirements() == []


def test_every_test_is_named_after_a_row_of_the_table(table: Table) -> None:
    known = {*table.requirements, *(f"checklist {item}" for item in table.checklist)}
    assert set(table.tests) - known == set()


def test_every_item_of_the_checklist_is_covered_by_what_it_names(table: Table) -> None:
    assert table.open_items() == []
    for item, row in table.checklist.items():
        for requirement in row.get("by", ()):
            assert requirement in table.requirements, item


def test_what_has_no_test_is_counted(table: Table) -> None:
    assert list(table.summary()) == [
        "requirements of CDS Hooks 2.0: 91, covered 91, open 0",
        "checklist items: 62, covered 62, open 0",
    ]
    tests = {name: tests for name, tests in table.tests.items() if name != "checklist 47"}
    less = replace(table, tests={name: tests[name] for name in tests if name != "I-3"})
    assert (less.open_requirements(), less.open_items()) == (["I-3"], [47])
