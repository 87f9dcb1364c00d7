"""Several results of one patient: what replaces, what settles, and what stays in disagreement."""

from __future__ import annotations

import pytest

from cds_service.domain import Presence, Why
from tests.builders import (
    ABSENT,
    NO_CALL,
    Resource,
    condition,
    fusion,
    negative,
    pan_trk,
    rearrangement,
    report,
    result,
    results,
    specimen,
    spoken,
)
from tests.desk import Desk

EARLY: Resource = {"effectiveDateTime": "2026-03-01"}
LATE: Resource = {"effectiveDateTime": "2026-09-01"}


def taken(name: str) -> Resource:
    return {"specimen": {"reference": f"Specimen/{name}"}}


def by(assay: str) -> Resource:
    return {"method": {"text": assay}}


RNA, DNA, FISH = by("RNA sequencing"), by("DNA NGS panel"), by("FISH")
S1, S2 = taken("s1"), taken("s2")
SPECIMENS = (specimen("s1"), specimen("s2"))


def of_two(ask: Desk, first: Resource, second: Resource) -> str:
    """State with two results, which must not depend on their order."""
    states = {ask.fusion(first, second, *SPECIMENS), ask.fusion(second, first, *SPECIMENS)}
    assert len(states) == 1
    return states.pop()


# --- replacing ----------------------------------------------------------------------------------


def test_a_later_negative_on_the_same_specimen_by_the_same_assay_replaces(ask: Desk) -> None:
    first = fusion(**EARLY, **S1, **DNA)
    assert of_two(ask, first, negative(id="o2", **LATE, **S1, **DNA)) == "none"


def test_a_later_positive_on_the_same_specimen_by_the_same_assay_replaces(ask: Desk) -> None:
    first = negative(id="o2", **EARLY, **S1, **DNA)
    assert of_two(ask, fusion(**LATE, **S1, **DNA), first) == "confirmed"


def test_an_earlier_negative_replaces_nothing(ask: Desk) -> None:
    first = negative(id="o2", **EARLY, **S1, **DNA)
    found = ask.about(first, fusion(**LATE, **S1, **DNA), *SPECIMENS, condition())
    assert [f.source.reference for f in found.fusions] == ["Observation/o1"]


def test_a_negative_from_another_specimen_leaves_the_fusion_unconfirmed(ask: Desk) -> None:
    later = negative(id="o2", **LATE, **S2, **DNA)
    assert of_two(ask, fusion(**EARLY, **S1, **DNA), later) == "unconfirmed"


def test_a_negative_by_another_assay_leaves_the_fusion_unconfirmed(ask: Desk) -> None:
    later = negative(id="o2", **LATE, **S1, **DNA)
    assert of_two(ask, fusion(**EARLY, **S1, **RNA), later) == "unconfirmed"


def test_a_negative_without_a_stated_assay_leaves_the_fusion_unconfirmed(ask: Desk) -> None:
    assert of_two(ask, fusion(**EARLY, **S1), negative(id="o2", **LATE, **S1)) == "unconfirmed"


def test_a_negative_without_a_stated_specimen_leaves_the_fusion_unconfirmed(ask: Desk) -> None:
    later = negative(id="o2", **LATE, **DNA)
    assert of_two(ask, fusion(**EARLY, **DNA), later) == "unconfirmed"


@pytest.mark.parametrize("dates", [(EARLY, EARLY), ({}, LATE), (EARLY, {})])
def test_a_negative_that_is_not_provably_later_leaves_the_fusion_unconfirmed(
    ask: Desk, dates: tuple[Resource, Resource]
) -> None:
    before, after = dates
    first, second = fusion(**before, **S1, **DNA), negative(id="o2", **after, **S1, **DNA)
    assert of_two(ask, first, second) == "unconfirmed"


def test_dates_of_unequal_precision_are_compared_as_far_as_both_go(ask: Desk) -> None:
    same_year = negative(id="o2", effectiveDateTime="2026", **S1, **DNA)
    assert of_two(ask, fusion(**EARLY, **S1, **DNA), same_year) == "unconfirmed"
    next_year = negative(id="o2", effectiveDateTime="2027", **S1, **DNA)
    assert of_two(ask, fusion(**EARLY, **S1, **DNA), next_year) == "none"


def test_a_later_failure_on_the_same_specimen_replaces_nothing(ask: Desk) -> None:
    failed = negative(id="o2", **LATE, **S1, **DNA) | {"valueCodeableConcept": NO_CALL}
    assert of_two(ask, fusion(**EARLY, **S1, **DNA), failed) == "confirmed"


# --- settling -----------------------------------------------------------------------------------


def test_a_negative_rna_result_settles_a_positive_pan_trk_stain(ask: Desk) -> None:
    assert of_two(ask, pan_trk(), negative(**RNA)) == "none"


def test_a_positive_rna_result_settles_a_negative_pan_trk_stain(ask: Desk) -> None:
    assert of_two(ask, pan_trk("Negative"), fusion(**RNA)) == "confirmed"


def test_a_negative_rna_result_settles_a_positive_fish(ask: Desk) -> None:
    assert of_two(ask, rearrangement(id="o2", **FISH), negative(**RNA)) == "none"


