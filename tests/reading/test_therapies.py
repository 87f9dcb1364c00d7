"""Medication resources -> Therapy: names, references, and what is not a drug of the class."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.domain import CriterionKind, UnreadWhy
from tests.builders import (
    ATC,
    Resource,
    administration,
    coding,
    concept,
    condition,
    fusion,
    larotrectinib,
    request,
    statement,
)
from tests.desk import Desk

NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
GONE: Resource = {"reference": "Medication/gone"}


def drugs(ask: Desk, *resources: Resource, value_set: str = "trk-inhibitors") -> list[str]:
    found = ask.record(*resources).therapies
    return [therapy.drug for therapy in found if therapy.value_set == value_set]


def medication(code: object, **more: object) -> Resource:
    return {"resourceType": "Medication", "id": "med1", "code": code, **more}


def referring(reference: Resource, **more: Any) -> Resource:
    return request(None, medicationReference=reference, **more)


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "drug"),
    [
        (concept(ATC, "L01EX12"), "larotrectinib"),
        (concept(ATC, "l01ex12"), "larotrectinib"),
        (concept(ATC, "L01XE53"), "larotrectinib"),
        (concept(ATC, "L01EX14"), "entrectinib"),
        (concept(ATC, "L01XE56"), "entrectinib"),
        (concept(ATC, "L01EX28"), "repotrectinib"),
        (concept(NCIT, "C115977"), "larotrectinib"),
        ({"text": "Vitrakvi 100 mg capsules"}, "larotrectinib"),
        ({"text": "LAROTRECTINIB"}, "larotrectinib"),
        ({"text": "larotrectinib sulfate"}, "larotrectinib"),
        ({"text": "Rozlytrek 200mg"}, "entrectinib"),
        ({"text": "RXDX-101 (trial)"}, "entrectinib"),
        ({"text": "Augtyro"}, "repotrectinib"),
        ({"text": "LOXO-195"}, "selitrectinib"),
        (concept("http://local.example", "x", "Entrectinib 200 mg"), "entrectinib"),
    ],
)
def test_a_trk_inhibitor_is_known_by_code_or_by_name(ask: Desk, code: Resource, drug: str) -> None:
    assert drugs(ask, request(code)) == [drug]


@pytest.mark.parametrize(
    "code",
    [
        concept(ATC, "L01EX99"),
        concept("http://local.example", "L01EX12"),
        concept(ATC, "L01XA02", "carboplatin"),
        {"text": "crizotinib"},
        {"text": "prolarotrectinib"},
        {"text": "pemetrexed and cisplatin"},
        {},
    ],
)
def test_another_drug_is_not(ask: Desk, code: Resource) -> None:
    assert drugs(ask, request(code)) == []


def test_two_drugs_in_one_request_are_both_known(ask: Desk) -> None:
    assert drugs(ask, request({"text": "entrectinib, then larotrectinib"})) == [
        "entrectinib",
        "larotrectinib",
    ]


def test_a_drug_named_twice_is_one(ask: Desk) -> None:
    twice = {"coding": [coding(ATC, "L01EX12", "larotrectinib")], "text": "Vitrakvi"}
    assert drugs(ask, request(twice)) == ["larotrectinib"]


@pytest.mark.parametrize("write", [request, statement, administration])
def test_all_three_resources_are_read(ask: Desk, write: object) -> None:
    assert callable(write)
    assert drugs(ask, write(larotrectinib())) == ["larotrectinib"]


# --- references -----------------------------------------------------------------------------------


def test_a_medication_that_was_sent_is_read(ask: Desk) -> None:
    asked = referring({"reference": "Medication/med1"})
    assert drugs(ask, asked, medication(larotrectinib())) == ["larotrectinib"]


def test_a_contained_medication_is_read(ask: Desk) -> None:
    asked = referring({"reference": "#med1"}, contained=[medication(larotrectinib())])
    assert drugs(ask, asked) == ["larotrectinib"]


def test_an_ingredient_is_read(ask: Desk) -> None:
    trial = medication({"text": "trial"}, ingredient=[{"itemCodeableConcept": larotrectinib()}])
    assert drugs(ask, referring({"reference": "Medication/med1"}), trial) == ["larotrectinib"]


def test_the_display_of_a_reference_is_read(ask: Desk) -> None:
    asked = referring({"reference": "Medication/gone", "display": "Vitrakvi"})
    assert drugs(ask, asked) == ["larotrectinib"]


def test_an_absolute_reference_to_a_medication_that_was_sent_is_resolved(ask: Desk) -> None:
    asked = referring({"reference": "https://ehr.example/fhir/Medication/med1/_history/2"})
    assert drugs(ask, asked, medication(larotrectinib())) == ["larotrectinib"]


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "Medication/gone"},
        {"reference": "#gone"},
        {"reference": "gone"},
        {"identifier": {"system": "urn:x", "value": "1"}},
    ],
    ids=["not sent", "not contained", "no type", "identifier"],
)
def test_a_drug_that_cannot_be_told_is_not_known(ask: Desk, reference: Resource) -> None:
    asked = referring(reference)
    assert [unread.why for unread in ask.record(asked).unread] == [UnreadWhy.NO_DRUG]
    assert ask.prior(asked) == "not known"


def test_a_drug_that_cannot_be_told_but_was_not_given_is_none(ask: Desk) -> None:
    asked = referring({"reference": "Medication/gone"}, doNotPerform=True)
    assert ask.prior(asked) == "none"


def test_another_drug_that_was_sent_is_none(ask: Desk) -> None:
    other = medication({"text": "carboplatin"})
    assert ask.prior(referring({"reference": "Medication/med1"}), other) == "none"


def test_the_display_of_another_drug_is_none(ask: Desk) -> None:
    asked = referring({"reference": "Medication/gone", "display": "carboplatin"})
    assert ask.prior(asked) == "none"


def test_what_the_medication_is_called_in_the_request_counts_beside_its_resource(ask: Desk) -> None:
    asked = referring({"reference": "Medication/med1", "display": "larotrectinib"})
    assert ask.prior(asked, medication({"text": "capsule"})) == "recorded"


def test_a_local_code_beside_a_reference_that_leads_nowhere_is_another_drug(ask: Desk) -> None:
    coded = request(concept("http://local.example", "42"), medicationReference=GONE)
    assert ask.prior(coded) == "none"


@pytest.mark.parametrize(
    "status", ["draft", "cancelled", "entered-in-error", "not-done", "intended", "not-taken"]
)
def test_a_drug_without_a_name_that_was_never_given_is_none(ask: Desk, status: str) -> None:
    assert ask.prior(referring(GONE, status=status)) == "none"
    assert ask.prior(referring(GONE)) == "not known"


@pytest.mark.parametrize("drug", ["larotrectinib", "carboplatin"])
def test_a_drug_in_a_resource_without_end_is_not_read(ask: Desk, drug: str) -> None:
    deep: Resource = {}
    for _ in range(70):
        deep = {"extension": [deep]}
    (unread,) = ask.record(request({"text": drug}, **deep)).unread
    assert (unread.source.reference, unread.criterion, unread.why) == (
        "MedicationRequest/m1",
        CriterionKind.PRIOR_THERAPY,
        UnreadWhy.TOO_DEEP,
    )


# --- other versions of FHIR ------------------------------------------------------------


def test_a_drug_of_r5_is_read(ask: Desk) -> None:
    newer = request(None, medication={"concept": larotrectinib()})
    assert drugs(ask, newer) == ["larotrectinib"]
    assert ask.prior(newer) == "recorded"


def test_a_drug_of_stu3_that_was_not_taken_is_none(ask: Desk) -> None:
    older = statement(larotrectinib(), taken="n")
    assert [found.status for found in ask.record(older).therapies] == ["not-taken"]
    assert ask.prior(older) == "none"


# --- treatments that are listed and decide nothing ---------------------------------------


def listed(ask: Desk, *resources: Resource) -> list[tuple[str, str, str]]:
    found = ask.about(fusion(), condition(), *resources).treatments
    return [(item.drug, item.started, item.ended) for item in found]


def test_a_treatment_is_listed_newest_first_and_undated_last(ask: Desk) -> None:
    cisplatin = request({"text": "cisplatin"}, id="m1", authoredOn="2024-02-01")
    undated = request({"text": "carboplatin"}, id="m2")
    period = {"effectivePeriod": {"start": "2025-01", "end": "2025-06-30"}}
    nivolumab = statement(concept(ATC, "L01FF01"), "completed", id="m3", **period)
    assert listed(ask, cisplatin, undated, nivolumab) == [
        ("nivolumab", "2025-01", "2025-06-30"),
        ("cisplatin", "2024-02-01", ""),
        ("carboplatin", "", ""),
    ]


@pytest.mark.parametrize("status", ["draft", "cancelled", "entered-in-error", "unknown"])
def test_a_treatment_that_was_not_given_is_not_listed(ask: Desk, status: str) -> None:
    assert listed(ask, request({"text": "cisplatin"}, status)) == []


def test_the_day_of_giving_counts_before_the_day_of_writing(ask: Desk) -> None:
    dates = {"effectiveDateTime": "2024-05-01", "dateAsserted": "2026-01-01"}
    told = statement({"text": "cisplatin"}, **dates)
    assert listed(ask, told) == [("cisplatin", "2024-05-01", "")]
    asserted = statement({"text": "cisplatin"}, dateAsserted="2026-01-01")
    assert listed(ask, asserted) == [("cisplatin", "2026-01-01", "")]


@pytest.mark.parametrize("name", ["occurence", "occurrence"])
def test_a_treatment_of_r5_is_listed_with_the_days_of_its_giving(ask: Desk, name: str) -> None:
    given = administration({"text": "cisplatin"}, effectiveDateTime=None)
    on_a_day = given | {f"{name}DateTime": "2024-05-01"}
    assert listed(ask, on_a_day) == [("cisplatin", "2024-05-01", "")]
    period = given | {f"{name}Period": {"start": "2024-05-01", "end": "2024-05-03"}}
    assert listed(ask, period) == [("cisplatin", "2024-05-01", "2024-05-03")]


def test_a_damaged_treatment_leaves_earlier_trk_treatment_known(ask: Desk) -> None:
    damaged = request({"text": "cisplatin"}, authoredOn="yesterday")
    assert ask.prior(damaged) == "none"
    assert listed(ask, damaged) == [("cisplatin", "", "")]


def test_a_treatment_changes_neither_recommendation_nor_references(ask: Desk) -> None:
    without = ask.about(fusion(), condition())
    beside = ask.about(fusion(), condition(), request({"text": "cisplatin"}))
    assert beside.recommendation == without.recommendation
    assert beside.reasons == without.reasons
