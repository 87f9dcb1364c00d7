"""Where code and words, or value and interpretation, disagree, nothing is silently no."""

from __future__ import annotations

import pytest

from cds_service.domain import Certainty, Presence, Why
from tests.builders import (
    ABSENT,
    FUSION,
    HGNC,
    INTERPRETATION,
    LOINC,
    PRESENT,
    SNOMED,
    SOMATIC,
    Resource,
    change,
    coding,
    concept,
    fusion,
    gene,
    pair,
    part,
    result,
)
from tests.desk import Desk


def found(ask: Desk, resource: Resource) -> tuple[str, Certainty | None, frozenset[Why]]:
    (only,) = ask.record(resource).fusions
    return only.gene.symbol, only.certainty, frozenset(only.why)


def studied(*codings: Resource, text: str = "") -> Resource:
    return part("48018-6", {"coding": list(codings)} | ({"text": text} if text else {}))


DOUBTED = frozenset({Why.CODE_DISPLAY})


@pytest.mark.parametrize(
    "named",
    [
        pytest.param(studied(coding(HGNC, "HGNC:1100", "NTRK1")), id="another code, this display"),
        pytest.param(studied(coding(HGNC, "HGNC:8031", "BRCA1")), id="this code, another display"),
        pytest.param(studied(coding(HGNC, "HGNC:8031"), text="BRCA1 and NTRK3"), id="text"),
        pytest.param(
            studied(coding(HGNC, "HGNC:8031"), coding(HGNC, "HGNC:1100")), id="two codings"
        ),
    ],
)
def test_a_gene_whose_code_and_words_disagree_is_unconfirmed(ask: Desk, named: Resource) -> None:
    symbol, certainty, why = found(ask, result(named, FUSION, SOMATIC))
    assert symbol.startswith("NTRK")
    assert certainty is Certainty.UNCONFIRMED
    assert why >= DOUBTED


@pytest.mark.parametrize(
    "named",
    [
        pytest.param(studied(coding(HGNC, "HGNC:8031", "NTRK1")), id="symbol"),
        pytest.param(studied(coding(HGNC, "HGNC:8031", "TRKA")), id="alias"),
        pytest.param(
            studied(coding(HGNC, "HGNC:8031", "neurotrophic receptor tyrosine kinase 1")),
            id="full name",
        ),
        pytest.param(
            studied(
                coding(HGNC, "HGNC:8031", "NTRK1"),
                coding("http://www.ncbi.nlm.nih.gov/gene", "4914", "NTRK1"),
                text="NTRK1",
            ),
            id="two systems",
        ),
    ],
)
def test_a_gene_whose_code_and_words_agree_is_confirmed(ask: Desk, named: Resource) -> None:
    assert found(ask, result(named, FUSION, SOMATIC)) == (
        "NTRK1",
        Certainty.CONFIRMED,
        frozenset(),
    )


def test_a_full_name_of_another_member_is_a_contradiction(ask: Desk) -> None:
    named = studied(coding(HGNC, "HGNC:8031", "neurotrophic receptor tyrosine kinase 3"))
    assert found(ask, result(named, FUSION, SOMATIC))[2] == DOUBTED


def test_a_term_whose_display_is_another_change_is_unconfirmed(ask: Desk) -> None:
    odd = result(gene("NTRK1"), change("SO:0001565", "missense_variant"), SOMATIC)
    assert found(ask, odd)[1:] == (Certainty.UNCONFIRMED, DOUBTED)


def test_a_term_whose_display_is_another_kind_of_fusion_stands(ask: Desk) -> None:
    odd = result(gene("NTRK1"), change("SO:0001886", "gene fusion"), SOMATIC)
    assert found(ask, odd)[1] is Certainty.CONFIRMED


def test_a_fusion_code_whose_display_names_other_genes_is_unconfirmed(ask: Desk) -> None:
    odd = result(pair("ETV6", "NTRK3", "EML4::ALK"), SOMATIC)
    assert found(ask, odd) == ("NTRK3", Certainty.UNCONFIRMED, DOUBTED)


@pytest.mark.parametrize("display", ["NTRK3 fusion", "ETV6-NTRK3", "fusion, in frame"])
def test_a_fusion_code_whose_display_does_not_contradict_stands(ask: Desk, display: str) -> None:
    assert found(ask, result(pair("ETV6", "NTRK3", display), SOMATIC))[1] is Certainty.CONFIRMED


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(
            {"coding": [*PRESENT["coding"], *ABSENT["coding"]]}, id="both codes in one value"
        ),
        pytest.param(concept(LOINC, "LA9633-4", text="Not detected"), id="code and text"),
        pytest.param(concept(LOINC, "LA9634-2", "Present"), id="code and display"),
    ],
)
def test_a_value_that_says_yes_and_no_is_unconfirmed(ask: Desk, value: Resource) -> None:
    _, certainty, why = found(ask, fusion(value=value))
    assert certainty is Certainty.UNCONFIRMED
    assert why >= DOUBTED


def test_a_negative_in_two_code_systems_is_negative(ask: Desk) -> None:
    both = {"coding": [*ABSENT["coding"], coding(SNOMED, "260415000", "Not detected")]}
    presences = {f.presence for f in ask.record(fusion(value=both)).fusions}
    assert presences == {Presence.NOT_DETECTED}


def test_an_interpretation_fills_in_for_a_value_that_says_nothing(ask: Desk) -> None:
    silent = fusion(value={"text": "see below"}, interpretation=[concept(INTERPRETATION, "NEG")])
    presences = {f.presence for f in ask.record(silent).fusions}
    assert presences == {Presence.NOT_DETECTED}


def test_interpretations_that_disagree_among_themselves_are_seen(ask: Desk) -> None:
    both = [concept(INTERPRETATION, "POS"), concept(INTERPRETATION, "NEG")]
    assert Why.INTERPRETATION in found(ask, fusion(interpretation=both))[2]
