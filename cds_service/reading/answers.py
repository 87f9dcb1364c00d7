"""Clauses of a report -> clauses in which a gene and its result stand together.

Laboratories put the question on one line and the answer on the next: 'NTRK1/2/3 fusions', then
'Not detected'. An answer is joined to what it answers; a line of another gene ends that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from cds_service.reading.lexicon import Scanner
from cds_service.reading.sentences import Clause

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_TESTED = re.compile(
    r"\b(?:tested|panel|covered|genes|targets?|analy[sz]ed|assessed|screened|included)\b", re.I
)
_OTHER_TEST = re.compile(r"(?:by\s)?(?:FISH|IHC|DNA|RNA|NGS|immunohistochemistry)\b", re.IGNORECASE)
# What stands beside a bare answer: 'Result: no fusions were detected in this sample'
_FILLING = re.compile(
    r"(?:an?|all|and|any|are|been|by|call|case|comment|conclusion|evidence|findings?|for|from|genes?"
    r"|has|have|in|interpretation|is|material|of|or|outcome|overall|patient|results?|sample|section"
    r"|specimen|status|summary|test|tested|the|these|this|tissue|tumou?r|was|were|with|above|listed"
    r"|rna|dna|ngs|fish|sequencing|analysis)",
    re.I,
)
_LONGEST = 90  # an answer is short
_ANSWERS = frozenset({"positive", "negative_after", "negative_before", "not_assessed"})


class Answers:
    """Joins lines; built once from the scanners of the lexicon."""

    def __init__(self, cues: Scanner, terms: Scanner) -> None:
        self._cues, self._terms = cues, terms

    def joined(
        self, given: Iterable[Clause], names_gene: Callable[[str], bool]
    ) -> Iterator[Clause]:
        """The clauses of a text, each answer beside its question."""
        subject, under, asked = "", "", False  # a line of genes alone; or a list of what was tested
        held: Clause | None = None  # it would say 'found' if its answer did not follow
        for clause in given:
            elsewhere = clause.heading != under and bool(self._strangers(clause.heading))
            if names_gene(clause.text):
                yield from [held] if held else []
                only, asked = self._only_names(clause.text), self._is_list(clause.text)
                subject, under = clause.text if only or asked else "", clause.heading
                held = clause if only else None
                yield from [] if only else [clause]
            elif subject and not elsewhere and self._answers_to(subject, clause.text, asked):
                yield Clause(f"{subject.rstrip(': .')}: {clause.text}")
                subject, held = ("", None) if asked else (subject, None)
            else:
                yield from [held] if held else []
                held = None
                if asked or elsewhere or self._strangers(clause.text):
                    subject = ""
                yield clause
        yield from [held] if held else []

    def _only_names(self, value: str) -> bool:
        """A line that names genes, and perhaps fusions, and says nothing of them."""
        return len(value) < 60 and not self._cues.names(value)

    def _is_list(self, value: str) -> bool:
        said = self._cues.names(value)
        return _TESTED.search(value) is not None and said.isdisjoint(_ANSWERS)

    def _answers_to(self, subject: str, value: str, asked: bool) -> bool:
        """'FISH negative' behind a fusion that is written out is the result of another test."""
        set_apart = "::" in subject and _OTHER_TEST.match(value) is not None
        return not set_apart and self._answers(value, asked)

    def _answers(self, value: str, asked: bool) -> bool:
        """Nothing but an answer; a list of genes takes only what answers for all of them."""
        if len(value) > _LONGEST or self._strangers(value):
            return False
        said = self._cues.names(value)
        if asked:
            denied = said & {"negative_after", "negative_before", "not_assessed"}
            return bool(denied) and not self._rest(value)
        if said & _ANSWERS and not self._rest(value):
            return True
        stated = bool(said & _ANSWERS) or said.isdisjoint({"method", "context", "conditional"})
        return stated and not self._terms.names(value).isdisjoint({"fusion", "rearrangement"})

    def _rest(self, value: str) -> list[str]:
        """Words that are no part of an answer."""
        words = _WORD.findall(self._terms.without(self._cues.without(value)))
        return [word for word in words if not _FILLING.fullmatch(word)]

    def _strangers(self, value: str) -> list[str]:
        """Words among them that look like other genes."""
        return [word for word in self._rest(value) if len(word) > 2 and word.isupper()]
