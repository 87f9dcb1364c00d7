"""One mention in one clause: what the clause says around it, and whether it is only talk.

Talk is a test, a drug, other people or the literature: 'NTRK fusion testing', 'the panel covers
NTRK1', 'tumours with NTRK fusions'. A finding with talk behind a comma or colon stays a finding.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from cds_service.domain import Assay
from cds_service.reading.changes import protein_changes
from cds_service.reading.genes import Mention
from cds_service.reading.lexicon import Cue
from cds_service.reading.polarity import Polarity

# 'NTRK fusion-positive tumours' are a kind of tumour, not a finding in this patient
_KINDS_OF_TUMOUR = re.compile(
    r"(?:fusion|rearrangement)s?[ -]positive\s(?:\w+\s){0,3}?"
    r"(?:tumou?rs|cancers|disease|patients|malignanc)",
    re.IGNORECASE,
)
_KIND_HERE = re.compile(
    r"\s?(?:gene\s)?(?:fusion|rearrangement)s?[ -]positive\s(?:\w+\s){0,3}?"
    r"(?:tumou?rs|cancers|neoplasms|malignancies|patients|sarcomas|carcinomas|adults|children)\b",
    re.IGNORECASE,
)
_CONTROL = re.compile(
    r"(?:(?:positive|negative|run|assay)\scontrols?\s?[(:]\s?\S{0,16}"
    r"|\bcontrol\s(?:sample|specimen|cell line|material)\b[\w\s:-]{0,24})$",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"(?:clinical\s(?:details|history|information|question|indication|summary|background)"
    r"|reason\sfor\s\w+|indication|tests?\srequested|referral)\s?:",
    re.I,
)
_ASKING = re.compile(
    r"\W{0,3}(?:does|do|is|are|has|have|could|can|would|will|was|were)\b[^?]*\?\s*$", re.I
)
# 'ETV6::NTRK3 fusion (FISH negative)': another test was negative, beside a fusion that is named
_OTHER_TEST = re.compile(
    r"[(;,]\s?(?:but\s)?(?:by\s)?(?:FISH|IHC|DNA|RNA|NGS|immunohistochemistry)\s"
    r"(?:(?:was|is)\s)?(?:negative|not detected)",
    re.IGNORECASE,
)
_SUPPOSING = re.compile(
    r"\b(?:if|whether|in case|unless|should an?|requires? an?|a negative|provided that|assuming"
    r"|had an)\b"
    r"|(?:^|[,;:]\s)were an?\b",
    re.I,
)
_TUMOUR = re.compile(r"\b(?:somatic|tumou?r)\b", re.I)
_RESULT = re.compile(r"\b(?:results?|findings?|outcome|conclusion)\b[^:]{0,40}:", re.I)
_BECAUSE = re.compile(r"\b(?:because of|due to|owing to|given|based on)\b", re.I)
_TESTING = re.compile(
    r"\s?(?:gene\s)?(?:fusions?|rearrangements?)?\s?(?:testing|screening|analysis)\b", re.I
)
_BREAK = re.compile(r"[,:(;]|\s-\s")
_WINDOW = 200  # no sentence reaches further; it keeps reading linear


@dataclass(frozen=True)
class Whole:
    """What a clause says as a whole, found once however many genes it names."""

    names: frozenset[str]  # classes of the lexicon
    terms: frozenset[str]  # kinds of change
    assays: frozenset[Assay]
    mentions: int
    capitals: int  # words in capitals
    question: int  # place of the last question mark, -1 when none
    asks: bool  # the clause is a question
    of_request: bool  # it stands among the clinical details
    supposes: int  # where the first word of a condition ends
    kind_of_tumour: bool
    germline: bool  # and nothing of a tumour beside it
    talk: tuple[Cue, ...]  # words of talk, in order
    results: tuple[tuple[int, int], ...]  # places of 'Result:' and the like
    hedges: tuple[int, ...]  # ends of reservations

    @classmethod
    def of(
        cls,
        text: str,
        cues: Sequence[Cue],
        terms: frozenset[str],
        assays: frozenset[Assay],
        mentions: int,
    ) -> Whole:
        """Read a clause once."""
        names = frozenset(cue.name for cue in cues)
        supposing = _SUPPOSING.search(text)
        return cls(
            names=names,
            terms=terms,
            assays=assays,
            mentions=mentions,
            capitals=sum(token.isupper() and len(token) > 2 for token in text.split()),
            question=text.rfind("?"),
            asks=_ASKING.match(text) is not None,
            of_request=_QUESTION.match(text) is not None,
            supposes=supposing.end() if supposing else len(text) + 1,
            kind_of_tumour=_KINDS_OF_TUMOUR.search(text) is not None,
            germline="germline" in names and _TUMOUR.search(text) is None,
            talk=tuple(cue for cue in cues if cue.name in ("context", "method")),
            results=tuple(found.span() for found in _RESULT.finditer(text)),
            hedges=tuple(cue.end for cue in cues if cue.name == "hedge"),
        )


@dataclass(frozen=True)
class Heard:
    """One mention with everything that its clause says."""

    text: str
    mention: Mention
    polarity: Polarity
    whole: Whole

    def says(self, *names: str) -> bool:
        """True when the clause holds a phrase of one of the classes."""
        return not self.whole.names.isdisjoint(names)

    def asserted(self) -> bool:
        """Neither denied nor supposed nor another person's."""
        talk = self.says("conditional", "other_person", "context") and not self.polarity.found
        return not (self.polarity.denied or self.polarity.not_assessed or talk)

    def supposed(self) -> bool:
        """A condition stands before the mention, or nothing says that it was found."""
        before = self.whole.supposes <= self.mention.start
        return self.says("conditional") and (before or not self.polarity.found)

    def only_talk(self) -> bool:
        """The mention belongs to a test, a drug or a list, not to a finding."""
        talk, by_start = self.whole.talk, attrgetter("start")
        place = bisect_left(talk, self.mention.start, key=by_start)
        if place > 0 and self._led_by(talk[place - 1]):
            return True
        place = bisect_right(talk, self.mention.end - 1, key=by_start)
        followed = place < len(talk) and self._leads_to(talk[place].start)
        return followed and not self._hedged_before()

    def _led_by(self, cue: Cue) -> bool:
        """'The panel covers NTRK1' is talk; 'Panel result: NTRK1 fusion' is not."""
        between = self.text[cue.end : min(self.mention.start, cue.end + _WINDOW)]
        if cue.name == "method":
            return _BREAK.search(between) is None and "result" not in between
        if _BECAUSE.search(between):
            return False  # 'eligible for larotrectinib because of an NTRK1 fusion'
        results = self.whole.results
        place = bisect_left(results, (max(0, cue.start - _WINDOW), 0))
        return not (place < len(results) and results[place][1] <= self.mention.start)

    def _leads_to(self, start: int) -> bool:
        """'NTRK fusion testing' is talk; 'NTRK1 fusion, eligible for ...' is not."""
        near = start - self.mention.end < _WINDOW
        return near and _BREAK.search(self.text[self.mention.end : start]) is None

    def _hedged_before(self) -> bool:
        """'Possible NTRK1 fusion' is a finding with a reservation, whatever follows it."""
        place = bisect_right(self.whole.hedges, self.mention.start)
        return place > 0 and self.mention.start - self.whole.hedges[place - 1] <= 4

    def is_kind_of_tumour(self) -> bool:
        """'TRK fusion-positive cancers' are other people's."""
        return _KIND_HERE.match(self.text, self.mention.end) is not None

    def is_of_others(self) -> bool:
        """A kind of tumour, or a control of the laboratory."""
        return self.is_kind_of_tumour() or self.is_control()

    def is_control(self) -> bool:
        """'Positive control (TPM3::NTRK1)' is no patient."""
        before = self.text[max(0, self.mention.start - 60) : self.mention.start]
        return "control" in before.casefold() and _CONTROL.search(before) is not None

    def is_question(self) -> bool:
        """'Clinical details: ?NTRK fusion' is what was asked, not what was found."""
        if self.whole.asks:
            return True  # 'Does this tumour carry an NTRK fusion?'
        asked = self.whole.of_request and not self.polarity.found
        return asked and (self.whole.question >= 0 or self.says("hedge"))

    def denies_a_test(self) -> bool:
        """'No NTRK fusion testing was done' says nothing of a result."""
        tested = _TESTING.match(self.text, self.mention.end) is not None
        return tested and self.polarity.from_left

    def other_test_denies(self) -> bool:
        """The denial behind the mention is that of one test, set apart from what is named."""
        behind = self.text[self.mention.end : self.mention.end + _WINDOW]
        return _OTHER_TEST.search(behind) is not None

    def is_plain(self) -> bool:
        """'NTRK3: detected' speaks of a finding; 'NTRK1 p.R342W detected' of a small variant."""
        rest = self.text[self.mention.end : self.mention.end + 24]
        marks = ("p.", "c.", "g.", "exon", "variant")
        return not any(mark in rest for mark in marks) and not protein_changes(rest)

    def names_a_change(self) -> bool:
        """'NTRK3 p.Gly623Arg' beside a fusion in one sentence is the mutation, not the fusion."""
        rest = self.text[self.mention.end : self.mention.end + 20]
        own = re.split("fusion|rearr", rest)[0]
        return any(change[-1].isalpha() for change in protein_changes(own))

    def is_excepted(self) -> bool:
        """'Non-NTRK-rearranged' denies in one word."""
        return self.text[max(0, self.mention.start - 4) : self.mention.start].casefold() == "non-"
