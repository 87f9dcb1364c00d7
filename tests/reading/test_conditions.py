"""Condition -> Diagnosis: wrappers, morphology, older statuses, and words with their reservations."""

from __future__ import annotations

import pytest

from cds_service.domain import Diagnosis, Match
from tests.builders import (
    ICD10,
    ICDO3,
    SNOMED,
    Desk,
    Resource,
    coding,
    concept,
    condition,
    histology,
)

MORPHOLOGY = [
    "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior",
    "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/StructureDefinition/"
    "mii-ex-onko-histology-morphology-behavior-icdo3",
]


def read(ask: Desk, *resources: Resource) -> list[Diagnosis]:
    return list(ask.record(*resources).diagnoses)


def one(ask: Desk, code: object, **more: object) -> Diagnosis:
    (found,) = read(ask, condition(code, **more))
    return found


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
    assert one(ask, code).match is match


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
    assert one(ask, both).match is Match.REVIEW


def test_a_deny_code_beside_an_include_code_is_a_contradiction(ask: Desk) -> None:
    both = {"coding": [coding(ICD10, "C45.0"), coding(SNOMED, "254825007")]}
    found = one(ask, both)
    assert (found.match, found.contradiction) == (Match.INCLUDE, True)


def test_a_deny_code_with_the_name_in_words_is_a_contradiction(ask: Desk) -> None:
    found = one(ask, concept(ICD10, "C38.4", text="malignant mesothelioma"))
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
    assert one(ask, concept(ICD10, "C45.0", display)).contradiction is contradiction


# --- context wrappers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrapper", "qualifier"),
    [("417662000", "history"), ("415684004", "suspected")],
)
def test_a_wrapper_beside_the_code_is_a_reservation(
    ask: Desk, wrapper: str, qualifier: str
) -> None:
    both = {"coding": [coding(SNOMED, wrapper), coding(SNOMED, "254645002")]}
    found = one(ask, both)
    assert (found.match, found.qualifiers) == (Match.INCLUDE, {qualifier})


@pytest.mark.parametrize("wrapper", ["416471007", "410516002", "312824007"])
def test_a_denying_wrapper_beside_the_code_is_a_contradiction(ask: Desk, wrapper: str) -> None:
    both = {"coding": [coding(SNOMED, wrapper), coding(SNOMED, "254645002")]}
    assert one(ask, both).contradiction


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
    assert one(ask, cancer, extension=morphology(url, code)).match is Match.INCLUDE


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
    assert one(ask, concept(SNOMED, "62064005")).match is Match.REVIEW


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
        ({"coding": [{"display": "Confirmed"}]}, ""),
        ({"text": "sure"}, "invalid"),
        ({}, ""),
    ],
)
def test_a_verification_is_read_from_any_of_its_codings(
    ask: Desk, status: Resource, read_as: str
) -> None:
    assert one(ask, concept(ICD10, "C45.0"), verificationStatus=status).verification == read_as


# --- words ----------------------------------------------------------------------------------------

UNCONFIRMED = [
    *("mesothelioma", "Mesothelioma NOS", "malignant pleural mesothelioma, no metastases"),
    *("?meso", "?mesothelioma", "mesothelioma?", "query mesothelioma", "queried meso"),
    *("suspected mesothelioma", "possible mesothelioma", "probable mesothelioma", "likely meso"),
    *("mesothelioma vs adenocarcinoma", "differential diagnosis: mesothelioma", "ddx meso"),
    *("rule out mesothelioma", "r/o mesothelioma", "to exclude mesothelioma"),
    *(
        "mesothelioma cannot be excluded",
        "mesothelioma not excluded",
        "features suspicious of meso",
    ),
    *("asbestos exposure, ?meso", "pleural effusion ?mesothelioma", "concern for mesothelioma"),
    *("history of mesothelioma", "h/o mesothelioma", "previous mesothelioma", "PMH mesothelioma"),
    *(
        "mesothelioma, histology awaited",
        "mesothelioma, not confirmed",
        "provisional: mesothelioma",
    ),
    *("mesothelioma, not otherwise specified", "previous asbestos exposure, mesothelioma"),
    *("mesothelioma; no histology", "consistent with mesothelioma", "screening for mesothelioma"),
]
NONE = [
    *(
        "no mesothelioma",
        "not mesothelioma",
        "no evidence of mesothelioma",
        "mesothelioma excluded",
    ),
    *(
        "mesothelioma ruled out",
        "negative for mesothelioma",
        "without mesothelioma",
        "mesothelioma unlikely",
    ),
    *(
        "never had mesothelioma",
        "absence of mesothelioma",
        "mesothelioma not found",
        "denies mesothelioma",
    ),
    *("family history of mesothelioma", "FH mesothelioma", "father had mesothelioma"),
    *("husband died of mesothelioma", "familial mesothelioma", "brother: mesothelioma"),
    *(
        "benign mesothelioma",
        "adenomatoid tumour",
        "multicystic mesothelioma",
        "mesothelioma in situ",
    ),
    *("well-differentiated papillary mesothelioma", "benign multicystic peritoneal mesothelioma"),
    *(
        "asbestos exposure",
        "asbestosis",
        "pleural plaques",
        "pleural effusion",
        "diffuse pleural thickening",
    ),
    *("mesothelial proliferation", "mesenteric mass", "lung adenocarcinoma"),
]


@pytest.mark.parametrize("words", UNCONFIRMED)
def test_mesothelioma_in_words_is_at_most_unconfirmed(ask: Desk, words: str) -> None:
    assert ask.diagnosis(condition({"text": words})) == "unconfirmed"


@pytest.mark.parametrize("words", NONE)
def test_words_that_deny_it_or_name_another_disease_are_none(ask: Desk, words: str) -> None:
    assert ask.diagnosis(condition({"text": words})) == "none"


@pytest.mark.parametrize(
    ("words", "qualifier"),
    [
        ("?meso", "suspected"),
        ("history of mesothelioma", "history"),
        ("family history of mesothelioma", "family"),
        ("no mesothelioma", "negated"),
    ],
)
def test_a_reservation_has_a_name(ask: Desk, words: str, qualifier: str) -> None:
    assert qualifier in one(ask, {"text": words}).qualifiers


@pytest.mark.parametrize("words", ["mesothelioma NOS", "mesothelioma, no metastases"])
def test_what_only_looks_like_a_reservation_is_none(ask: Desk, words: str) -> None:
    assert one(ask, {"text": words}).qualifiers == frozenset()


def test_a_denial_reaches_the_next_comma_only(ask: Desk) -> None:
    assert ask.diagnosis(condition({"text": "no effusion, mesothelioma"})) == "unconfirmed"


def test_the_display_of_a_local_code_is_read_like_text(ask: Desk) -> None:
    local = concept("http://local.example", "x1", "Query mesothelioma")
    assert one(ask, local).qualifiers == {"suspected"}


def test_a_code_beside_a_question_is_suspected(ask: Desk) -> None:
    assert one(ask, concept(ICD10, "C45.0", text="?malignancy")).qualifiers == {"suspected"}
