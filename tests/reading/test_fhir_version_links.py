"""Links between the results of a synthetic patient as STU3 writes them, in 'related'."""

from __future__ import annotations

import pytest

from cds_service.domain import DataKey, Gap, GapWhy
from tests.builders import TBD, Resource, change, concept, fusion, negative, result
from tests.desk import Desk


def related(kind: str, target: str) -> Resource:
    link = {"type": kind, "target": {"reference": f"Observation/{target}"}}
    return {"related": [{k: v for k, v in link.items() if v}]}


@pytest.mark.parametrize("kind", ["has-member", "derived-from", ""])
def test_a_member_that_stu3_points_to_and_that_was_not_sent_leaves_a_gap(
    ask: Desk, kind: str
) -> None:
    panel = result(id="panel", value=None, **related(kind, "o9"))
    gap = Gap(DataKey.OBSERVATIONS, GapWhy.UNRESOLVED)
    assert gap in ask.record(panel).gaps
    assert ask.record(panel, negative(id="o9")).gaps == ()


@pytest.mark.parametrize("kind", ["replaces", "sequel-to", "qualified-by", "interfered-by"])
def test_another_relation_of_stu3_is_no_part_of_the_result(ask: Desk, kind: str) -> None:
    assert ask.record(result(**related(kind, "gone"))).gaps == ()


def test_a_consequence_that_stu3_derives_from_its_variant_counts_as_its_own(ask: Desk) -> None:
    variant = fusion(id="v1", component=[fusion()["component"][i] for i in (1, 3)])
    said = {"code": concept(TBD, "molecular-consequence"), "value": None}
    fused = result(change("SO:0001565"), id="q1", **said, **related("derived-from", "v1"))
    assert ask.fusion(variant, fused) == "confirmed"
    assert ask.fusion(variant, fused | related("qualified-by", "v1")) != "confirmed"
