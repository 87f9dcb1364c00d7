"""Tolerant access to FHIR JSON: whatever is of the wrong type reads as absent, nothing raises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from cds_service.codes import Code
from cds_service.domain import Json, RepeatedKeys, Source

MAX_DEPTH = 64  # a resource nested deeper is Unread
# No-break, thin and other blanks of word processors, as one
_SPACES = dict.fromkeys((0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")


def obj(value: object) -> Json:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objs(value: object) -> list[Json]:
    """The objects of a list; a lone object counts as a list of one (STU3 wrote some so)."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """The value if it is a string, without surrounding white space, else ''."""
    if not isinstance(value, str):
        return ""
    return (value if value.isascii() else value.translate(_SPACES)).strip()


def path(value: object, *keys: str) -> Any:
    """The value behind nested object keys, or None."""
    for key in keys:
        value = obj(value).get(key)
    return value


def codings(concept: object) -> list[Json]:
    """The codings of a CodeableConcept; a bare Coding or code string reads as one too."""
    if isinstance(concept, str):
        return [{"code": concept}]
    body = obj(concept)
    return objs(body["coding"]) if "coding" in body else ([body] if "code" in body else [])


def code_of(coding: Json) -> Code:
    """The normalised system and code of a coding."""
    return Code.of(text(coding.get("system")), text(coding.get("code")))


def concept_texts(concept: object) -> list[str]:
    """The text and displays of a CodeableConcept, text first."""
    body = obj(concept)
    found = [text(body.get("text"))] + [text(c.get("display")) for c in codings(concept)]
    return [item for item in found if item]


def kind(resource: Json) -> str:
    """resourceType, or ''."""
    return text(resource.get("resourceType"))


def reference_of(resource: Json) -> str:
    """'Type/id' of a resource, or 'Type/(no id)'."""
    return f"{kind(resource) or 'Resource'}/{text(resource.get('id')) or '(no id)'}"


def deeper_than(value: object, limit: int) -> bool:
    """True when JSON nests deeper than limit; walks level by level, so it cannot overflow."""
    level: list[Any] = [value]
    for _ in range(limit + 1):
        level = [child for item in level for child in _children(item)]
        if not level:
            return False
    return True


def has_repeated_key(value: object) -> bool:
    """True when any object in the value had a key twice."""
    return any(isinstance(item, RepeatedKeys) for item in walk(value))


def walk(value: object) -> Iterator[Any]:
    """Every object and list inside a value, itself included, without recursion."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        yield item
        waiting.extend(_children(item))


def _children(item: object) -> list[Any]:
    inside = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return [child for child in inside if isinstance(child, (dict, list))]


def instant(value: object) -> datetime | None:
    """A FHIR dateTime or instant in UTC; a missing zone reads as UTC, anything else as None."""
    try:
        parsed = datetime.fromisoformat(text(value))
    except ValueError:
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)


def day(value: object) -> str:
    """The date part of a FHIR date, dateTime or instant; '' when it is none."""
    raw = text(value)[:10]
    digits = raw.replace("-", "")
    legal = len(raw) in (4, 7, 10) and len(digits) in (4, 6, 8)
    return raw if legal and digits.isascii() and digits.isdecimal() else ""


def identifiers(resource: Json) -> frozenset[tuple[str, str]]:
    """(system, value) of every identifier that has both."""
    pairs = (
        (text(item.get("system")), text(item.get("value")))
        for item in objs(resource.get("identifier"))
    )
    return frozenset(pair for pair in pairs if pair[0] and pair[1])


# A report is looked for by its day of issue, and a correction of one sample differs only there.
_DATES = (
    "issued",
    "effectiveDateTime",
    "effectiveInstant",
    "recordedDate",
    "assertedDate",
    "dateRecorded",
    "onsetDateTime",
    "authoredOn",
    "dateAsserted",
    "dateWritten",
    "occurenceDateTime",
)


def source_of(resource: Json) -> Source:
    """The provenance of a resource, as far as it is stated."""
    dates = [day(resource.get(name)) for name in _DATES]
    dates.append(day(path(resource, "effectivePeriod", "start")))
    performers = [
        text(p.get("display")) or text(path(p, "actor", "display"))  # STU3
        for p in objs(resource.get("performer"))
    ]
    return Source(
        reference=reference_of(resource),
        status=text(resource.get("status")),
        date=next((found for found in dates if found), ""),
        recorded=instant(path(resource, "meta", "lastUpdated")) or instant(resource.get("issued")),
        identifiers=identifiers(resource),
        laboratory=next((name for name in performers if name), ""),
        version=text(path(resource, "meta", "versionId")),
    )
