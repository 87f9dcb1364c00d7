"""What explain says of the patient, the fusion and the diagnosis, to the word."""

from __future__ import annotations

import pytest

from cds_service.domain import CriterionKind, DataKey, Doubt, Note, Reason
from tests.builders import (
    ABSENT,
    ICD10,
    SOMATIC,
    Resource,
    change,
    concept,
    condition,
    fusion,
    gene,
    hypertension,
    negative,
    part,
    patient,
    rearrangement,
    result,
    spoken,
)
from tests.desk import Desk

NAMED_FUSION = "Observation/o1: NTRK1 fusion"
SHAPE_2 = "written as shape-2 (two genes studied and a fusion term of the Sequence Ontology)"
SHAPE_4 = "written as shape-4 (one gene and a fusion term)"
SHAPE_13 = "written as shape-13 (a sentence as value or note)"
PLEURA = "malignant mesothelioma of pleura"


# --- the patient ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        (patient(deceasedBoolean=True), "The Patient resource records a death."),
        (patient(), "The Patient resource records no death."),
        (
            patient(deceasedBoolean="perhaps"),
            "No Patient resource could be read; the patient counts as alive.",
        ),
    ],
    ids=["dead", "alive", "not known"],
)
def test_whether_the_patient_lives_is_said_with_its_resource(
    ask: Desk, person: Resource, sentence: str
) -> None:
    reason = ask.reason("alive", person, fusion())
    assert (reason.because, reason.why) == (("Patient/p1",), (sentence,))


def test_a_patient_that_was_not_sent_is_no_resource_behind_the_state(ask: Desk) -> None:
    found = ask.about(fusion(), missing=[DataKey.PATIENT])
    (reason,) = (r for r in found.reasons if r.criterion.kind is CriterionKind.ALIVE)
    assert (reason.state, reason.because) == ("not known", ())


# --- the fusion ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (
            fusion(method={"text": "RNA sequencing and FISH"}),
            f"{NAMED_FUSION} with TPM3 detected; confirmed; {SHAPE_2};"
            " origin somatic; assay FISH/RNA; status final",
        ),
        (
            rearrangement(),
            f"{NAMED_FUSION} detected; unconfirmed; {SHAPE_4};"
            " origin somatic; assay not stated; status final; because: rearrangement-term",
        ),
        (
            spoken("An NTRK1 fusion cannot be excluded."),
            f"{NAMED_FUSION} indeterminate; unconfirmed; {SHAPE_13};"
            " origin not stated; assay not stated; status final;"
            " because: read-from-text, hedged-in-text;"
            " from the sentence: An NTRK1 fusion cannot be excluded.",
        ),
        (
            spoken("No NTRK1 fusion detected."),
            f"negative: {NAMED_FUSION} not detected; {SHAPE_13};"
            " origin not stated; assay not stated; status final;"
            " from the sentence: No NTRK1 fusion detected.",
        ),
    ],
    ids=["two assays", "no assay", "hedged", "negative"],
)
def test_a_result_is_told_in_one_line(ask: Desk, told: Resource, sentence: str) -> None:
    reason = ask.reason("fusion", told, condition())
    assert (reason.why, reason.because) == ((sentence,), ("Observation/o1",))


def test_a_negative_of_a_gene_without_a_change_has_no_certainty(ask: Desk) -> None:
    (why,) = ask.reason("fusion", negative("NTRK2")).why
    assert why == (
        "negative: Observation/o1: NTRK2 fusion not detected; written as gene without a change;"
        " origin not stated; assay not stated; status final"
    )


def test_mutations_and_gains_are_named_as_other_variants(ask: Desk) -> None:
    protein = part("48005-3", {"text": "p.G595R"})
    why = ask.reason(
        "fusion",
        result(gene("NTRK1"), protein, SOMATIC, value=ABSENT),
        result(gene("NTRK1"), protein, SOMATIC, id="o2"),
        result(gene("NTRK3"), change("SO:0001742", "copy_number_gain"), SOMATIC, id="o3"),
    ).why
    assert why == (
        "other variant: Observation/o1: NTRK1 G595R (not detected)",
        "other variant: Observation/o2: NTRK1 G595R",
        "other variant: Observation/o3: NTRK3 alteration",
    )


