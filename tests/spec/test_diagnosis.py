"""Is the diagnosis established, unconfirmed, or none? Every doubt is named."""

from __future__ import annotations

import pytest

from cds_service.domain import Doubt
from tests.builders import (
    ICD10,
    ICDO3,
    NO_CALL,
    SNOMED,
    Resource,
    concept,
    condition,
    fusion,
    histology,
    outcome,
    report,
    results,
)
from tests.desk import Desk


def doubts(ask: Desk, *resources: Resource) -> tuple[str, frozenset[Doubt]]:
    """State of the diagnosis and what keeps it from being established."""
    found = ask.about(fusion(), *resources)
    return found.states["diagnosis"], frozenset(found.doubts)


ESTABLISHED = ("established", frozenset[Doubt]())


# --- status --------------------------------------------------------------------------------------


@pytest.mark.parametrize("clinical", ["active", "recurrence", "relapse", ""])
@pytest.mark.parametrize("verification", ["confirmed", ""])
def test_an_active_confirmed_mesothelioma_is_established(
    ask: Desk, clinical: str, verification: str
) -> None:
    assert doubts(ask, condition(clinical=clinical, verification=verification)) == ESTABLISHED


@pytest.mark.parametrize(
    ("clinical", "doubt"),
    [
        ("remission", Doubt.REMISSION),
        ("resolved", Doubt.RESOLVED),
        ("inactive", Doubt.INACTIVE),
        ("banana", Doubt.STATUS_INVALID),
    ],
)
def test_a_mesothelioma_that_is_not_active_is_unconfirmed(
    ask: Desk, clinical: str, doubt: Doubt
) -> None:
    assert doubts(ask, condition(clinical=clinical)) == ("unconfirmed", frozenset({doubt}))


@pytest.mark.parametrize(
    ("verification", "doubt"),
    [
        ("provisional", Doubt.PROVISIONAL),
        ("differential", Doubt.DIFFERENTIAL),
        ("unconfirmed", Doubt.UNCONFIRMED),
        ("banana", Doubt.STATUS_INVALID),
    ],
)
def test_a_mesothelioma_that_is_not_verified_is_unconfirmed(
    ask: Desk, verification: str, doubt: Doubt
) -> None:
    found = doubts(ask, condition(verification=verification))
    assert found == ("unconfirmed", frozenset({doubt}))


@pytest.mark.parametrize("verification", ["refuted", "entered-in-error"])
def test_a_mesothelioma_that_was_withdrawn_is_none(ask: Desk, verification: str) -> None:
    assert ask.diagnosis(condition(verification=verification)) == "none"


def test_an_abatement_means_resolved_where_no_status_stands(ask: Desk) -> None:
    ended = condition(clinical="", abatementDateTime="2020-01-01")
    assert doubts(ask, ended) == ("unconfirmed", frozenset({Doubt.RESOLVED}))


def test_an_active_mesothelioma_with_an_abatement_keeps_its_stated_status(ask: Desk) -> None:
    assert doubts(ask, condition(abatementDateTime="2020-01-01")) == ESTABLISHED


def test_a_status_in_plain_words_is_read(ask: Desk) -> None:
    worded = condition(verification="", verificationStatus={"text": "provisional"})
    assert doubts(ask, worded) == ("unconfirmed", frozenset({Doubt.PROVISIONAL}))


def test_several_doubts_are_all_named(ask: Desk) -> None:
    _, named = doubts(ask, condition(clinical="remission", verification="provisional"))
    assert named == {Doubt.REMISSION, Doubt.PROVISIONAL}


# --- what the code and the words say -------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "doubt"),
    [
        (concept(SNOMED, "109372009", "Pleural mesothelioma"), Doubt.REVIEW_LIST),
        ({"text": "Malignant pleural mesothelioma"}, Doubt.WORDS_ONLY),
        (concept(ICD10, "C45.0", text="?mesothelioma"), Doubt.SUSPECTED),
        ({"text": "query mesothelioma"}, Doubt.SUSPECTED),
        ({"text": "suspected mesothelioma"}, Doubt.SUSPECTED),
        ({"text": "history of mesothelioma"}, Doubt.HISTORY),
        (concept(ICD10, "C45.0", "Essential hypertension"), Doubt.CODE_DISPLAY),
        (concept(ICD10, "C45.0", text="no mesothelioma"), Doubt.CODE_DISPLAY),
        (concept(ICD10, "C45.0", text="benign mesothelioma"), Doubt.CODE_DISPLAY),
    ],
    ids=lambda value: value.name if isinstance(value, Doubt) else "",
)
def test_a_mesothelioma_that_is_named_with_a_reservation_is_unconfirmed(
    ask: Desk, code: Resource, doubt: Doubt
) -> None:
    state, named = doubts(ask, condition(code))
    assert state == "unconfirmed"
    assert doubt in named


