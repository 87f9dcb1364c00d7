"""MedicationRequest, MedicationStatement and MedicationAdministration -> Therapy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cds_service.domain import (
    CriterionKind,
    Json,
    Received,
    Therapy,
    Unread,
    UnreadWhy,
    ValueSet,
    Vocabulary,
)
from cds_service.reading.fhir_json import (
    MAX_DEPTH,
    code_of,
    codings,
    concept_texts,
    day,
    deeper_than,
    kind,
    obj,
    objs,
    path,
    source_of,
    text,
)
from cds_service.reading.genes import plain
from cds_service.reading.lexicon import Scanner
from cds_service.reading.recognisers import recognisers
from cds_service.reading.references import References
from cds_service.reading.validation import fault

TYPES = frozenset(
    {
        "MedicationRequest",
        "MedicationStatement",
        "MedicationAdministration",
        "MedicationOrder",  # DSTU2: named, so that it can be said that it was not read
    }
)

_GIVEN = ("effective", "occurence", "occurrence")  # R5 spells it with one r
# R5's 'not-taking' covers what was stopped and what never began
_ADHERENCE = {
    "taking": "active",
    "taking-as-directed": "active",
    "taking-not-as-directed": "active",
    "on-hold": "on-hold",
    "stopped": "stopped",
    "not-taking": "unknown",
    "unknown": "unknown",
}


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
        known = recognisers(vocabulary)
        self._sets, self._listed = known.therapies, known.treatments
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
        if item.doubt is None:  # only listed, never decided on: no validation
            listed = _drugs(concepts, self._listed)
            found.therapies += [_therapy(item.json, name, drug) for name, drug in listed]
        drugs = list(_drugs(concepts, self._sets))
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
            parts = objs(target.get("ingredient"))
            concepts += [i.get("itemCodeableConcept", path(i, "item", "concept")) for i in parts]
        named = any(concept_texts(c) or codings(c) for c in concepts)
        return concepts, bool(reference) and target is None and not named


def _drugs(
    concepts: Sequence[object], sets: Iterable[tuple[ValueSet, Scanner]]
) -> Iterator[tuple[str, str]]:
    """(value set, drug) pairs, by code or by whole word."""
    said = [plain(value) for concept in concepts for value in concept_texts(concept)]
    codes = [code_of(coding) for concept in concepts for coding in codings(concept)]
    for value_set, words in sets:
        entries = (value_set.entry(code) for code in codes)
        coded = {e.display for e in entries if e is not None and e.listing == "include"}
        worded = {name for value in said for name in words.names(value)}
        yield from ((value_set.id, drug) for drug in sorted(coded | worded))


def _therapy(resource: Json, value_set: str, drug: str) -> Therapy:
    return Therapy(
        value_set=value_set,
        drug=drug,
        status=_status(resource),
        intent=text(resource.get("intent")),
        source=source_of(resource),
        started=next(filter(None, map(day, _starts(resource))), ""),
        ended=next(filter(None, (day(path(resource, f"{n}Period", "end")) for n in _GIVEN)), ""),
    )


def _starts(resource: Json) -> Iterator[object]:
    """When it was given; else when it was ordered, or written down."""
    for name in _GIVEN:
        yield resource.get(f"{name}DateTime")
        yield path(resource, f"{name}Period", "start")
    yield from (resource.get(name) for name in ("authoredOn", "dateAsserted"))


def _may_count(resource: Json) -> bool:
    """A request that was never acted on says nothing, whatever drug it named."""
    idle = {"draft", "cancelled", "entered-in-error", "not-done", "intended", "not-taken"}
    return text(resource.get("status")) not in idle and not _not_taken(resource)


def _status(resource: Json) -> str:
    """The status in the words of R4; R5 says in 'adherence' what became of what was recorded."""
    if _not_taken(resource):
        return "not-taken"
    status = text(resource.get("status"))
    if text(resource.get("taken")) == "unk":
        return "unknown"  # as STU3 became R4
    if kind(resource) == "MedicationStatement" and status == "recorded":
        codes = {text(c.get("code")) for c in codings(path(resource, "adherence", "code"))}
        said = {_ADHERENCE[code] for code in codes if code in _ADHERENCE}
        return "unknown" if len(said) > 1 else next(iter(said), status)
    return status


def _not_taken(resource: Json) -> bool:
    """STU3 says it in 'taken' and 'notGiven', R4 in doNotPerform, or plainly in its status."""
    refused = resource.get("doNotPerform") is True or resource.get("notGiven") is True
    return refused or text(resource.get("taken")) == "n"


def _unread(resource: Json, why: UnreadWhy) -> Unread:
    return Unread(source_of(resource), CriterionKind.PRIOR_THERAPY, why)
