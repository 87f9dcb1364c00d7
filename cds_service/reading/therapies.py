"""MedicationRequest, MedicationStatement and MedicationAdministration -> Therapy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cds_service.domain import (
    CriterionKind,
    Json,
    Received,
    Therapy,
    Unread,
    UnreadWhy,
    Vocabulary,
)
from cds_service.reading.fhir_json import (
    MAX_DEPTH,
    code_of,
    codings,
    concept_texts,
    deeper_than,
    kind,
    obj,
    objs,
    source_of,
    text,
)
from cds_service.reading.genes import plain
from cds_service.reading.recognisers import recognisers
from cds_service.reading.references import References
from cds_service.reading.validation import fault

TYPES = frozenset({"MedicationRequest", "MedicationStatement", "MedicationAdministration"})


@dataclass
class Therapies:
    """What the medication resources of one patient say."""

    therapies: list[Therapy] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)


class TherapyReader:
    """Reads medications against every therapy value set."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        received: Sequence[Received],
        references: References | None = None,
    ) -> None:
        self._sets = recognisers(vocabulary).therapies
        self._received = received
        self._references = references or References(received)

    def read(self) -> Therapies:
        """Every medication of a value set."""
        found = Therapies()
        for item in self._received:
            if kind(item.json) in TYPES:
                self._one(item, found)
        return found

    def _one(self, item: Received, found: Therapies) -> None:
        if deeper_than(item.json, MAX_DEPTH):
            found.unread.append(_unread(item.json, UnreadWhy.TOO_DEEP))
            return
        concepts, unresolved = self._concepts(item.json)
        drugs = list(self._drugs(concepts))
        if not drugs and not (unresolved and _may_count(item.json)):
            return
        why = item.doubt or (fault(item.json) if drugs else UnreadWhy.NO_DRUG)
        if why is not None:
            found.unread.append(_unread(item.json, why))
            return
        found.therapies += [_therapy(item.json, value_set, drug) for value_set, drug in drugs]

    def _concepts(self, resource: Json) -> tuple[list[object], bool]:
        """What names the drug, and whether a reference to it led nowhere."""
        medication = obj(resource.get("medication"))  # R5: CodeableReference
        reference = obj(resource.get("medicationReference", medication.get("reference")))
        concepts: list[object] = [resource.get("medicationCodeableConcept")]
        concepts += [medication.get("concept"), {"text": text(reference.get("display"))}]
        target = self._references.resolve(reference, resource)
        if target is not None:
            concepts += [target.get("code")]
            concepts += [i.get("itemCodeableConcept") for i in objs(target.get("ingredient"))]
        named = any(concept_texts(c) or codings(c) for c in concepts)
        return concepts, bool(reference) and target is None and not named

    def _drugs(self, concepts: Sequence[object]) -> Iterator[tuple[str, str]]:
        """(value set, drug) pairs, by code or by whole word."""
        for value_set, words in self._sets:
            coded = {
                entry.display
                for concept in concepts
                for coding in codings(concept)
                if (entry := value_set.entry(code_of(coding))) is not None
                and entry.listing == "include"
            }
            said = (plain(value) for concept in concepts for value in concept_texts(concept))
            worded = {name for value in said for name in words.names(value)}
            yield from ((value_set.id, drug) for drug in sorted(coded | worded))


def _therapy(resource: Json, value_set: str, drug: str) -> Therapy:
    return Therapy(
        value_set=value_set,
        drug=drug,
        status="not-taken" if _not_taken(resource) else text(resource.get("status")),
        intent=text(resource.get("intent")),
        source=source_of(resource),
    )


def _may_count(resource: Json) -> bool:
    """A request that was never acted on says nothing, whatever drug it named."""
    idle = {"draft", "cancelled", "entered-in-error", "not-done", "intended", "not-taken"}
    return text(resource.get("status")) not in idle and not _not_taken(resource)


def _not_taken(resource: Json) -> bool:
    """STU3 says it in 'taken', R4 in status or doNotPerform."""
    refused = resource.get("doNotPerform") is True
    return refused or text(resource.get("taken")) == "n" or resource.get("status") == "not-taken"


def _unread(resource: Json, why: UnreadWhy) -> Unread:
    return Unread(source_of(resource), CriterionKind.PRIOR_THERAPY, why)
