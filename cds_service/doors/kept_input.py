"""All that a decision was made from <-> bytes that a site may keep, to make the decision again.

Lines of JSON, compressed: the first says what stood where, each further one is a resource as it
was read. A key that stood twice stands twice again, so the reader of requests reads it alike.
Tokens are not among what is kept.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from cds_service.domain import (
    AccessEvent,
    Approval,
    Assessment,
    Complete,
    DataKey,
    DataState,
    GapWhy,
    Link,
    Missing,
    Nation,
    Partial,
    Received,
    RepeatedKeys,
)
from cds_service.doors.fetching import Arrived
from cds_service.errors import InputError, RequestError
from cds_service.knowledge import matches
from cds_service.reading.bundle import Patient
from cds_service.reading.fhir_json import has_repeated_key
from cds_service.strict_json import parse

FORMAT = 1
_UNREADABLE = "the kept input cannot be read"


@dataclass(frozen=True)
class Kept:
    """What one decision was made from, beside the rules themselves."""

    arrived: Arrived
    access: tuple[AccessEvent, ...]  # in force on that day, in that nation
    links: Mapping[str, Link]
    approval: Approval | None
    card: str  # the JSON that was sent, '' where no card was made


def kept_of(
    arrived: Arrived,
    assessment: Assessment,
    card: Mapping[str, Any] | None,
    links: Mapping[str, Link],
    approvals: Sequence[Approval],
) -> Kept:
    """What is worth keeping of one decision."""
    events = (event for position in assessment.access for event in position.events)
    return Kept(
        arrived=arrived,
        access=tuple(events),
        links=links,
        approval=next((a for a in approvals if matches(a, assessment.guideline)), None),
        card=spelled(card) if card else "",
    )


def spelled(card: Mapping[str, Any]) -> str:
    """A card in the very letters in which it stands in an answer."""
    return json.dumps(card, separators=(",", ":"))


def digest(content: bytes) -> str:
    """What a record says of the input that was kept for it."""
    return hashlib.sha256(content).hexdigest()


def write(kept: Kept) -> bytes:
    """The bytes to keep."""
    lines = _Lines()
    arrived = kept.arrived
    head = {
        "format": FORMAT,
        "patient": arrived.patient.id,
        "server": arrived.patient.server,
        "states": {str(key): _state(state, lines) for key, state in arrived.states.items()},
        "newer": lines.add(arrived.newer),
        "unasked": lines.add(arrived.unasked),
        "access": [_plain(asdict(event)) for event in kept.access],
        "links": {name: asdict(link) for name, link in kept.links.items()},
        "approval": _plain(asdict(kept.approval)) if kept.approval else None,
        "card": kept.card,
    }
    return zlib.compress("\n".join([json.dumps(head), *lines.written]).encode(), level=1)


def read(content: bytes) -> Kept:
    """The same again; raises InputError for anything else."""
    try:
        first, *lines = zlib.decompress(content).split(b"\n")
        head = parse(first)
        if head["format"] != FORMAT:
            raise InputError(f"the kept input has another format than {FORMAT}")
        return _kept(head, [parse(line) for line in lines])
    except (zlib.error, RequestError, LookupError, TypeError, ValueError, AttributeError):
        raise InputError(_UNREADABLE) from None


class _Lines:
    """Resources, each on a line of its own: none stands deeper than it stood when it came."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def add(self, resources: Sequence[Received]) -> list[list[Any]]:
        """The line and the fullUrl of each resource."""
        return [[self._line(item.json), item.full_url] for item in resources]

    def _line(self, resource: object) -> int:
        shown = _doubled(resource) if has_repeated_key(resource) else resource
        self.written.append(json.dumps(shown, separators=(",", ":")))
        return len(self.written) - 1


class _Twice(dict[str, Any]):
    """An object that writes its first key twice, as one that was read with a key twice."""

    def items(self) -> Any:
        pairs = list(super().items())
        return [*pairs[:1], *pairs]


def _doubled(value: object) -> object:
    """A copy in which every RepeatedKeys writes itself as one; made without recursion."""
    root: list[Any] = [value]
    waiting: list[tuple[Any, Any]] = [(root, 0)]
    while waiting:
        holder, place = waiting.pop()
        item = holder[place]
        if isinstance(item, dict):
            copy: Any = _Twice(item) if isinstance(item, RepeatedKeys) else dict(item)
            places: Sequence[Any] = list(copy)
        elif isinstance(item, list):
            copy, places = list(item), range(len(item))
        else:
            continue
        holder[place] = copy
        waiting.extend((copy, inner) for inner in places)
    return root[0]


def _state(state: DataState, lines: _Lines) -> dict[str, Any]:
    why = {} if isinstance(state, Complete) else {"why": str(state.why)}
    held = {} if isinstance(state, Missing) else {"resources": lines.add(state.resources)}
    return why | held


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.isoformat() if isinstance(value, date) else value


def _kept(head: Mapping[str, Any], lines: Sequence[Any]) -> Kept:
    links = {name: Link(**link) for name, link in head["links"].items()}
    approval = head["approval"]
    return Kept(
        arrived=Arrived(
            patient=Patient(head["patient"], head["server"]),
            states={DataKey(k): _state_again(v, lines) for k, v in head["states"].items()},
            newer=_resources(head["newer"], lines),
            unasked=_resources(head["unasked"], lines),
        ),
        access=tuple(_event(event) for event in head["access"]),
        links=links,
        approval=_approval(approval) if approval else None,
        card=head["card"],
    )


def _state_again(state: Mapping[str, Any], lines: Sequence[Any]) -> DataState:
    if "resources" not in state:
        return Missing(GapWhy(state["why"]))
    resources = _resources(state["resources"], lines)
    return Partial(resources, GapWhy(state["why"])) if "why" in state else Complete(resources)


def _resources(places: Sequence[Sequence[Any]], lines: Sequence[Any]) -> tuple[Received, ...]:
    return tuple(Received(lines[line], full_url) for line, full_url in places)


def _event(event: Mapping[str, Any]) -> AccessEvent:
    review = event["next_review"]
    lists = {name: tuple(event[name]) for name in ("replaces", "disagrees")}
    dates = {name: date.fromisoformat(event[name]) for name in ("happened", "last_checked")}
    dated = {"next_review": date.fromisoformat(review) if review else None}
    return AccessEvent(**{**event, **lists, **dates, **dated, "nation": Nation(event["nation"])})


def _approval(approval: Mapping[str, Any]) -> Approval:
    return Approval(**{**approval, "approved_on": date.fromisoformat(approval["approved_on"])})
