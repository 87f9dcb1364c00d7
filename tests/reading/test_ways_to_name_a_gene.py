"""A gene in a coded place, named in every way that senders name one, right and wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from cds_service.domain import AssayedFusion, Gene, UnreadWhy, ValueSet
from cds_service.reading.genes import Genes
from tests.builders import FUSION, HGNC, SOMATIC, Resource, coding, concept, gene, part, result
from tests.desk import Desk

NCBI = "http://www.ncbi.nlm.nih.gov/gene"
NTRK1 = coding(HGNC, "HGNC:8031", "NTRK1")
SPOKEN = "neurotrophic tyrosine receptor kinase"
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
        pytest.param(concept(HGNC, "HGNC:8031", f"{SPOKEN} type 1"), id="its id and a free name"),
        pytest.param(concept(HGNC, "HGNC:8031", f"({SPOKEN} type 1) "), id="and in brackets"),
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
        pytest.param(concept(HGNC, "HGNC:8031", f"{SPOKEN} type 3"), id="a free name of another"),
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
        pytest.param(concept(text=f"{SPOKEN}  1"), "NTRK1", WORDED, id="a name and two blanks"),
        pytest.param(
            concept(text="neurotrophic  tyrosine receptor kinase 1"),
            "NTRK1",
            WORDED,
            id="two blanks in a name",
        ),
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


@pytest.mark.parametrize("named", [concept(NCBI, "7170"), concept(HGNC, "HGNC:12012")])
def test_the_number_of_a_partner_is_not_its_symbol(ask: Desk, named: Resource) -> None:
    (read,) = ask.record(result(part("48018-6", named), gene("NTRK1"), FUSION, SOMATIC)).fusions
    assert (read.gene.symbol, read.shape, read.partner) == ("NTRK1", "shape-2", "")


def test_two_genes_of_interest_in_words_are_two_genes(ask: Desk) -> None:
    named = [part("48018-6", {"text": symbol}) for symbol in ("NTRK1", "NTRK3")]
    why = f"{WORDED} two-genes-without-term"
    assert found(ask, *named) == [f"NTRK1 unconfirmed shape-3 NTRK3 {why}"]


@pytest.mark.parametrize(
    ("said", "unread"),
    [
        ("NTRK1 noted", [UnreadWhy.STATUS]),
        ("Neurotrophic receptor tyrosine kinase 1 noted", [UnreadWhy.STATUS]),
        ("Tyrosine kinase noted", []),
        ("ALK noted", []),
        ("NM_002529.3 noted", []),
    ],
)
def test_a_note_that_names_the_gene_makes_a_result_of_no_status_matter(
    ask: Desk, said: str, unread: list[UnreadWhy]
) -> None:
    noted = result(value=None, code={"text": "Panel"}, status="unknown", note=[{"text": said}])
    assert [item.why for item in ask.record(noted).unread] == unread


# --- value sets of a site ------------------------------------------------------------------------


def own(genes: ValueSet, *, family: bool = True, words: Sequence[str] = ()) -> Genes:
    """The genes of interest where a site left the family out, or gave NTRK1 more names."""
    entries = [e for e in genes.entries if family or e.listing != "family"]
    entries = [replace(e, words=(*e.words, *words)) if e.display == "NTRK1" else e for e in entries]
    return Genes([replace(genes, entries=tuple(entries))])


def test_genes_of_no_family_are_named_together(ask: Desk) -> None:
    genes = own(ask.knowledge.vocabulary.sets["ntrk-genes"], family=False)
    named = genes.of_concept(concept(text="NTRK3 and NTRK1"))
    assert named is not None
    assert named.gene == Gene("NTRK1/NTRK3", frozenset({"NTRK1", "NTRK3"}))


def test_the_longest_name_counts(ask: Desk) -> None:
    genes = own(ask.knowledge.vocabulary.sets["ntrk-genes"], words=["TRK A", "TRK A receptor"])
    assert [(m.genes[0].symbol, m.end) for m in genes.in_text("TRK  A receptor")] == [("NTRK1", 15)]
