"""Assessment -> FHIR R4 Task that proposes a discussion: never an order, never a dose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cds_service.domain import Assessment

_REFERENCE = re.compile(r"[A-Z][A-Za-z]{1,63}/[A-Za-z0-9\-.]{1,64}")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def task(
    assessment: Assessment,
    patient_id: str,
    *,
    systems: Mapping[str, str],
    text: str,
    description: str,
) -> dict[str, Any]:
    """A draft proposal for this patient, focused on the deciding result."""
    written: dict[str, Any] = {
        "resourceType": "Task",
        "status": "draft",
        "intent": "proposal",
        "priority": "routine",
        "code": {
            "coding": [{"system": systems["task-code"], "code": "discuss-at-mdt", "display": text}],
            "text": text,
        },
        "description": description,
        "authoredOn": assessment.today.isoformat(),
    }
    focus = next(_legal(fusion.source.reference for fusion in assessment.fusions[:1]), None)
    if focus is not None:
        written["focus"] = {"reference": focus}
    if _ID.fullmatch(patient_id):
        written["for"] = {"reference": f"Patient/{patient_id}"}
    diagnosis = next(_legal(item.source.reference for item in assessment.diagnoses), None)
    if diagnosis is not None:
        written["reasonReference"] = {"reference": diagnosis}
    return written


def _legal(references: Iterable[str]) -> Iterator[str]:
    """Only what FHIR allows as a relative reference: a wrong one would make the Task invalid."""
    return (reference for reference in references if _REFERENCE.fullmatch(reference))
