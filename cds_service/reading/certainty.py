"""Evidence and circumstances of one result -> facts, each with the certainty it deserves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cds_service.domain import (
    NO_TIE,
    Assay,
    AssayedFusion,
    Certainty,
    Gene,
    Origin,
    OtherVariant,
    Presence,
    Source,
    Tie,
    Why,
)
from cds_service.reading.changes import protein_changes
from cds_service.reading.evidence import Evidence
from cds_service.reading.fusion_text import FusionText, Statement
from cds_service.reading.genes import Genes
from cds_service.reading.plain_answers import only_answers
from cds_service.reading.structure import FOUND, Candidate, Structure, against, gene_of


@dataclass(frozen=True)
class Circumstances:
    """What surrounds a result: where it comes from and how it was made."""

    source: Source
    tied_to_tumour: bool
    assays: frozenset[Assay] = frozenset()
    specimen: str = ""
    outcomes: frozenset[str] = frozenset()  # behaviours of NHS outcome codes on it or its report
    written: str = "shape-13"  # which shape its sentences come in
    tie: Tie = NO_TIE  # which tumour it is from, as far as stated


@dataclass
class Findings:
    """Facts of one result."""

    fusions: list[AssayedFusion] = field(default_factory=list)
    variants: list[OtherVariant] = field(default_factory=list)

    def add(self, more: Findings) -> None:
        """Facts of another part of the same result."""
        self.fusions += more.fusions
        self.variants += more.variants


class Weigher:
    """Turns evidence into facts; built once from the recognisers."""

    def __init__(self, genes: Genes, reader: FusionText) -> None:
        self._text = reader
        self._structure = Structure(genes, reader)

    def weigh(self, evidence: Evidence, around: Circumstances) -> Findings:
        """All facts of one Observation."""
        findings = Findings()
        if "another-person" in evidence.outcomes | around.outcomes:
            return findings
        statements = [s for said in evidence.texts for s in self._text.read(said)]
        statements += [_coded(s) for said in evidence.labelled for s in self._text.read(said)]
        candidates = self._structure.states(evidence)
        for candidate in candidates:
            findings.fusions += self._structured(candidate, evidence, around, statements)
            findings.variants += _beside(candidate.gene, evidence, around)
        if not candidates:
            self._no_fusion(evidence, around, findings)
            named = [s for name in evidence.names for s in self._text.read(name)]
            statements += [s for s in named if s.presence is Presence.NOT_DETECTED]
        spoken = {g for fusion in findings.fusions for g in fusion.gene.members}
        rest = [s for s in statements if not s.gene.members <= spoken]
        told = self.from_text(rest, around, _origin(evidence))
        findings.add(told)
        return findings

    def from_text(
        self, statements: Sequence[Statement], around: Circumstances, origin: Origin
    ) -> Findings:
        """Facts of sentences: never confirmed."""
        findings = Findings()
        # Once per sentence: a long one may name its genes thousands of times.
        sentences = {said.sentence for said in statements if said.presence is None}
        changes = {sentence: protein_changes(sentence) for sentence in sentences}
        for said in dict.fromkeys(statements):
            if said.presence is None:
                findings.variants += _resistance_words(said, changes[said.sentence], around)
                continue
            findings.fusions.append(_told(said, around, origin))
        return findings

    # --- what the value says of it ---

    def _structured(
        self,
        candidate: Candidate,
        evidence: Evidence,
        around: Circumstances,
        statements: Sequence[Statement],
    ) -> list[AssayedFusion]:
        presence, why = self._weigh_words(candidate.gene, evidence)
        base = AssayedFusion(
            gene=candidate.gene,
            presence=presence,
            source=around.source,
            partner=candidate.partner,
            five_prime=candidate.five_prime,
            three_prime=candidate.three_prime,
            origin=_origin(evidence),
            assays=around.assays,
            specimen=around.specimen,
            tie=around.tie,
            shape=candidate.shape,
            frame="out of frame" if Why.OUT_OF_FRAME in candidate.why else evidence.frame,
            outcome_alternative="alternative" in evidence.outcomes | around.outcomes,
        )
        if presence not in FOUND:
            genes = [n.gene for n in evidence.genes if n.gene] or [candidate.gene]
            return [replace(base, gene=gene, partner="") for gene in dict.fromkeys(genes)]
        why = (*candidate.why, *why, *_surroundings(base, around, evidence))
        why = (*why, *_second_thoughts(candidate.gene, statements))
        return [_graded(base, why)]

    def _weigh_words(self, gene: Gene, evidence: Evidence) -> tuple[Presence, tuple[Why, ...]]:
        """The value; where it is words of its own, as a sentence about this gene."""
        presence, why = _weigh_value(evidence)
        said = self._text.answers(gene, evidence.value_words) if evidence.value_words else None
        if said is None or said is presence:
            return presence, why
        if said not in FOUND and not only_answers(evidence.value_words):
            return presence, why  # 'Negative for ALK' denies nothing here
        if evidence.presence is not None:  # by its interpretation, and the words say otherwise
            return Presence.INDETERMINATE, (*why, Why.INTERPRETATION)
        doubts = tuple(reason for reason in why if reason is not Why.UNCLEAR)
        return said, (*doubts, Why.INDETERMINATE) if said is Presence.INDETERMINATE else doubts

    def _no_fusion(self, evidence: Evidence, around: Circumstances, findings: Findings) -> None:
        """Genes of interest without a fusion: a negative result, or another kind of change."""
        genes = dict.fromkeys(gene_of(named) for named in evidence.genes)
        changes = [c for said in evidence.changes for c in protein_changes(said)]
        for gene in genes:
            presence, _ = self._weigh_words(gene, evidence)
            # 'G595R: Absent' denies that change, and says nothing of a fusion.
            if presence in (Presence.NOT_DETECTED, Presence.NOT_ASSESSED) and not changes:
                findings.fusions.append(
                    AssayedFusion(
                        gene=gene,
                        presence=presence,
                        source=around.source,
                        origin=_origin(evidence),
                        assays=around.assays,
                        specimen=around.specimen,
                        shape="gene without a change",
                    )
                )
                continue
            for change in changes or [""]:
                findings.variants.append(
                    OtherVariant(
                        gene, change, "other variant", presence, around.source, _origin(evidence)
                    )
                )


def _beside(gene: Gene, evidence: Evidence, around: Circumstances) -> list[OtherVariant]:
    """Protein changes that the same result names beside the fusion: 'LMNA-NTRK1 G595R'."""
    presence, _ = _weigh_value(evidence)
    changes = [c for said in evidence.changes for c in protein_changes(said)]
    return [
        OtherVariant(gene, change, "other variant", presence, around.source, _origin(evidence))
        for change in dict.fromkeys(changes)
    ]


def _weigh_value(evidence: Evidence) -> tuple[Presence, tuple[Why, ...]]:
    """Value before genes: what the Observation's value says, and what makes it doubtful."""
    presence, why = evidence.presence, ()
    if evidence.value_missing and presence is not Presence.NOT_DETECTED:
        return Presence.DETECTED, (Why.VALUE_MISSING,)
    doubts: tuple[Why, ...] = (Why.INTERPRETATION,) if evidence.against_interpretation else why
    doubts += (Why.CODE_DISPLAY,) if evidence.contradiction else ()
    if presence is None:
        return Presence.DETECTED, (*doubts, Why.UNCLEAR)  # it says neither yes nor no
    if presence is Presence.NOT_DETECTED and doubts:
        return Presence.INDETERMINATE, doubts
    return presence, (
        (*doubts, Why.INDETERMINATE) if presence is Presence.INDETERMINATE else doubts
    )


