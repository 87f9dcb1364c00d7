"""What is kept of every call: when, which door, how it ended; nothing of the patient."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from cds_service.domain import Assessment, Note
from cds_service.doors.answer import COULD_NOT_CHECK, NOT_ENOUGH

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


class Store(Protocol):
    """Where events go."""

    def request_event(self, event: RequestEvent) -> None:
        """Keep one event; called once per request, whatever its status."""
        ...


class LogStore:
    """Keeps events in the log only."""

    def request_event(self, event: RequestEvent) -> None:
        """One line, its facts as fields."""
        LOGGER.info("request", extra=fields(event))


class Everywhere:
    """Hands each event to several stores."""

    def __init__(self, stores: Sequence[Store]) -> None:
        self._stores = tuple(stores)

    def request_event(self, event: RequestEvent) -> None:
        """Hand it on, in order."""
        for store in self._stores:
            store.request_event(event)


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
    }
    return {name: value for name, value in told.items() if name == "ms" or value not in ("", 0)}
