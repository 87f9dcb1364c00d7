"""A seed -> one resource of a synthetic record, mutated beyond what any sender would write."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from cds_service.domain import RepeatedKeys
from cds_service.reading.fhir_json import deeper_than
from tests.builders import Resource
from tests.properties.damage import Path, places
from tests.properties.records import Json, Record

Mutation = Callable[[Any, random.Random], Any]
_NUMBERS = [0, -1, 2**31, 2**63, -(2**63), 10**400, 1e308, -1e-308, float("inf"), float("nan"), 7.5]
_TEXTS = [
    *(
        "",
        " ",
        "\x00",
        "\ud800",
        "\udfff NTRK1",
        "\u202eNTRK1\u202c",
        "NTRK1\u200b fusion",
        "ＮＴＲＫ１",
    ),
    *(
        "İ",
        "ß",
        "ﬁ",
        "\u0130TRK1",
        "Ⅻ",
        "👩‍🔬",
        "A\u0301" * 50,
        "é",
        "\ufeff",
        "\u2028",
        "NaN",
        "null",
    ),
    *("http://[", "urn:uuid:", "#", "#/", "Patient/", "/_history", "?identifier=|", "::", "HGNC:"),
    *("p.G595R", "HGNC:8031", "SO:0001565", "LA9633-4", "9" * 400, "2026-13-45", "0000", "-"),
    *("<div>", "&#99999999999;", "\\.br\\", "data:;base64,====", "no NTRK fusion", "NTRK1::", "?"),
]
_PLACES = ["id", "code", "coding", "system", "display", "text", "status", "subject", "reference"]
_PLACES += ["component", "contained", "extension", "valueString", "note", "result", "meta"]


def _nested(depth: int, chance: random.Random) -> Any:
    value: Any = "NTRK1 fusion"
    key = chance.choice(_PLACES)
    for _ in range(depth):
        value = {key: value} if chance.random() < 0.5 else [value]
    return value


def _another_type(value: Any, chance: random.Random) -> Any:
    others = [None, True, False, 7, 7.5, "x", [], {}, [value], {"value": value}, [[value]], [None]]
    return chance.choice(others)


def _number(value: Any, chance: random.Random) -> Any:
    number = chance.choice(_NUMBERS)
    return str(number) if chance.random() < 0.3 else number


def _text(value: Any, chance: random.Random) -> Any:
    said = chance.choice(_TEXTS)
    return said + value if isinstance(value, str) and chance.random() < 0.5 else said


def _many(value: Any, chance: random.Random) -> Any:
    return [value] * chance.choice([2, 50, 400])


def _huge_key(value: Any, chance: random.Random) -> Any:
    key = chance.choice(["k" * 50_000, "\ud800" * 9, "", " ", "é" * 999, "__class__", "value[x]"])
    return {**value, key: "NTRK1"} if isinstance(value, dict) else {key: value}


def _repeated(value: Any, chance: random.Random) -> Any:
    return RepeatedKeys(value) if isinstance(value, dict) else value


def _long(value: Any, chance: random.Random) -> Any:
    unit = chance.choice(["NTRK1 fusion ", "no ", "(", "TPM3::NTRK1 ", "x"])
    return unit * chance.choice([100, 2_000])


MUTATIONS: dict[str, Mutation] = {
    "another type": _another_type,
    "number": _number,
    "text": _text,
    "nested": lambda value, chance: _nested(chance.choice([3, 63, 64, 65, 66, 200, 500]), chance),
    "many": _many,
    "huge key": _huge_key,
    "repeated key": _repeated,
    "long": _long,
}


def mutated(record: Record, chance: random.Random) -> tuple[Record, Resource]:
    """The record with one resource mutated in one to four places, and that resource."""
    changed = record.copied()
    holders = list(_holders(changed))
    holder, key = chance.choice(holders)
    resource: Resource = holder[key]
    for _ in range(chance.randint(1, 4)):
        path = chance.choice(list(_shallow(resource)) or [("id",)])
        name = chance.choice(sorted(MUTATIONS))
        _put(resource, path, MUTATIONS[name], chance)
    return changed, resource


def _holders(record: Record) -> Iterator[tuple[Json, str]]:
    """Where the resources hang."""
    for key, document in record.prefetch.items():
        if isinstance(document, dict) and document.get("resourceType") == "Bundle":
            yield from ((entry, "resource") for entry in document.get("entry", ()))
        elif isinstance(document, dict):
            yield record.prefetch, key
    yield from ((entry, "resource") for entry in record.newer.get("entry", ()))


def _shallow(resource: Resource) -> Iterator[Path]:
    """Places of a resource that nothing has been nested into yet."""
    small = {key: value for key, value in resource.items() if not deeper_than(value, 20)}
    return places(small)


def _put(resource: Resource, path: Path, mutation: Mutation, chance: random.Random) -> None:
    inside: Any = resource
    for key in path[:-1]:
        inside = inside[key]
    key = path[-1]
    old = inside.get(key) if isinstance(inside, dict) else inside[key]
    inside[key] = mutation(old, chance)