def test_a_positive_rna_result_settles_a_negative_fish(ask: Desk) -> None:
    assert of_two(ask, negative(id="o2", **FISH), fusion(**RNA)) == "confirmed"


def test_an_earlier_rna_result_settles_as_well(ask: Desk) -> None:
    assert of_two(ask, pan_trk(**LATE), negative(**EARLY, **RNA)) == "none"


def test_an_rna_result_of_another_specimen_settles_nothing(ask: Desk) -> None:
    assert of_two(ask, pan_trk(**S1), negative(**S2, **RNA)) == "screening"


def test_an_rna_result_of_the_same_specimen_settles(ask: Desk) -> None:
    assert of_two(ask, pan_trk(**S1), negative(**S1, **RNA)) == "none"


def test_a_failed_rna_test_settles_nothing(ask: Desk) -> None:
    failed = negative(**RNA) | {"valueCodeableConcept": NO_CALL}
    assert of_two(ask, pan_trk(), failed) == "screening"


def test_an_rna_result_that_was_not_performed_settles_nothing(ask: Desk) -> None:
    told = spoken("RNA sequencing for NTRK1/2/3 fusions: not performed.", id="o2")
    assert of_two(ask, pan_trk(), told) == "screening"


def test_an_rna_result_of_one_gene_does_not_settle_a_stain_of_all_three(ask: Desk) -> None:
    assert of_two(ask, pan_trk(), negative("NTRK1", **RNA)) == "screening"


def test_rna_results_of_all_three_genes_settle_a_stain_together(ask: Desk) -> None:
    parts = [negative(f"NTRK{n}", id=f"o{n}", **RNA) for n in (1, 2, 3)]
    assert ask.fusion(pan_trk(), *parts) == "none"


def test_a_negative_dna_result_does_not_settle_a_stain(ask: Desk) -> None:
    found = ask.about(pan_trk(), negative(**DNA), condition())
    assert found.states["fusion"] == "screening"
    assert Why.DISAGREE in found.fusions[0].why


def test_a_negative_stain_does_not_settle_a_dna_fusion(ask: Desk) -> None:
    assert of_two(ask, pan_trk("Negative"), fusion(**DNA)) == "unconfirmed"


def test_a_preliminary_rna_result_settles_nothing(ask: Desk) -> None:
    assert of_two(ask, pan_trk(), negative(status="preliminary", **RNA)) == "screening"


# --- disagreeing --------------------------------------------------------------------------------


def test_results_that_disagree_are_both_shown(ask: Desk) -> None:
    found = ask.about(fusion(**RNA), negative(id="o2", **RNA), condition())
    assert found.states["fusion"] == "unconfirmed"
    assert [f.presence for f in found.fusions] == [Presence.DETECTED, Presence.NOT_DETECTED]
    assert Why.DISAGREE in found.fusions[0].why


def test_a_negative_of_another_gene_is_no_disagreement(ask: Desk) -> None:
    assert of_two(ask, fusion("NTRK1"), negative("NTRK2", "NTRK3", id="o2")) == "confirmed"


def test_a_failed_test_is_no_disagreement(ask: Desk) -> None:
    failed = negative(id="o2") | {"valueCodeableConcept": NO_CALL}
    assert of_two(ask, fusion(), failed) == "confirmed"


def test_a_germline_negative_is_compared_like_any_other(ask: Desk) -> None:
    assert of_two(ask, fusion(), fusion(id="o2", value=ABSENT)) == "unconfirmed"


def test_a_bare_ntrk_is_not_denied_by_one_negative_gene(ask: Desk) -> None:
    told = spoken("An NTRK fusion was detected.", id="o2")
    found = ask.about(told, negative("NTRK1"), condition())
    assert Why.DISAGREE not in found.fusions[0].why


def test_a_bare_ntrk_is_denied_by_three_negative_genes(ask: Desk) -> None:
    told = spoken("An NTRK fusion was detected.", id="o2")
    found = ask.about(told, negative(), condition())
    assert Why.DISAGREE in found.fusions[0].why


def test_the_text_of_a_report_that_denies_its_own_result_leaves_it_unconfirmed(ask: Desk) -> None:
    told = report("No NTRK1 fusion was detected.", result=results("o1"))
    assert ask.fusion(fusion(), told) == "unconfirmed"


def test_the_text_of_a_report_that_agrees_with_its_result_changes_nothing(ask: Desk) -> None:
    told = report("TPM3::NTRK1 fusion detected.", result=results("o1"))
    assert ask.fusion(fusion(), told) == "confirmed"


def test_the_result_that_names_its_partner_is_shown_first(ask: Desk) -> None:
    bare = result(*fusion()["component"][1:], id="o2")
    found = ask.about(bare, fusion(), condition())
    assert [f.partner for f in found.fusions] == ["TPM3"]


def test_the_newer_of_two_like_results_is_shown_first(ask: Desk) -> None:
    found = ask.about(fusion(**EARLY), fusion(id="o2", **LATE), condition())
    assert [f.source.date for f in found.fusions] == ["2026-09-01"]
