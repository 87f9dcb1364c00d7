"""PatientRecord -> its facts in lines: what is not stated is left out, the rest is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from typing import Any

from cds_service.domain import Gene, PatientRecord, Source, Tie

_FACTS = ("fusions", "variants", "diagnoses", "therapies", "cancers", "unread", "gaps", "silent")


def lines(record: PatientRecord) -> list[str]:
    """One line for each fact, in the order of the record."""
    found = [f"{name}: {_told(fact)}" for name in _FACTS for fact in getattr(record, name)]
    counts = f"results {record.genomic_results}, conditions {record.conditions_read}"
    return [*found, f"{counts}, broken {record.broken}"]


def _told(fact: Any) -> str:
    stated = [
        f"{field.name}={_word(value)}"
        for field in fields(fact)
        if (value := getattr(fact, field.name)) not in (_default(field), "", frozenset(), ())
    ]
    return "; ".join(stated)


def _default(field: Field[Any]) -> object:
    return None if field.default is MISSING else field.default


def _word(value: object) -> str:
    if isinstance(value, Source):
        return " ".join(_origin(value))
    if isinstance(value, Gene):
        return "/".join(sorted(value.members))
    if isinstance(value, Tie):
        return ", ".join([*sorted(value.diagnoses), value.another]).strip(", ")
    return ", ".join(_words(value))


def _origin(source: Source) -> list[str]:
    recorded = source.recorded.isoformat() if source.recorded else ""
    named = sorted(f"{system}|{value}" for system, value in source.identifiers)
    parts = [source.reference, source.status, source.date, recorded, *named]
    return [part for part in (*parts, source.laboratory, source.version) if part]


def _words(value: object) -> Iterator[str]:
    if isinstance(value, frozenset):
        yield from sorted(map(str, value))
    elif isinstance(value, tuple):
        yield from map(str, value)
    else:
        yield str(value)
