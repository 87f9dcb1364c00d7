"""Resources of one patient -> the answer to a request that is otherwise complete and empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

SERVICE = "/cds-services/ntrk-mesothelioma"
KEYS = (
    "patient",
    "conditions",
    "observations",
    "laboratory",
    "diagnosticReports",
    "medicationRequests",
    "medicationStatements",
)
KEY_OF_TYPE = {
    "Patient": "patient",
    "Condition": "conditions",
    "Observation": "observations",
    "DiagnosticReport": "diagnosticReports",
    "MedicationRequest": "medicationRequests",
    "MedicationStatement": "medicationStatements",
    "MedicationAdministration": "medicationStatements",
}


@dataclass(frozen=True)
class Said:
    """What the service answered."""

    status: int
    recommendations: tuple[str, ...]
    states: tuple[dict[str, str], ...]

    @property
    def summary(self) -> str:
        """One line for the counts."""
        return f"{self.status} {', '.join(self.recommendations) or 'no card'}"


def post(door: FlaskClient, patient_id: str, *resources: dict[str, Any]) -> Said:
    """Send resources, each under its key, beside keys that are known to be empty."""
    return post_entries(door, patient_id, [{"resource": resource} for resource in resources])


def post_entries(door: FlaskClient, patient_id: str, entries: Sequence[dict[str, Any]]) -> Said:
    """The same for Bundle entries, which keep their fullUrl."""
    held: dict[str, list[dict[str, Any]]] = {key: [] for key in KEYS}
    for entry in entries:
        # What has no key of its own (a Specimen, a Patient's relative) is what a search includes.
        key = KEY_OF_TYPE.get(str(entry["resource"].get("resourceType")), "observations")
        held[key].append(entry)
    response = door.post(SERVICE, json=_request(patient_id, held))
    decisions = [_decision(card) for card in (response.get_json() or {}).get("cards", ())]
    return Said(
        response.status_code,
        tuple(decision["recommendation"] for decision in decisions),
        tuple(decision["states"] for decision in decisions),
    )


def _request(patient_id: str, held: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"patientId": patient_id, "userId": "Practitioner/synthetic"},
        "prefetch": {key: _searchset(entries) for key, entries in held.items()},
    }


def _searchset(entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    found = [{k: v for k, v in e.items() if k in ("fullUrl", "resource")} for e in entries]
    whole = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
    return {**whole, "entry": found} if found else whole


def _decision(card: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = card["extension"]["org.example.decision"]
    return found
