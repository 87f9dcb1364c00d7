"""What is kept of every call: when, which door, how it ended; nothing of the patient."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

LOGGER = logging.getLogger("cds_service")


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


class Store(Protocol):
    """Where events go."""

    def request_event(self, event: RequestEvent) -> None:
        """Keep one event; called once per request, whatever its status."""
        ...


class LogStore:
    """Keeps events in the log only."""

    def request_event(self, event: RequestEvent) -> None:
        """One line."""
        LOGGER.info(
            "request id=%s %s %s status=%d ms=%d recommendations=%s left_out=%d site=%s refused=%s",
            event.correlation,
            event.method,
            event.route,
            event.status,
            event.duration_ms,
            ",".join(event.recommendations) or "-",
            event.left_out,
            event.site,
            event.refused or "-",
        )
