"""The same patients as STU3, R4, R5 and DSTU2 write them: read, or said not to be read."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.domain import CriterionKind, UnreadWhy
from cds_service.reading.fhir_version import FhirVersion
from cds_service.reading.validation import fault, version_of
from tests.builders import (
    ABSENT,
    INTERPRETATION,
    MINE,
    Resource,
    administration,
    concept,
    condition,
    fusion,
    larotrectinib,
    patient,
    report,
    request,
    statement,
)
from tests.desk import Desk

STU3, R4, R5 = FhirVersion.STU3, FhirVersion.R4, FhirVersion.R5
LABORATORY = {"reference": "Organization/lab", "display": "Genomic Laboratory Hub"}
DRUG: Resource = {"concept": larotrectinib()}


def stu3_fusion(**more: Any) -> Resource:
    """A result with the elements that only STU3 has."""
    interpretation = concept(INTERPRETATION, "POS")
    old: Resource = {"comment": "Reported in full.", "interpretation": interpretation}
    return fusion(**(old | {"context": {"reference": "Encounter/e1"}} | more))


def stu3_condition(clinical: str = "active", verification: str = "confirmed") -> Resource:
    codes = {"clinicalStatus": clinical, "verificationStatus": verification}
    return condition(clinical="", verification="", assertedDate="2026-05-01", **codes)


def stu3_report(conclusion: str, **more: Any) -> Resource:
    lab: Resource = {"performer": [{"actor": LABORATORY}]}
    return report(conclusion, **(lab | {"codedDiagnosis": [{"text": "Findings"}]} | more))


def r5_statement(*adherence: str, status: str = "recorded") -> Resource:
    named = {"code": {"coding": [{"code": code} for code in adherence]}} if adherence else None
    more = {"medication": DRUG, "medicationCodeableConcept": None, "adherence": named}
    return {k: v for k, v in statement(None, status=status, **more).items() if v is not None}


def r5_order(status: str = "active", **more: Any) -> Resource:
    return request(None, status=status, **({"medication": DRUG} | more))


def r5_given(**more: Any) -> Resource:
    body = administration(None, effectiveDateTime=None, medication=DRUG, **more)
    return body | {"occurenceDateTime": "2026-05-01"}


def dstu2_condition() -> Resource:
    old = {"patient": MINE, "dateRecorded": "2015-03-01", "clinicalStatus": "active"}
    return condition(subject=None, verification="", clinical="", **old)


def dstu2_order(drug: object) -> Resource:
    body: Resource = {"resourceType": "MedicationOrder", "id": "m0", "patient": MINE}
    return body | {
        "dateWritten": "2015-03-01",
        "medicationCodeableConcept": drug,
        "status": "active",
    }


# --- which version -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "version"),
    [
        (fusion(), R4),
        (condition(), R4),
        (stu3_fusion(), STU3),
        (stu3_condition(), STU3),
        (stu3_report("No fusion."), STU3),
        (statement(larotrectinib(), taken="y"), STU3),
        (administration(larotrectinib(), notGiven=True), STU3),
        (request(larotrectinib(), requester={"agent": LABORATORY}), STU3),
        (patient(animal={"species": {"text": "dog"}}), STU3),
        (
            fusion(triggeredBy=[{"observation": {"reference": "Observation/x"}, "type": "reflex"}]),
            R5,
        ),
        (fusion(bodyStructure={"reference": "BodyStructure/b1"}), R5),
        (condition(participant=[{"actor": {"reference": "Practitioner/x"}}]), R5),
        (report("x", note=[{"text": "x"}]), R5),
        (r5_order(), R5),
        (r5_statement(), R5),
        (r5_given(), R5),
    ],
)
def test_a_resource_is_of_the_version_as_which_it_is_valid(
    resource: Resource, version: FhirVersion
) -> None:
    assert (version_of(resource), fault(resource)) == (version, None)


@pytest.mark.parametrize(
    "resource",
    [
        stu3_fusion(issued="yesterday"),
        stu3_fusion(hasMember=[{"reference": "Observation/x"}]),
        stu3_condition() | {"recorder": LABORATORY},
        r5_statement() | {"dateAsserted": "soon"},
        r5_order(medicationCodeableConcept=larotrectinib()),
        condition(verificationStatus="confirmed"),
        fusion(unknownElement=1),
    ],
)
def test_a_resource_that_mixes_versions_or_is_damaged_in_its_own_is_not_valid(
    resource: Resource,
) -> None:
    assert (version_of(resource), fault(resource)) == (None, UnreadWhy.INVALID)


# --- what they say -------------------------------------------------------------------------------


def test_a_patient_written_in_stu3_is_told_what_the_same_patient_in_r4_is_told(ask: Desk) -> None:
    old = ask.about(stu3_fusion(), stu3_condition())
    new = ask.about(fusion(), condition())
    assert old.recommendation == new.recommendation == "trk-inhibitor-option"
    assert old.fusions[0].why == ()


def test_a_patient_written_in_r5_is_told_what_the_same_patient_in_r4_is_told(ask: Desk) -> None:
    trigger = [{"observation": {"reference": "Observation/gone"}, "type": "reflex"}]
    written = condition(participant=[{"actor": {"reference": "Practitioner/x"}}])
    found = ask.about(fusion(triggeredBy=trigger), written)
    assert (found.recommendation, found.gaps) == ("trk-inhibitor-option", ())


@pytest.mark.parametrize(
    ("resource", "state"),
    [
        (stu3_fusion(value=ABSENT, interpretation=concept(INTERPRETATION, "NEG")), "none"),
        (stu3_fusion(value=ABSENT), "unconfirmed"),  # and its interpretation says positive
        (stu3_fusion(comment="No NTRK1 fusion was detected."), "unconfirmed"),
        (stu3_fusion(status="preliminary"), "none"),
        (stu3_fusion(issued="yesterday"), "not known"),
        (stu3_report("No NTRK1, NTRK2 or NTRK3 fusion detected."), "none"),
        (stu3_report("ETV6::NTRK3 fusion detected."), "unconfirmed"),
        (stu3_report("", codedDiagnosis=[{"text": "ETV6::NTRK3 fusion detected"}]), "unconfirmed"),
        (report("", note=[{"text": "ETV6::NTRK3 fusion detected."}]), "unconfirmed"),
        (report("", note=[{"text": "No NTRK fusion detected."}]), "none"),
        (fusion(comments="as DSTU2 wrote it"), "not known"),
        (report("No NTRK fusion.", request=[{"reference": "DiagnosticOrder/x"}]), "not known"),
    ],
)
def test_a_result_of_another_version_says_what_it_says_and_no_more(
    ask: Desk, resource: Resource, state: str
) -> None:
    assert ask.fusion(resource) == state


def test_an_stu3_report_names_its_laboratory(ask: Desk) -> None:
    (found,) = ask.record(stu3_report("ETV6::NTRK3 fusion detected.")).fusions
    assert found.source.laboratory == "Genomic Laboratory Hub"


@pytest.mark.parametrize(
    ("clinical", "verification", "state"),
    [
        ("active", "confirmed", "established"),
        ("recurrence", "confirmed", "established"),
        ("active", "provisional", "unconfirmed"),
        ("active", "unknown", "unconfirmed"),
        ("resolved", "confirmed", "unconfirmed"),
        ("active", "refuted", "none"),
        ("active", "entered-in-error", "none"),
    ],
)
def test_plain_statuses_of_stu3_weigh_as_those_of_r4(
    ask: Desk, clinical: str, verification: str, state: str
) -> None:
    assert ask.diagnosis(stu3_condition(clinical, verification)) == state


def test_an_r5_condition_whose_status_is_unknown_is_unconfirmed(ask: Desk) -> None:
    who = [{"actor": {"reference": "Practitioner/x"}}]
    assert ask.diagnosis(condition(verification="", participant=who)) == "established"
    assert ask.diagnosis(condition(clinical="unknown", participant=who)) == "unconfirmed"


@pytest.mark.parametrize(
    ("resource", "state"),
    [
        (statement(larotrectinib(), taken="y"), "recorded"),
        (statement(larotrectinib(), taken="na"), "recorded"),
        (statement(larotrectinib(), taken="n"), "none"),
        (statement(larotrectinib(), taken="unk"), "not known"),
        (administration(larotrectinib(), notGiven=False), "recorded"),
        (administration(larotrectinib(), notGiven=True), "none"),
        (r5_order(), "recorded"),
        (r5_order("cancelled"), "none"),
        (r5_order("ended"), "not known"),
        (r5_order(doNotPerform=True), "none"),
        (r5_order(medication={"concept": {"text": "aspirin"}}), "none"),
        (r5_order(medication={"reference": {"reference": "Medication/gone"}}), "not known"),
        (r5_order(authoredOn="soon"), "not known"),
        (r5_given(), "recorded"),
        (r5_given(status="not-done"), "none"),
        (r5_statement(), "recorded"),
        (r5_statement("taking"), "recorded"),
        (r5_statement("stopped"), "recorded"),
        (r5_statement("not-taking"), "not known"),
        (r5_statement("taking", "not-taking"), "not known"),
        (r5_statement(status="draft"), "none"),
        (r5_statement(status="entered-in-error"), "none"),
        (r5_statement("taking", status="entered-in-error"), "none"),
        (dstu2_order(larotrectinib()), "not known"),
        (dstu2_order({"text": "aspirin"}), "none"),
        (statement(larotrectinib(), subject=None, patient=MINE, wasNotTaken=False), "not known"),
    ],
)
def test_earlier_treatment_is_read_in_every_version_that_has_models(
    ask: Desk, resource: Resource, state: str
) -> None:
    assert ask.prior(resource) == state


def test_a_medication_of_r5_names_its_ingredients(ask: Desk) -> None:
    kit = {"resourceType": "Medication", "id": "kit", "ingredient": [{"item": DRUG}]}
    order = r5_order(medication={"reference": {"reference": "Medication/kit"}})
    assert ask.prior(order, kit) == "recorded"
    assert ask.prior(order, kit | {"ingredient": [{"item": {"concept": {"text": "x"}}}]}) == "none"


@pytest.mark.parametrize(
    ("resource", "criterion"),
    [
        (dstu2_condition(), CriterionKind.DIAGNOSIS),
        (fusion(comments="x", subject=None) | {"subject": MINE}, CriterionKind.GENE_FUSION),
        (dstu2_order(larotrectinib()), CriterionKind.PRIOR_THERAPY),
        (patient(name=[{"family": ["Synthetic"]}]), CriterionKind.ALIVE),
    ],
)
def test_what_dstu2_wrote_could_not_be_read_and_says_so(
    ask: Desk, resource: Resource, criterion: CriterionKind
) -> None:
    said = [(unread.criterion, unread.why) for unread in ask.record(resource).unread]
    assert said == [(criterion, UnreadWhy.FHIR_VERSION)]


def test_what_dstu2_wrote_of_something_else_is_passed_over(ask: Desk) -> None:
    other = dstu2_condition() | {"code": {"text": "Hypertension"}}
    potassium = {"resourceType": "Observation", "id": "k", "status": "final", "subject": MINE}
    potassium |= {"code": {"text": "Potassium"}, "comments": "haemolysed"}
    assert ask.record(other, potassium).unread == ()
