"""A record -> the same record said in another way: none of this is a new fact."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from tests.builders import ATC, LOINC, Resource, concept, fusion, hypertension, report, request
from tests.properties.records import Record

Change = Callable[[Record, random.Random], Record]
_HARMLESS = ["Ward 7", "seen", "http://example.org/x", "4.1", "Änderung", "1 of 2"]


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Every JSON object inside a value, itself included, outermost first."""
    if isinstance(value, dict):
        yield value
    inside: list[Any] = list(value.values()) if isinstance(value, dict) else []
    for child in value if isinstance(value, list) else inside:
        yield from objects(child)


# --- order --------------------------------------------------------------------------------------


def reordered(record: Record, chance: random.Random) -> Record:
    """Keys, entries, components, codings and members in another order."""
    prefetch, newer = _shuffled(record.prefetch, chance), _shuffled(record.newer, chance)
    return Record(record.name, record.patient_id, prefetch, record.server, newer)


def _shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        items = list(value.items())
        chance.shuffle(items)
        return {key: _shuffled(child, chance) for key, child in items}
    if isinstance(value, list):
        return [_shuffled(child, chance) for child in chance.sample(value, len(value))]
    return value


# --- bystanders ---------------------------------------------------------------------------------


def with_bystanders(record: Record, chance: random.Random) -> Record:
    """Resources of the same patient that have nothing to do with the question."""
    changed = record.copied()
    for key, unrelated in _bystanders(record):
        bundle = changed.prefetch.get(key)
        if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
            continue
        if not bundle.get("entry") and key == "conditions":
            continue  # the first Condition of a chart is news: the chart was not empty
        for resource in chance.sample(unrelated, chance.randint(0, len(unrelated))):
            place = chance.randint(0, len(bundle.get("entry", ())))
            bundle.setdefault("entry", []).insert(place, {"resource": resource})
            if "total" in bundle:
                bundle["total"] += 1
    return changed


def _bystanders(record: Record) -> list[tuple[str, list[Resource]]]:
    mine = {"subject": {"reference": f"Patient/{record.patient_id}"}}
    potassium = {"resourceType": "Observation", "id": "by-1", "status": "final", **mine}
    potassium |= {"code": concept(LOINC, "2823-3", "Potassium"), "valueString": "4.1 mmol/L"}
    other_gene = {**fusion("ALK", "EML4", id="by-2"), **mine}
    x_ray = {**report("Normal chest X-ray.", id="by-3", code=concept(LOINC, "36643-5")), **mine}
    drug = {**request(concept(ATC, "L01XA02", "carboplatin"), id="by-4"), **mine}
    return [
        ("laboratory", [potassium, other_gene]),
        ("diagnosticReports", [x_ray]),
        ("conditions", [{**hypertension(id="by-5"), **mine}]),
        ("medicationRequests", [drug]),
    ]


# --- extensions ---------------------------------------------------------------------------------


def with_extensions(record: Record, chance: random.Random) -> Record:
    """Extensions of a local vendor on resources and on elements inside them."""
    changed = record.copied()
    for resource in changed.resources():
        for holder in objects(resource):
            if chance.random() < 0.3 and holder.get("resourceType") != "Bundle":
                holder.setdefault("extension", [])
                holder["extension"] = [*holder["extension"], _extension(chance)]
    return changed


def _extension(chance: random.Random) -> Resource:
    values: list[Resource] = [
        {"valueString": chance.choice(_HARMLESS)},
        {"valueBoolean": chance.random() < 0.5},
        {"valueCode": "routine"},
        {"valueCoding": {"system": "https://example.org/wards", "code": "7", "display": "Ward"}},
        {"valueCodeableConcept": {"text": "Ward 7"}},
        {"valueDateTime": "2026-01-01"},
        {"extension": [{"url": "inner", "valueInteger": 7}]},
    ]
    name = chance.choice(["ward", "billing", "source", "audit-trail"])
    return {"url": f"https://example.org/fhir/StructureDefinition/{name}", **chance.choice(values)}


# --- names of resources ---------------------------------------------------------------------------

_REFERRED = re.compile(r"(?P<before>^|.*[/#:])(?P<id>[^/#:]+?)(?P<after>/_history.*)?")


