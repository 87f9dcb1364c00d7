"""Condition -> Diagnosis: codes, wrappers, morphology and the statuses of older versions."""

from __future__ import annotations

import pytest

from cds_service.domain import Diagnosis, Match
from tests.builders import ICD10, ICDO3, SNOMED, Resource, coding, concept, condition, histology
from tests.desk import Desk

MORPHOLOGY = [
    "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior",
    "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/StructureDefinition/"
    "mii-ex-onko-histology-morphology-behavior-icdo3",
]


def read(ask: Desk, *resources: Resource) -> list[Diagnosis]:
    return list(ask.record(*resources).diagnoses)


def morphology(url: str, value: object) -> list[Resource]:
    return [{"url": url, "valueCodeableConcept": value}]


# --- how a concept names it -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "match"),
    [
        (concept(SNOMED, "254645002"), Match.INCLUDE),
        (concept(ICD10, "C45.1"), Match.INCLUDE),
        (concept(SNOMED, "109853004"), Match.REVIEW),
        (concept(ICDO3, "9050/6"), Match.REVIEW),
        ({"text": "Malignant mesothelioma"}, Match.TEXT),
        (concept("http://local.example", "x1", "Pleural mesothelioma"), Match.TEXT),
        (concept(SNOMED, "254825007"), Match.DENY),
        ({"text": "Well-differentiated papillary mesothelioma"}, Match.DENY),
        ({"text": "Mesothelioma in situ"}, Match.DENY),
    ],
)
def test_a_concept_names_it_by_code_or_by_words(ask: Desk, code: Resource, match: Match) -> None:
    assert ask.condition(code).match is match


@pytest.mark.parametrize(
    "code",
    [
        {"text": "mesothelial hyperplasia"},
        {"text": "mesotheliomatosis-like picture"},
        {"text": "mesoderm"},
        concept(SNOMED, "94225005", "Secondary malignant neoplasm of brain"),
        {"text": "No"},
        {},
    ],
)
def test_another_concept_is_no_diagnosis_of_ours(ask: Desk, code: Resource) -> None:
    assert [found for found in read(ask, condition(code)) if found.match is not Match.DENY] == []


def test_a_review_code_wins_over_an_include_code(ask: Desk) -> None:
    both = {"coding": [coding(ICD10, "C45.0"), coding(SNOMED, "109372009")]}
    assert ask.condition(both).match is Match.REVIEW


def test_a_deny_code_beside_an_include_code_is_a_contradiction(ask: Desk) -> None:
    both = {"coding": [coding(ICD10, "C45.0"), coding(SNOMED, "254825007")]}
    found = ask.condition(both)
    assert (found.match, found.contradiction) == (Match.INCLUDE, True)


def test_a_deny_code_with_the_name_in_words_is_a_contradiction(ask: Desk) -> None:
    found = ask.condition(concept(ICD10, "C38.4", text="malignant mesothelioma"))
    assert (found.match, found.contradiction) == (Match.TEXT, True)


@pytest.mark.parametrize(
    ("display", "contradiction"),
    [
        ("Mesothelioma of pleura", False),
        ("Malignes Mesotheliom der Pleura", False),
        ("Malignant tumour of mesothelial tissue", False),
        ("Essential hypertension", True),
        ("Benign mesothelioma", True),
    ],
)
def test_a_display_of_something_else_is_a_contradiction(
    ask: Desk, display: str, contradiction: bool
) -> None:
    assert ask.condition(concept(ICD10, "C45.0", display)).contradiction is contradiction


# --- context wrappers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrapper", "qualifier"),
    [("417662000", "history"), ("415684004", "suspected")],
)
def test_a_wrapper_beside_the_code_is_a_reservation(
    ask: Desk, wrapper: str, qualifier: str
) -> None:
    both = {"coding": [coding(SNOMED, wrapper), coding(SNOMED, "254645002")]}
    found = ask.condition(both)
    assert (found.match, found.qualifiers) == (Match.INCLUDE, frozenset({qualifier}))


@pytest.mark.parametrize("wrapper", ["416471007", "410516002", "312824007"])
def test_a_denying_wrapper_beside_the_code_denies(ask: Desk, wrapper: str) -> None:
    both = {"coding": [coding(SNOMED, wrapper), coding(SNOMED, "254645002")]}
    assert ask.condition(both).match is Match.DENY


