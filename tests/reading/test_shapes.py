"""The ways in which a fusion is structured, shapes 1 to 10, each with its certainty."""

from __future__ import annotations

import pytest

from cds_service.domain import Certainty, Presence
from tests.builders import (
    FUSION,
    GERMLINE,
    HGVS,
    LOINC,
    SO,
    SOMATIC,
    TBD,
    VARIANT,
    Resource,
    change,
    concept,
    fusion,
    gene,
    hgnc,
    name,
    negative,
    pair,
    part,
    result,
    results,
)
from tests.desk import Desk

CONSEQUENCE = concept(TBD, "molecular-consequence")
GENES = "http://hl7.org/fhir/StructureDefinition/observation-geneticsGene"
NAMED = "http://hl7.org/fhir/StructureDefinition/observation-geneticsDNASequenceVariantName"


def hgvs(code: str) -> Resource:
    return part("81290-9", concept(HGVS, code))


def consequence(code: str = "SO:0001886", **more: object) -> Resource:
    """A separate Observation for what a variant leads to; it names no gene."""
    effect = part("functional-effect", concept(SO, code), TBD)
    body: Resource = {"id": "mc1", "code": CONSEQUENCE, "derivedFrom": results("o1")}
    return result(effect, value=None, **(body | more))


def extended(*words: str, symbol: str = "NTRK1", code: str = "8031") -> Resource:
    gene_of = {"coding": [{"code": code, "display": symbol}]}
    parts: list[Resource] = [{"url": GENES, "valueCodeableConcept": gene_of}]
    parts += [{"url": NAMED, "valueCodeableConcept": {"text": word}} for word in words]
    return result(SOMATIC, code=concept(LOINC, "55233-1"), extension=parts)


SURE, UNSURE = [Certainty.CONFIRMED], [Certainty.UNCONFIRMED]


# --- 1: both genes in one code of the fusion component -------------------------------------------


def test_shape_1_both_genes_in_one_code(ask: Desk) -> None:
    (found,) = ask.record(result(pair("ETV6", "NTRK3"), SOMATIC)).fusions
    assert (found.certainty, found.shape) == (Certainty.CONFIRMED, "shape-1")
    assert (found.gene.symbol, found.partner) == ("NTRK3", "ETV6")
    assert (found.five_prime, found.three_prime) == ("ETV6", "NTRK3")


def test_shape_1_without_a_display_still_names_its_gene(ask: Desk) -> None:
    code = part("95123-6", concept(LOINC, "HGNC:3495::HGNC:8033"))
    code["valueCodeableConcept"]["coding"][0]["system"] = "http://www.genenames.org"
    (found,) = ask.record(result(code, SOMATIC)).fusions
    assert (found.gene.symbol, found.partner) == ("NTRK3", "")


def test_shape_1_of_two_ntrk_genes_is_a_fusion_of_the_second(ask: Desk) -> None:
    (found,) = ask.record(result(pair("NTRK1", "NTRK3"), SOMATIC)).fusions
    assert (found.gene.symbol, found.partner) == ("NTRK3", "NTRK1")
    assert found.certainty is Certainty.CONFIRMED


def test_shape_1_of_other_genes_is_no_finding(ask: Desk) -> None:
    assert ask.record(result(pair("EML4", "ALK"), SOMATIC)).fusions == ()


def test_shape_1_in_words_only_is_unconfirmed(ask: Desk) -> None:
    worded = part("95123-6", {"text": "ETV6::NTRK3"})
    assert ask.certainties(result(worded, SOMATIC)) == UNSURE


def test_shape_1_beside_its_own_gene_components_is_one_finding(ask: Desk) -> None:
    both = result(pair("ETV6", "NTRK3"), gene("NTRK3"), gene("ETV6"), FUSION, SOMATIC)
    assert ask.certainties(both) == SURE


# --- 2 and 3: two gene components, with and without a term ---------------------------------------


def test_shape_2_two_genes_and_a_fusion_term(ask: Desk) -> None:
    (found,) = ask.record(fusion("NTRK3", "ETV6")).fusions
    assert (found.certainty, found.shape) == (Certainty.CONFIRMED, "shape-2")
    assert (found.gene.symbol, found.partner, found.five_prime) == ("NTRK3", "ETV6", "")


def test_shape_2_with_three_genes_is_unconfirmed(ask: Desk) -> None:
    many = result(gene("TPM3"), gene("NTRK1"), gene("ALK"), FUSION, SOMATIC)
    assert ask.certainties(many) == UNSURE


