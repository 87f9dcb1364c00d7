"""Conditions and histology Observations -> the active cancers of one patient."""

from __future__ import annotations

from collections.abc import Sequence

from cds_service.domain import COUNTABLE, Cancer, Json, Received, Vocabulary
from cds_service.reading.condition_parts import clinical, concepts_of, value_of, verification
from cds_service.reading.diagnosis_text import NEGATED, SUSPECTED
from cds_service.reading.fhir_json import (
    MAX_DEPTH,
    code_of,
    codings,
    concept_texts,
    deeper_than,
    kind,
    source_of,
    text,
)
from cds_service.reading.neoplasms import profiles
from cds_service.reading.recognisers import recognisers

_LIVE = frozenset({"", "active", "recurrence", "relapse", "invalid"})
# Provisional counts: most entries of the public UK examples are no more than that.
_BELIEVED = frozenset({"", "confirmed", "provisional", "invalid"})
# Deny-list entries that say how a diagnosis is meant, not that it is another disease
WRAPPERS = ("history", "family", "suspected", "known absent")


class CancerReader:
    """Reads tolerantly and validates nothing: a cancer can only raise a question."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        known = recognisers(vocabulary)
        self._neoplasms, self._roles = known.neoplasms, known.roles
        self._sets = [value_set for value_set, _ in known.diagnoses]

    def read(self, received: Sequence[Received]) -> list[Cancer]:
        """Every active cancer, in the order of the resources."""
        found = []
        for item in received:
            concepts = self._concepts(item.json)
            if concepts and not deeper_than(item.json, MAX_DEPTH) and _is_active(item.json):
                found += self._cancers(item.json, concepts)
        return found

    def _concepts(self, resource: Json) -> list[object]:
        if kind(resource) == "Condition":
            return concepts_of(resource)
        histology = kind(resource) == "Observation"
        histology = histology and "histology" in self._roles.role(resource.get("code"))
        return [value_of(resource)] if histology else []

    def _cancers(self, resource: Json, concepts: list[object]) -> list[Cancer]:
        named = self._neoplasms.named(concepts)
        if not named and not self._neoplasms.is_cancer(concepts, profiles(resource)):
            return []
        said = [value for concept in concepts for value in concept_texts(concept)]
        doubted = self._neoplasms.reservations(said)
        if self._neoplasms.coded(concepts):  # beside a code words weigh less, least if confirmed
            doubted &= set() if verification(resource) == "confirmed" else {SUSPECTED, NEGATED}
        if doubted or any(self._wrapped(concept) for concept in concepts):
            return []
        return [Cancer(source_of(resource), next(iter(said), ""), named)]

    def _wrapped(self, concept: object) -> bool:
        """Coded as history, family history, suspected or known absent."""
        entries = (v.entry(code_of(c)) for v in self._sets for c in codings(concept))
        return any(e is not None and e.display.startswith(WRAPPERS) for e in entries)


def _is_active(resource: Json) -> bool:
    """Not ended, not refuted, not merely suspected; what is not stated counts as active."""
    if kind(resource) == "Observation":
        return text(resource.get("status")) in COUNTABLE
    return clinical(resource) in _LIVE and verification(resource) in _BELIEVED
