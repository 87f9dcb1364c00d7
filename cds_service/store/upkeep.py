"""What has to be done now and then: look after the tables, forget tokens, purge what is old."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from cds_service.store.engine import Engines
from cds_service.store.instants import in_utc
from cds_service.store.purge import Purged, forget_all, purge
from cds_service.store.schema import Schema
from cds_service.store.trouble import trouble_of

_TICK = 2.0  # seconds between two looks at a store that is in trouble
_FORGETS = 60.0  # seconds between two deletions of tokens that have ended
_PURGES = 24 * 3600.0
_FIRST_PURGE = 300.0  # seconds after the start: not while everything else begins
_LOGGER = logging.getLogger("cds_service")


class Upkeep:
    """A thread for it; each process has one, and they do not disturb each other."""

    def __init__(
        self,
        engines: Engines,
        schema: Schema,
        now: Callable[[], datetime],
        days: int,
        trouble: Callable[[], str],
    ) -> None:
        self._engines = engines
        self._schema = schema
        self._now = now
        self._days = days
        self._trouble = trouble
        self._looked = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, seconds: float) -> None:
        """Begin, and wait for the first look, but no longer than this."""
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)
        self._thread.start()
        self._looked.wait(seconds)

    def close(self, seconds: float) -> None:
        """End; what is in the middle of something is not waited for longer than this."""
        self._ending.set()
        if self._thread:
            self._thread.join(seconds)

    def _run(self) -> None:
        self._schema.look()
        self._looked.set()
        began = time.monotonic()
        forget_at, purge_at = began + _FORGETS, began + _FIRST_PURGE
        while not self._ending.wait(_TICK):
            if self._schema.obstacle() or self._trouble():
                self._schema.look()
            if self._schema.obstacle():
                continue
            now = time.monotonic()
            if now >= forget_at:
                forget_at = now + _FORGETS
                self._attempt(self._forget)
            if self._days and now >= purge_at:
                purge_at = now + _PURGES
                self._attempt(self._purge)

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except SQLAlchemyError as error:
            _LOGGER.error("upkeep of the store failed", extra={"why": trouble_of(error)})

    def _forget(self) -> None:
        forget_all(self._engines.quick, self._now().timestamp())

    def _purge(self) -> None:
        purged = purge_days(self._engines, self._days, self._now())
        _LOGGER.info("store purged", extra=counts(purged))


def purge_days(engines: Engines, days: int, now: datetime) -> Purged:
    """Delete what is older than so many days; raises SQLAlchemyError."""
    before = in_utc((now - timedelta(days=days)).isoformat())
    return purge(engines.slow, before, in_utc(now.isoformat()), now.timestamp())


def counts(purged: Purged) -> dict[str, object]:
    """How many rows of each kind went, for a log line."""
    return {**asdict(purged), "left": len(purged.left)}
