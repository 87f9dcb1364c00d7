"""Prefetch values, answers and files -> the resources of one patient, with the gaps named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cds_service.domain import (
    Complete,
    DataKey,
    DataState,
    Gap,
    GapWhy,
    Json,
    Missing,
    Partial,
    Received,
    RepeatedKeys,
)
from cds_service.reading.fhir_json import has_repeated_key, kind, obj, objs, path, text
from cds_service.reading.subjects import DOUBTS, Owner, Whose
from cds_service.reading.versions import current, merge_newer

TYPES: Mapping[DataKey, str] = {
    DataKey.PATIENT: "Patient",
    DataKey.CONDITIONS: "Condition",
    DataKey.OBSERVATIONS: "Observation",
    DataKey.LABORATORY: "Observation",
    DataKey.REPORTS: "DiagnosticReport",
    DataKey.REQUESTS: "MedicationRequest",
    DataKey.STATEMENTS: "MedicationStatement",
}
_KEY_OF_TYPE = {
    "Patient": DataKey.PATIENT,
    "Condition": DataKey.CONDITIONS,
    "DiagnosticReport": DataKey.REPORTS,
    "MedicationRequest": DataKey.REQUESTS,
    "MedicationStatement": DataKey.STATEMENTS,
    "MedicationAdministration": DataKey.STATEMENTS,
    "MedicationOrder": DataKey.REQUESTS,  # DSTU2
    "Medication": DataKey.REQUESTS,
}
_SERIOUS = frozenset({"warning", "error", "fatal"})
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")  # as FHIR names its types; anything else is damage
_NESTING = 8  # Bundles within Bundles (batch responses); deeper ones are not a record


@dataclass(frozen=True)
class Patient:
    """The patient of a call: context.patientId and fhirServer ('' when not given)."""

    id: str
    server: str = ""


@dataclass(frozen=True)
class Selected:
    """What was received of this patient, and what was not."""

    resources: tuple[Received, ...]
    gaps: tuple[Gap, ...]
    dropped: int  # resources of other patients
    nhs_number: str  # '' when the Patient carries none


def state_of(value: object) -> DataState:
    """State of a prefetch value or a FHIR server's answer; null means known to be empty."""
    if value is None:
        return Complete()
    resource = obj(value)
    if kind(resource) == "Bundle":
        return _bundle_state(resource)
    if kind(resource) == "OperationOutcome":
        return Missing(GapWhy.OUTCOME)
    is_resource = _TYPE.fullmatch(kind(resource)) is not None
    return Complete((Received(resource),)) if is_resource else Missing(GapWhy.NOT_A_RESOURCE)


def whole_record(documents: Sequence[Json]) -> dict[DataKey, DataState]:
    """A file as the whole record: every key complete, unless the file itself says otherwise."""
    states = [state_of(document) for document in documents]
    received = [item for state in states for item in _resources(state)]
    faults = [state.why for state in states if not isinstance(state, Complete)]
    sorted_in: dict[DataKey, list[Received]] = {key: [] for key in DataKey}
    for item in received:
        sorted_in[_key_of(item)].append(item)
    if faults:
        return {key: Partial(tuple(items), faults[0]) for key, items in sorted_in.items()}
    return {key: Complete(tuple(items)) for key, items in sorted_in.items()}


def patient_ids(states: Mapping[DataKey, DataState]) -> tuple[str, ...]:
    """The patients in a record: ids of Patient resources, else of the subjects named."""
    received = [item for state in states.values() for item in _resources(state)]
    patients = [item for item in received if kind(item.json) == "Patient"]
    found = [text(p.json.get("id")) or p.full_url for p in patients]
    if not patients:
        found = [_subject_id(item.json) for item in received]
    return tuple(sorted({name for name in found if name}))


def select(
    states: Mapping[DataKey, DataState],
    patient: Patient,
    newer: Sequence[Received] = (),
    unasked: Sequence[Received] = (),
) -> Selected:
    """This patient's current resources; every key that cannot be believed whole is a gap.

    Resources that came unasked are read too, but make no key complete.
    """
    old = [(key, item) for key, state in states.items() for item in _resources(state)]
    old += [(_key_of(item), item) for item in unasked]
    new = [(_key_of(item), item) for item in newer]
    owner = Owner.of(patient.id, patient.server, [item for _, item in (*old, *new)])
    mine, foreign = _sift(owner, old)
    arrived, strange = _sift(owner, new)
    others = [Gap(key, GapWhy.OTHER_PATIENT) for key in (*foreign, *strange)]
    return Selected(
        resources=current(merge_newer(mine, arrived)),
        gaps=tuple(dict.fromkeys((*_gaps(states), *others))),
        dropped=len(others),
        nhs_number=owner.nhs_number,
    )


