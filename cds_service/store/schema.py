"""The state of a store's tables, as it was when somebody last looked."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from cds_service.store.engine import Engines
from cds_service.store.trouble import AWAY, FAILED, NOT_UPGRADED, trouble_of
from cds_service.store.upgrade import state_of, upgrade

NOT_LOOKED = "not-looked"
_LOGGER = logging.getLogger("cds_service")


class Schema:
    """Upgraded by itself in development; in production only by the command."""

    def __init__(self, engines: Engines, *, by_itself: bool) -> None:
        self._engines = engines
        self._by_itself = by_itself
        self._lock = threading.Lock()
        self._why = NOT_LOOKED

    def obstacle(self) -> str:
        """Why the store must not be used, as an id; '' where it can be."""
        return self._why

    def look(self) -> None:
        """See what the tables are, and make them where that is done by itself; never raises."""
        with self._lock:
            why = state_of(self._engines)
            if self._by_itself and self._can_be_made(why):
                why = self._make()
            if why != self._why:
                level = logging.ERROR if why else logging.INFO
                _LOGGER.log(level, "store", extra={"why": why or "ok"})
                self._why = why

    def _can_be_made(self, why: str) -> bool:
        file = self._engines.file
        return why == NOT_UPGRADED or (why == AWAY and file is not None and not file.exists())

    def _make(self) -> str:
        try:
            upgrade(self._engines)
        except SQLAlchemyError as error:
            return trouble_of(error)
        except OSError:
            return FAILED
        return state_of(self._engines)
