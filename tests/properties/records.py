"""Examples, shapes and labelled cases -> whole records, held as the documents that are sent."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cds_service.domain import Assessment, DataKey, GapWhy, Missing, Received
from cds_service.reading.bundle import TYPES, Patient, Selected, select, state_of
from tests.builders import Resource, bundle, patient
from tests.desk import Desk
from tests.examples.scenarios import scenarios
from tests.reading import case_table

Json = dict[str, Any]
_KEYS = {
    "Patient": DataKey.PATIENT,
    "Condition": DataKey.CONDITIONS,
    "DiagnosticReport": DataKey.REPORTS,
    "MedicationRequest": DataKey.REQUESTS,
    "MedicationStatement": DataKey.STATEMENTS,
    "MedicationAdministration": DataKey.STATEMENTS,
}


@dataclass(frozen=True)
class Record:
    """One synthetic patient as prefetched: a document for each key."""

    name: str
    patient_id: str
    prefetch: Json
    server: str = ""
    newer: Json = field(default_factory=dict)  # the Bundle of the result hook

    def copied(self) -> Record:
        """A copy that may be changed."""
        return copy.deepcopy(self)

    def documents(self) -> list[Any]:
        """Everything that was sent."""
        return [*self.prefetch.values(), self.newer]

    def resources(self) -> Iterator[Resource]:
        """Every resource that was sent, without the Bundles around them."""
        for document in self.documents():
            if not isinstance(document, dict):
                continue
            if document.get("resourceType") != "Bundle":
                yield document
            for entry in document.get("entry", ()) if "entry" in document else ():
                if isinstance(entry.get("resource"), dict):
                    yield entry["resource"]


def selected(record: Record) -> Selected:
    """What reading chooses from a record."""
    sent, nothing = record.prefetch, Missing(GapWhy.NOT_SENT)
    states = {key: state_of(sent[key]) if key in sent else nothing for key in DataKey}
    newer = getattr(state_of(record.newer), "resources", ())
    return select(states, Patient(record.patient_id, record.server), newer, _unasked(record))


def _unasked(record: Record) -> tuple[Received, ...]:
    others = [value for key, value in record.prefetch.items() if key not in list(DataKey)]
    return tuple(item for value in others for item in getattr(state_of(value), "resources", ()))


def assessed(ask: Desk, record: Record) -> Assessment:
    """The one assessment of a record."""
    return ask.of_selected(selected(record))


def record_of(name: str, resources: Sequence[Resource]) -> Record:
    """Resources of patient p1 under their keys; every key is complete, none holds a copy."""
    sorted_in: dict[DataKey, list[Resource]] = {key: [] for key in DataKey}
    for item in resources:
        sorted_in[_KEYS.get(item.get("resourceType", ""), DataKey.OBSERVATIONS)].append(item)
    people = sorted_in.pop(DataKey.PATIENT) or [patient()]
    documents = {str(key): searched(TYPES[key], items) for key, items in sorted_in.items()}
    return Record(name, "p1", {str(DataKey.PATIENT): people[0], **documents})


def searched(kind: str, items: Sequence[Resource]) -> Resource:
    """The answer to a search for one type; whatever else is in it was included."""
    found = bundle(*items, total=sum(item.get("resourceType") == kind for item in items))
    for entry in found["entry"]:
        asked_for = entry["resource"].get("resourceType") == kind
        entry["search"] = {"mode": "match" if asked_for else "include"}
    return found


def of_examples() -> list[Record]:
    """Every shipped example."""
    return [
        Record(
            name=example.name,
            patient_id=request["context"]["patientId"],
            prefetch=request["prefetch"],
            server=request.get("fhirServer", ""),
            newer=request["context"].get("results", {}),
        )
        for example in scenarios()
        for request in [example.request()]
    ]


def of_cases() -> list[Record]:
    """Every case of the labelled table."""
    return [record_of(case.id, copy.deepcopy(case.record)) for case in case_table.load()]
