"""SMART scopes, v1 and v2 -> whether a token covers a query: wholly, in part or not at all.

v1 is `patient/Observation.read`, v2 is `patient/Observation.rs?category=laboratory`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from cds_service.fhir_client.query import Query

_SCOPE = re.compile(
    r"(?:patient|user|system)/(?P<type>\*|[A-Za-z]+)"
    r"\.(?:(?P<v1>read|write|\*)|(?P<v2>c?r?u?d?s?))(?:\?(?P<params>\S*))?"
)


class Cover(Enum):
    """How much of a query a token covers."""

    WHOLE = "whole"
    PART = "part"
    NOTHING = "nothing"


@dataclass(frozen=True)
class _Right:
    """One scope that allows what the query needs; its own restriction, if it has one."""

    params: tuple[tuple[str, str], ...]


def cover(scope: str, query: Query) -> Cover:
    """What the scopes of a token say of a query; a token that states none is left to its server."""
    if not scope.strip():
        return Cover.WHOLE
    rights = [right for word in scope.split() if (right := _right(word, query)) is not None]
    if any(set(right.params) <= set(query.params) for right in rights):
        return Cover.WHOLE
    return Cover.PART if rights else Cover.NOTHING


def _right(word: str, query: Query) -> _Right | None:
    found = _SCOPE.fullmatch(word)
    if found is None or found["type"] not in ("*", query.kind):
        return None
    letter = "s" if query.is_search else "r"
    if found["v1"]:
        return None if found["v1"] == "write" or found["params"] is not None else _Right(())
    return _Right(Query.pairs(found["params"] or "")) if letter in found["v2"] else None
