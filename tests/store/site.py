"""A running server with a store: calls whose cards are counted, and what the store has of them."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from cds_service.store.chain import verify
from cds_service.store.engine import Engines, engines_of
from cds_service.store.tables import DECISIONS, EVENTS, FEEDBACK
from tests.doors.bodies import SERVICE
from tests.doors.commands import positive
from tests.serving.servers import Server, serving
from tests.store.made import until

_NHS, _NUMBER = "https://fhir.nhs.uk/Id/nhs-number", "9000000009"  # one that nobody has
SOON = 2.5  # seconds in which a hook call is answered, whatever the store does


@dataclass
class Site:
    """What was asked of a server, and what it must have stored."""

    server: Server
    engines: Engines
    spool: Path
    cards: list[str] = field(default_factory=list)  # uuids, each of a user of its own
    calls: list[str] = field(default_factory=list)  # correlation ids

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any, dict[str, str]]:
        """Status, JSON and header fields of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read()), dict(answer.headers)
        finally:
            connection.close()

    def call(self) -> str:
        """One patient's right card, soon; its uuid."""
        body = positive()
        body["context"]["userId"] = f"Practitioner/{uuid.uuid4()}"
        body["prefetch"]["patient"]["identifier"] = [{"system": _NHS, "value": _NUMBER}]
        began = time.monotonic()
        status, said, fields = self.ask("POST", SERVICE, body)
        took = time.monotonic() - began
        assert status == 200, said
        (card,) = said["cards"]
        assert card["source"]["topic"]["code"] == "trk-inhibitor-option"
        assert took < SOON
        self.cards.append(card["uuid"])
        self.calls.append(fields["X-Correlation-Id"])
        return str(card["uuid"])

    def feedback(self, card: str) -> tuple[int, dict[str, str]]:
        """Status and header fields of one answer to a card."""
        item = {
            "card": card,
            "outcome": "overridden",
            "overrideReason": {"reason": {"system": "urn:test", "code": "synthetic"}},
            "outcomeTimestamp": "2026-11-22T12:00:00Z",
        }
        status, _, fields = self.ask("POST", f"{SERVICE}/feedback", {"feedback": [item]})
        return status, fields

    def health(self) -> dict[str, Any]:
        """The state of the store, and of the whole."""
        status, said, _ = self.ask("GET", "/health")
        assert status == 200
        return {**said["store"], "service": said["status"]}

    def ready(self) -> int:
        return self.ask("GET", "/health/ready")[0]

    def degraded(self) -> None:
        """Health says so, and says why; a server that gives right cards stays ready."""
        until(lambda: self.health()["status"] == "degraded")
        found = self.health()
        assert found["service"] == "degraded"
        assert found["why"]
        assert self.ready() == 200

    def recovered(self) -> None:
        """Health is well again without a restart, and nothing waits but the question itself."""
        until(lambda: self.health()["status"] == "ok", seconds=40)
        until(lambda: self.health()["waiting"] <= 2)
        assert self.health()["service"] == "ok"

    def stored(self, cards: Sequence[str] | None = None) -> None:
        """Each card and each call is in the store, once; every chain holds."""
        wanted = Counter(self.cards if cards is None else cards)
        until(lambda: not set(wanted) - set(self._column(DECISIONS.c.card_uuid)))
        kept = Counter(self._column(DECISIONS.c.card_uuid))
        assert {card: kept[card] for card in wanted} == wanted
        if cards is None:
            until(lambda: not set(self.calls) - set(self._column(EVENTS.c.id)))
        assert verify(self.engines.reading).faults == []

    def times(self, card: str) -> tuple[str, str]:
        """When a card was made, and when that was stored."""
        asked = select(DECISIONS.c.time, DECISIONS.c.stored_at)
        with self.engines.reading.begin() as connection:
            row = connection.execute(asked.where(DECISIONS.c.card_uuid == card)).one()
        return row.time, row.stored_at

    def answers(self) -> list[str]:
        """The cards that were answered."""
        return self._column(FEEDBACK.c.card)

    def _column(self, column: Any) -> list[str]:
        with self.engines.reading.begin() as connection:
            return list(connection.scalars(select(column)))


@contextmanager
def running(folder: Path, url: str, by: Sequence[str] = (), **environment: str) -> Iterator[Site]:
    """A development server with this store and a spool of its own; each call asks the store."""
    spool = folder / "spool"
    given = {"CDS_STORE_URL": url, "CDS_SPOOL_DIR": str(spool), "CDS_HOLD_BACK": "true"}
    engines = engines_of(url)
    try:
        with serving(folder, by, **given, **environment) as server:
            yield Site(server, engines, spool)
    finally:
        engines.dispose()
