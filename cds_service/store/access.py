"""Work on a connection -> its result, or Unavailable within a short time; with a breaker.

After a failure the store is left alone for a moment, then one caller tries again: with a store
that is away, a hook call costs nothing more than usual.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from cds_service.errors import Unavailable
from cds_service.store.errands import Errands, TookTooLong
from cds_service.store.trouble import SLOW, trouble_of

PAUSE = 2.0  # seconds after a failure in which nobody tries
_OLD = 8.0  # seconds after that, in which it still counts as trouble
RETRY = 5  # seconds that a caller is asked to wait
Result = TypeVar("Result")
_LOGGER = logging.getLogger("cds_service")


class Access:
    """One use of the store: its engine, its limit in seconds, its breaker."""

    def __init__(
        self,
        use: str,
        engine: Engine,
        seconds: float,
        *,
        threads: int = 8,
        usable: Callable[[], str] = lambda: "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._use = use
        self._engine = engine
        self._seconds = seconds
        self._errands = Errands(use, threads)
        self._usable = usable
        self._clock = clock
        self._lock = threading.Lock()
        self._trouble = ""
        self._closed_until = 0.0

    @property
    def trouble(self) -> str:
        """The id of what went wrong last; '' once it went right, or was not tried for a while.

        Feedback may not come for hours: an old failure says nothing of the store of now.
        """
        with self._lock:
            return self._trouble if self._clock() < self._closed_until + _OLD else ""

    def run(self, work: Callable[[Engine], Result]) -> Result:
        """The result of the work, which opens and commits by itself; raises Unavailable."""
        if self._usable() or not self._may_try():
            raise _unavailable()
        try:
            result = self._errands.run(lambda: work(self._engine), self._seconds)
        except TookTooLong:
            self._told(SLOW)
        except (DataError, IntegrityError):  # the values were at fault, not the store
            _LOGGER.error("the store refused a value", extra={"use": self._use})
        except SQLAlchemyError as error:
            self._told(trouble_of(error))
        else:
            self._told("")
            return result
        raise _unavailable()

    def write(self, work: Callable[[Connection], Result]) -> Result:
        """The result of work in one transaction; raises Unavailable."""

        def whole(engine: Engine) -> Result:
            with engine.begin() as connection:
                return work(connection)

        return self.run(whole)

    def read(self, work: Callable[[Connection], Result]) -> Result:
        """The same for work that only reads, and waits for no writer; raises Unavailable."""

        def whole(engine: Engine) -> Result:
            with engine.execution_options(reads=True).begin() as connection:
                return work(connection)

        return self.run(whole)

    def _may_try(self) -> bool:
        with self._lock:
            if not self._trouble:
                return True
            now = self._clock()
            if now < self._closed_until:
                return False
            self._closed_until = now + PAUSE  # the others do not try meanwhile
            return True

    def _told(self, trouble: str) -> None:
        with self._lock:
            before, self._trouble = self._trouble, trouble
            self._closed_until = self._clock() + PAUSE
        if trouble and trouble != before:
            _LOGGER.error("store trouble", extra={"use": self._use, "why": trouble})
        elif before and not trouble:
            _LOGGER.warning("the store is back", extra={"use": self._use})


def _unavailable() -> Unavailable:
    return Unavailable("The store is away.", RETRY)
