"""Report sentences -> what they say of fusions of a gene, always marked as read from text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cds_service.domain import Assay, Gene, Presence, Vocabulary, Why
from cds_service.reading.answers import Answers
from cds_service.reading.genes import Genes, Mention
from cds_service.reading.heard import Heard, Whole
from cds_service.reading.lexicon import Scanner
from cds_service.reading.partners import Pair, pair_around, partner_in_words
from cds_service.reading.polarity import judge
from cds_service.reading.sentences import Clause, clauses
from cds_service.reading.shouting import unshouted

_DRUG = re.compile(r"[ -]{0,2}(?:tyrosine kinase )?(?:inhibit|TKI|kinase inhib|blockade)", re.I)
_NOT_DONE = re.compile(
    r"\b(?:IHC|FISH|DNA|RNA|immuno\w+)\s(?:\w+\s){0,2}?not\s(?:performed|done|tested|available)",
    re.I,
)
_MANY = 4  # genes named without a result are a list of what was tested
_ASKED = 5  # letters: '? an NTRK1 fusion'
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
        self._lines = Answers(self._cues, self._terms)
        self._assays = Scanner(_words(vocabulary, "assays"))

    def assays_in(self, value: str) -> frozenset[Assay]:
        """Assay classes named in a text; no word is no class."""
        names = self._assays.names(_NOT_DONE.sub("", value))
        found = {_ASSAYS[name] for name in names if name in _ASSAYS}
        if "ngs" in names and Assay.RNA not in found:
            found.add(Assay.DNA)  # 'NGS' alone is read as DNA, beside 'RNA' it says nothing more
        return frozenset(found)

    def says_fusion(self, value: str) -> bool:
        """True when a text holds a word for fusion or rearrangement."""
        return bool(self._terms.names(value) & {"fusion", "rearrangement"})

    def answers(self, gene: Gene, value: str) -> Presence | None:
        """What the words of a value say of a fusion of the gene that a result is about.

        None where they are not understood, where they say two things, or where they speak of
        another change ('No resistance mutation detected').
        """
        if "other-variant" in self._terms.names(value) and not self.says_fusion(value):
            return None
        asked = value if self._mentions(value) else f"{gene.symbol} fusion: {value}"
        about = [s for s in self.read(asked) if s.gene.members & gene.members]
        plain = {s.presence for s in about if s.presence and Why.UNCLEAR not in s.why}
        return next(iter(plain)) if len(plain) == 1 else None

    def read(self, value: str) -> list[Statement]:
        """Every statement about a gene of interest in a text."""
        cut = clauses(unshouted(value))
        together = self._lines.joined(cut, lambda said: bool(self._mentions(said)))
        return [found for clause in together for found in self._clause(clause)]

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
        terms, assays = self._terms.names(text), self.assays_in(text)
        whole = Whole.of(text, cues, terms, assays, len(mentions))
        spans = [(mention.start, mention.end) for mention in mentions]
        for mention, polarity in zip(mentions, judge(text, cues, spans), strict=True):
            yield from self._statements(Heard(text, mention, polarity, whole))

    def _statements(self, heard: Heard) -> Iterator[Statement]:
        pair = pair_around(heard.text, heard.mention, self._genes)
        presence, why = self._presence(heard, pair)
        base = Statement(
            gene=heard.mention.genes[0],
            presence=presence,
            why=why,
            sentence=heard.text,
            assays=heard.whole.assays,
            germline=heard.whole.germline,
            denied=not heard.asserted(),
            frame="in frame" if heard.says("in_frame") else "",
        )
        if presence in (Presence.DETECTED, Presence.INDETERMINATE):
            gene = self._genes.family_of(heard.mention.genes)
            yield _with_partner(replace(base, gene=gene), heard, pair)
        else:
            yield from (replace(base, gene=gene) for gene in heard.mention.genes)

    def _presence(self, heard: Heard, pair: Pair | None) -> tuple[Presence | None, tuple[Why, ...]]:
        terms, polarity = heard.whole.terms, heard.polarity
        if heard.says("other_person") or heard.supposed() or heard.is_excepted():
            return None, ()
        if heard.denies_a_test() or heard.is_of_others() or heard.is_question():
            return None, ()
        fusion = bool(pair and pair.strong) or bool(terms & {"fusion", "rearrangement"})
        if not fusion or (pair is None and heard.names_a_change()):
            return self._without_fusion_word(heard)
        if heard.says("not_excluded"):
            return Presence.INDETERMINATE, (Why.TEXT, Why.HEDGED)
        if polarity.denied:
            named = pair is not None and bool(pair.partner)
            set_apart = named and not polarity.from_left and heard.other_test_denies()
            doubtful = polarity.doubtful and (named or polarity.beyond)
            if heard.says("exception") or doubtful or set_apart:
                return Presence.INDETERMINATE, (Why.TEXT, Why.UNCLEAR)
            return Presence.NOT_DETECTED, (Why.TEXT,)
        if polarity.not_assessed:
            return Presence.NOT_ASSESSED, (Why.TEXT,)
        if not polarity.found and (heard.only_talk() or _is_list(heard, pair)):
            return None, ()
        if heard.says("context") and heard.whole.kind_of_tumour:
            return None, ()
        return Presence.DETECTED, self._caveats(heard, pair)

    def _without_fusion_word(self, heard: Heard) -> tuple[Presence | None, tuple[Why, ...]]:
        """A gene with a result but no word for a fusion: staining, or not understood."""
        if Assay.IHC in heard.whole.assays:
            return _staining(heard)
        if "other-variant" in heard.whole.terms or not heard.is_plain():
            return None, ()
        if heard.polarity.denied:
            return Presence.NOT_DETECTED, (Why.TEXT,)
        if heard.polarity.not_assessed:
            return Presence.NOT_ASSESSED, (Why.TEXT,)
        if heard.polarity.found and not heard.says("context", "conditional"):
            return Presence.DETECTED, (Why.TEXT, Why.UNCLEAR)
        return None, ()

    def _caveats(self, heard: Heard, pair: Pair | None) -> tuple[Why, ...]:
        terms, assays = heard.whole.terms, heard.whole.assays
        family = self._genes.family_of(heard.mention.genes)
        rules = (
            (heard.whole.question >= max(0, heard.mention.start - _ASKED), Why.HEDGED),
            (not heard.polarity.found and pair is None, Why.UNCLEAR),
            ("rearrangement" in terms and "fusion" not in terms, Why.REARRANGEMENT),
            (assays == {Assay.IHC}, Why.SCREENING),
            (Assay.FISH in assays, Why.BREAK_APART),
            (pair is not None and pair.self_fusion, Why.SELF_FUSION),
            (family.is_family, Why.NOT_NUMBERED),
        )
        said = [why for name, why in _CAVEATS.items() if heard.says(name)]
        found = [why for holds, why in rules if holds]
        return tuple(dict.fromkeys((Why.TEXT, *said, *found)))


def _is_list(heard: Heard, pair: Pair | None) -> bool:
    """Many genes and no result: what was tested."""
    return pair is None and max(heard.whole.mentions, heard.whole.capitals - 1) >= _MANY


def _staining(heard: Heard) -> tuple[Presence | None, tuple[Why, ...]]:
    if heard.polarity.denied:
        return Presence.NOT_DETECTED, (Why.TEXT,)
    if heard.polarity.not_assessed:
        return Presence.NOT_ASSESSED, (Why.TEXT,)
    if heard.says("not_excluded"):
        return Presence.INDETERMINATE, (Why.TEXT, Why.SCREENING, Why.HEDGED)
    found = heard.polarity.found or heard.says("staining_positive")
    if not found or (heard.says("context") and not heard.polarity.found):
        return None, ()
    return Presence.DETECTED, (Why.TEXT, Why.SCREENING)


def _with_partner(statement: Statement, heard: Heard, pair: Pair | None) -> Statement:
    if pair is None:
        return replace(statement, partner=partner_in_words(heard.text, heard.mention))
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
