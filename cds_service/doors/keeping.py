"""What the doors have to say -> records of the store, as plain JSON; requests in the log too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from cds_service.doors.events import LogStore, RequestEvent, StoreHealth
from cds_service.store import DurableStore
from cds_service.store.activity import Asked

# Asked every few seconds by machines; the log has them.
_WATCHED = ("/health", "/health/live", "/health/ready", "/metrics")


class Keeping(LogStore):
    """The store of a running service."""

    def __init__(self, store: DurableStore) -> None:
        self._store = store

    def start(self) -> None:
        """Begin to work; after the fork."""
        self._store.start()

    def close(self) -> None:
        """File what can be filed."""
        self._store.close()

    def request_event(self, event: RequestEvent) -> None:
        """One line in the log, and a record, unless nobody called but who watches."""
        super().request_event(event)
        if event.route not in _WATCHED:
            self._store.event(event_record(event))

    def decision(self, record: Mapping[str, Any], content: bytes = b"") -> None:
        """Kept."""
        self._store.decision(record, content)

    def feedback(self, site: str, service: str, items: Sequence[Mapping[str, Any]]) -> None:
        """Durable on return; raises Unavailable."""
        self._store.feedback(site, service, items)

    def dismissed(self, site: str, cards: Sequence[str]) -> frozenset[str]:
        """As far as it is known."""
        return self._store.dismissed(site, cards)

    def first_use(self, iss: str, jti: str, until: float) -> bool:
        """Among all who share the store; raises Unavailable."""
        return self._store.first_use(iss, jti, until)

    def nhs_number(self, site: str, patient_id: str) -> str:
        """As far as it is known."""
        return self._store.nhs_number(site, patient_id)

    def remember_patient(self, site: str, patient_id: str, nhs_number: str) -> None:
        """Kept."""
        self._store.remember_patient(site, patient_id, nhs_number)

    def activity(self, asked: Asked) -> Mapping[str, Any]:
        """Figures of a time; raises Unavailable."""
        return self._store.activity(asked)

    def health(self) -> StoreHealth:
        """Degraded for any reason there is."""
        books = self._store.health()
        return StoreHealth("degraded" if books.why else "ok", **books._asdict())


def event_record(event: RequestEvent) -> dict[str, Any]:
    """A request event as JSON; nothing in it is of the patient."""
    told = {name: value for name, value in asdict(event).items() if name != "correlation"}
    changed = {
        "id": event.correlation,
        "time": event.time.isoformat(),
        "causes": [cause._asdict() for cause in event.causes],
    }
    return told | changed
