"""A finding stands on partial data; a 'none' needs every source, whole and readable."""

from __future__ import annotations

import pytest

from cds_service.domain import DataKey, GapWhy, UnreadWhy
from tests.builders import (
    ICDO3,
    LOINC,
    Resource,
    concept,
    condition,
    fusion,
    gene,
    histology,
    hypertension,
    negative,
    report,
    result,
    results,
    spoken,
)
from tests.desk import Desk

SOURCES = [DataKey.OBSERVATIONS, DataKey.LABORATORY, DataKey.REPORTS]
OTHERS = [DataKey.PATIENT, DataKey.CONDITIONS, DataKey.REQUESTS, DataKey.STATEMENTS]


@pytest.mark.parametrize("key", SOURCES)
def test_without_one_source_of_results_there_is_no_none(ask: Desk, key: DataKey) -> None:
    assert ask.about(condition(), missing=[key]).states["fusion"] == "not known"


@pytest.mark.parametrize("key", SOURCES)
def test_with_part_of_one_source_there_is_no_none(ask: Desk, key: DataKey) -> None:
    assert ask.about(condition(), negative(), partial=[key]).states["fusion"] == "not known"


@pytest.mark.parametrize("key", OTHERS)
def test_what_holds_no_results_cannot_hide_one(ask: Desk, key: DataKey) -> None:
    assert ask.about(missing=[key]).states["fusion"] == "none"


@pytest.mark.parametrize("key", SOURCES)
def test_a_finding_stands_although_a_source_is_incomplete(ask: Desk, key: DataKey) -> None:
    found = ask.about(fusion(), condition(), partial=[key])
    assert found.recommendation == "trk-inhibitor-option"
    assert [gap.key for gap in found.gaps] == [key]


def test_results_of_another_patient_make_their_source_incomplete(ask: Desk) -> None:
    found = ask.about(fusion(subject={"reference": "Patient/p2"}), condition())
    assert found.states["fusion"] == "not known"
    assert {gap.why for gap in found.gaps} == {GapWhy.OTHER_PATIENT}


def test_a_genomic_result_without_a_patient_is_not_read_as_none(ask: Desk) -> None:
    found = ask.about(fusion(subject=None), condition())
    assert found.recommendation == "could-not-check"
    assert [unread.why for unread in found.unread] == [UnreadWhy.NO_SUBJECT]


def test_an_ordinary_result_without_a_patient_hides_nothing(ask: Desk) -> None:
    potassium = result(value={"text": "4.1"}, code=concept(LOINC, "2823-3"), subject=None)
    assert ask.fusion(potassium) == "none"


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(fusion(effectiveDateTime="yesterday"), id="a gene of interest"),
        pytest.param(result(effectiveDateTime="yesterday"), id="a genomic code"),
        pytest.param(
            result(
                code={"text": "?"},
                effectiveDateTime="yesterday",
                category=[concept("http://terminology.hl7.org/CodeSystem/v2-0074", "GE")],
            ),
            id="a genomic category",
        ),
        pytest.param(report("NTRK1 fusion detected", issued="yesterday"), id="a report"),
    ],
)
def test_a_relevant_result_that_is_not_valid_fhir_is_not_a_none(
    ask: Desk, broken: Resource
) -> None:
    found = ask.about(broken, condition())
    assert found.recommendation == "could-not-check"
    assert [unread.why for unread in found.unread] == [UnreadWhy.INVALID]


def test_an_ordinary_result_that_is_not_valid_fhir_hides_nothing(ask: Desk) -> None:
    potassium = result(
        value={"text": "4.1"}, code=concept(LOINC, "2823-3"), effectiveDateTime="yesterday"
    )
    assert ask.fusion(potassium) == "none"


def test_a_broken_negative_does_not_hide_a_finding(ask: Desk) -> None:
    assert ask.fusion(negative(id="o2", issued="yesterday"), fusion()) == "confirmed"


# --- references that lead nowhere ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["derivedFrom", "hasMember"])
def test_a_genomic_result_that_points_to_one_not_sent_is_not_a_none(ask: Desk, name: str) -> None:
    grouper = result(**{name: results("gone")})
    found = ask.about(grouper, condition())
    assert found.states["fusion"] == "not known"
    assert [gap.why for gap in found.gaps] == [GapWhy.UNRESOLVED]


