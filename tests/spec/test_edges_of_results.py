"""Which of several results are shown beside the leading one, and which one test of two settles."""

from __future__ import annotations

import pytest

from tests.builders import (
    NO_CALL,
    Resource,
    condition,
    fusion,
    negative,
    rearrangement,
    spoken,
)
from tests.desk import Desk

RNA: Resource = {"method": {"text": "RNA sequencing"}}


def shown(ask: Desk, *resources: Resource) -> list[str]:
    """Ids of the results on the card, of a patient with mesothelioma."""
    found = ask.about(*resources, condition())
    return [one.source.reference.partition("/")[2] for one in found.fusions]


def failed(named: str = "o9", /, **more: object) -> Resource:
    return negative("NTRK1", id=named, **more) | {"valueCodeableConcept": NO_CALL}


# --- several findings -----------------------------------------------------------------------------


def test_the_same_finding_in_a_second_result_is_shown_once(ask: Desk) -> None:
    assert shown(ask, fusion("NTRK1", "TPM3"), fusion("NTRK1", "TPM3", id="o2")) == ["o1"]


def test_a_second_partner_of_the_gene_is_shown_as_well(ask: Desk) -> None:
    both = shown(ask, fusion("NTRK1", "TPM3"), fusion("NTRK1", "LMNA", id="o2"))
    assert sorted(both) == ["o1", "o2"]


def test_a_second_gene_with_the_same_partner_is_shown_as_well(ask: Desk) -> None:
    both = shown(ask, fusion("NTRK1", "TPM3"), fusion("NTRK3", "TPM3", id="o2"))
    assert sorted(both) == ["o1", "o2"]


def test_a_result_that_leaves_the_partner_out_adds_nothing(ask: Desk) -> None:
    assert shown(ask, fusion("NTRK1", "TPM3"), rearrangement("NTRK1", id="o2")) == ["o1"]


# --- negatives ------------------------------------------------------------------------------------


def test_a_negative_of_one_gene_is_not_shown_beside_an_ntrk_that_it_does_not_deny(
    ask: Desk,
) -> None:
    told = spoken("An NTRK fusion was detected.")
    assert shown(ask, told, negative("NTRK1", id="o2")) == ["o1"]
    assert "o2" in shown(ask, told, negative(id="o2"))


# --- failed tests ---------------------------------------------------------------------------------


def test_a_failed_rna_test_is_shown_beside_a_finding_that_waits_for_one(ask: Desk) -> None:
    assert shown(ask, rearrangement(), failed(**RNA)) == ["o1", "o9"]


def test_a_failed_rna_test_is_not_shown_beside_a_confirmed_fusion(ask: Desk) -> None:
    assert shown(ask, fusion(), failed(**RNA)) == ["o1"]


def test_a_failed_rna_test_of_another_gene_is_not_shown(ask: Desk) -> None:
    assert shown(ask, rearrangement("NTRK3"), failed(**RNA)) == ["o1"]


@pytest.mark.parametrize("assay", ["FISH", "DNA NGS panel", ""])
def test_a_failed_test_that_is_not_of_rna_is_not_shown(ask: Desk, assay: str) -> None:
    more = {"method": {"text": assay}} if assay else {}
    assert shown(ask, rearrangement(), failed(**more)) == ["o1"]


# --- settling -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("assays", "state"),
    [
        ("FISH", "none"),
        ("immunohistochemistry", "none"),
        ("immunohistochemistry and FISH", "none"),
        ("FISH and DNA NGS panel", "unconfirmed"),
    ],
)
def test_rna_settles_what_stains_and_fish_found_together(
    ask: Desk, assays: str, state: str
) -> None:
    found = rearrangement(id="o2", method={"text": assays})
    assert ask.fusion(found, negative(**RNA)) == state


def test_a_negative_of_rna_or_of_a_stain_settles_no_fish(ask: Desk) -> None:
    either: Resource = {"method": {"text": "immunohistochemistry and RNA sequencing"}}
    found = rearrangement(id="o2", method={"text": "FISH"})
    assert ask.fusion(found, negative(**either)) == "unconfirmed"
