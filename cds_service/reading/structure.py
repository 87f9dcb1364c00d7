"""Evidence of one Observation -> the fusions that its structure states, its value aside.

The shapes are numbered as in docs/reading.md: 1 both genes in one fusion code, 2 two genes and a
term, 3 two genes alone, 4 one gene and a term, 5 the word fusion only, 8 an HGVS or VICC name,
9 extensions, 10 a gene in the wrong component.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cds_service.domain import Gene, Presence, Why
from cds_service.reading.evidence import CodedPair, Evidence
from cds_service.reading.fusion_text import FusionText, Statement
from cds_service.reading.genes import Genes, NamedGene
from cds_service.reading.shouting import unshouted

_FRAME = (Why.OUT_OF_FRAME, Why.ANTISENSE, Why.NOT_FUNCTIONAL)
_DELTA = re.compile(r"\bdelta\b", re.IGNORECASE)  # 'NTRK1 delta': a deletion within the gene
FOUND = frozenset({Presence.DETECTED, Presence.INDETERMINATE})


@dataclass(frozen=True)
class Candidate:
    """A fusion that the structured parts state, before its value is weighed."""

    gene: Gene
    shape: str
    why: tuple[Why, ...] = ()
    partner: str = ""
    five_prime: str = ""
    three_prime: str = ""


class Structure:
    """Reads candidates off the evidence; built once from the recognisers."""

    def __init__(self, genes: Genes, reader: FusionText) -> None:
        self._genes = genes
        self._text = reader

    def states(self, evidence: Evidence) -> list[Candidate]:
        """The fusions that the structure states, with what its own names say against them."""
        return [self._as_named(candidate, evidence) for candidate in self._stated(evidence)]

    def _as_named(self, candidate: Candidate, evidence: Evidence) -> Candidate:
        said = [s for name in evidence.names for s in self._text.read(name)]
        caveats = [*against(candidate.gene, said)]
        for words in (*evidence.names, *evidence.texts):  # 'Antisense fusion.' names no gene
            about = self._text.read(f"{candidate.gene.symbol} fusion: {unshouted(words)}")
            caveats += [why for said_of in about for why in said_of.why if why in _FRAME]
        return replace(candidate, why=tuple(dict.fromkeys((*candidate.why, *caveats))))

    def _stated(self, evidence: Evidence) -> list[Candidate]:
        if evidence.pairs:
            shifted = "out-of-frame" in evidence.terms | evidence.stray_terms
            why = (Why.OUT_OF_FRAME,) if shifted else ()
            return list(dict.fromkeys(_of_pair(pair, why) for pair in evidence.pairs))
        if any(named.gene for named in evidence.studied):
            return list(self._studied(evidence))
        if evidence.misplaced and self._speaks_of_fusion(evidence):
            named = evidence.misplaced[0]
            return [
                Candidate(gene_of(named), "shape-10", (Why.WRONG_PLACE, *_short_of_it(evidence)))
            ]
        if any(n.gene for n in evidence.extended) and self._speaks_of_fusion(evidence):
            named = next(n for n in evidence.extended if n.gene)
            return [self._worded(gene_of(named), "shape-9", evidence)]
        return self._sequenced(evidence) or self._named_in_words(evidence)

    def _sequenced(self, evidence: Evidence) -> list[Candidate]:
        """The genes stand only in a sequence: a word or code for fusion, or two joined parts."""
        named = next((n for n in evidence.sequenced if n.gene is not None), None)
        if named is None:
            return []
        if self._speaks_of_fusion(evidence):
            why = (Why.WRONG_PLACE, *_short_of_it(evidence))
            return [Candidate(gene_of(named), "shape-16", why)]
        joined = len({n.symbol for n in evidence.sequenced}) == 2
        if joined and evidence.presence is not Presence.NOT_DETECTED:
            return [Candidate(gene_of(named), "shape-16", (Why.WRONG_PLACE, Why.TWO_GENES))]
        return []

    def _studied(self, evidence: Evidence) -> Iterator[Candidate]:
        interest = [named for named in evidence.studied if named.gene is not None]
        gene = self._genes.family_of(list(dict.fromkeys(gene_of(named) for named in interest)))
        count, term = len(evidence.studied), evidence.term
        why: tuple[Why, ...] = () if all(named.coded for named in interest) else (Why.WORDS_ONLY,)
        why += (Why.NOT_NUMBERED,) if gene_of(interest[0]).is_family else ()
        words = self._fusion_words(evidence)
        if term in ("fusion", "out-of-frame"):
            why += (Why.OUT_OF_FRAME,) if term == "out-of-frame" else ()
            yield from self._with_term(evidence, gene, why)
        elif term == "rearrangement" or (term == "weak-rearrangement" and (count == 2 or words)):
            yield self._two(evidence, (*why, Why.REARRANGEMENT))
        elif evidence.stray_terms & {"fusion", "out-of-frame", "rearrangement"}:
            yield self._two(evidence, (*why, Why.WRONG_PLACE, *_short_of_it(evidence)))
        elif words:
            yield self._worded(gene, "shape-5", evidence)
        elif _two_alone(evidence):
            yield self._two(evidence, (*why, Why.TWO_GENES))

    def _with_term(
        self, evidence: Evidence, gene: Gene, why: tuple[Why, ...]
    ) -> Iterator[Candidate]:
        if len(evidence.studied) > 2:
            yield Candidate(gene, "shape-2", (*why, Why.UNCLEAR))
        else:
            yield self._two(evidence, why)

    def _two(self, evidence: Evidence, why: tuple[Why, ...]) -> Candidate:
        """One gene of interest and, if there is one, its partner."""
        interest = next(named for named in evidence.studied if named.gene is not None)
        others = [named for named in evidence.studied if named is not interest]
        itself = bool(others) and others[0].gene == interest.gene
        alone = "shape-6" if evidence.derived else "shape-4"
        shape = alone if not others else "shape-3" if Why.TWO_GENES in why else "shape-2"
        partner = others[0].symbol if others and not itself else ""
        why = (*why, Why.SELF_FUSION) if itself else why
        return Candidate(gene_of(interest), shape, why, partner)

    def _worded(self, gene: Gene, shape: str, evidence: Evidence) -> Candidate:
        """The gene is structured, the fusion only a word; its caveats are kept."""
        said = [s for name in evidence.names for s in self._text.read(name)]
        about = [s for s in said if s.gene.members & gene.members]
        caveats = tuple(why for s in about for why in s.why if why not in (Why.TEXT, Why.UNCLEAR))
        partner = next((s.partner for s in about if s.partner), "")
        order = next(((s.five_prime, s.three_prime) for s in about if s.five_prime), ("", ""))
        why = tuple(dict.fromkeys((Why.WORDS_ONLY, *caveats)))
        return Candidate(gene, shape, why, partner, *order)

    def _named_in_words(self, evidence: Evidence) -> list[Candidate]:
        said = [s for name in evidence.names for s in self._text.read(name)]
        stated = [s for s in said if s.presence is not None][:1]  # a gene alone states nothing
        return [self._worded(s.gene, "shape-5", evidence) for s in stated if s.presence in FOUND]

    def _fusion_words(self, evidence: Evidence) -> bool:
        return any(
            self._text.says_fusion(name)
            or any(s.partner for s in self._text.read(name))
            or (_DELTA.search(name) and self._genes.in_text(name))
            for name in evidence.names
        )

    def _speaks_of_fusion(self, evidence: Evidence) -> bool:
        terms = (evidence.terms | evidence.stray_terms) - {"other-variant", "weak-rearrangement"}
        return bool(terms) or self._fusion_words(evidence)


_AGAINST = (
    Why.HEDGED,
    Why.OUT_OF_FRAME,
    Why.ANTISENSE,
    Why.NOT_FUNCTIONAL,
    Why.BREAK_APART,
    Why.SELF_FUSION,
)


def against(gene: Gene, statements: Sequence[Statement]) -> tuple[Why, ...]:
    """What a result's own words say against the fusion that its structure states."""
    about = [s for s in statements if s.gene.members & gene.members and s.presence is not None]
    carried = [why for s in about for why in s.why if why in _AGAINST]
    forward = any(s.three_prime == s.gene.symbol for s in about)
    reverse = any(Why.FIVE_PRIME in s.why for s in about)
    return (*carried, *((Why.FIVE_PRIME,) if reverse and not forward else ()))