def _key_of(received: Received) -> DataKey:
    return _KEY_OF_TYPE.get(kind(received.json), DataKey.OBSERVATIONS)


def _sift(
    owner: Owner, keyed: Sequence[tuple[DataKey, Received]]
) -> tuple[list[Received], list[DataKey]]:
    """What is the patient's or may be, and the keys under which another's data came."""
    whose = [(key, item, owner.whose(item)) for key, item in keyed]
    mine = [replace(r, doubt=DOUBTS.get(w)) for _, r, w in whose if w is not Whose.ANOTHERS]
    return mine, [key for key, _, w in whose if w is Whose.ANOTHERS]


def _gaps(states: Mapping[DataKey, DataState]) -> Iterator[Gap]:
    for key, state in states.items():
        if not isinstance(state, Complete):
            yield Gap(key, state.why)
        elif state.resources and all(kind(r.json) in _wrong(key) for r in state.resources):
            yield Gap(key, GapWhy.NOT_A_RESOURCE)  # an answer to another question


def _wrong(key: DataKey) -> frozenset[str]:
    """Types that only another key asks for."""
    return frozenset(TYPES.values()) - {TYPES[key]}


def _resources(state: DataState) -> tuple[Received, ...]:
    return () if isinstance(state, Missing) else state.resources


def _bundle_state(bundle: Json) -> DataState:
    entries = bundle.get("entry")
    if entries is not None and not isinstance(entries, list):
        return Missing(GapWhy.NOT_A_RESOURCE)
    received, why = _entries(bundle)
    return Complete(received) if why is None else Partial(received, why)


def _entries(bundle: Json) -> tuple[tuple[Received, ...], GapWhy | None]:
    """The resources of a Bundle and of the Bundles in it, and why they are not all there."""
    received: list[Received] = []
    why = None
    level = [bundle]
    for _ in range(_NESTING):
        why = why or next(filter(None, (_incomplete(item) for item in level)), None)
        entries = [entry for item in level for entry in _list(item.get("entry"))]
        level = []
        for entry in entries:
            resource = obj(obj(entry).get("resource"))
            if isinstance(entry, RepeatedKeys):
                why = GapWhy.NOT_A_RESOURCE  # two resources in one entry: which one is meant?
            elif kind(resource) == "Bundle":
                level.append(resource)
            elif _TYPE.fullmatch(kind(resource)) and kind(resource) != "OperationOutcome":
                received.append(Received(resource, text(obj(entry).get("fullUrl"))))
            else:
                why = why or _entry_fault(obj(entry))
    return tuple(received), why or (GapWhy.NOT_A_RESOURCE if level else None)


def _entry_fault(entry: Json) -> GapWhy | None:
    """What an entry without data means: a server's word, a deletion, or damage."""
    resource = obj(entry.get("resource"))
    if kind(resource) == "OperationOutcome":
        issues = objs(resource.get("issue"))
        serious = not issues or any(text(i.get("severity")) in _SERIOUS for i in issues)
        return GapWhy.OUTCOME_ENTRY if serious else None
    if "resource" not in entry and text(path(entry, "request", "method")) == "DELETE":
        return None
    return GapWhy.NOT_A_RESOURCE


def _incomplete(bundle: Json) -> GapWhy | None:
    if isinstance(bundle, RepeatedKeys) or has_repeated_key(bundle.get("link")):
        return GapWhy.NOT_A_RESOURCE  # the last of two lists of entries is not the whole answer
    links = {text(link.get("relation")) for link in objs(bundle.get("link"))}
    if "next" in links:
        return GapWhy.NEXT_PAGE
    total = bundle.get("total")
    matches = [e for e in _list(bundle.get("entry")) if _is_match(obj(e))]
    short = isinstance(total, int) and not isinstance(total, bool) and total > len(matches)
    return GapWhy.FEWER_THAN_TOTAL if short else None


def _is_match(entry: Json) -> bool:
    return text(path(entry, "search", "mode")) not in ("include", "outcome")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _subject_id(resource: Json) -> str:
    subject = obj(resource.get("subject", resource.get("patient")))
    reference = text(subject.get("reference")).partition("/_history")[0]
    _, found, tail = reference.rpartition("Patient/")
    return tail if found else ""
