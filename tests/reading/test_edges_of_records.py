"""Small differences of ids, references and versions that decide what belongs to whom."""

from __future__ import annotations

import pytest

from cds_service.domain import GapWhy, Received
from cds_service.reading.versions import current
from tests.builders import Resource, condition, fusion, negative, report
from tests.desk import Desk

EARLY: Resource = {"meta": {"lastUpdated": "2026-03-01T10:00:00Z"}}
LATE: Resource = {"meta": {"lastUpdated": "2026-09-01T10:00:00Z"}}


def with_inside(own: str, reference: str) -> Resource:
    inside = fusion(id=own)
    return report(contained=[inside], result=[{"reference": reference}])


@pytest.mark.parametrize("own", ["v1", "X1", "V-1.a"])
def test_a_result_inside_its_report_is_found_by_its_own_id(ask: Desk, own: str) -> None:
    assert ask.fusion(with_inside(own, f"#{own}")) == "confirmed"


@pytest.mark.parametrize(("own", "reference"), [("v1", "#v2"), ("1", "#X1"), ("v1", "#V1")])
def test_a_result_that_is_not_inside_its_report_leaves_a_gap(
    ask: Desk, own: str, reference: str
) -> None:
    found = ask.about(with_inside(own, reference), condition())
    assert [gap.why for gap in found.gaps] == [GapWhy.UNRESOLVED]


@pytest.mark.parametrize("own", ["#v1", "v#"])
def test_an_id_inside_a_report_that_is_no_id_hides_nothing(ask: Desk, own: str) -> None:
    assert ask.fusion(with_inside(own, "#v1")) == "not known"


def test_two_results_without_ids_are_not_versions_of_one_another(ask: Desk) -> None:
    nameless = [Received(fusion(id=None, **EARLY)), Received(negative(id=None, **LATE))]
    assert len(current(nameless)) == 2
