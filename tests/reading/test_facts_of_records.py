"""Every fact of some records, to the last word: tests/reading/facts/*.toml.

A row names a labelled case, or gives a record of its own and says why it is read so. Beside the
state that the case table asks for, partners, reasons, sites, dates and references must be right.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.builders import Resource
from tests.desk import Desk
from tests.reading.case_shorthand import resources
from tests.reading.case_table import load
from tests.reading.facts_in_lines import lines

FOLDER = Path(__file__).with_name("facts")
CASES = {case.id: case.record for case in load()}


@dataclass(frozen=True)
class Row:
    """A synthetic record and its facts, one a line."""

    id: str
    record: Sequence[Resource]
    says: Sequence[str]


def rows(name: str) -> list[object]:
    """The rows of one file, as parameters."""
    table = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))["record"]
    made = [Row(r["id"], _record(r), r["says"]) for r in table]
    return [pytest.param(row, id=row.id) for row in made]


def _record(row: dict[str, object]) -> Sequence[Resource]:
    if "given" not in row:
        return CASES[str(row["id"])]
    assert row["why"], f"{row['id']}: a record of its own says why it is read so"
    given = row["given"]
    assert isinstance(given, list)
    return resources(given)


@pytest.mark.parametrize("row", rows("results"))
def test_a_result_is_read_with_all_that_it_states(ask: Desk, row: Row) -> None:
    assert lines(ask.record(*row.record)) == row.says


@pytest.mark.parametrize("row", rows("certainty"))
def test_a_finding_is_weighed_with_all_that_surrounds_it(ask: Desk, row: Row) -> None:
    assert lines(ask.record(*row.record)) == row.says


@pytest.mark.parametrize("row", rows("diagnoses"))
def test_a_diagnosis_is_read_with_all_that_it_states(ask: Desk, row: Row) -> None:
    assert lines(ask.record(*row.record)) == row.says


@pytest.mark.parametrize("row", rows("provenance"))
def test_a_fact_names_where_it_comes_from(ask: Desk, row: Row) -> None:
    assert lines(ask.record(*row.record)) == row.says


@pytest.mark.parametrize("row", rows("parts"))
def test_each_part_of_a_result_is_heard(ask: Desk, row: Row) -> None:
    assert lines(ask.record(*row.record)) == row.says


@pytest.mark.parametrize("row", rows("surroundings"))
def test_what_stands_around_a_result_is_heard(ask: Desk, row: Row) -> None:
    assert lines(ask.record(*row.record)) == row.says
