"""A resource that decides must be valid FHIR; each way of not being it has its own word."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.domain import CriterionKind, RepeatedKeys, UnreadWhy
from cds_service.reading.validation import fault
from tests.builders import (
    PRESENT,
    Resource,
    administration,
    attachment,
    condition,
    fusion,
    histology,
    larotrectinib,
    patient,
    report,
    request,
    statement,
)
from tests.desk import Desk

GENE_FUSION, DIAGNOSIS = CriterionKind.GENE_FUSION, CriterionKind.DIAGNOSIS
PRIOR, ALIVE = CriterionKind.PRIOR_THERAPY, CriterionKind.ALIVE


def deep(levels: int) -> Resource:
    nested: Resource = {"url": "urn:x", "valueString": "x"}
    for _ in range(levels):
        nested = {"url": "urn:x", "extension": [nested]}
    return {"extension": [nested]}


def doubled(resource: Resource) -> Resource:
    return RepeatedKeys(resource)


def unread(ask: Desk, *resources: Resource) -> list[tuple[CriterionKind, UnreadWhy]]:
    return [(found.criterion, found.why) for found in ask.record(*resources).unread]


@pytest.mark.parametrize(
    ("resource", "criterion", "why"),
    [
        (fusion(status="unknown"), GENE_FUSION, UnreadWhy.STATUS),
        (report("NTRK1 fusion.", status="unknown"), GENE_FUSION, UnreadWhy.STATUS),
        (histology(condition()["code"], status="x"), DIAGNOSIS, UnreadWhy.STATUS),
        (fusion(subject=None), GENE_FUSION, UnreadWhy.NO_SUBJECT),
        (condition(subject=None), DIAGNOSIS, UnreadWhy.NO_SUBJECT),
        (request(larotrectinib(), subject=None), PRIOR, UnreadWhy.NO_SUBJECT),
        (fusion(subject={"reference": "#x"}), GENE_FUSION, UnreadWhy.SUBJECT_UNCLEAR),
        (condition(subject={"reference": "#x"}), DIAGNOSIS, UnreadWhy.SUBJECT_UNCLEAR),
        (statement(larotrectinib(), subject={"reference": "#x"}), PRIOR, UnreadWhy.SUBJECT_UNCLEAR),
        (fusion(issued="yesterday"), GENE_FUSION, UnreadWhy.INVALID),
        (fusion(unknownElement=1), GENE_FUSION, UnreadWhy.INVALID),
        (report("NTRK1 fusion.", result="o1"), GENE_FUSION, UnreadWhy.INVALID),
        (condition(onsetDateTime="long ago"), DIAGNOSIS, UnreadWhy.INVALID),
        (request(larotrectinib(), authoredOn="soon"), PRIOR, UnreadWhy.INVALID),
        (statement(larotrectinib(), effectiveDateTime="now"), PRIOR, UnreadWhy.INVALID),
        (administration(larotrectinib(), effectiveDateTime="now"), PRIOR, UnreadWhy.INVALID),
        (patient(birthDate="long ago"), ALIVE, UnreadWhy.INVALID),
        (fusion(**deep(40)), GENE_FUSION, UnreadWhy.TOO_DEEP),
        (condition(**deep(40)), DIAGNOSIS, UnreadWhy.TOO_DEEP),
        (request(larotrectinib(), **deep(40)), PRIOR, UnreadWhy.TOO_DEEP),
        (patient(**deep(40)), ALIVE, UnreadWhy.TOO_DEEP),
        (doubled(fusion()), GENE_FUSION, UnreadWhy.REPEATED_KEY),
        (fusion(valueCodeableConcept=doubled(PRESENT)), GENE_FUSION, UnreadWhy.REPEATED_KEY),
        (doubled(condition()), DIAGNOSIS, UnreadWhy.REPEATED_KEY),
        (doubled(request(larotrectinib())), PRIOR, UnreadWhy.REPEATED_KEY),
        (doubled(patient()), ALIVE, UnreadWhy.REPEATED_KEY),
        (
            report(presentedForm=[attachment("x", "application/pdf")]),
            GENE_FUSION,
            UnreadWhy.ATTACHMENT,
        ),
        (
            request(None, medicationReference={"reference": "Medication/gone"}),
            PRIOR,
            UnreadWhy.NO_DRUG,
        ),
    ],
)
def test_what_could_not_be_read_says_why(
    ask: Desk, resource: Resource, criterion: CriterionKind, why: UnreadWhy
) -> None:
    assert unread(ask, resource) == [(criterion, why)]


@pytest.mark.parametrize(
    "resource",
    [
        fusion(),
        report("No NTRK fusion."),
        condition(),
        histology(condition()["code"]),
        request(larotrectinib()),
        statement(larotrectinib()),
        administration(larotrectinib()),
        patient(birthDate="1949-01-01"),
        fusion(**deep(5)),
    ],
)
def test_what_is_valid_is_read(ask: Desk, resource: Resource) -> None:
    assert unread(ask, resource) == []


@pytest.mark.parametrize(
    "resource",
    [
        condition({"text": "Hypertension"}, onsetDateTime="long ago"),
        request({"text": "aspirin"}, authoredOn="soon"),
        doubled(condition({"text": "Hypertension"})),
        request({"text": "aspirin"}, **deep(5)),
        request({"text": "aspirin"}, subject=None),
        condition({"text": "Hypertension"}, subject=None),
    ],
)
def test_what_decides_nothing_is_not_asked_for_more(ask: Desk, resource: Resource) -> None:
    assert unread(ask, resource) == []


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        ({"resourceType": "Basic", "id": "x"}, UnreadWhy.INVALID),
        ({}, UnreadWhy.INVALID),
        (fusion(contained=[{"resourceType": "Foo", "id": "x"}]), UnreadWhy.INVALID),
        (fusion(extension=[{"url": "urn:x", "valueFoo": 1}]), UnreadWhy.INVALID),
        (deep(100), UnreadWhy.TOO_DEEP),
        (fusion(), None),
    ],
)
def test_the_library_that_reports_faults_never_raises(
    resource: dict[str, Any], why: UnreadWhy | None
) -> None:
    assert fault(resource) is why


@pytest.mark.parametrize("levels", [5_000])
def test_nesting_without_end_does_not_overflow(ask: Desk, levels: int) -> None:
    assert (GENE_FUSION, UnreadWhy.TOO_DEEP) in unread(ask, fusion(**deep(levels)))


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("C45.0", id="a string where a concept belongs"),
        pytest.param(["C45.0"], id="a list"),
        pytest.param({"coding": "C45.0"}, id="a coding that is a string"),
        pytest.param({"coding": [{"kode": "mesothelioma"}]}, id="a misspelt key"),
        pytest.param(None, id="no code and not valid"),
    ],
)
def test_a_condition_whose_damage_hides_its_diagnosis_is_not_read_as_another(
    ask: Desk, code: object
) -> None:
    damaged = condition(code, recordedDate="yesterday")
    assert unread(ask, damaged) == [(DIAGNOSIS, UnreadWhy.INVALID)]


def test_a_condition_without_a_code_says_nothing(ask: Desk) -> None:
    assert unread(ask, condition(None)) == []


def test_a_result_of_unclear_ownership_that_decides_nothing_is_only_counted(ask: Desk) -> None:
    bloods = {"resourceType": "Observation", "id": "x", "code": {"text": "Potassium"}}
    record = ask.record(bloods)
    assert (record.unread, record.broken) == ((), 1)
