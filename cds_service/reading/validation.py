"""fhir.resources as a reporter: is a resource that decides a valid FHIR R4 resource?

R4B models: they accept all 464 official R4 examples, while the library's top-level import is R5
and would refuse real R4 Conditions. Only resources that decide are validated, because one
validation costs more than reading everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fhir.resources.R4B.condition import Condition
from fhir.resources.R4B.diagnosticreport import DiagnosticReport
from fhir.resources.R4B.medicationadministration import MedicationAdministration
from fhir.resources.R4B.medicationrequest import MedicationRequest
from fhir.resources.R4B.medicationstatement import MedicationStatement
from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.patient import Patient
from pydantic import ValidationError

from cds_service.domain import Json, UnreadWhy
from cds_service.reading.fhir_json import MAX_DEPTH, deeper_than, has_repeated_key, kind

_MODELS: dict[str, Callable[[Any], object]] = {
    "Condition": Condition.model_validate,
    "DiagnosticReport": DiagnosticReport.model_validate,
    "MedicationAdministration": MedicationAdministration.model_validate,
    "MedicationRequest": MedicationRequest.model_validate,
    "MedicationStatement": MedicationStatement.model_validate,
    "Observation": Observation.model_validate,
    "Patient": Patient.model_validate,
}


def fault(resource: Json) -> UnreadWhy | None:
    """Why a resource that decides cannot be relied on; None when it can."""
    if deeper_than(resource, MAX_DEPTH):
        return UnreadWhy.TOO_DEEP
    if has_repeated_key(resource):
        return UnreadWhy.REPEATED_KEY
    model = _MODELS.get(kind(resource))
    return None if model is not None and _accepts(model, resource) else UnreadWhy.INVALID


def _accepts(model: Callable[[Any], object], resource: Json) -> bool:
    try:
        model(dict(resource))
    except (ValidationError, KeyError, RecursionError, TypeError, AttributeError, ValueError):
        # Not only ValidationError: an unknown type in contained raises KeyError, and deep
        # extensions RecursionError; both were seen with fhir.resources 8.3.0.
        return False
    return True
