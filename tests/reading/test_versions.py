"""Which of several versions of one resource is the current one."""

from __future__ import annotations

import pytest

from cds_service.domain import DataKey, DataState, Received
from cds_service.reading.bundle import Patient, select
from cds_service.reading.versions import current, merge_newer
from tests.builders import Resource, condition, fusion, negative
from tests.desk import Desk, complete

EARLY: Resource = {"meta": {"lastUpdated": "2026-03-01T10:00:00Z"}}
LATE: Resource = {"meta": {"lastUpdated": "2026-09-01T10:00:00+01:00"}}


def kept(*resources: Resource) -> list[Resource]:
    return [dict(item.json) for item in current([Received(r) for r in resources])]


@pytest.mark.parametrize(
    "later", [LATE, {"issued": "2026-09-01T10:00:00Z"}], ids=["meta", "issued"]
)
def test_a_later_version_of_the_same_id_replaces(later: Resource) -> None:
    old, new = fusion(**EARLY), negative(**later)
    assert kept(old, new) == [new]
    assert kept(new, old) == [new]


def named(value: str, system: str = "urn:lab") -> Resource:
    return {"identifier": [{"system": system, "value": value}]}


def test_a_later_version_of_the_same_identifier_replaces() -> None:
    old, new = fusion(**EARLY, **named("A1")), negative(id="o2", **LATE, **named("A1"))
    assert kept(old, new) == [new]


@pytest.mark.parametrize("other", [named("A2"), named("A1", "urn:other"), named("A1", ""), {}])
def test_another_identifier_is_another_result(other: Resource) -> None:
    old, new = fusion(**EARLY, **named("A1")), negative(id="o2", **LATE, **other)
    assert kept(old, new) == [old, new]


def test_the_same_id_of_another_type_is_another_resource() -> None:
    old, new = fusion(id="x", **EARLY), condition(id="x", **LATE)
    assert kept(old, new) == [old, new]


@pytest.mark.parametrize(
    ("first", "second"),
    [({}, {}), (EARLY, {}), ({}, LATE), (EARLY, EARLY), ({"issued": "soon"}, LATE)],
)
def test_versions_that_cannot_be_put_in_order_are_all_kept(
    first: Resource, second: Resource
) -> None:
    assert len(kept(fusion(**first), negative(**second))) == 2


def test_the_time_zone_is_heeded() -> None:
    noon = fusion(meta={"lastUpdated": "2026-03-01T12:00:00+05:00"})
    ten = negative(meta={"lastUpdated": "2026-03-01T10:00:00Z"})
    assert kept(noon, ten) == [ten]


def test_a_copy_under_another_key_counts_once() -> None:
    assert kept(fusion(), fusion()) == [fusion()]


def test_resources_without_an_id_are_all_kept() -> None:
    assert len(kept(fusion(id=None), fusion(id=None))) == 2


def test_a_disagreement_between_undated_copies_is_seen(ask: Desk) -> None:
    assert ask.fusion(fusion(), negative("NTRK1")) == "unconfirmed"


def test_a_corrected_result_withdraws_the_first(ask: Desk) -> None:
    corrected = negative("NTRK1", status="corrected", **LATE)
    assert ask.fusion(fusion(**EARLY), corrected) == "none"


def test_a_result_entered_in_error_withdraws_the_first(ask: Desk) -> None:
    assert ask.fusion(fusion(**EARLY), fusion(status="entered-in-error", **LATE)) == "none"


def test_a_condition_that_was_refuted_later_withdraws_the_first(ask: Desk) -> None:
    old, new = condition(**EARLY), condition(verification="refuted", **LATE)
    assert ask.diagnosis(old, new) == "none"


# --- results that arrive with the call -----------------------------------------------------------


def merged(old: Resource, new: Resource) -> list[Resource]:
    both = merge_newer([Received(old)], [Received(new)])
    return [dict(item.json) for item in current(both)]


def test_a_result_that_arrives_wins_over_the_undated_copy() -> None:
    assert merged(fusion(), negative()) == [negative()]


@pytest.mark.parametrize(("old", "new"), [(EARLY, LATE), (EARLY, {}), ({}, EARLY), (EARLY, EARLY)])
def test_a_result_that_arrives_wins_unless_it_is_older(old: Resource, new: Resource) -> None:
    assert merged(fusion(**old), negative(**new)) == [negative(**new)]


def test_a_result_that_arrives_late_loses_to_the_newer_copy() -> None:
    assert merged(fusion(**LATE), negative(**EARLY)) == [fusion(**LATE)]


def test_a_result_that_arrives_without_an_id_stands_beside_the_others() -> None:
    assert len(merged(fusion(), fusion(id=None))) == 2


def test_a_result_that_arrives_is_read(ask: Desk) -> None:
    assert ask.about(condition(), newer=[fusion()]).recommendation == "trk-inhibitor-option"


def test_a_correction_that_arrives_withdraws_the_card(ask: Desk) -> None:
    correction = negative("NTRK1", status="corrected")
    assert ask.about(fusion(), condition(), newer=[correction]).recommendation == "nothing"


def test_the_patient_who_arrives_with_results_is_this_patient() -> None:
    states: dict[DataKey, DataState] = {DataKey.CONDITIONS: complete(condition())}
    chosen = select(states, Patient("p1"), [Received(fusion())])
    assert len(chosen.resources) == 2