def test_shape_2_with_a_translocation_is_unconfirmed(ask: Desk) -> None:
    moved = result(gene("TPM3"), gene("NTRK1"), change("SO:0002062"), SOMATIC)
    assert ask.certainties(moved) == UNSURE


def test_shape_3_two_genes_alone_are_unconfirmed(ask: Desk) -> None:
    (found,) = ask.record(result(gene("TPM3"), gene("NTRK1"), SOMATIC)).fusions
    assert (found.certainty, found.shape) == (Certainty.UNCONFIRMED, "shape-3")


def test_shape_3_with_three_genes_is_no_finding(ask: Desk) -> None:
    panel = result(gene("TPM3"), gene("NTRK1"), gene("ALK"), SOMATIC)
    assert ask.record(panel).fusions == ()


def test_shape_3_that_is_absent_is_negative_for_the_gene(ask: Desk) -> None:
    (found,) = ask.record(negative("NTRK1", "ETV6")).fusions
    assert (found.gene.symbol, found.presence) == ("NTRK1", Presence.NOT_DETECTED)


# --- 4: one gene and a term ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(FUSION, id="dna change type"),
        pytest.param(part("molecular-consequence", concept(SO, "SO:0001565"), TBD), id="molecular"),
        pytest.param(part("feature-consequence", concept(SO, "SO:0001565"), TBD), id="feature"),
    ],
)
def test_shape_4_one_gene_and_a_fusion_term(ask: Desk, place: Resource) -> None:
    (found,) = ask.record(result(gene("NTRK1"), place, SOMATIC)).fusions
    assert (found.certainty, found.shape) == (Certainty.CONFIRMED, "shape-4")


def test_shape_4_with_the_term_as_the_value(ask: Desk) -> None:
    term = concept(SO, "SO:0001565", "gene_fusion")
    assert ask.certainties(result(gene("NTRK1"), SOMATIC, value=term)) == SURE


def test_shape_4_with_the_term_as_the_method(ask: Desk) -> None:
    term = concept(SO, "SO:0001565", "gene_fusion")
    assert ask.certainties(result(gene("NTRK1"), SOMATIC, method=term)) == SURE


def test_shape_4_with_the_term_in_another_component_is_unconfirmed(ask: Desk) -> None:
    stray = part("81252-9", concept(SO, "SO:0001565", "gene_fusion"))
    assert ask.certainties(result(gene("NTRK1"), stray, SOMATIC)) == UNSURE


# --- 5: one gene and the word fusion -------------------------------------------------------------


@pytest.mark.parametrize("words", ["NTRK1 fusion", "TPM3-NTRK1 Fusion", "NTRK1  fusion"])
def test_shape_5_the_word_fusion_is_unconfirmed(ask: Desk, words: str) -> None:
    (found,) = ask.record(result(gene("NTRK1"), name(words), SOMATIC)).fusions
    assert (found.certainty, found.shape) == (Certainty.UNCONFIRMED, "shape-5")


def test_shape_5_without_a_gene_component_is_unconfirmed(ask: Desk) -> None:
    assert ask.certainties(result(name("NTRK1 fusion"), SOMATIC)) == UNSURE


def test_shape_5_with_another_change_is_no_finding(ask: Desk) -> None:
    assert ask.record(result(gene("NTRK1"), name("NTRK1 p.R342W"), SOMATIC)).fusions == ()


def test_shape_5_of_another_gene_is_no_finding(ask: Desk) -> None:
    assert ask.record(result(gene("ALK"), name("ALK fusion"), SOMATIC)).fusions == ()


def test_transfusion_is_not_fusion(ask: Desk) -> None:
    assert ask.record(result(gene("NTRK1"), name("transfusion sample"), SOMATIC)).fusions == ()


# --- 6: a consequence in an Observation of its own -----------------------------------------------


def test_shape_6_counts_as_4_when_its_variant_was_sent(ask: Desk) -> None:
    bare = result(gene("NTRK1"), SOMATIC)
    assert ask.certainties(bare, consequence()) == SURE


def test_shape_6_whose_variant_was_not_sent_leaves_a_gap(ask: Desk) -> None:
    record = ask.record(consequence())
    assert record.fusions == ()
    assert [str(gap.key) for gap in record.gaps] == ["observations"]


