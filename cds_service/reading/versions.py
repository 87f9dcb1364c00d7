"""Which of several versions of one resource is the current one.

A newer version has the same resource id, or the same identifier (system and value), and a later
meta.lastUpdated or issued. Copies that cannot be put in order are all kept: they may disagree,
and a disagreement must be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cds_service.domain import Json, Received
from cds_service.reading.fhir_json import identifiers, instant, kind, path, text


def current(received: Sequence[Received]) -> tuple[Received, ...]:
    """The resources without exact copies and without versions that a later one replaced."""
    unique = _without_copies(received)
    newest: dict[tuple[str, ...], datetime] = {}
    for item in unique:
        stamp = _stamp(item.json)
        for name in _names(item.json):
            if stamp is not None and stamp > newest.get(
                name, stamp.min.replace(tzinfo=stamp.tzinfo)
            ):
                newest[name] = stamp
    return tuple(item for item in unique if not _replaced(item.json, newest))


def merge_newer(old: Sequence[Received], new: Sequence[Received]) -> tuple[Received, ...]:
    """Resources that arrived with a call, over older copies: later wins, else the new one."""
    arrived = {_identity(item.json): item for item in new if _identity(item.json)}
    kept = [item for item in old if not _loses(item, arrived.get(_identity(item.json)))]
    return (*kept, *new)


def _loses(old: Received, new: Received | None) -> bool:
    if new is None:
        return False
    before, after = _stamp(old.json), _stamp(new.json)
    return before is None or after is None or before <= after


def _without_copies(received: Sequence[Received]) -> list[Received]:
    """A resource that came under two keys counts once."""
    kept: list[Received] = []
    seen: dict[tuple[str, ...], list[Json]] = {}
    for item in received:
        copies = seen.setdefault(_identity(item.json), [])
        if not _identity(item.json) or item.json not in copies:
            kept.append(item)
            copies.append(item.json)
    return kept


def _replaced(resource: Json, newest: dict[tuple[str, ...], datetime]) -> bool:
    stamp = _stamp(resource)
    rivals = [newest[name] for name in _names(resource) if name in newest]
    return stamp is not None and any(stamp < rival for rival in rivals)


def _identity(resource: Json) -> tuple[str, ...]:
    own = text(resource.get("id"))
    return (kind(resource), own) if own else ()


def _names(resource: Json) -> list[tuple[str, ...]]:
    names = [(kind(resource), *pair) for pair in identifiers(resource)]
    identity = _identity(resource)
    return [*names, identity] if identity else [*names]


def _stamp(resource: Json) -> datetime | None:
    return instant(path(resource, "meta", "lastUpdated")) or instant(resource.get("issued"))
