"""Condition or histology Observation -> the concepts and statuses that it states."""

from __future__ import annotations

from cds_service.domain import Json
from cds_service.reading.fhir_json import codings, obj, objs, text

CLINICAL = frozenset({"active", "recurrence", "relapse", "inactive", "remission", "resolved"})
VERIFICATION = frozenset(
    {"unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"}
)


def concepts_of(condition: Json) -> list[object]:
    """The code of a Condition and the morphology that an extension adds to it."""
    extensions = [
        extension.get("valueCodeableConcept")
        for extension in objs(condition.get("extension"))
        if "morphology" in text(extension.get("url")).casefold()
    ]
    return [condition.get("code"), *extensions]


def value_of(observation: Json) -> object:
    """The value of an Observation as a concept."""
    value = observation.get("valueCodeableConcept")
    return value if value is not None else {"text": text(observation.get("valueString"))}


def clinical(resource: Json) -> str:
    """clinicalStatus; an end that is stated without one counts as resolved."""
    stated = status(resource.get("clinicalStatus"), CLINICAL)
    ended = any(name.startswith("abatement") and resource[name] is not False for name in resource)
    return stated or ("resolved" if ended else "")


def verification(resource: Json) -> str:
    """verificationStatus, '' when missing."""
    return status(resource.get("verificationStatus"), VERIFICATION)


def status(concept: object, legal: frozenset[str]) -> str:
    """The status code, '' when missing, 'invalid' when it is none of FHIR's."""
    # A coding without a code may still have words: 'Provisional'
    found = [text(c.get("code")) or text(c.get("display")).casefold() for c in codings(concept)]
    said = [value for value in (*found, text(obj(concept).get("text"))) if value]
    stated = {value for value in said if value in legal}
    if len(stated) == 1:
        return stated.pop()
    missing = concept is None or "extension" in obj(concept)  # a reason for its absence
    return "" if missing and not said else "invalid"  # two that differ, or a status emptied
