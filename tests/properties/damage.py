"""A record -> the same record with one place removed, emptied or made invalid."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tests.properties.records import Json, Record

Path = tuple[str | int, ...]
_LONG = "x" * 20_000


def _wrapped(value: object) -> object:
    """A list where one value belongs, and one value where a list belongs."""
    return (value[0] if value else {}) if isinstance(value, list) else [value]


def _of_another_type(value: object) -> object:
    return {"x": "x"} if isinstance(value, str) else "x"


# What is put where a value was; 'removed' takes the key or the item away.
DAMAGES: Mapping[str, Callable[[Any], object]] = {
    "null": lambda value: None,
    "empty string": lambda value: "",
    "empty list": lambda value: [],
    "empty object": lambda value: {},
    "another type": _of_another_type,
    "wrapped": _wrapped,
    "number": lambda value: 7,
    "white space": lambda value: " \t ",
    "very long": lambda value: _LONG,
}
KINDS = ("removed", *DAMAGES)


def places(value: object, path: Path = ()) -> Iterator[Path]:
    """The path of everything inside a JSON value."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value)  # type: ignore[arg-type]
    for key, child in items:
        yield (*path, key)
        if isinstance(child, (dict, list)):
            yield from places(child, (*path, key))


def damaged(record: Record, path: Path, kind: str) -> Record:
    """The record with one place of its documents damaged."""
    return replace(record, prefetch=_changed(record.prefetch, path, kind))


def _changed(value: Any, path: Path, kind: str) -> Any:
    """A copy of the containers on the path only; the rest is shared."""
    if not path:
        return DAMAGES[kind](copy.deepcopy(value))
    changed: Json | list[Any] = dict(value) if isinstance(value, dict) else list(value)
    if len(path) == 1 and kind == "removed":
        del changed[path[0]]  # type: ignore[arg-type]
    else:
        changed[path[0]] = _changed(value[path[0]], path[1:], kind)  # type: ignore[index]
    return changed


def named(record: Record, path: Path) -> str:
    """'Observation/o1 component.0.code', or 'laboratory total' for a place of the Bundle."""
    key, *rest = path
    document = record.prefetch[str(key)]
    holder, inside = "", list(rest)
    if isinstance(document, dict) and document.get("resourceType") != "Bundle":
        holder = document["resourceType"]
    elif len(rest) > 3 and rest[0] == "entry" and rest[2] == "resource":
        resource = document["entry"][rest[1]]["resource"]
        holder, inside = f"{resource['resourceType']}/{resource['id']}", list(rest[3:])
    return f"{holder or key} {'.'.join(map(str, inside))}".strip()