def renamed(record: Record, chance: random.Random) -> Record:
    """Other ids, the same in every reference."""
    changed = record.copied()
    known = {holder["id"] for document in changed.documents() for holder in _named(document)}
    known.add(record.patient_id)
    numbers = chance.sample(range(10**6), len(known))
    names = {old: f"n{new}" for old, new in zip(sorted(known), numbers, strict=True)}
    for document in changed.documents():
        for holder in objects(document):
            if "resourceType" in holder and holder.get("id") in names:
                holder["id"] = names[holder["id"]]
            for key in ("reference", "fullUrl"):
                if isinstance(holder.get(key), str):
                    holder[key] = _renamed(holder[key], names)
    patient_id = names[record.patient_id]
    return Record(record.name, patient_id, changed.prefetch, record.server, changed.newer)


def _named(document: object) -> Iterator[dict[str, Any]]:
    for holder in objects(document):
        if "resourceType" in holder and isinstance(holder.get("id"), str):
            yield holder


def _renamed(reference: str, names: dict[str, str]) -> str:
    found = _REFERRED.fullmatch(reference)
    if found is None or found["id"] not in names:
        return reference
    return f"{found['before']}{names[found['id']]}{found['after'] or ''}"


# --- case and white space -------------------------------------------------------------------------

_SPOKEN = ("display", "text", "conclusion", "valueString", "title", "comment")
# Code systems whose codes are compared without case here; FHIR says so of LOINC.
_CASELESS = ("loinc.org", "genenames.org", "sequenceontology.org", "sid/icd-10", "whocc.no/atc")


def respaced(record: Record, chance: random.Random) -> Record:
    """White space around the words of displays and texts, and between them."""

    def respace(said: str) -> str:
        blanks = ["", " ", "  ", "\t", "\n", "\u00a0"]
        inside = chance.choice([" ", "  ", "\u00a0", "\u2009"])
        return chance.choice(blanks) + said.replace(" ", inside) + chance.choice(blanks)

    return _spoken_anew(record, respace)


def recased(record: Record, chance: random.Random) -> Record:
    """Displays and texts in capitals, displays in small letters; codes where case means nothing.

    Sentences are not put into small letters: there a symbol such as LMNA is no symbol any more.
    """
    shouted = chance.random() < 0.5
    speak = str.upper if shouted else str.lower
    changed = _spoken_anew(record, str.upper) if shouted else record.copied()
    for document in changed.documents():
        for holder in objects(document):
            if _is_caseless(holder) and chance.random() < 0.5:
                holder["code"] = speak(holder["code"])
            if not shouted and isinstance(holder.get("display"), str) and not _is_gene(holder):
                holder["display"] = holder["display"].lower()
    return changed


def _is_gene(holder: dict[str, Any]) -> bool:
    return "genenames" in str(holder.get("system")) or "::" in holder["display"]


def _is_caseless(holder: dict[str, Any]) -> bool:
    """A coding of a system in which case means nothing; symbols joined by '::' are words."""
    system, code = holder.get("system"), holder.get("code")
    stated = isinstance(system, str) and isinstance(code, str) and "::" not in code
    return stated and any(name in str(system) for name in _CASELESS)


def _spoken_anew(record: Record, speak: Callable[[str], str]) -> Record:
    changed = record.copied()
    for resource in changed.resources():
        for holder in objects(resource):
            for key in _SPOKEN:
                if isinstance(holder.get(key), str):
                    holder[key] = speak(holder[key])
    return changed


# --- versions of FHIR ---------------------------------------------------------------------------


def as_r4b(record: Record, chance: random.Random) -> Record:
    """The valid resources as an R4B server writes them, some with the profile of their version."""
    changed = record.copied()
    for resource in changed.resources():
        written = _written_by_r4b(resource)
        if written is not None:
            resource.clear()
            resource.update(written)
        version = chance.choice(["", "|4.0.1", "|4.3.0"])
        if version and isinstance(resource.get("meta", {}), dict):
            name = f"http://hl7.org/fhir/StructureDefinition/{resource.get('resourceType')}"
            claimed = resource.get("meta", {}).get("profile", [])
            profiles = [*(claimed if isinstance(claimed, list) else [claimed]), name + version]
            resource["meta"] = {**resource.get("meta", {}), "profile": profiles}
    return changed


def _written_by_r4b(resource: Resource) -> Resource | None:
    if isinstance(resource.get("code"), str):
        return None  # the model reads JSON inside a string, which no server would
    try:
        model = get_fhir_model_class(resource.get("resourceType", "")).model_validate(resource)
    except (ValidationError, KeyError, ValueError):
        return None
    written: Resource = model.model_dump(mode="json", exclude_none=True)
    return written
