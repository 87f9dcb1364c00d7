"""A resource -> the FHIR versions other than R4 whose marks it shows.

No call says which version it speaks (the CDS Hooks request has no field for it), and one record
may mix them, so each resource is looked at by itself: by the profile that it claims, and by
elements that only one version has or writes in that way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from cds_service.domain import Json
from cds_service.reading.fhir_json import kind, obj, objs, path, text


class FhirVersion(StrEnum):
    """Versions of FHIR that are told apart; R4 stands for R4 and R4B."""

    DSTU2 = "DSTU2"
    STU3 = "STU3"
    R4 = "R4"
    R5 = "R5"


def _single(value: object) -> bool:
    return isinstance(value, dict)


def _list(value: object) -> bool:
    return isinstance(value, list)


def _code(value: object) -> bool:
    return bool(text(value))


def _any(value: object) -> bool:
    return value is not None


def _with_actor(performers: object) -> bool:
    return any("actor" in performer for performer in objs(performers))


def _with_agent(requester: object) -> bool:
    return "agent" in obj(requester)


def _families(names: object) -> bool:
    return any(_list(name.get("family")) for name in objs(names))


def _with_concept(evidence: object) -> bool:
    return any("concept" in item or "reference" in item for item in objs(evidence))


def _with_new_value(components: object) -> bool:
    return any({"valueReference", "valueAttachment"} & item.keys() for item in objs(components))


_Marks = Mapping[str, Mapping[str, Callable[[object], bool]]]

_DSTU2: _Marks = {
    "Observation": {"comments": _any, "category": _single},
    "Condition": {"patient": _any, "dateRecorded": _any, "notes": _any, "category": _single},
    "DiagnosticReport": {"performer": _single, "request": _any},
    "MedicationOrder": {"resourceType": _any},
    "MedicationStatement": {"patient": _any, "wasNotTaken": _any},
    "MedicationAdministration": {"patient": _any, "wasNotGiven": _any, "practitioner": _any},
    "Patient": {"name": _families},
}
_STU3: _Marks = {
    "Observation": {
        "comment": _any,
        "context": _any,
        "related": _any,
        "interpretation": _single,
        "valueAttachment": _any,
    },
    "Condition": {
        "clinicalStatus": _code,
        "verificationStatus": _code,
        "assertedDate": _any,
        "context": _any,
        "abatementBoolean": _any,
        "stage": _single,
    },
    "DiagnosticReport": {
        "category": _single,
        "codedDiagnosis": _any,
        "context": _any,
        "image": _any,
        "performer": _with_actor,
    },
    "MedicationRequest": {
        "requester": _with_agent,
        "context": _any,
        "category": _single,
        "definition": _any,
    },
    "MedicationStatement": {"taken": _any, "reasonNotTaken": _any},
    "MedicationAdministration": {
        "notGiven": _any,
        "reasonNotGiven": _any,
        "prescription": _any,
        "definition": _any,
    },
    "Medication": {"isBrand": _any, "isOverTheCounter": _any, "package": _any},
    "Patient": {"animal": _any},
    "Sequence": {"resourceType": _any},
}
_R5: _Marks = {
    "Observation": {
        "bodyStructure": _any,
        "triggeredBy": _any,
        "valueAttachment": _any,
        "valueReference": _any,
        "component": _with_new_value,
    },
    "Condition": {"participant": _any, "evidence": _with_concept},
    "DiagnosticReport": {"composition": _any, "note": _any, "study": _any, "supportingInfo": _any},
    "MedicationRequest": {"medication": _single, "reason": _list},
    "MedicationStatement": {"medication": _single, "reason": _list, "adherence": _any},
    "MedicationAdministration": {
        "medication": _single,
        "reason": _list,
        "occurenceDateTime": _any,
        "occurencePeriod": _any,
        "occurenceTiming": _any,
    },
    "Medication": {"doseForm": _any, "totalVolume": _any},
    "MolecularSequence": {"relative": _any, "literal": _any},
    "GenomicStudy": {"resourceType": _any},
}
_MARKS = {FhirVersion.DSTU2: _DSTU2, FhirVersion.STU3: _STU3, FhirVersion.R5: _R5}

# 'http://hl7.org/fhir/3.0/StructureDefinition/...' and '...StructureDefinition/Observation|3.0.2'
_PROFILE = re.compile(
    r"https?://hl7\.org/fhir/"
    r"(?:(?P<folder>DSTU2|STU3|R4B?|R5|\d\.\d(?:\.\d)?)/.{1,200}"
    r"|StructureDefinition/[A-Za-z]{1,64}\|(?P<pinned>\d\.\d(?:\.\d)?))"
)
_RELEASES = {
    "1": FhirVersion.DSTU2,
    "DSTU2": FhirVersion.DSTU2,
    "3": FhirVersion.STU3,
    "STU3": FhirVersion.STU3,
    "4": FhirVersion.R4,
    "R4": FhirVersion.R4,
    "R4B": FhirVersion.R4,
    "5": FhirVersion.R5,
    "R5": FhirVersion.R5,
}


def versions_shown(resource: Json) -> frozenset[FhirVersion]:
    """The versions whose marks a resource shows; none for one that could be R4 throughout."""
    inside = [_marked(contained) for contained in objs(resource.get("contained"))]
    return _marked(resource).union(_claimed(resource), *inside)


def _marked(resource: Json) -> frozenset[FhirVersion]:
    return frozenset(
        version
        for version, marks in _MARKS.items()
        for element, fits in marks.get(kind(resource), {}).items()
        if fits(resource.get(element))
    )


def _claimed(resource: Json) -> frozenset[FhirVersion]:
    """What the core profiles in meta.profile say; profiles of guides name no FHIR version."""
    profiles = path(resource, "meta", "profile")
    names = profiles if isinstance(profiles, list) else []
    found = (_PROFILE.fullmatch(text(name)) for name in names)
    releases = ((m["folder"] or m["pinned"]).partition(".")[0] for m in found if m)
    return frozenset(_RELEASES[name] for name in releases if name in _RELEASES)
