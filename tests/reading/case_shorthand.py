"""The shorthand of the case table -> FHIR resources of one synthetic patient.

A concept is written 'system code display + system code display | text'; every part may be left
out. Whatever the shorthand cannot say is said in plain JSON: tables stay as they are.
"""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests import builders
from tests.builders import Resource

SYSTEMS: Mapping[str, str] = {
    "loinc": builders.LOINC,
    "snomed": builders.SNOMED,
    "hgnc": "http://www.genenames.org",
    "hgnc/": "http://www.genenames.org/",
    "hgnc/geneId": builders.HGNC,
    "so": "http://sequenceontology.org",
    "so-www": "http://www.sequenceontology.org",
    "so-www/": "http://www.sequenceontology.org/",
    "ncbi": "http://www.ncbi.nlm.nih.gov/gene",
    "ensembl": "http://www.ensembl.org",
    "hgvs": builders.HGVS,
    "iscn": "https://iscn.karger.com",
    "tbd": builders.TBD,
    "ge": "http://terminology.hl7.org/CodeSystem/v2-0074",
    "category": "http://terminology.hl7.org/CodeSystem/observation-category",
    "interpretation": builders.INTERPRETATION,
    "absent": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
    "outcome": builders.OUTCOME,
    "icd-10": builders.ICD10,
    "icd-10-cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "icd-10-gm": "http://fhir.de/CodeSystem/bfarm/icd-10-gm",
    "icd-o-3": builders.ICDO3,
    "ncit": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "atc": builders.ATC,
    "clinical": builders.CLINICAL,
    "verification": builders.VERIFICATION,
    "condition-category": "http://terminology.hl7.org/CodeSystem/condition-category",
    "dgts": "https://fhir.nhs.uk/CodeSystem/England-DigitalGenomicTestService",
    "-": "",
}
SOURCE_CLASS = {
    "somatic": "LA6684-0 Somatic",
    "germline": "LA6683-2 Germline",
    "likely somatic": "LA18195-0 Likely somatic",
    "likely germline": "LA18194-3 Likely germline",
    "de novo": "LA26807-0 De novo",
    "unknown": "LA18197-6 Unknown origin",
}
_LISTS = frozenset({"category", "interpretation", "conclusionCode", "reasonCode"})
_REFERENCES = {
    "result": True,
    "hasMember": True,
    "derivedFrom": True,
    "focus": True,
    "partOf": True,
    "subject": False,
    "specimen": False,
    "encounter": False,
    "medicationReference": False,
}
_CONCEPTS = frozenset(
    {"code", "valueCodeableConcept", "method", "bodySite", "dataAbsentReason", "clinicalStatus"}
    | {"verificationStatus", "medicationCodeableConcept", "type", "severity", "statusReason"}
    | _LISTS
)
_OURS = frozenset({"is", "json", "says", "without", "value"})
_PARTS = frozenset({"genes", "pair", "change", "name", "source", "also"})
_CODE = re.compile(r"(\S+)\s+(\S+)\s*(.*)", re.DOTALL)


def concept(written: str) -> Resource:
    """'hgnc HGNC:8031 NTRK1 + ncbi 4914 | words' -> CodeableConcept."""
    codes, words = _apart(written)
    codings = [_coding(one.strip()) for one in codes.split(" + ") if one.strip()]
    made: Resource = {"coding": codings} if codings else {}
    return made | ({"text": words} if words else {})


def _apart(written: str) -> tuple[str, str]:
    """What stands before and after a bar of its own; a bar inside an address is none."""
    first, *rest = re.split(r"(?:^|\s)\|(?:\s|$)", written, maxsplit=1)
    return first.strip(), rest[0].strip() if rest else ""


def _coding(written: str) -> Resource:
    match = _CODE.fullmatch(written)
    assert match is not None, f"a coding is 'system code display', not {written!r}"
    system, code, display = match.groups()
    assert system in SYSTEMS or "://" in system or system.startswith("urn:"), system
    return builders.coding(SYSTEMS.get(system, system), "" if code == "-" else code, display)


def component(written: object) -> Resource:
    """'loinc 48018-6 = hgnc 8031 NTRK1' or 'loinc 81252-9 := a sentence' -> component."""
    if isinstance(written, dict):
        return written
    key, mark, value = re.split(r"\s(:?=)(?:\s|$)", str(written), maxsplit=1)
    if mark == ":=":
        return {"code": concept(key), "valueString": value.strip()}
    return {"code": concept(key), "valueCodeableConcept": concept(value)}


def reference(written: object) -> Resource:
    """'Observation/o1', '#v1' or '| words only' -> Reference."""
    if isinstance(written, dict):
        return written
    target, words = _apart(str(written))
    found = {"reference": target, "display": words}
    return {name: value for name, value in found.items() if value}


def resources(given: Sequence[object]) -> list[Resource]:
    """The resources of one case; each gets an id of its own where none is given."""
    numbers: Counter[str] = Counter()
    return [_resource(item, numbers) for item in given]