@pytest.mark.parametrize("name", ["derivedFrom", "hasMember"])
def test_a_genomic_result_that_points_to_a_negative_is_a_none(ask: Desk, name: str) -> None:
    grouper = result(**{name: results("o2")})
    assert ask.fusion(grouper, negative(id="o2")) == "none"


def test_a_genetic_report_of_a_result_not_sent_is_not_a_none(ask: Desk) -> None:
    assert ask.fusion(report("See results.", result=results("gone"))) == "not known"


def test_an_ordinary_report_of_a_result_not_sent_hides_nothing(ask: Desk) -> None:
    bloods = report(code=concept(LOINC, "58410-2", "CBC panel"), result=results("gone"))
    assert ask.fusion(bloods) == "none"


def test_a_finding_stands_beside_a_reference_that_leads_nowhere(ask: Desk) -> None:
    assert ask.fusion(fusion(derivedFrom=results("gone"))) == "confirmed"


# --- why a none is a none ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resources", "beginning"),
    [
        ([], "no test"),
        ([negative()], "negative"),
        ([spoken("NTRK1/2/3 fusion testing failed.")], "failed or not assessed"),
        ([fusion(status="registered")], "status registered does not count"),
        ([result(gene("NTRK1"))], "other variant"),
        ([fusion("ALK", "EML4")], "other gene"),
    ],
    ids=["no test", "negative", "failed", "not final", "other variant", "other gene"],
)
def test_a_none_says_which_kind_it_is(ask: Desk, resources: list[Resource], beginning: str) -> None:
    assert ask.reason("fusion", *resources).why[0].startswith(beginning)


def test_a_germline_finding_is_named_as_such(ask: Desk) -> None:
    told = spoken("Germline NTRK1 fusion detected.")
    assert ask.reason("fusion", told).why[0].startswith("germline")


def test_a_settled_stain_is_named_as_such(ask: Desk) -> None:
    stain = spoken("Positive", code={"text": "pan-TRK IHC"}, id="ihc")
    why = ask.reason("fusion", stain, negative(method={"text": "RNA sequencing"})).why
    assert why[0].startswith("settled by another result")


def test_what_could_not_be_read_is_named_with_its_reference(ask: Desk) -> None:
    reason = ask.reason("fusion", fusion(status="unknown"))
    assert reason.because == ("Observation/o1",)


# --- conditions ----------------------------------------------------------------------------------


def test_without_conditions_there_is_no_diagnosis_none(ask: Desk) -> None:
    assert ask.about(fusion(), missing=[DataKey.CONDITIONS]).states["diagnosis"] == "not known"


def test_with_part_of_the_conditions_there_is_no_diagnosis_none(ask: Desk) -> None:
    found = ask.about(fusion(), hypertension(), partial=[DataKey.CONDITIONS])
    assert found.states["diagnosis"] == "not known"


def test_a_diagnosis_stands_although_the_conditions_are_incomplete(ask: Desk) -> None:
    found = ask.about(fusion(), condition(), partial=[DataKey.CONDITIONS])
    assert found.states["diagnosis"] == "established"


def test_a_chart_without_any_diagnosis_is_no_evidence_against_one(ask: Desk) -> None:
    assert ask.about(fusion()).recommendation == "could-not-check"


def test_a_chart_with_another_diagnosis_is_evidence_against_one(ask: Desk) -> None:
    assert ask.about(fusion(), hypertension()).recommendation == "nothing"


def test_an_empty_chart_of_a_patient_without_a_fusion_is_none(ask: Desk) -> None:
    assert ask.about(negative()).states["diagnosis"] == "none"


def test_a_histology_result_establishes_without_completing_the_conditions(ask: Desk) -> None:
    tumour = histology(concept(ICDO3, "9052/3"))
    assert ask.about(fusion(), tumour).states["diagnosis"] == "established"
    other = histology(concept(ICDO3, "8140/3", "Adenocarcinoma"))
    found = ask.about(fusion(), other, missing=[DataKey.CONDITIONS])
    assert found.states["diagnosis"] == "not known"


def test_a_broken_mesothelioma_condition_is_not_a_none(ask: Desk) -> None:
    found = ask.about(fusion(), condition(recordedDate="yesterday"))
    assert found.recommendation == "could-not-check"
    assert [unread.source.reference for unread in found.unread] == ["Condition/c1"]


def test_a_broken_condition_of_another_disease_hides_nothing(ask: Desk) -> None:
    assert ask.diagnosis(hypertension(recordedDate="yesterday")) == "none"
