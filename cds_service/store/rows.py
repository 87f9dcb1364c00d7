"""Records as JSON -> the columns that queries ask for; what no table could take is refused here.

A record that one database would refuse must not keep others waiting behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cds_service.store.instants import in_utc

_LONGEST_ID = 36
_MOST = 2**31 - 1
_KEYS = {"decision_key": 64, "card_uuid": 36}


def decision_columns(record: Mapping[str, Any]) -> dict[str, Any]:
    """What is repeated beside a decision record; raises ValueError for none."""
    columns: dict[str, Any] = {
        "id": _id(record),
        "time": in_utc(_text(record, "time")),
        "site": _text(record, "site"),
        "guideline": _text(record, "guideline"),
        "recommendation": _text(record, "recommendation"),
        "decision_key": _text(record, "decisionKey"),
        "card_uuid": _text(record, "cardUuid"),
        "held_back": record.get("heldBack") is True,
    }
    for name, most in _KEYS.items():
        if len(columns[name]) > most:
            raise ValueError(f"{name} is too long")
    return columns


def event_columns(event: Mapping[str, Any]) -> dict[str, Any]:
    """What is repeated beside a request event; raises ValueError for none."""
    return {
        "id": _id(event),
        "time": in_utc(_text(event, "time")),
        "site": _text(event, "site"),
        "route": _text(event, "route"),
        "status": _number(event, "status"),
        "duration_ms": _number(event, "duration_ms"),
    }


def _id(record: Mapping[str, Any]) -> str:
    found = _text(record, "id")
    if not 0 < len(found) <= _LONGEST_ID:
        raise ValueError("id has no length or too much of it")
    return found


def _text(record: Mapping[str, Any], name: str) -> str:
    """A text that both databases can hold; nothing where the member is not there or null."""
    found = record.get(name)
    if not isinstance(found, str | None):
        raise ValueError(f"{name} is no text")
    whole = (found or "").encode("utf-8", "replace").decode()
    return whole.replace("\x00", "?")


def _number(record: Mapping[str, Any], name: str) -> int:
    found = record.get(name)
    if type(found) is not int or not 0 <= found <= _MOST:
        raise ValueError(f"{name} is no number of this size")
    return found
