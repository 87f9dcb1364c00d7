"""Words for a diagnosis in Condition text -> is it named, and with which reservations?"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from cds_service.domain import ValueSet
from cds_service.reading.genes import plain
from cds_service.reading.lexicon import Cue, Scanner

SUSPECTED, HISTORY, FAMILY, NEGATED, BENIGN = "suspected", "history", "family", "negated", "benign"
_STOP = re.compile(r"[,;.]")
PREFIX = "diagnosis_"  # of the classes in knowledge/lexicon.toml that belong to this reader
_MEANS = {
    "diagnosis_suspected": SUSPECTED,
    "diagnosis_history": HISTORY,
    "diagnosis_family": FAMILY,
    "diagnosis_benign": BENIGN,
}


class DiagnosisText:
    """Finds the words of one value set; built once."""

    def __init__(
        self,
        value_set: ValueSet,
        lexicon: Mapping[str, Sequence[str]],
        lists: Sequence[str] = ("include", "deny"),
    ) -> None:
        named: dict[str, list[str]] = {name: [] for name in lists}
        for entry in value_set.entries:
            if entry.listing in named:
                named[entry.listing].extend(word for word in entry.words if word)
        self._names = Scanner(named)
        self._stems = tuple({word.casefold()[:9] for word in named["include"] if len(word) >= 9})
        own = {name: phrases for name, phrases in lexicon.items() if name.startswith(PREFIX)}
        self._cues = Scanner(own)

    def names(self, value: str) -> frozenset[str]:
        """'include' and 'deny' where words of those lists stand in a text."""
        return self._names.names(plain(value))

    def akin(self, value: str) -> bool:
        """The text shares a stem with the diagnosis ('mesothelial', 'Mesotheliom')."""
        said = plain(value).casefold()
        return any(stem in said for stem in self._stems) or "include" in self.names(said)

    def qualifiers(self, value: str) -> frozenset[str]:
        """Reservations that a text makes about its diagnosis."""
        said = plain(value)
        cues = self._cues.cues(said)
        starts = [name.start for name in self._names.cues(said)] if cues else []
        found = {_MEANS[cue.name] for cue in cues if cue.name in _MEANS}
        if "?" in said:
            found.add(SUSPECTED)
        stops = [match.start() for match in _STOP.finditer(said)]
        if any(_denies(cue, starts, stops) for cue in cues):
            found.add(NEGATED)
        if FAMILY in found:
            found.discard(HISTORY)
        return frozenset(found)


def _denies(cue: Cue, starts: Sequence[int], stops: Sequence[int]) -> bool:
    """A denial reaches forward to the next comma, or back from behind the name."""
    if cue.name == "diagnosis_negated_after":
        return True
    if cue.name != "diagnosis_negated_before":
        return False
    ahead = bisect_left(starts, cue.end)
    if ahead == len(starts):
        return not starts
    # Looked up, not searched for: many denials before one far name would search it all each time.
    return bisect_left(stops, cue.end) == bisect_left(stops, starts[ahead])
