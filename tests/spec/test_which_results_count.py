"""Status, value and origin: which results say that this patient's tumour has a fusion."""

from __future__ import annotations

import pytest

from cds_service.domain import DataKey, UnreadWhy
from tests.builders import (
    ABSENT,
    FUSION,
    GERMLINE,
    INDETERMINATE,
    INTERPRETATION,
    LIKELY_SOMATIC,
    NO_CALL,
    OUTCOME,
    SNOMED,
    SOMATIC,
    change,
    concept,
    condition,
    fusion,
    gene,
    negative,
    origin,
    outcome,
    patient,
    report,
    result,
    results,
)
from tests.desk import Desk

# --- status -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["final", "amended", "corrected", "appended"])
def test_a_result_that_was_signed_off_counts(ask: Desk, status: str) -> None:
    assert ask.fusion(fusion(status=status)) == "confirmed"


@pytest.mark.parametrize("status", ["registered", "preliminary", "cancelled", "entered-in-error"])
def test_a_result_that_was_not_signed_off_counts_for_nothing(ask: Desk, status: str) -> None:
    assert ask.fusion(fusion(status=status)) == "none"


def test_a_preliminary_result_gives_no_card(ask: Desk) -> None:
    found = ask.about(fusion(status="preliminary"), condition())
    assert found.recommendation == "nothing"


def test_a_preliminary_result_is_named_in_the_reasons(ask: Desk) -> None:
    (reason,) = (
        r for r in ask.about(fusion(status="preliminary")).reasons if r.criterion.id == "fusion"
    )
    assert reason.because == ("Observation/o1",)
    assert "preliminary" in reason.why[0]


@pytest.mark.parametrize("status", ["unknown", "banana", "FINAL", "", None, 7])
def test_a_result_whose_status_cannot_be_read_is_not_a_none(ask: Desk, status: object) -> None:
    found = ask.about(fusion(status=status), condition())
    assert found.recommendation == "could-not-check"
    assert [unread.why for unread in found.unread] == [UnreadWhy.STATUS]


def test_a_negative_result_whose_status_cannot_be_read_is_not_a_none(ask: Desk) -> None:
    assert ask.fusion(negative(status="unknown")) == "not known"


def test_a_result_of_a_preliminary_report_still_counts_by_its_own_status(ask: Desk) -> None:
    preliminary = report(status="preliminary", result=results("o1"))
    assert ask.fusion(fusion(), preliminary) == "confirmed"


# --- value --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (concept(SNOMED, "52101004", "Present"), "confirmed"),
        (concept(SNOMED, "10828004", "Positive"), "confirmed"),
        ({"text": "Detected"}, "confirmed"),
        (ABSENT, "none"),
        (concept(SNOMED, "260415000", "Not detected"), "none"),
        ({"text": "Not detected"}, "none"),
        (NO_CALL, "none"),
        ({"text": "failed"}, "none"),
        (INDETERMINATE, "unconfirmed"),
        ({"text": "equivocal"}, "unconfirmed"),
        ({"text": "see report"}, "unconfirmed"),
    ],
)
def test_the_value_is_read_before_the_genes(ask: Desk, value: object, state: str) -> None:
    assert ask.fusion(fusion(value=value)) == state


def test_a_fusion_without_a_value_is_unconfirmed(ask: Desk) -> None:
    assert ask.fusion(fusion(value=None)) == "unconfirmed"


def test_a_fusion_whose_value_is_absent_for_a_reason_is_none(ask: Desk) -> None:
    absent = {"dataAbsentReason": {"text": "assay failed"}}
    assert ask.fusion(fusion(value=None, **absent)) == "none"


@pytest.mark.parametrize(("flag", "state"), [(True, "confirmed"), (False, "none")])
def test_a_yes_or_no_value_is_understood(ask: Desk, flag: bool, state: str) -> None:
    assert ask.fusion(fusion(value=None, valueBoolean=flag)) == state


def test_a_point_mutation_is_no_fusion(ask: Desk) -> None:
    missense = result(gene("NTRK1"), change("SO:0001583", "missense_variant"), SOMATIC)
    assert ask.fusion(missense) == "none"


def test_an_amplification_is_no_fusion(ask: Desk) -> None:
    amplified = result(gene("NTRK1"), change("SO:0001880", "amplification"), SOMATIC)
    assert ask.fusion(amplified) == "none"


def test_a_fusion_of_another_gene_is_none(ask: Desk) -> None:
    assert ask.fusion(fusion("ALK", "EML4")) == "none"


def test_a_partner_alone_is_none(ask: Desk) -> None:
    assert ask.fusion(fusion("ETV6", "TPM3")) == "none"


def test_one_negative_gene_does_not_hide_another_that_is_fused(ask: Desk) -> None:
    assert ask.fusion(negative("NTRK1", id="o2"), fusion("NTRK3", "ETV6")) == "confirmed"


@pytest.mark.parametrize("symbol", ["NTRK1", "NTRK2", "NTRK3"])
def test_each_of_the_three_genes_counts(ask: Desk, symbol: str) -> None:
    assert ask.fusion(fusion(symbol)) == "confirmed"


