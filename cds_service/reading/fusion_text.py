"""Report sentences -> what they say of fusions of a gene, always marked as read from text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cds_service.domain import Assay, Gene, Presence, Vocabulary, Why
from cds_service.reading.changes import protein_changes
from cds_service.reading.genes import Genes, Mention
from cds_service.reading.lexicon import Scanner
from cds_service.reading.partners import Pair, pair_around, partner_in_words
from cds_service.reading.polarity import Polarity, judge
from cds_service.reading.sentences import Clause, clauses

# 'NTRK fusion-positive tumours' are a kind of tumour, not a finding in this patient
_KINDS_OF_TUMOUR = re.compile(
    r"(?:fusion|rearrangement)s?[ -]positive\s(?:\w+\s){0,3}?"
    r"(?:tumou?rs|cancers|disease|patients|malignanc)",
    re.IGNORECASE,
)
_DRUG = re.compile(r"[ -]{0,2}(?:tyrosine kinase )?(?:inhibit|TKI|kinase inhib|blockade)", re.I)
_SUPPOSING = re.compile("if |whether |in case|unless |should a|a negative|a positive", re.I)
_MANY = 4  # genes named without a result are a list of what was tested
_CAVEATS = {
    "out_of_frame": Why.OUT_OF_FRAME,
    "antisense": Why.ANTISENSE,
    "not_functional": Why.NOT_FUNCTIONAL,
    "history": Why.HISTORICAL,
    "hedge": Why.HEDGED,
    "not_excluded": Why.HEDGED,
}
_ASSAYS = {
    "rna": Assay.RNA,
    "dna": Assay.DNA,
    "fish": Assay.FISH,
    "ihc": Assay.IHC,
    "pan-trk": Assay.IHC,
    "break-apart": Assay.FISH,
}


@dataclass(frozen=True)
class Statement:
    """What one sentence says of one gene."""

    gene: Gene
    presence: Presence | None  # None: a mention of another alteration, or of no result
    why: tuple[Why, ...]
    sentence: str
    partner: str = ""
    five_prime: str = ""
    three_prime: str = ""
    assays: frozenset[Assay] = frozenset()
    germline: bool = False
    denied: bool = False  # or only talked about: nothing of it was found
    frame: str = ""


class FusionText:
    """Reads sentences; built once from the vocabulary."""

    def __init__(self, vocabulary: Vocabulary, genes: Genes) -> None:
        self._genes = genes
        own = {n: p for n, p in vocabulary.lexicon.items() if not n.startswith("diagnosis_")}
        self._cues = Scanner(own)
        self._terms = Scanner(_words(vocabulary, "fusion-terms"))
        self._assays = Scanner(_words(vocabulary, "assays"))

    def assays_in(self, value: str) -> frozenset[Assay]:
        """Assay classes named in a text; no word is no class."""
        names = self._assays.names(value)
        found = {_ASSAYS[name] for name in names if name in _ASSAYS}
        if "ngs" in names and Assay.RNA not in found:
            found.add(Assay.DNA)  # 'NGS' alone is read as DNA, beside 'RNA' it says nothing more
        return frozenset(found)

    def says_fusion(self, value: str) -> bool:
        """True when a text holds a word for fusion or rearrangement."""
        return bool(self._terms.names(value) & {"fusion", "rearrangement"})

    def read(self, value: str) -> list[Statement]:
        """Every statement about a gene of interest in a text."""
        return [found for clause in clauses(value) for found in self._clause(clause)]

    def _clause(self, clause: Clause) -> Iterator[Statement]:
        own = self._mentions(clause.text)
        if own:
            joined = f"{clause.heading}: {clause.text}" if clause.heading else clause.text
            shift = len(joined) - len(clause.text)
            mentions = [replace(m, start=m.start + shift, end=m.end + shift) for m in own]
            yield from self._judged(joined, mentions)
        elif clause.heading and self._answers(clause.text):
            joined = f"{clause.heading}: {clause.text}"
            yield from self._judged(joined, self._mentions(joined))

    def _mentions(self, value: str) -> list[Mention]:
        """Genes named, but not those that only name a class of drugs ('TRK inhibitor')."""
        return [m for m in self._genes.in_text(value) if not _DRUG.match(value, m.end)]

    def _answers(self, value: str) -> bool:
        """A line that only answers its heading: 'Not detected' under 'NTRK1/2/3 fusions:'."""
        return len(value) < 60 and bool(
            self._cues.names(value) & {"positive", "negative_after", "negative_before"}
        )

    def _judged(self, text: str, mentions: Sequence[Mention]) -> Iterator[Statement]:
        if not mentions:
            return
        cues = self._cues.cues(text)
        names = frozenset(cue.name for cue in cues)
        terms = self._terms.names(text)
        assays = self.assays_in(text)
        spans = [(mention.start, mention.end) for mention in mentions]
        whole = _Whole.of(text)
        for mention, polarity in zip(mentions, judge(text, cues, spans), strict=True):
            facts = _Facts(text, mention, polarity, names, terms, assays, len(mentions), whole)
            yield from self._statements(facts)

    def _statements(self, facts: _Facts) -> Iterator[Statement]:
        pair = pair_around(facts.text, facts.mention, self._genes)
        presence, why = self._presence(facts, pair)
        base = Statement(
            gene=facts.mention.genes[0],
            presence=presence,
            why=why,
            sentence=facts.text,
            assays=facts.assays,
            germline="germline" in facts.names,
            denied=not facts.asserted(),
            frame="in frame" if "in_frame" in facts.names else "",
        )
        if presence in (Presence.DETECTED, Presence.INDETERMINATE):
            gene = self._genes.family_of(facts.mention.genes)
            yield _with_partner(replace(base, gene=gene), facts, pair)
        else:
            yield from (replace(base, gene=gene) for gene in facts.mention.genes)

    def _presence(
        self, facts: _Facts, pair: Pair | None
    ) -> tuple[Presence | None, tuple[Why, ...]]:
        fusion = bool(pair and pair.strong) or bool(facts.terms & {"fusion", "rearrangement"})
        if facts.names & {"other_person"} or ("conditional" in facts.names and facts.supposed()):
            return None, ()
        if not fusion or (pair is None and _names_a_change(facts)):
            return self._without_fusion_word(facts)
        if "not_excluded" in facts.names:
            return Presence.INDETERMINATE, (Why.TEXT, Why.HEDGED)
        if facts.polarity.denied:
            named = pair is not None and bool(pair.partner)
            doubtful = facts.polarity.doubtful and (named or facts.polarity.beyond)
            if doubtful or "exception" in facts.names:
                return Presence.INDETERMINATE, (Why.TEXT, Why.UNCLEAR)
            return Presence.NOT_DETECTED, (Why.TEXT,)
        if facts.polarity.not_assessed:
            return Presence.NOT_ASSESSED, (Why.TEXT,)
        if not facts.polarity.found and self._only_talk(facts, pair):
            return None, ()
        if "context" in facts.names and facts.whole.kind_of_tumour:
            return None, ()
        return Presence.DETECTED, self._caveats(facts, pair)

    def _without_fusion_word(self, facts: _Facts) -> tuple[Presence | None, tuple[Why, ...]]:
        """A gene with a result but no word for a fusion: staining, or not understood."""
        if Assay.IHC in facts.assays:
            return _staining(facts)
        if "other-variant" in facts.terms or not _is_plain(facts):
            return None, ()
        if facts.polarity.denied:
            return Presence.NOT_DETECTED, (Why.TEXT,)
        if facts.polarity.not_assessed:
            return Presence.NOT_ASSESSED, (Why.TEXT,)
        talk = facts.names & {"context", "conditional", "other_person"}
        if facts.polarity.found and not talk:
            return Presence.DETECTED, (Why.TEXT, Why.UNCLEAR)
        return None, ()

    def _only_talk(self, facts: _Facts, pair: Pair | None) -> bool:
        """No result word: a test, a drug, a list of genes, not a finding of this patient."""
        if "context" in facts.names:
            return True
        return pair is None and (facts.count >= _MANY or facts.whole.capitals > _MANY)

    def _caveats(self, facts: _Facts, pair: Pair | None) -> tuple[Why, ...]:
        why = [Why.TEXT]
        why += [reason for name, reason in _CAVEATS.items() if name in facts.names]
        if facts.whole.question >= max(0, facts.mention.start - 2):
            why.append(Why.HEDGED)
        if not facts.polarity.found and pair is None:
            why.append(Why.UNCLEAR)
        if "rearrangement" in facts.terms and "fusion" not in facts.terms:
            why.append(Why.REARRANGEMENT)
        if facts.assays == {Assay.IHC}:
            why.append(Why.SCREENING)
        if Assay.FISH in facts.assays:
            why.append(Why.BREAK_APART)
        if pair and pair.self_fusion:
            why.append(Why.SELF_FUSION)
        if len(self._genes.family_of(facts.mention.genes).members) > 1:
            why.append(Why.NOT_NUMBERED)
        return tuple(dict.fromkeys(why))


@dataclass(frozen=True)
class _Whole:
    """What a clause says as a whole, found once however many genes it names."""

    capitals: int  # words in capitals
    question: int  # place of the last question mark, -1 when none
    supposes: int  # where the first word of a condition ends
    kind_of_tumour: bool

    @classmethod
    def of(cls, text: str) -> _Whole:
        """Read a clause once."""
        supposing = _SUPPOSING.search(text)
        return cls(
            capitals=sum(token.isupper() and len(token) > 2 for token in text.split()),
            question=text.rfind("?"),
            supposes=supposing.end() if supposing else len(text) + 1,
            kind_of_tumour=_KINDS_OF_TUMOUR.search(text) is not None,
        )


@dataclass(frozen=True)
class _Facts:
    """One mention in one clause, with everything that the clause says."""

    text: str
    mention: Mention
    polarity: Polarity
    names: frozenset[str]
    terms: frozenset[str]
    assays: frozenset[Assay]
    count: int  # mentions in the clause
    whole: _Whole

    def asserted(self) -> bool:
        """Neither denied nor supposed nor another person's."""
        talk = self.names & {"conditional", "other_person", "context"} and not self.polarity.found
        return not (self.polarity.denied or self.polarity.not_assessed or talk)

    def supposed(self) -> bool:
        """A condition stands before the mention, or nothing says that it was found."""
        return self.whole.supposes <= self.mention.start or not self.polarity.found