def _surroundings(
    fusion: AssayedFusion, around: Circumstances, evidence: Evidence
) -> tuple[Why, ...]:
    outcomes = evidence.outcomes | around.outcomes
    rules = (
        (fusion.origin is Origin.UNCERTAIN, Why.ORIGIN_UNCERTAIN),
        (fusion.origin is Origin.NOT_STATED and not around.tied_to_tumour, Why.NOT_TIED),
        (around.assays == {Assay.IHC}, Why.SCREENING),
        (Assay.FISH in around.assays and not fusion.partner, Why.BREAK_APART),
        ("suppress" in outcomes, Why.OUTCOME_SUPPRESS),
        ("review" in outcomes, Why.OUTCOME_REVIEW),
    )
    return tuple(why for holds, why in rules if holds)


def _second_thoughts(gene: Gene, statements: Sequence[Statement]) -> tuple[Why, ...]:
    """What the same result's own sentences say against its structured finding."""
    about = [s for s in statements if s.gene.members & gene.members and s.presence is not None]
    denied = any(s.presence is Presence.NOT_DETECTED for s in about)
    return (*against(gene, statements), *((Why.DISAGREE,) if denied else ()))


def _graded(fusion: AssayedFusion, why: Sequence[Why]) -> AssayedFusion:
    """The certainty that the reasons leave."""
    reasons = tuple(dict.fromkeys(why))
    certainty = Certainty.UNCONFIRMED if reasons else Certainty.CONFIRMED
    certainty = Certainty.SCREENING if Why.SCREENING in reasons else certainty
    return replace(fusion, why=reasons, certainty=certainty)


def _told(said: Statement, around: Circumstances, origin: Origin) -> AssayedFusion:
    assert said.presence is not None
    assays = said.assays or around.assays
    fusion = AssayedFusion(
        gene=said.gene,
        presence=said.presence,
        source=around.source,
        partner=said.partner,
        five_prime=said.five_prime,
        three_prime=said.three_prime,
        origin=Origin.GERMLINE if said.germline else origin,
        assays=assays,
        specimen=around.specimen,
        tie=around.tie,
        shape=around.written if said.sentence else "shape-5",
        frame="out of frame" if Why.OUT_OF_FRAME in said.why else said.frame,
        outcome_alternative="alternative" in around.outcomes,
        sentence=said.sentence,
    )
    if said.presence not in FOUND:
        return fusion
    why = list(said.why)
    why += [Why.SCREENING] if assays == {Assay.IHC} else []
    why += [Why.BREAK_APART] if Assay.FISH in assays and not said.partner else []
    why += [Why.OUTCOME_SUPPRESS] if "suppress" in around.outcomes else []
    why += [Why.OUTCOME_REVIEW] if "review" in around.outcomes else []
    return _graded(fusion, why)


def _coded(said: Statement) -> Statement:
    """The result is a code; only what was asked is in words."""
    why = [Why.WORDS_ONLY if reason is Why.TEXT else reason for reason in said.why]
    if Why.SCREENING in why:
        why.remove(Why.WORDS_ONLY)  # a stain is a stain, in whatever words it was ordered
    return replace(said, why=tuple(why), sentence="")


def _resistance_words(
    said: Statement, changes: Sequence[str], around: Circumstances
) -> list[OtherVariant]:
    """Protein changes of a gene of interest that a sentence names."""
    if said.germline or said.denied:
        return []
    return [
        OtherVariant(said.gene, change, "other variant", Presence.DETECTED, around.source)
        for change in changes
    ]


def _origin(evidence: Evidence) -> Origin:
    """One source class; several that disagree are uncertain."""
    if len(evidence.origins) > 1:
        return Origin.UNCERTAIN
    return next(iter(evidence.origins), Origin.NOT_STATED)
