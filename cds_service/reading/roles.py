"""Which part of a genomic resource says what: roles of codes, terms, values and origins."""

from __future__ import annotations

from collections.abc import Iterable

from cds_service.domain import Entry, Json, Origin, Presence, ValueSet, Vocabulary
from cds_service.reading.fhir_json import code_of, codings, concept_texts, obj, text
from cds_service.reading.genes import plain
from cds_service.reading.lexicon import Scanner

_PRESENCE = {
    "present": Presence.DETECTED,
    "absent": Presence.NOT_DETECTED,
    "indeterminate": Presence.INDETERMINATE,
    "not-assessed": Presence.NOT_ASSESSED,
}
_ORIGIN = {
    "somatic": Origin.SOMATIC,
    "likely-somatic": Origin.LIKELY_SOMATIC,
    "germline": Origin.GERMLINE,
    "uncertain": Origin.UNCERTAIN,
}


def entries_of(concept: object, value_set: ValueSet) -> list[Entry]:
    """The entries of a value set that the codings of a concept name."""
    found = (value_set.entry(code_of(coding)) for coding in codings(concept))
    return [entry for entry in found if entry is not None]


class Words:
    """The lists of one value set, found by code first and by whole words otherwise."""

    def __init__(self, value_set: ValueSet) -> None:
        self._value_set = value_set
        classes: dict[str, list[str]] = {}
        for entry in value_set.entries:
            classes.setdefault(entry.listing, []).extend(w for w in entry.words if w)
        self._scanner = Scanner(classes)
        self._phrases = {
            " ".join(word.casefold().split()): name
            for name, words in classes.items()
            for word in words
        }

    def by_code(self, concept: object) -> frozenset[str]:
        """Lists in which a coding of the concept stands."""
        return frozenset(entry.listing for entry in entries_of(concept, self._value_set))

    def by_phrase(self, values: Iterable[str]) -> frozenset[str]:
        """Lists of which a whole text is one of the words ('Not detected.')."""
        spoken = (" ".join(plain(v).casefold().strip(" .!:").split()) for v in values)
        return frozenset(self._phrases[value] for value in spoken if value in self._phrases)

    def in_text(self, values: Iterable[str]) -> frozenset[str]:
        """Lists of which a word stands somewhere in the texts."""
        return frozenset().union(*(self._scanner.names(plain(value)) for value in values))


class Roles:
    """The value sets that tell what the parts of a genomic Observation are."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._codes = vocabulary.sets["genomic-codes"]
        self.terms = Words(vocabulary.sets["fusion-terms"])
        self._presence = Words(vocabulary.sets["presence"])
        self._origin = Words(vocabulary.sets["origin"])
        self.outcomes = Words(vocabulary.sets["outcome-codes"])
        self.tumour = Words(vocabulary.sets["tumour-words"])
        self._words = Words(self._codes)

    def role(self, code: object) -> frozenset[str]:
        """Roles of a component or resource code: 'gene-studied', 'change-type', 'report', ..."""
        return self._words.by_code(code)

    def worded_role(self, values: Iterable[str]) -> frozenset[str]:
        """Roles by words: is this a genetics or pathology report?"""
        return self._words.in_text(values)

    def presence(self, concept: object) -> tuple[Presence | None, bool]:
        """Presence that a value states, and whether its code and words contradict each other."""
        coded = {_PRESENCE[name] for name in self._presence.by_code(concept) if name in _PRESENCE}
        spoken = self._presence.by_phrase(concept_texts(concept))
        worded = {_PRESENCE[name] for name in spoken if name in _PRESENCE}
        states = coded | worded
        first = next((p for p in Presence if p in (coded or worded)), None)
        return first, len(states) > 1

    def origin(self, concept: object) -> Origin:
        """Genomic source class, never guessed; a code and a word that disagree are uncertain."""
        names = self._origin.by_code(concept) | self._origin.by_phrase(concept_texts(concept))
        origins = {_ORIGIN[name] for name in names if name in _ORIGIN}
        if len(origins) > 1:
            return Origin.UNCERTAIN
        return next(iter(origins), Origin.UNCERTAIN)

    def outcome(self, resource_codings: Iterable[Json]) -> frozenset[str]:
        """Behaviours of the NHS outcome codes among some codings."""
        return frozenset().union(*(self.outcomes.by_code(coding) for coding in resource_codings))

    def speaks_of_tumour(self, values: Iterable[str]) -> bool:
        """A tumour word stands in the texts, and none that denies it ('non-tumour tissue')."""
        names = self.tumour.in_text(values)
        return "include" in names and "deny" not in names


def term_contradicts(concept: object, listing: str, terms: Words) -> bool:
    """True when the display of a change-type code names another kind of change."""
    displays = [text(obj(c).get("display")).replace("_", " ") for c in codings(concept)]
    spoken = terms.in_text(displays)
    fusion_like = {"fusion", "out-of-frame", "rearrangement"}
    if not spoken or listing in {*spoken, "weak-rearrangement"}:
        return False  # 'structural variant' may be called what it is: a deletion, a variant
    return (listing in fusion_like) != bool(spoken & fusion_like)
