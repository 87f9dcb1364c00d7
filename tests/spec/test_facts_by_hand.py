"""Facts of one patient, written by hand -> what the rule makes of those that concern another rule.

A second guideline brings genes, diseases and drugs of its own; its facts must not decide this one.
"""

from __future__ import annotations

from dataclasses import replace

from cds_service.assess import assess
from cds_service.assess.tumour import asked_which_tumour
from cds_service.domain import (
    AssayedFusion,
    Assessment,
    Certainty,
    Criterion,
    CriterionKind,
    Gene,
    Nation,
    Origin,
    OtherVariant,
    PatientRecord,
    Presence,
    Source,
    Therapy,
    Tie,
    Why,
)
from tests.builders import (
    ICD10,
    SOMATIC,
    Resource,
    concept,
    condition,
    fusion,
    gene,
    larotrectinib,
    part,
    rearrangement,
    request,
    result,
)
from tests.desk import TODAY, Desk

LUNG = condition(concept(ICD10, "C34.9"), id="c-lung")
PLEURA: Resource = {"specimen": {"reference": "Specimen/b", "display": "pleural biopsy"}}
ALK = AssayedFusion(
    gene=Gene("ALK", frozenset({"ALK"})),
    presence=Presence.DETECTED,
    source=Source("Observation/alk", "final"),
    certainty=Certainty.CONFIRMED,
    origin=Origin.SOMATIC,
)


def held(ask: Desk, record: PatientRecord) -> Assessment:
    (guideline,) = ask.knowledge.guidelines
    return assess(record, guideline, ask.knowledge.vocabulary, TODAY, Nation.ENGLAND)


def why(found: Assessment, kind: CriterionKind) -> tuple[str, ...]:
    return next(reason.why for reason in found.reasons if reason.criterion.kind is kind)


def asking(ask: Desk, *resources: Resource) -> dict[str, bool]:
    """By result of a patient with mesothelioma and lung cancer: is it open which tumour?"""
    fusions = ask.about(*resources, condition(), LUNG).fusions
    return {f.source.reference.partition("/")[2]: Why.WHICH_TUMOUR in f.why for f in fusions}


# --- genes of another rule -----------------------------------------------------------------------


def test_a_fusion_of_a_gene_of_another_rule_is_no_finding(ask: Desk) -> None:
    found = held(ask, PatientRecord(alive="yes", fusions=(ALK,), genomic_results=1))
    assert found.state(CriterionKind.GENE_FUSION) == "none"
    assert why(found, CriterionKind.GENE_FUSION) == (
        "other gene: none named in 1 genomic result(s).",
    )


def test_a_variant_of_a_gene_of_another_rule_is_not_named(ask: Desk) -> None:
    variant = OtherVariant(ALK.gene, "F1174L", "other variant", Presence.DETECTED, ALK.source)
    found = held(ask, PatientRecord(alive="yes", variants=(variant,)))
    assert why(found, CriterionKind.GENE_FUSION) == (
        "no test: no genomic result is in the record.",
    )


def test_a_result_without_a_shape_names_none(ask: Desk) -> None:
    ntrk1 = replace(ALK, gene=Gene("NTRK1", frozenset({"NTRK1"})))
    found = held(ask, PatientRecord(alive="yes", fusions=(ntrk1,)))
    assert why(found, CriterionKind.GENE_FUSION) == (
        "Observation/alk: NTRK1 fusion detected; confirmed; origin somatic; assay not stated;"
        " status final",
    )


# --- a tumour of another rule --------------------------------------------------------------------


def test_a_fusion_tied_to_the_disease_of_another_rule_asks_which_tumour() -> None:
    tied = replace(ALK, tie=Tie(frozenset({"mesothelioma", "another-disease"})))
    (asked,) = asked_which_tumour([tied], [], "mesothelioma")
    assert (asked.certainty, asked.why) == (Certainty.UNCONFIRMED, (Why.WHICH_TUMOUR,))


def test_a_fusion_tied_to_the_disease_of_the_rule_asks_nothing() -> None:
    tied = replace(ALK, tie=Tie(frozenset({"mesothelioma"})))
    assert asked_which_tumour([tied], [], "mesothelioma") == [tied]


# --- which result ties which ---------------------------------------------------------------------


def test_the_same_partner_of_another_gene_ties_nothing(ask: Desk) -> None:
    found = asking(ask, fusion("NTRK1", "TPM3", **PLEURA), fusion("NTRK3", "TPM3", id="o2"))
    assert found == {"o1": False, "o2": True}


def test_another_partner_of_the_same_gene_ties_nothing(ask: Desk) -> None:
    found = asking(ask, fusion("NTRK1", "TPM3", **PLEURA), fusion("NTRK1", "LMNA", id="o2"))
    assert found == {"o1": False, "o2": True}


def test_a_result_without_partner_and_specimen_is_tied_by_one_that_has_both(ask: Desk) -> None:
    resources = fusion("NTRK1", "TPM3", **PLEURA), rearrangement("NTRK1", id="o2")
    told = ask.reason("fusion", *resources, condition(), LUNG).why
    assert [line for line in told if "which-tumour" in line] == []


# --- drugs and mutations -------------------------------------------------------------------------


def test_a_drug_without_a_status_is_not_known_and_says_so(ask: Desk) -> None:
    (drugs,) = {c.value_set for c in _criteria(ask) if c.kind is CriterionKind.PRIOR_THERAPY}
    taken = Therapy(drugs, "larotrectinib", "", "", Source("MedicationStatement/m2"))
    found = held(ask, PatientRecord(alive="yes", therapies=(taken,)))
    assert found.state(CriterionKind.PRIOR_THERAPY) == "not known"
    assert why(found, CriterionKind.PRIOR_THERAPY) == (
        "MedicationStatement/m2: larotrectinib, status not stated",
    )


def test_earlier_drugs_and_mutations_are_handed_to_the_card(ask: Desk) -> None:
    mutated = result(gene("NTRK1"), part("48005-3", {"text": "p.G595R"}), SOMATIC, id="o2")
    found = ask.about(fusion(), condition(), request(larotrectinib()), mutated)
    assert [drug.drug for drug in found.therapies] == ["larotrectinib"]
    assert [variant.change for variant in found.resistance] == ["G595R"]


def _criteria(ask: Desk) -> tuple[Criterion, ...]:
    (guideline,) = ask.knowledge.guidelines
    return guideline.criteria