@pytest.mark.parametrize("wrapper", ["416471007", "410516002"])
def test_a_denying_wrapper_with_the_name_in_words_denies(ask: Desk, wrapper: str) -> None:
    assert ask.diagnosis(condition(concept(SNOMED, wrapper, text="Mesothelioma"))) == "none"


@pytest.mark.parametrize("wrapper", ["417662000", "415684004"])
def test_a_wrapper_with_the_name_in_words_is_unconfirmed(ask: Desk, wrapper: str) -> None:
    assert ask.diagnosis(condition(concept(SNOMED, wrapper, text="Mesothelioma"))) == "unconfirmed"


@pytest.mark.parametrize("wrapper", ["417662000", "416471007", "415684004", "410516002"])
def test_a_wrapper_alone_is_no_diagnosis(ask: Desk, wrapper: str) -> None:
    assert ask.diagnosis(condition(concept(SNOMED, wrapper))) == "none"


# --- morphology -----------------------------------------------------------------------------------


@pytest.mark.parametrize("url", MORPHOLOGY)
@pytest.mark.parametrize("code", [concept(ICDO3, "9052/3"), concept(SNOMED, "62064005")])
def test_a_morphology_extension_names_the_disease(ask: Desk, url: str, code: Resource) -> None:
    cancer = concept(SNOMED, "363346000", "Malignant neoplastic disease")
    assert ask.condition(cancer, extension=morphology(url, code)).match is Match.INCLUDE


@pytest.mark.parametrize(
    "code", [concept(ICDO3, "8140/3"), concept(ICDO3, "9050/0"), concept(ICDO3, "9052/1")]
)
def test_another_morphology_does_not(ask: Desk, code: Resource) -> None:
    cancer = concept(SNOMED, "363346000", "Malignant neoplastic disease")
    other = condition(cancer, extension=morphology(MORPHOLOGY[0], code))
    assert ask.diagnosis(other) == "none"


def test_another_extension_does_not_name_the_disease(ask: Desk) -> None:
    cancer = concept(SNOMED, "363346000", "Malignant neoplastic disease")
    other = condition(cancer, extension=morphology("urn:stage", concept(ICDO3, "9052/3")))
    assert ask.diagnosis(other) == "none"


def test_a_morphology_in_the_place_of_a_diagnosis_is_for_review(ask: Desk) -> None:
    assert ask.condition(concept(SNOMED, "62064005")).match is Match.REVIEW


@pytest.mark.parametrize(
    ("value", "match"),
    [(concept(ICDO3, "9050/3"), Match.INCLUDE), ({"text": "Mesothelioma"}, Match.TEXT)],
)
def test_a_histology_observation_names_the_disease(
    ask: Desk, value: Resource, match: Match
) -> None:
    (found,) = read(ask, histology(value))
    assert (found.match, found.histology) == (match, True)


def test_a_histology_in_a_string_names_the_disease(ask: Desk) -> None:
    (found,) = read(ask, histology(None, valueString="Epithelioid mesothelioma"))
    assert found.match is Match.TEXT


# --- statuses of older versions -------------------------------------------------------------------


@pytest.mark.parametrize("plain", ["active", "remission", "resolved"])
def test_a_plain_clinical_status_is_not_r4_and_is_named(ask: Desk, plain: str) -> None:
    # STU3 wrote a code; as R4 it is not valid, so the Condition is named and not believed.
    record = ask.record(condition(clinicalStatus=plain))
    assert record.diagnoses == ()
    assert [unread.source.reference for unread in record.unread] == ["Condition/c1"]


@pytest.mark.parametrize(
    ("status", "read_as"),
    [
        ({"coding": [{"code": "provisional"}]}, "provisional"),
        ({"text": "refuted"}, "refuted"),
        ({"coding": [{"code": "410605003"}, {"code": "confirmed"}]}, "confirmed"),
        ({"coding": [{"display": "Confirmed"}]}, "confirmed"),
        ({"text": "sure"}, "invalid"),
        ({}, "invalid"),
    ],
)
def test_a_verification_is_read_from_any_of_its_codings(
    ask: Desk, status: Resource, read_as: str
) -> None:
    assert ask.condition(concept(ICD10, "C45.0"), verificationStatus=status).verification == read_as
