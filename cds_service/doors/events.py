"""What is kept of every call: when, which door, how it ended; nothing of the patient."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from cds_service.domain import Assessment, Note
from cds_service.doors.answer import COULD_NOT_CHECK, NOT_ENOUGH
from cds_service.errors import Unavailable
from cds_service.store.activity import Asked

LOGGER = logging.getLogger("cds_service")
INTERNAL = "internal-error"
NO_CONDITION = str(Note.NO_CONDITION)
NOT_NAMED = "not-named"


class Cause(NamedTuple):
    """Why an answer is no answer: which recommendation, and the id of what was in the way."""

    recommendation: str  # 'could-not-check' or 'insufficient-data'
    why: str  # a GapWhy, an UnreadWhy, or one of the constants here


@dataclass(frozen=True)
class RequestEvent:
    """One request, answered or refused."""

    time: datetime
    correlation: str
    method: str
    route: str  # the rule of the address, never the address as sent
    status: int
    duration_ms: int
    recommendations: tuple[str, ...] = ()
    left_out: int = 0  # resources of other patients that the call carried
    site: str = "-"  # whose client called
    refused: str = ""  # why a caller was refused: an id, told to nobody else
    causes: tuple[Cause, ...] = ()
    fetches: tuple[str, ...] = ()  # how each query of a FHIR server ended: 'complete' or a GapWhy
    held_back: tuple[str, ...] = ()  # those of the recommendations whose card was held back
    accepted: int = 0  # items of feedback by their outcome
    overridden: int = 0


class Listener(Protocol):
    """Whoever is told of every request."""

    def request_event(self, event: RequestEvent) -> None:
        """Take one event; called once per request, whatever its status."""
        ...


class Store(Listener, Protocol):
    """What must survive; nothing here but 'feedback' and 'first_use' may raise or wait for long."""

    def start(self) -> None:
        """Begin to work, in the process that serves."""
        ...

    def close(self) -> None:
        """Finish what can be finished within seconds."""
        ...

    def decision(self, record: Mapping[str, Any], content: bytes = b"") -> None:
        """Keep one decision record, with the input of its call where the site keeps that."""
        ...

    def feedback(self, site: str, service: str, items: Sequence[Mapping[str, Any]]) -> None:
        """Keep all items or none, each once; durable on return, else raises Unavailable."""
        ...

    def dismissed(self, site: str, cards: Sequence[str]) -> frozenset[str]:
        """Those of the cards that their user dismissed with a reason; none where unknown."""
        ...

    def first_use(self, iss: str, jti: str, until: float) -> bool:
        """True once for each token among all who share the store; raises Unavailable if away."""
        ...

    def nhs_number(self, site: str, patient_id: str) -> str:
        """The NHS number that came with this patient id before; '' where none is known."""
        ...

    def remember_patient(self, site: str, patient_id: str, nhs_number: str) -> None:
        """Keep which number a patient id belongs to."""
        ...

    def activity(self, asked: Asked) -> Mapping[str, Any]:
        """Figures of a time; raises Unavailable where the store cannot be read."""
        ...

    def health(self) -> StoreHealth:
        """Whether records reach the store, and how many wait."""
        ...


@dataclass(frozen=True)
class StoreHealth:
    """The state of bookkeeping; cards do not depend on it."""

    status: str  # 'ok', 'degraded', or 'none' where nothing is kept
    why: str = ""  # an id
    waiting: int = 0  # records in the spool
    oldest: float = 0.0  # seconds that the first of them has waited
    failures: int = 0  # groups of records that could not be filed, since the start
    damaged: int = 0  # lines and records that were none and were set aside, since the start
    lost: int = 0  # records that found no room anywhere, since the start


NOTHING_KEPT = StoreHealth("none")


class LogStore:
    """Keeps events in the log, and nothing else."""

    def start(self) -> None:
        """Nothing to begin."""

    def close(self) -> None:
        """Nothing to finish."""

    def request_event(self, event: RequestEvent) -> None:
        """One line, its facts as fields."""
        LOGGER.info("request", extra=fields(event))

    def decision(self, record: Mapping[str, Any], content: bytes = b"") -> None:
        """Not kept."""

    def feedback(self, site: str, service: str, items: Sequence[Mapping[str, Any]]) -> None:
        """Refused: an answer that is not durable is not taken."""
        raise Unavailable("There is no store for feedback.")

    def dismissed(self, site: str, cards: Sequence[str]) -> frozenset[str]:
        """Not known."""
        return frozenset()

    def first_use(self, iss: str, jti: str, until: float) -> bool:
        """Each process knows its own tokens only."""
        return True

    def nhs_number(self, site: str, patient_id: str) -> str:
        """Not known."""
        return ""

    def remember_patient(self, site: str, patient_id: str, nhs_number: str) -> None:
        """Not kept."""

    def activity(self, asked: Asked) -> Mapping[str, Any]:
        """There are none."""
        raise Unavailable("There is no store.")

    def health(self) -> StoreHealth:
        """Nothing is meant to be kept."""
        return NOTHING_KEPT


class Everywhere:
    """Tells several listeners of each event."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        self._listeners = tuple(listeners)

    def request_event(self, event: RequestEvent) -> None:
        """Hand it on, in order."""
        for listener in self._listeners:
            listener.request_event(event)


def causes(assessments: Sequence[Assessment]) -> tuple[Cause, ...]:
    """What was in the way of the assessments that are no answer, each once."""
    found = [
        Cause(assessment.recommendation, why)
        for assessment in assessments
        if assessment.recommendation in (COULD_NOT_CHECK, NOT_ENOUGH)
        for why in _in_the_way(assessment)
    ]
    return tuple(dict.fromkeys(found))


def _in_the_way(assessment: Assessment) -> list[str]:
    missing = [str(gap.why) for gap in assessment.gaps]
    unread = [str(item.why) for item in assessment.unread]
    return missing + unread or [NO_CONDITION if NO_CONDITION in assessment.notes else NOT_NAMED]


def fields(event: RequestEvent) -> dict[str, Any]:
    """The facts of an event for a log line; those that say nothing are left out."""
    told = {
        "id": event.correlation,
        "method": event.method,
        "route": event.route,
        "status": event.status,
        "ms": event.duration_ms,
        "recommendations": ",".join(event.recommendations),
        "left_out": event.left_out,
        "site": event.site if event.site != "-" else "",
        "refused": event.refused,
        "causes": ",".join(f"{cause.recommendation}:{cause.why}" for cause in event.causes),
        "fetches": ",".join(event.fetches),
        "held_back": ",".join(event.held_back),
        "accepted": event.accepted,
        "overridden": event.overridden,
    }
    return {name: value for name, value in told.items() if name == "ms" or value not in ("", 0)}