@pytest.mark.parametrize(
    "code",
    [
        {"text": "no mesothelioma"},
        {"text": "family history of mesothelioma"},
        {"text": "mother died of mesothelioma"},
        {"text": "benign mesothelioma"},
        {"text": "mesothelioma excluded"},
        {"text": "asbestos exposure"},
        {"text": "pleural plaques"},
        concept(SNOMED, "254825007", "Benign mesothelioma"),
        concept(ICD10, "C38.4", "Malignant neoplasm of pleura"),
        concept(ICD10, "Z80.8", "Family history of malignant neoplasm"),
        concept(SNOMED, "312824007", "Family history of cancer"),
    ],
    ids=lambda code: code.get("text") or code["coding"][0]["display"],
)
def test_what_is_no_mesothelioma_of_this_patient_is_none(ask: Desk, code: Resource) -> None:
    assert ask.diagnosis(condition(code)) == "none"


# --- several conditions --------------------------------------------------------------------------


def test_the_surest_of_several_conditions_decides(ask: Desk) -> None:
    other = condition(id="c2", verification="provisional")
    assert doubts(ask, other, condition()) == ESTABLISHED


EARLY, LATE = {"recordedDate": "2026-03-01"}, {"recordedDate": "2026-09-01"}


def test_a_later_refutation_leaves_the_diagnosis_unconfirmed(ask: Desk) -> None:
    refuted = condition(id="c2", verification="refuted", **LATE)
    assert doubts(ask, condition(**EARLY), refuted) == (
        "unconfirmed",
        frozenset({Doubt.REFUTED_LATER}),
    )


def test_an_earlier_refutation_is_overtaken(ask: Desk) -> None:
    refuted = condition(id="c2", verification="refuted", **EARLY)
    assert doubts(ask, condition(**LATE), refuted) == ESTABLISHED


def test_a_refutation_without_a_date_counts_as_later(ask: Desk) -> None:
    refuted = condition(id="c2", verification="refuted")
    assert doubts(ask, condition(**LATE), refuted)[0] == "unconfirmed"


def test_a_refutation_of_the_same_year_is_not_provably_earlier(ask: Desk) -> None:
    refuted = condition(id="c2", verification="refuted", recordedDate="2026")
    assert doubts(ask, condition(**LATE), refuted)[0] == "unconfirmed"


def test_an_entry_in_error_refutes_nothing(ask: Desk) -> None:
    withdrawn = condition(id="c2", verification="entered-in-error", **LATE)
    assert doubts(ask, condition(**EARLY), withdrawn) == ESTABLISHED


def test_a_refutation_of_another_disease_refutes_nothing(ask: Desk) -> None:
    other = condition(concept(ICD10, "I10"), id="c2", verification="refuted", **LATE)
    assert doubts(ask, condition(**EARLY), other) == ESTABLISHED


# --- histology and reports -----------------------------------------------------------------------


def test_a_histology_of_mesothelioma_establishes_it(ask: Desk) -> None:
    assert doubts(ask, histology(concept(ICDO3, "9050/3"))) == ESTABLISHED


@pytest.mark.parametrize("status", ["preliminary", "cancelled", "entered-in-error"])
def test_a_histology_that_was_not_signed_off_says_nothing(ask: Desk, status: str) -> None:
    assert ask.diagnosis(histology(concept(ICDO3, "9050/3"), status=status)) != "established"


def test_a_histology_whose_status_cannot_be_read_is_not_a_none(ask: Desk) -> None:
    unread = histology(concept(ICDO3, "9050/3"), status="unknown")
    assert ask.diagnosis(unread) == "not known"


def test_a_histology_that_failed_says_nothing(ask: Desk) -> None:
    assert ask.diagnosis(histology(NO_CALL)) == "not known"


def test_a_benign_histology_is_no_mesothelioma(ask: Desk) -> None:
    other = condition(concept(ICD10, "I10"), id="c2")
    assert ask.diagnosis(histology(concept(ICDO3, "9050/0")), other) == "none"


def test_the_report_of_the_fusion_may_suggest_another_diagnosis(ask: Desk) -> None:
    stated = report(result=results("o1"), conclusionCode=outcome("412"))
    found = doubts(ask, condition(), stated)
    assert found == ("unconfirmed", frozenset({Doubt.ALTERNATIVE}))


def test_another_report_with_that_code_changes_nothing(ask: Desk) -> None:
    stated = report(conclusionCode=outcome("412"))
    assert doubts(ask, condition(), stated) == ESTABLISHED


def test_the_condition_behind_the_state_is_named(ask: Desk) -> None:
    assert ask.reason("diagnosis", condition()).because == ("Condition/c1",)


def test_a_condition_that_does_not_count_is_named_as_well(ask: Desk) -> None:
    reason = ask.reason("diagnosis", condition(verification="refuted"))
    assert reason.because == ("Condition/c1",)
    assert "refuted" in reason.why[0]
