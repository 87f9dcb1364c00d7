"""Every row of the decision table, as a patient: what is recommended, and how loud."""

from __future__ import annotations

import pytest

from cds_service.domain import Assessment, DataKey, Nation
from tests.builders import (
    condition,
    fusion,
    hypertension,
    larotrectinib,
    negative,
    pan_trk,
    patient,
    rearrangement,
    request,
    spoken,
)
from tests.desk import TODAY, Desk


def said(found: Assessment) -> tuple[str, str, str]:
    return found.row, found.recommendation, found.indicator


OPTION = ("5", "trk-inhibitor-option", "warning")
CONFIRM_FUSION = ("7", "confirm-fusion", "info")
CONFIRM_DIAGNOSIS = ("6", "confirm-diagnosis", "info")


def test_a_fusion_in_mesothelioma_is_an_option(ask: Desk) -> None:
    assert said(ask.about(fusion(), condition())) == OPTION


def test_a_patient_who_died_gets_nothing(ask: Desk) -> None:
    found = ask.about(patient(deceasedBoolean=True), fusion(), condition())
    assert said(found) == ("1", "nothing", "")


def test_a_negative_result_in_mesothelioma_gets_nothing(ask: Desk) -> None:
    assert said(ask.about(negative(), condition())) == ("2", "nothing", "")


def test_an_empty_record_gets_nothing(ask: Desk) -> None:
    assert said(ask.about()) == ("2", "nothing", "")


def test_a_fusion_in_a_patient_without_mesothelioma_gets_nothing(ask: Desk) -> None:
    assert said(ask.about(fusion(), hypertension())) == ("3", "nothing", "")


def test_a_fusion_not_known_in_a_patient_without_mesothelioma_gets_nothing(ask: Desk) -> None:
    found = ask.about(hypertension(), missing=[DataKey.OBSERVATIONS])
    assert said(found) == ("3", "nothing", "")


def test_a_fusion_after_a_trk_inhibitor_says_so_instead_of_an_option(ask: Desk) -> None:
    found = ask.about(fusion(), condition(), request(larotrectinib()))
    assert said(found) == ("4", "prior-trk-inhibitor", "info")


def test_an_option_stands_although_the_medications_did_not_come(ask: Desk) -> None:
    found = ask.about(fusion(), condition(), missing=[DataKey.REQUESTS, DataKey.STATEMENTS])
    assert said(found) == OPTION
    assert found.states["prior"] == "not known"


def test_a_provisional_mesothelioma_is_to_be_confirmed(ask: Desk) -> None:
    found = ask.about(fusion(), condition(verification="provisional"))
    assert said(found) == CONFIRM_DIAGNOSIS


def test_an_earlier_drug_changes_nothing_while_the_diagnosis_is_unconfirmed(ask: Desk) -> None:
    provisional = condition(verification="provisional")
    found = ask.about(fusion(), provisional, request(larotrectinib()))
    assert said(found) == CONFIRM_DIAGNOSIS


def test_the_patient_of_the_source_page_gets_confirm_fusion(ask: Desk) -> None:
    told = spoken("A tumour genomic panel has revealed an NTRK rearrangement.")
    assert said(ask.about(told, condition())) == CONFIRM_FUSION


@pytest.mark.parametrize("verification", ["confirmed", "provisional"])
@pytest.mark.parametrize("finding", [rearrangement(), pan_trk()], ids=["rearrangement", "stain"])
def test_a_finding_short_of_a_fusion_is_to_be_confirmed(
    ask: Desk, finding: dict[str, object], verification: str
) -> None:
    found = ask.about(finding, condition(verification=verification))
    assert said(found) == CONFIRM_FUSION


@pytest.mark.parametrize(
    ("finding", "row", "indicator"),
    [
        (fusion(), "8a", "warning"),
        (rearrangement(), "8a", "warning"),
        (pan_trk(), "8b", "info"),
    ],
    ids=["fusion", "rearrangement", "stain"],
)
def test_a_finding_without_the_conditions_could_not_be_checked(
    ask: Desk, finding: dict[str, object], row: str, indicator: str
) -> None:
    found = ask.about(finding, missing=[DataKey.CONDITIONS])
    assert said(found) == (row, "could-not-check", indicator)


def test_a_mesothelioma_without_the_results_could_not_be_checked(ask: Desk) -> None:
    found = ask.about(condition(), missing=[DataKey.REPORTS])
    assert said(found) == ("9", "could-not-check", "info")


def test_nothing_known_at_all_is_insufficient_data(ask: Desk) -> None:
    found = ask.about(missing=list(DataKey))
    assert said(found) == ("10", "insufficient-data", "")


def test_a_missing_patient_resource_counts_as_alive(ask: Desk) -> None:
    found = ask.about(fusion(), condition(), missing=[DataKey.PATIENT])
    assert said(found) == OPTION
    assert found.states["alive"] == "not known"


def test_the_assessment_names_the_day_and_the_nation_that_were_asked_about(ask: Desk) -> None:
    found = ask.about(fusion())
    assert (found.today, found.nation) == (TODAY, Nation.ENGLAND)


def test_the_recommendation_does_not_change_with_the_age_of_the_guidance(ask: Desk) -> None:
    found = ask.about(fusion(), condition())
    assert found.guideline.overdue(found.today)
    assert said(found) == OPTION