def test_a_result_that_did_not_come_or_cannot_be_read_is_named(ask: Desk) -> None:
    broken = fusion(effectiveDateTime="yesterday")
    found = ask.about(broken, condition(), partial=[DataKey.REPORTS])
    (reason,) = (r for r in found.reasons if r.criterion.kind is CriterionKind.GENE_FUSION)
    assert (reason.state, reason.because) == ("not known", ("Observation/o1",))
    assert reason.why == (
        "diagnosticReports is not complete: more-pages",
        "Observation/o1 could not be read: not-valid-fhir",
    )


def test_another_cancer_that_only_a_code_names_is_called_coded(ask: Desk) -> None:
    lung = condition(concept(ICD10, "C34.9"), id="c-lung")
    why = ask.reason("fusion", fusion(), condition(), lung).why
    assert why[-1] == "Condition/c-lung: another active cancer: coded"


# --- the diagnosis -------------------------------------------------------------------------------


def test_each_condition_is_told_with_its_doubts(ask: Desk) -> None:
    doubted = condition({"text": "?mesothelioma"}, clinical="resolved")
    bare = condition(id="c2", clinical="", verification="")
    assert ask.reason("diagnosis", doubted, bare).why == (
        f"Condition/c2: {PLEURA}; clinical status not stated, verification not stated",
        "Condition/c1: mesothelioma; clinical status resolved, verification confirmed;"
        " unconfirmed because: suspected, resolved, named-in-words-only",
    )


def test_every_condition_that_names_the_diagnosis_is_shown(ask: Desk) -> None:
    doubted = [condition(id=f"c{n}", verification="provisional") for n in (2, 3)]
    found = ask.about(fusion(), *doubted, condition())
    named = [diagnosis.source.reference for diagnosis in found.diagnoses]
    assert named == ["Condition/c1", "Condition/c2", "Condition/c3"]


def test_what_does_not_count_says_why(ask: Desk) -> None:
    found = ask.reason(
        "diagnosis",
        condition(verification="entered-in-error"),
        condition({"text": "no mesothelioma, family history of mesothelioma"}, id="c2"),
        condition(concept(ICD10, "C38.4", "Malignant neoplasm of pleura"), id="c3"),
    )
    assert found.because == ("Condition/c1", "Condition/c2", "Condition/c3")
    assert found.why == (
        "Condition/c1: does not count (entered-in-error)",
        "Condition/c2: does not count (family, negated)",
        "Condition/c3: does not count (a code or words of another disease)",
    )


def test_a_chart_of_other_diseases_says_that_none_names_it(ask: Desk) -> None:
    found = ask.about(fusion(), hypertension())
    assert _diagnosis(found.reasons).why == ("No Condition names the diagnosis.",)
    assert (found.diagnoses, found.doubts, found.notes) == ((), (), ())


# --- the chart without a Condition ---------------------------------------------------------------


def test_an_empty_chart_is_called_no_evidence(ask: Desk) -> None:
    found = ask.about(fusion())
    assert _diagnosis(found.reasons).why == (
        "No Condition at all: a chart without any diagnosis is not evidence.",
    )
    assert (found.diagnoses, found.doubts, found.notes) == ((), (), (Note.NO_CONDITION,))


def test_an_empty_chart_is_noted_whatever_else_is_missing(ask: Desk) -> None:
    assert ask.about(fusion(), missing=[DataKey.REPORTS]).notes == (Note.NO_CONDITION,)


def test_conditions_that_did_not_come_are_no_empty_chart(ask: Desk) -> None:
    found = ask.about(fusion(), missing=[DataKey.CONDITIONS])
    assert _diagnosis(found.reasons).why == ("conditions is not complete: not-sent",)
    assert found.notes == ()


def test_a_condition_that_does_not_count_is_named_where_others_did_not_come(ask: Desk) -> None:
    refuted = condition(verification="refuted")
    found = ask.about(fusion(), refuted, partial=[DataKey.CONDITIONS])
    reason = _diagnosis(found.reasons)
    assert (reason.state, reason.because) == ("not known", ("Condition/c1",))


def test_what_doubts_a_diagnosis_is_handed_to_the_card(ask: Desk) -> None:
    found = ask.about(fusion(), condition(verification="provisional"))
    assert found.doubts == (Doubt.PROVISIONAL,)


def _diagnosis(reasons: tuple[Reason, ...]) -> Reason:
    (found,) = (r for r in reasons if r.criterion.kind is CriterionKind.DIAGNOSIS)
    return found