# --- origin -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source_class", "state"),
    [
        (SOMATIC, "confirmed"),
        (LIKELY_SOMATIC, "confirmed"),
        (GERMLINE, "none"),
        (origin("LA18194-3", "Likely germline"), "none"),
        (origin("LA26807-0", "De novo"), "unconfirmed"),
        (origin("LA18197-6", "Unknown genomic origin"), "unconfirmed"),
    ],
    ids=["somatic", "likely somatic", "germline", "likely germline", "de novo", "unknown"],
)
def test_the_source_class_decides(ask: Desk, source_class: dict[str, object], state: str) -> None:
    assert ask.fusion(result(gene("TPM3"), gene("NTRK1"), FUSION, source_class)) == state


def test_a_germline_fusion_gives_no_card(ask: Desk) -> None:
    found = ask.about(result(gene("NTRK1"), FUSION, GERMLINE), condition())
    assert found.recommendation == "nothing"


def test_a_fusion_without_source_class_or_tumour_is_unconfirmed(ask: Desk) -> None:
    assert ask.fusion(result(gene("TPM3"), gene("NTRK1"), FUSION)) == "unconfirmed"


def test_two_source_classes_that_disagree_are_unconfirmed(ask: Desk) -> None:
    assert ask.fusion(result(gene("NTRK1"), FUSION, SOMATIC, GERMLINE)) == "unconfirmed"


# --- interpretation -----------------------------------------------------------------------------


def test_an_interpretation_that_agrees_changes_nothing(ask: Desk) -> None:
    assert ask.fusion(fusion(interpretation=[concept(INTERPRETATION, "POS")])) == "confirmed"


def test_an_interpretation_that_contradicts_the_value_is_unconfirmed(ask: Desk) -> None:
    assert ask.fusion(fusion(interpretation=[concept(INTERPRETATION, "NEG")])) == "unconfirmed"


def test_a_negative_value_with_a_positive_interpretation_is_unconfirmed(ask: Desk) -> None:
    positive = [concept(INTERPRETATION, "POS")]
    assert ask.fusion(fusion(value=ABSENT, interpretation=positive)) == "unconfirmed"


# --- NHS outcome codes --------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["411", "421", "431", "321", "331", "311", "312", "961", "962"])
def test_an_outcome_code_that_agrees_or_has_no_effect_leaves_a_fusion_confirmed(
    ask: Desk, code: str
) -> None:
    stated = report(result=results("o1"), conclusionCode=outcome(code))
    assert ask.fusion(fusion(), stated) == "confirmed"


SUPPRESS = ["313", "322", "332", "413", "422", "423", "432", "971"]


@pytest.mark.parametrize("code", [*SUPPRESS, "314", "981", "991", "992"])
def test_an_outcome_code_that_disagrees_leaves_a_fusion_unconfirmed(ask: Desk, code: str) -> None:
    stated = report(result=results("o1"), conclusionCode=outcome(code))
    assert ask.fusion(fusion(), stated) == "unconfirmed"


@pytest.mark.parametrize("code", SUPPRESS)
def test_an_outcome_code_alone_means_not_detected(ask: Desk, code: str) -> None:
    assert ask.fusion(report(conclusionCode=outcome(code))) == "none"


def test_the_sample_of_a_relative_is_no_result_of_this_patient(ask: Desk) -> None:
    stated = report(result=results("o1"), conclusionCode=outcome("323"))
    assert ask.fusion(fusion(), stated) == "none"


def test_the_sample_of_a_relative_is_told_on_the_result_itself(ask: Desk) -> None:
    assert ask.fusion(fusion(interpretation=[concept(OUTCOME, "323")])) == "none"


def test_an_alternative_diagnosis_lowers_the_diagnosis_and_not_the_fusion(ask: Desk) -> None:
    stated = report(result=results("o1"), conclusionCode=outcome("412"))
    found = ask.about(fusion(), stated, condition())
    assert (found.states["fusion"], found.states["diagnosis"]) == ("confirmed", "unconfirmed")
    assert found.recommendation == "confirm-diagnosis"


# --- alive --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("death", "state"),
    [
        ({"deceasedBoolean": True}, "deceased"),
        ({"deceasedDateTime": "2026-05-01"}, "deceased"),
        ({"deceasedBoolean": False}, "yes"),
        ({}, "yes"),
    ],
    ids=["dead", "date of death", "not dead", "nothing said"],
)
def test_a_death_is_read_from_the_patient(ask: Desk, death: dict[str, object], state: str) -> None:
    assert ask.about(patient(**death)).states["alive"] == state


def test_a_patient_that_cannot_be_read_counts_as_alive_and_is_named(ask: Desk) -> None:
    broken = patient(birthDate="1949-13-45", deceasedBoolean=True)
    found = ask.about(broken, fusion(), condition())
    assert found.states["alive"] == "not known"
    assert [unread.source.reference for unread in found.unread] == ["Patient/p1"]


def test_the_death_of_another_patient_is_not_this_patients(ask: Desk) -> None:
    other = patient("p2", deceasedBoolean=True)
    found = ask.about(patient(), other, fusion(), condition())
    assert found.states["alive"] == "yes"
    assert DataKey.PATIENT in {gap.key for gap in found.gaps}
