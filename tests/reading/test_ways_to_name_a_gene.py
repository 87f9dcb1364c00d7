"""A gene in a coded place, named in every way that senders name one, right and wrong."""

from __future__ import annotations

import pytest

from cds_service.domain import AssayedFusion
from tests.builders import FUSION, HGNC, SOMATIC, Resource, coding, concept, gene, part, result
from tests.desk import Desk

NCBI = "http://www.ncbi.nlm.nih.gov/gene"
NTRK1 = coding(HGNC, "HGNC:8031", "NTRK1")
WRONG, WORDED = "code-and-display-disagree", "fusion-in-words-only"


def both(*codings: Resource, text: str = "") -> Resource:
    return {"coding": [*codings]} | ({"text": text} if text else {})


def old_name(number: int) -> str:
    return f"neurotrophic tyrosine kinase, receptor, type {number}"


def found(ask: Desk, *parts: Resource) -> list[str]:
    """Members of the gene, certainty, shape, partner and reasons of each fusion that is read."""
    read = ask.record(result(*parts, SOMATIC)).fusions
    return [" ".join(filter(None, _parts(fact))) for fact in read]


def _parts(fact: AssayedFusion) -> list[str]:
    members, certainty = "/".join(sorted(fact.gene.members)), str(fact.certainty)
    return [members, certainty, fact.shape, fact.partner, *fact.why]


@pytest.mark.parametrize(
    "named",
    [
        pytest.param(both(NTRK1), id="its id and its symbol"),
        pytest.param(concept(HGNC, "HGNC:8031"), id="its id alone"),
        pytest.param(concept(HGNC, "HGNC:8031", old_name(1)), id="its id and its older name"),
        pytest.param(concept(HGNC, "HGNC:8031", f"({old_name(1)}) "), id="the same in brackets"),
        pytest.param(concept("", "NTRK1"), id="its symbol as a code"),
        pytest.param(concept("", "NM_002529.3"), id="a version of its transcript"),
        pytest.param(both(NTRK1, coding(NCBI, "4914", "NTRK1")), id="codes of two systems"),
        pytest.param(both(coding(HGNC, "HGNC:8031"), text="NTRK1"), id="its id, symbol in words"),
        pytest.param(both(coding("", "x9"), NTRK1), id="a code of no system before it"),
        pytest.param(
            concept(HGNC, "HGNC:8031", "\uff2e\uff34\uff32\uff2b\uff11"), id="wide letters"
        ),
    ],
)
def test_a_gene_that_is_named_by_its_code_is_sure(ask: Desk, named: Resource) -> None:
    assert found(ask, part("48018-6", named), FUSION) == ["NTRK1 confirmed shape-4"]


@pytest.mark.parametrize(
    "named",
    [
        pytest.param(concept(HGNC, "HGNC:8031", old_name(3)), id="the older name of another"),
        pytest.param(concept(HGNC, "HGNC:8031", "tyrosine kinase receptor 1"), id="no name of it"),
        pytest.param(concept(HGNC, "HGNC:8031", "NTRK3"), id="another symbol of the family"),
        pytest.param(concept(HGNC, "HGNC:8031", "BRCA1"), id="the symbol of a stranger"),
        pytest.param(concept(HGNC, "HGNC:1100", "NTRK1"), id="the id of a stranger"),
        pytest.param(both(NTRK1, coding(NCBI, "4916", "NTRK3")), id="codes of two genes"),
        pytest.param(both(NTRK1, text="NTRK3"), id="words for another gene"),
        pytest.param(both(coding(HGNC, "HGNC:1100", "BRCA1"), NTRK1), id="a stranger before it"),
    ],
)
def test_a_gene_whose_names_disagree_is_doubted(ask: Desk, named: Resource) -> None:
    read = found(ask, part("48018-6", named), FUSION)
    assert read == [f"NTRK1 unconfirmed shape-4 {WRONG}"]


@pytest.mark.parametrize(
    ("named", "members", "why"),
    [
        pytest.param(concept("urn:local", "77", "NTRK1"), "NTRK1", WORDED, id="a local code"),
        pytest.param(concept(text="NTRK1"), "NTRK1", WORDED, id="words"),
        pytest.param({"coding": [{"display": "NTRK1"}]}, "NTRK1", WORDED, id="a display alone"),
        pytest.param(concept(text="NT\u00adRK1"), "NTRK1", WORDED, id="a soft hyphen inside"),
        pytest.param(
            concept(text="NTRK"),
            "NTRK1/NTRK2/NTRK3",
            f"{WORDED} gene-not-numbered",
            id="the family",
        ),
        pytest.param(
            concept(text="NTRK1/3"), "NTRK1/NTRK3", f"{WORDED} gene-not-numbered", id="two of it"
        ),
        pytest.param(
            both(coding(HGNC, "HGNC:1100"), text="NTRK1"),
            "NTRK1",
            f"{WORDED} {WRONG}",
            id="the id of a stranger, and words",
        ),
    ],
)
def test_a_gene_in_words_is_never_sure(ask: Desk, named: Resource, members: str, why: str) -> None:
    read = found(ask, part("48018-6", named), FUSION)
    assert read == [f"{members} unconfirmed shape-4 {why}"]


@pytest.mark.parametrize(
    ("named", "partner"),
    [
        pytest.param(concept(HGNC, "HGNC:12012", "TPM3"), " TPM3", id="its id and its symbol"),
        pytest.param(concept(HGNC, "HGNC:12012"), "", id="its id alone"),
        pytest.param(both(coding(HGNC, "HGNC:12012"), text="TPM3 gene"), " TPM3", id="and words"),
        pytest.param(concept(text="TPM3"), " TPM3", id="words"),
        pytest.param(concept(text="a partner"), "", id="words without a symbol"),
        pytest.param(concept(NCBI, "7170", "TPM3"), " TPM3", id="the code of another system"),
        pytest.param(concept(text="C1orf112 gene"), " C1orf112", id="an open reading frame"),
        pytest.param(concept(text="HLA-A"), " HLA-A", id="a symbol with a hyphen"),
    ],
)
def test_the_partner_is_shown_by_its_symbol(ask: Desk, named: Resource, partner: str) -> None:
    beside = part("48018-6", named)
    assert found(ask, beside, gene("NTRK1"), FUSION) == [f"NTRK1 confirmed shape-2{partner}"]
    alone = found(ask, beside, gene("NTRK1"))
    assert alone == [f"NTRK1 unconfirmed shape-3{partner} two-genes-without-term"]


@pytest.mark.parametrize("code", ["TPM3", ""])
def test_a_local_code_names_no_partner(ask: Desk, code: str) -> None:
    beside = part("48018-6", concept("urn:local", code))
    assert found(ask, beside, gene("NTRK1"), FUSION) == ["NTRK1 confirmed shape-4"]
    assert found(ask, beside, gene("NTRK1")) == []
