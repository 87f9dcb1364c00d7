"""A request -> its resources, and what keeps a FHIR server from giving the same answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from cds_service.domain import Complete, DataKey
from cds_service.reading.bundle import state_of
from cds_service.settings import OBSERVATION_CODES

Resource = dict[str, Any]


def prefetched(request: dict[str, Any]) -> Iterator[tuple[str, Resource]]:
    """Every resource of the prefetch with its key."""
    for key, value in request.get("prefetch", {}).items():
        if isinstance(value, dict) and value.get("resourceType") == "Bundle":
            yield from ((key, entry["resource"]) for entry in value.get("entry", ()))
        elif isinstance(value, dict):
            yield key, value


def arrived(request: dict[str, Any]) -> list[Resource]:
    """The resources that the result hook brings."""
    return [entry["resource"] for entry in request["context"].get("results", {}).get("entry", ())]


def is_valid(resource: Resource) -> bool:
    """A valid R4B resource."""
    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except ValidationError:
        return False
    return True


def obstacles(request: dict[str, Any]) -> Iterator[str]:
    """Why a FHIR server loaded with these resources would not give what the request holds."""
    prefetch = request.get("prefetch", {})
    for asked in DataKey:
        if asked not in prefetch:
            yield f"{asked} was not sent"
        elif not isinstance(state_of(prefetch[asked]), Complete):
            yield f"{asked} did not come in full"
    if arrived(request):
        yield "the result hook brings resources that the searches did not hold"
    patient = f"Patient/{request['context']['patientId']}"
    held = {f"{r['resourceType']}/{r.get('id')}" for _, r in prefetched(request)}
    for reference in sorted(set(references(prefetch)) - held - {patient}):
        yield f"{reference} is referred to and not there"
    for key, resource in prefetched(request):
        yield from _obstacles_of(key, resource, patient, prefetch)


def references(value: object) -> Iterator[str]:
    """Every relative reference, however deep; '#v1' stays inside its resource."""
    if isinstance(value, dict):
        reference = value.get("reference")
        if isinstance(reference, str) and not reference.startswith("#"):
            yield reference
        yield from (found for inner in value.values() for found in references(inner))
    elif isinstance(value, list):
        yield from (found for inner in value for found in references(inner))


def _obstacles_of(
    key: str, resource: Resource, patient: str, prefetch: dict[str, Any]
) -> Iterator[str]:
    name = f"{resource['resourceType']}/{resource.get('id', '')}"
    if not is_valid(resource):
        yield f"{name} is not valid"
    if resource["resourceType"] == "Patient":
        if name != patient:
            yield f"{name} is somebody else"
    elif resource.get("subject", {}).get("reference") != patient:
        yield f"{name} does not refer to the patient"
    for other in _searches_that_find(resource) - {key}:
        bundle = prefetch.get(other) or {}
        if resource not in [entry["resource"] for entry in bundle.get("entry", ())]:
            yield f"{name} is missing under {other}"


def _searches_that_find(resource: Resource) -> set[str]:
    if resource["resourceType"] != "Observation":
        return set()
    keys = set()
    if codings(resource["code"]) & set(OBSERVATION_CODES):
        keys.add("observations")
    categories = [pair for category in resource.get("category", ()) for pair in codings(category)]
    if any(pair.endswith("|laboratory") for pair in categories):
        keys.add("laboratory")
    return keys


def codings(concept: dict[str, Any]) -> set[str]:
    """The codings of a CodeableConcept as system|code."""
    return {f"{coding.get('system', '')}|{coding['code']}" for coding in concept.get("coding", ())}


def subjects(request: dict[str, Any]) -> Iterator[str]:
    """Every id of a patient: of the context, of Patients, of references."""
    yield request["context"]["patientId"]
    for _, resource in prefetched(request):
        if resource["resourceType"] == "Patient":
            yield resource["id"]
        reference = resource.get("subject", {}).get("reference")
        if reference:
            yield reference.removeprefix("Patient/")
