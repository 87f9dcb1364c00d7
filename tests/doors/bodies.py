"""Hook requests of synthetic patients: complete and empty unless a test says what is in them."""

from __future__ import annotations

from typing import Any

PATIENT = "synthetic-1"
SUBJECT = {"reference": f"Patient/{PATIENT}"}
RESULT_HOOK = "org.example.genomic-result-available"
SERVICE = "/cds-services/ntrk-mesothelioma"
_LOINC = "http://loinc.org"
SEARCHES = (
    "conditions",
    "observations",
    "laboratory",
    "diagnosticReports",
    "medicationRequests",
    "medicationStatements",
)


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    """A complete searchset."""
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(resources),
        "entry": [{"resource": resource} for resource in resources],
    }


def prefetch(**values: Any) -> dict[str, Any]:
    """Everything that discovery asks for; a list stands for a searchset of its resources."""
    whole: dict[str, Any] = {"patient": {"resourceType": "Patient", "id": PATIENT}}
    whole |= {key: bundle() for key in SEARCHES}
    for key, value in values.items():
        whole[key] = bundle(*value) if isinstance(value, list) else value
    return whole


def chart_opening(**values: Any) -> dict[str, Any]:
    """A patient-view request."""
    return {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"patientId": PATIENT, "userId": "Practitioner/synthetic-2"},
        "prefetch": prefetch(**values),
    }


def arrival(*resources: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A request of the result hook, with nobody at the screen."""
    results = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in resources],
    }
    return chart_opening(**values) | {
        "hook": RESULT_HOOK,
        "context": {"patientId": PATIENT, "results": results},
    }


def coded(system: str, code: str, display: str) -> dict[str, Any]:
    """A CodeableConcept with one coding."""
    return {"coding": [{"system": system, "code": code, "display": display}]}


def mesothelioma(**changes: Any) -> dict[str, Any]:
    """An active, confirmed mesothelioma."""
    return {
        "resourceType": "Condition",
        "id": "synthetic-condition",
        "subject": SUBJECT,
        "clinicalStatus": coded(
            "http://terminology.hl7.org/CodeSystem/condition-clinical", "active", "Active"
        ),
        "verificationStatus": coded(
            "http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed", "Confirmed"
        ),
        "code": coded("http://snomed.info/sct", "109378008", "Malignant mesothelioma"),
    } | changes


def fusion(**changes: Any) -> dict[str, Any]:
    """A final, somatic fusion of NTRK1, as a sequencing laboratory reports it."""
    return {
        "resourceType": "Observation",
        "id": "synthetic-observation",
        "status": "final",
        "subject": SUBJECT,
        "issued": "2026-10-02T10:00:00Z",
        "category": [
            coded(
                "http://terminology.hl7.org/CodeSystem/observation-category",
                "laboratory",
                "Laboratory",
            )
        ],
        "code": coded(_LOINC, "69548-6", "Genetic variant assessment"),
        "valueCodeableConcept": coded(_LOINC, "LA9633-4", "Present"),
        "component": [
            {
                "code": coded(_LOINC, "48018-6", "Gene studied"),
                "valueCodeableConcept": coded(
                    "http://www.genenames.org/geneId", "HGNC:8031", "NTRK1"
                ),
            },
            {
                "code": coded(_LOINC, "48019-4", "DNA change type"),
                "valueCodeableConcept": coded(
                    "http://www.sequenceontology.org", "SO:0001565", "gene_fusion"
                ),
            },
            {
                "code": coded(_LOINC, "48002-0", "Genomic source class"),
                "valueCodeableConcept": coded(_LOINC, "LA6684-0", "Somatic"),
            },
        ],
    } | changes