def _is_plain(facts: _Facts) -> bool:
    """'NTRK3: detected' speaks of a finding; 'NTRK1 p.R342W detected' of a small variant."""
    rest = facts.text[facts.mention.end : facts.mention.end + 24]
    marks = ("p.", "c.", "g.", "exon", "variant")
    return not any(mark in rest for mark in marks) and not protein_changes(rest)


def _names_a_change(facts: _Facts) -> bool:
    """'NTRK3 p.Gly623Arg' beside a fusion in one sentence is the mutation, not the fusion."""
    rest = re.split("fusion|rearr", facts.text[facts.mention.end : facts.mention.end + 20])[0]
    return any(change[-1].isalpha() for change in protein_changes(rest))


def _staining(facts: _Facts) -> tuple[Presence | None, tuple[Why, ...]]:
    if facts.polarity.denied:
        return Presence.NOT_DETECTED, (Why.TEXT,)
    if facts.polarity.not_assessed:
        return Presence.NOT_ASSESSED, (Why.TEXT,)
    found = facts.polarity.found or "staining_positive" in facts.names
    if not found or (facts.names & {"context", "not_excluded"} and not facts.polarity.found):
        return None, ()
    return Presence.DETECTED, (Why.TEXT, Why.SCREENING)


def _with_partner(statement: Statement, facts: _Facts, pair: Pair | None) -> Statement:
    if pair is None:
        return replace(statement, partner=partner_in_words(facts.text, facts.mention))
    why = statement.why
    ordered_first = pair.five_prime and pair.five_prime == statement.gene.symbol
    if ordered_first and not pair.self_fusion:
        why = (*why, Why.FIVE_PRIME)
    return replace(
        statement,
        partner=pair.partner,
        five_prime=pair.five_prime,
        three_prime=pair.three_prime,
        why=why,
    )


def _words(vocabulary: Vocabulary, name: str) -> dict[str, list[str]]:
    """Words of a value set by list."""
    found: dict[str, list[str]] = {}
    for entry in vocabulary.sets[name].entries:
        found.setdefault(entry.listing, []).extend(w for w in (*entry.words,) if w)
    return found