@pytest.mark.parametrize(
    ("alone", "gaps"),
    [
        (consequence(derivedFrom=None), ["observations"]),
        (consequence("SO:0001583", derivedFrom=None), []),
        (consequence(derivedFrom=None) | {"code": VARIANT}, []),
        (consequence(derivedFrom=None, note=[{"text": "NTRK1"}]), []),
    ],
)
def test_shape_6_that_names_no_variant_leaves_a_gap(
    ask: Desk, alone: Resource, gaps: list[str]
) -> None:
    assert [str(gap.key) for gap in ask.record(alone).gaps] == gaps


def test_shape_6_that_is_not_final_adds_nothing(ask: Desk) -> None:
    bare = result(gene("NTRK1"), SOMATIC)
    assert ask.record(bare, consequence(status="preliminary")).fusions == ()


def test_shape_6_of_another_variant_adds_nothing(ask: Desk) -> None:
    bare, other = result(gene("NTRK1"), SOMATIC), result(gene("ALK"), SOMATIC, id="o2")
    assert ask.record(bare, other, consequence(derivedFrom=results("o2"))).fusions == ()


# --- 7: a karyotype ------------------------------------------------------------------------------


def test_shape_7_a_karyotype_alone_is_no_finding(ask: Desk) -> None:
    karyotype = concept("https://iscn.karger.com", "46,XX,t(12;15)(p13;q25)")
    found = ask.record(result(part("81291-7", karyotype), SOMATIC))
    assert found.fusions == ()
    assert found.genomic_results == 1


# --- 8: HGVS or VICC name ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "symbol", "partner"),
    [
        ("NM_152263.3(TPM3):e.8::NM_002529.3(NTRK1):e.10", "NTRK1", "TPM3"),
        ("NM_152263.3(TPM3):e.1_8::NM_002529.3(NTRK1):e.10_22", "NTRK1", "TPM3"),
        ("v::NTRK1", "NTRK1", ""),
    ],
)
def test_shape_8_a_fusion_name_as_a_code(ask: Desk, code: str, symbol: str, partner: str) -> None:
    (found,) = ask.record(result(hgvs(code), SOMATIC)).fusions
    assert (found.certainty, found.shape) == (Certainty.CONFIRMED, "shape-8")
    assert (found.gene.symbol, found.partner) == (symbol, partner)


def test_shape_8_of_other_genes_is_no_finding(ask: Desk) -> None:
    other = "NM_004304.5(ALK):e.1::NM_001017420.3(EML4):e.2"
    assert ask.record(result(hgvs(other), SOMATIC)).fusions == ()


def test_shape_8_without_two_sides_is_no_finding(ask: Desk) -> None:
    assert ask.record(result(hgvs("NM_002529.3(NTRK1):c.1783G>A"), SOMATIC)).fusions == ()


# --- 9 and 10: extensions, and a gene in the wrong place -----------------------------------------


def test_shape_9_extensions_are_unconfirmed(ask: Desk) -> None:
    (found,) = ask.record(extended("LMNA-NTRK1 fusion")).fusions
    assert (found.certainty, found.shape) == (Certainty.UNCONFIRMED, "shape-9")
    assert (found.gene.symbol, found.partner) == ("NTRK1", "LMNA")


def test_shape_9_without_the_word_fusion_is_no_finding(ask: Desk) -> None:
    assert ask.record(extended("NTRK1 R342W")).fusions == ()


def test_shape_9_takes_its_origin_from_an_extension(ask: Desk) -> None:
    source = {"url": f"{GENES[:-4]}GenomicSourceClass", "valueCodeableConcept": None}
    source["valueCodeableConcept"] = GERMLINE["valueCodeableConcept"]
    made = extended("LMNA-NTRK1 fusion") | {"component": [gene("LMNA")]}
    made["extension"] = [*made["extension"], source]
    assert [str(found.origin) for found in ask.record(made).fusions] == ["germline"]


def test_shape_10_a_gene_in_the_wrong_component_is_unconfirmed(ask: Desk) -> None:
    misplaced = part("48013-7", hgnc("NTRK1"))
    (found,) = ask.record(result(misplaced, FUSION, SOMATIC)).fusions
    assert (found.certainty, found.shape) == (Certainty.UNCONFIRMED, "shape-10")


def test_shape_10_without_a_term_is_no_finding(ask: Desk) -> None:
    assert ask.record(result(part("48013-7", hgnc("NTRK1")), SOMATIC)).fusions == ()
