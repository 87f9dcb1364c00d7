"""A Call and the FHIR server that it may read -> the patient's record, as whole as it can be.

First the queries of the keys that did not come whole, then, in what is left of the same seconds,
the few resources that the rules need and that what came only refers to. What does not come stays
the gap or the unread resource that it is without a server.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cds_service.clients import Base
from cds_service.domain import (
    Complete,
    DataKey,
    DataState,
    GapWhy,
    Missing,
    Partial,
    Received,
    Vocabulary,
)
from cds_service.doors.discovery import queries
from cds_service.doors.envelope import Call
from cds_service.fhir_client import Fetch, Server, below
from cds_service.reading.bundle import Patient, Selected, select
from cds_service.reading.fhir_json import reference_of
from cds_service.reading.wanted import unresolved
from cds_service.settings import Settings

MOST_REFERENCES = 20  # of a call, over both levels
_LEVELS = 2  # what is referred to, and the members of a panel that came so
_PANELS = "Observation/"
_LEAST = 0.1  # seconds; a read in less would only look like a server that is down


@dataclass(frozen=True)
class Arrived:
    """All that a decision was made from: what was sent, and what was read beside it."""

    patient: Patient
    states: Mapping[DataKey, DataState]
    newer: tuple[Received, ...] = ()  # resources of the result hook
    unasked: tuple[Received, ...] = ()  # sent under other keys, or read by their reference

    def selected(self) -> Selected:
        """The resources of this patient, and what is not there."""
        return select(self.states, self.patient, self.newer, self.unasked)


class Fetching:
    """The reads of one call; the budget runs from here."""

    def __init__(
        self, call: Call, server: Server | GapWhy | None, fetch: Fetch, settings: Settings
    ) -> None:
        """'server' is None where the call names none, a GapWhy where it may not be read."""
        self._call = call
        self._server = server
        self._fetch = fetch
        self._settings = settings
        self._end = time.monotonic() + settings.fetch_budget

    def record(self, vocabulary: Vocabulary) -> tuple[Arrived, Selected, tuple[str, ...]]:
        """Everything that came, this patient's part of it, and how each query and read ended."""
        queried = self._queried()
        states = dict(self._call.states)
        states |= {key: _better(states[key], state) for key, state in queried.items()}
        arrived = self._arrived(states, {})
        selected = arrived.selected()
        read: dict[str, DataState] = {}
        for _ in range(_LEVELS):
            found = self._read(selected, vocabulary, read, _answered(queried) or _answered(read))
            if not found:
                break
            read |= found
            arrived = self._arrived(states, read)
            selected = arrived.selected()
            if not any(name.startswith(_PANELS) for name in found):
                break
        return arrived, selected, tuple(map(_ending, (*queried.values(), *read.values())))

    def _queried(self) -> Mapping[DataKey, DataState]:
        """What the server gives for the keys that did not come whole; a refusal is a gap."""
        if self._server is None:
            return {}
        all_queries = queries(self._settings, self._call.patient_id)
        wanted = {
            key: all_queries[key]
            for key, state in self._call.states.items()
            if not isinstance(state, Complete) and key in all_queries
        }
        if isinstance(self._server, GapWhy):
            return {key: Missing(self._server) for key in wanted}
        return self._fetch(self._server, wanted, self._settings.fetch_budget) if wanted else {}

    def _read(
        self,
        selected: Selected,
        vocabulary: Vocabulary,
        tried: Mapping[str, DataState],
        answered: bool,
    ) -> Mapping[str, DataState]:
        """What came of each reference below this server that was not tried before."""
        room = MOST_REFERENCES - len(tried)
        if not isinstance(self._server, Server) or self._left < _LEAST or not room:
            return {}
        base = Base.parse(self._server.url)
        names = (below(base, name) for name in unresolved(selected.resources, vocabulary))
        wanted = [name for name in dict.fromkeys(names) if name and name not in tried][:room]
        if not wanted or self._left < _LEAST:
            return {}
        server = replace(self._server, answered=answered)
        return self._fetch(server, {name: name for name in wanted}, self._left)

    @property
    def _left(self) -> float:
        return self._end - time.monotonic()

    def _arrived(
        self, states: Mapping[DataKey, DataState], read: Mapping[str, DataState]
    ) -> Arrived:
        call = self._call
        more = (item for pair in read.items() for item in _received(pair))
        patient = Patient(call.patient_id, call.fhir_server)
        return Arrived(patient, states, call.newer, (*call.unasked, *more))


def _received(answer: tuple[str, DataState]) -> tuple[Received, ...]:
    """The resource that was asked for, by its own word; another one is none."""
    name, state = answer
    items = () if isinstance(state, Missing) else state.resources
    return tuple(item for item in items if reference_of(item.json) == name)


def _answered(states: Mapping[Any, DataState]) -> bool:
    return not all(isinstance(state, Missing) for state in states.values())


def _ending(state: DataState) -> str:
    return "complete" if isinstance(state, Complete) else str(state.why)


def _better(sent: DataState, fetched: DataState) -> DataState:
    """What was sent in part is kept beside what was fetched in part."""
    if isinstance(fetched, Complete) or sent == Missing(GapWhy.NOT_SENT):
        return fetched
    if isinstance(fetched, Missing):  # what was wrong with the sent part says more
        return sent
    if isinstance(sent, Missing):
        return fetched
    return Partial((*sent.resources, *fetched.resources), fetched.why)
