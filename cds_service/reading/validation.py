"""fhir.resources as a reporter: is a resource that decides valid FHIR, and of which version?

R4B models first: they accept all 464 official R4 examples, while the library's top-level import is
R5 and would refuse real R4 Conditions. A resource that they refuse and that shows marks of STU3 or
R5 is asked of that version's own models, which are imported only then. Only resources that decide
are validated, because one validation costs more than reading everything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
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
from cds_service.reading.fhir_json import MAX_DEPTH, deeper_than, has_repeated_key, kind, walk
from cds_service.reading.fhir_version import FhirVersion, versions_shown

_Model = Callable[[Any], object]

_MODELS: dict[str, _Model] = {
    "Condition": Condition.model_validate,
    "DiagnosticReport": DiagnosticReport.model_validate,
    "MedicationAdministration": MedicationAdministration.model_validate,
    "MedicationRequest": MedicationRequest.model_validate,
    "MedicationStatement": MedicationStatement.model_validate,
    "Observation": Observation.model_validate,
    "Patient": Patient.model_validate,
}
# In the order in which they are asked; there are no models of DSTU2
_PACKAGES = {FhirVersion.STU3: "fhir.resources.STU3", FhirVersion.R5: "fhir.resources"}
# Elements that are objects or lists of them in every version, and that decide
_OBJECTS = (
    "code",
    "subject",
    "category",
    "component",
    "coding",
    "valueCodeableConcept",
    "interpretation",
    "method",
    "dataAbsentReason",
    "specimen",
    "bodySite",
    "extension",
    "result",
    "derivedFrom",
    "hasMember",
    "conclusionCode",
    "verificationStatus",
    "medicationCodeableConcept",
)
_JSON = re.compile(r'\s*\{\s*["}]')  # but '{score}' is a unit of UCUM


def fault(resource: Json) -> UnreadWhy | None:
    """Why a resource that decides cannot be relied on; None when it can."""
    if deeper_than(resource, MAX_DEPTH):
        return UnreadWhy.TOO_DEEP
    if has_repeated_key(resource):
        return UnreadWhy.REPEATED_KEY
    if any(isinstance(part, dict) and _is_json_text(part) for part in walk(resource)):
        return UnreadWhy.INVALID
    return None if version_of(resource) is not None else _refused(resource)


def _is_json_text(part: Json) -> bool:
    """The models parse a string that holds JSON where an object belongs; reading does not."""
    return any(isinstance(part.get(k), str) and _JSON.match(part[k]) for k in _OBJECTS)


def version_of(resource: Json) -> FhirVersion | None:
    """The version as which a resource is valid; None when it is valid as none that is read."""
    if _accepts(_MODELS.get(kind(resource)), resource):
        return FhirVersion.R4
    shown = versions_shown(resource)
    asked = (version for version in _PACKAGES if version in shown)
    return next((v for v in asked if _accepts(_model(v, kind(resource)), resource)), None)


def _refused(resource: Json) -> UnreadWhy:
    """Damaged, or of a version for which there are no models."""
    old = FhirVersion.DSTU2 in versions_shown(resource)
    return UnreadWhy.FHIR_VERSION if old else UnreadWhy.INVALID


@lru_cache(maxsize=32)
def _model(version: FhirVersion, name: str) -> _Model | None:
    """A model of another version; the first one of a version takes 0.1 to 0.4 s to import."""
    if name not in _MODELS:
        return None  # only names that we know become names of modules
    module = import_module(f"{_PACKAGES[version]}.{name.lower()}")
    model: _Model = getattr(module, name).model_validate
    return model


def _accepts(model: _Model | None, resource: Json) -> bool:
    if model is None:
        return False
    try:
        model(dict(resource))
    except (ValidationError, KeyError, RecursionError, TypeError, AttributeError, ValueError):
        # Not only ValidationError: an unknown type in contained raises KeyError, and deep
        # extensions RecursionError; both were seen with fhir.resources 8.3.0.
        return False
    return True