def _resource(item: object, numbers: Counter[str]) -> Resource:
    if isinstance(item, str):
        item = {"is": "raw", "json": item}
    assert isinstance(item, dict), item
    base = _BASES[item.get("is", "variant")](item)
    body = base | {k: _element(k, v) for k, v in item.items() if k not in _OURS | _PARTS}
    body |= json.loads(item.get("json", "{}"))
    letter = _LETTERS.get(str(body.get("resourceType")), "x")
    numbers[letter] += 1
    if "id" not in item and "id" not in base and item.get("is") != "raw":
        body["id"] = f"{letter}{numbers[letter]}"
    unwanted = item.get("without", [])
    return {k: v for k, v in body.items() if v is not None and k not in unwanted}


def _element(key: str, value: object) -> object:
    if key == "contained":
        assert isinstance(value, list)
        return resources(value)
    if key == "component" and isinstance(value, list):
        return [component(one) for one in value]
    if key == "presentedForm" and isinstance(value, list):
        return [_attachment(one) for one in value]
    if key == "note":
        many = value if isinstance(value, list) else [value]
        return [{"text": one} if isinstance(one, str) else one for one in many]
    if key in _REFERENCES:
        return _references(key, value)
    if key in _CONCEPTS:
        return _concepts(key, value)
    return value


def _references(key: str, value: object) -> object:
    if isinstance(value, list):
        return [reference(one) for one in value]
    return [reference(value)] if _REFERENCES[key] else reference(value)


def _concepts(key: str, value: object) -> object:
    if isinstance(value, list):
        return [concept(one) if isinstance(one, str) else one for one in value]
    made = concept(value) if isinstance(value, str) else value
    return [made] if key in _LISTS and isinstance(value, str) else made


def _attachment(written: object) -> object:
    """'text/plain | words' -> Attachment."""
    if not isinstance(written, str):
        return written
    kind, _, words = written.partition("|")
    data = base64.b64encode(words.strip().encode()).decode()
    return {"contentType": kind.strip(), "data": data}


def _variant(item: Mapping[str, Any]) -> Resource:
    value = item.get("value", "present")
    body = builders.result(value=_value(value), id=None)
    parts = list(_components(item))
    return body | ({"component": parts} if parts else {})


def _value(value: object) -> object:
    if value == "":
        return None
    named = {
        "present": builders.PRESENT,
        "absent": builders.ABSENT,
        "indeterminate": builders.INDETERMINATE,
        "no call": builders.NO_CALL,
    }
    return named.get(str(value)) or (concept(value) if isinstance(value, str) else value)


def _components(item: Mapping[str, Any]) -> list[Resource]:
    parts = [_gene(symbol) for symbol in item.get("genes", [])]
    parts += [builders.pair(*str(item["pair"]).split("::"))] if "pair" in item else []
    if "change" in item:
        written = str(item["change"])
        so = f"so-www {written}" if written.startswith("SO:") else written
        parts.append({"code": concept("loinc 48019-4"), "valueCodeableConcept": concept(so)})
    parts += [builders.name(str(item["name"]))] if "name" in item else []
    if "source" in item:
        parts.append(component(f"loinc 48002-0 = loinc {SOURCE_CLASS[item['source']]}"))
    return parts + [component(one) for one in item.get("also", [])]


def _gene(written: str) -> Resource:
    """A symbol that the builders know, or a concept."""
    known = concept(written) if " " in written else builders.hgnc(written)
    return {"code": concept("loinc 48018-6"), "valueCodeableConcept": known}


def _text(item: Mapping[str, Any]) -> Resource:
    return builders.spoken(item["says"], id=None)


def _report(item: Mapping[str, Any]) -> Resource:
    return builders.report(item.get("says", ""), id=None)


def _condition(item: Mapping[str, Any]) -> Resource:
    return builders.condition(id=None)


def _subject(kind: str) -> Callable[[Mapping[str, Any]], Resource]:
    return lambda item: {"resourceType": kind, "subject": builders.MINE}


def _request(item: Mapping[str, Any]) -> Resource:
    return builders.request(builders.larotrectinib(), id=None)


def _statement(item: Mapping[str, Any]) -> Resource:
    return builders.statement(builders.larotrectinib(), id=None)


def _administration(item: Mapping[str, Any]) -> Resource:
    return builders.administration(builders.larotrectinib(), id=None)


_BASES: Mapping[str, Callable[[Mapping[str, Any]], Resource]] = {
    "variant": _variant,  # Observation 69548-6, Present
    "text": _text,  # Observation with a sentence as value: says
    "report": _report,  # DiagnosticReport 51969-4; says = conclusion
    "condition": _condition,  # mesothelioma of pleura, active, confirmed
    "observation": _subject("Observation"),  # nothing but the subject
    "specimen": _subject("Specimen"),
    "request": _request,  # larotrectinib, active order
    "statement": _statement,
    "administration": _administration,
    "patient": lambda item: builders.patient(),
    "raw": lambda item: {},  # json only
}
_LETTERS = {
    "Observation": "o",
    "DiagnosticReport": "r",
    "Condition": "c",
    "Specimen": "s",
    "MedicationRequest": "m",
    "MedicationStatement": "ms",
    "MedicationAdministration": "ma",
}
