"""Words and protein changes that differ by a sign or a case from those that count."""

from __future__ import annotations

import pytest

from cds_service.domain import Why
from tests.builders import (
    ABSENT,
    SO,
    SOMATIC,
    Resource,
    concept,
    fusion,
    gene,
    part,
    result,
)
from tests.desk import Desk


def mutation(said: str, symbol: str = "NTRK3") -> Resource:
    return result(gene(symbol), part("48005-3", {"text": said}), SOMATIC, id="o2")


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("p.Gly623Arg", "recorded"),
        ("G623R", "recorded"),
        ("p.Gly696", "recorded"),
        ("p.Gly696Ala", "recorded"),
        ("p.Gly696Xyz", "none"),
        ("p.Gly623Xyz", "none"),
        ("p.Xyz623Arg", "none"),
        ("p.Gly623Gly", "none"),
    ],
)
def test_a_change_is_compared_by_both_its_letters(ask: Desk, said: str, state: str) -> None:
    assert ask.prior(mutation(said)) == state


def test_an_amino_acid_that_there_is_not_is_no_change(ask: Desk) -> None:
    (found,) = ask.record(mutation("p.Xyz623Arg")).variants
    assert found.change == ""


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Absent.", "none"),
        (" ABSENT: ", "none"),
        ("not  detected!", "none"),
        ("Present.", "confirmed"),
        ("XPresent", "unconfirmed"),
    ],
)
def test_a_value_in_words_is_read_without_its_stops(ask: Desk, said: str, state: str) -> None:
    assert ask.fusion(fusion(value={"text": said})) == state


CODES = {
    "fusion": ("SO:0001565", "gene_fusion"),
    "rearrangement": ("SO:1000044", "chromosomal_translocation"),
    "out of frame": ("SO:0002400", "frameshift_unidirectional_gene_fusion"),
    "structural": ("SO:0001537", "structural_variant"),
    "other": ("SO:0001583", "missense_variant"),
}


@pytest.mark.parametrize(
    ("code", "display", "doubted"),
    [
        ("fusion", "gene_fusion", False),
        ("fusion", "rearrangement", False),
        ("rearrangement", "gene_fusion", False),
        ("fusion", "missense_variant", True),
        ("rearrangement", "missense_variant", True),
        ("fusion", "copy_number_gain", True),
        ("out of frame", "gene_fusion", False),
        ("structural", "gene_fusion", False),
        ("structural", "deletion", False),
        ("other", "gene_fusion", True),
        ("other", "missense_variant", False),
    ],
)
def test_a_display_of_another_kind_of_change_is_a_contradiction(
    ask: Desk, code: str, display: str, doubted: bool
) -> None:
    kind = part("48019-4", concept(SO, CODES[code][0], display))
    read = ask.record(result(gene("TPM3"), gene("NTRK1"), kind, SOMATIC))
    why = {reason for found in read.fusions for reason in found.why}
    assert (Why.CODE_DISPLAY in why) is doubted


def test_a_negative_value_with_a_stop_is_still_negative(ask: Desk) -> None:
    assert ask.fusion(fusion(value=ABSENT)) == "none"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("A resistance mutation is not excluded", Why.UNCLEAR),
        ("A fusion is not excluded", Why.INDETERMINATE),
    ],
)
def test_a_value_that_speaks_of_another_change_is_not_understood(
    ask: Desk, said: str, why: Why
) -> None:
    (found,) = ask.record(fusion(value={"text": said})).fusions
    assert found.why == (why,)