def _two_alone(evidence: Evidence) -> bool:
    """Two different genes, no kind of change, and no value that denies it."""
    studied = evidence.studied
    distinct = len(studied) == 2 and studied[0].symbol != studied[1].symbol
    free = not evidence.terms and not evidence.stray_terms
    return distinct and free and evidence.presence is not Presence.NOT_DETECTED


def _short_of_it(evidence: Evidence) -> tuple[Why, ...]:
    """What the terms leave short of a fusion that makes a kinase."""
    terms = evidence.terms | evidence.stray_terms
    if "out-of-frame" in terms:
        return (Why.OUT_OF_FRAME,)
    return () if "fusion" in terms else (Why.REARRANGEMENT,)


def _of_pair(pair: CodedPair, why: tuple[Why, ...]) -> Candidate:
    why += (Why.CODE_DISPLAY,) if pair.contradiction else ()
    if pair.partner == pair.gene.symbol:
        why += (Why.SELF_FUSION,)
    elif pair.five_prime == pair.gene.symbol:
        why += (Why.FIVE_PRIME,)
    why += (Why.NOT_NUMBERED,) if pair.gene.is_family else ()
    return Candidate(pair.gene, pair.shape, why, pair.partner, pair.five_prime, pair.three_prime)


def gene_of(named: NamedGene) -> Gene:
    """The gene of interest of a concept that names one."""
    assert named.gene is not None
    return named.gene
