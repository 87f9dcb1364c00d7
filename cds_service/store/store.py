"""The parts of the store, joined: what the doors ask of it, in plain JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cds_service.errors import Unavailable
from cds_service.settings import Settings
from cds_service.store.access import Access
from cds_service.store.activity import Asked, Figures, activity
from cds_service.store.answers import dismissed, keep
from cds_service.store.engine import engines_of
from cds_service.store.filing import Bookkeeping, Filing
from cds_service.store.instants import in_utc
from cds_service.store.patients import Patients
from cds_service.store.schema import Schema
from cds_service.store.spool import Spool
from cds_service.store.tokens import digest_of, first_use
from cds_service.store.upkeep import Upkeep

Clock = Callable[[], datetime]
Json = Mapping[str, Any]
_QUICK = 1.0  # seconds that a hook call waits at most; afterwards the breaker is open
_SURE = 4.0  # seconds that feedback waits at most
_REPORTS = 35.0  # seconds for figures
_STARTS = 5.0  # seconds in which a store that answers is ready for the first call
_ENDS = 5.0  # seconds for what still has to be filed


class DurableStore:
    """One for each process. Nothing is opened before it is used, and no thread before 'start'."""

    def __init__(self, settings: Settings, now: Clock) -> None:
        self.engines = engines_of(settings.store_url)
        self._now = now
        self.schema = Schema(self.engines, by_itself=not settings.production)
        usable = self.schema.obstacle
        self._quick = Access("calls", self.engines.quick, _QUICK, usable=usable)
        self._sure = Access("feedback", self.engines.durable, _SURE, usable=usable)
        self._reports = Access("reports", self.engines.reading, _REPORTS, threads=1, usable=usable)
        self._patients = Patients(self._quick, now)
        self._filing = Filing(self.engines.durable, Spool(settings.spool_dir), now, usable)
        days = settings.retention_days
        self._upkeep = Upkeep(self.engines, self.schema, now, days, lambda: self.health().why)

    def start(self) -> None:
        """Begin to work; after the fork. A store that is away delays it by seconds at most."""
        self._upkeep.start(_STARTS)
        self._filing.start()

    def close(self) -> None:
        """File what can be filed, and let go of everything."""
        self._filing.close(_ENDS)
        self._upkeep.close(_ENDS)
        self.engines.dispose()

    def decision(self, record: Json, content: bytes = b"") -> None:
        """Keep a decision record, and its input where that is kept; never raises."""
        self._filing.decision(record, content)

    def event(self, event: Json) -> None:
        """Keep a request event; never raises."""
        self._filing.event(event)

    def feedback(self, site: str, service: str, items: Sequence[Json]) -> None:
        """All items or none, each once; durable on return, else raises Unavailable."""
        received_at = in_utc(self._now().isoformat())
        self._sure.run(lambda engine: keep(engine, site, service, items, received_at))

    def dismissed(self, site: str, cards: Sequence[str]) -> frozenset[str]:
        """Those of the cards that their user put away with a reason; none where unknown."""
        try:
            return self._quick.run(lambda engine: dismissed(engine, site, cards))
        except Unavailable:
            return frozenset()

    def first_use(self, iss: str, jti: str, until: float) -> bool:
        """True once for each token, until it ends; raises Unavailable where nobody can tell."""
        token, now = digest_of(iss, jti), self._now().timestamp()
        return self._quick.write(lambda link: first_use(link, token, until, now))

    def nhs_number(self, site: str, patient_id: str) -> str:
        """The number that came with this patient id before; '' where none is known."""
        return self._patients.number(site, patient_id)

    def remember_patient(self, site: str, patient_id: str, nhs_number: str) -> None:
        """Keep which number a patient id belongs to; never raises."""
        self._patients.remember(site, patient_id, nhs_number)

    def activity(self, asked: Asked) -> Figures:
        """Figures of a time; raises Unavailable where the store cannot be read."""
        return self._reports.read(lambda connection: activity(connection, asked))

    def health(self) -> Bookkeeping:
        """How much waits, and what is wrong here, the gravest first."""
        books = self._filing.health()
        why = self.schema.obstacle() or books.why or self._sure.trouble or self._quick.trouble
        return books._replace(why=why)


def open_store(settings: Settings, clock: Clock) -> DurableStore:
    """The store of the settings; raises SettingsError for an address that is none."""
    return DurableStore(settings, clock)
