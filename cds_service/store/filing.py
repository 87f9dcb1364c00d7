"""Records as they come -> the spool at once, the store soon after, in a thread of its own.

A call that is answered waits for neither the disk nor the store. While the store is away the
records wait in the spool; where the spool cannot be written they wait in memory.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError, StatementError

from cds_service.store.append import append
from cds_service.store.instants import in_utc
from cds_service.store.lines import DECISION, EVENT, DamagedLine, Entry, entry, written
from cds_service.store.memory import Memory
from cds_service.store.spool import GROUP, Spool
from cds_service.store.trouble import trouble_of

GATHERS = 0.05  # seconds in which a group comes together
_SOONEST, _LATEST = 0.25, 5.0  # seconds until the store is tried again
_LOOKS = 5.0  # seconds between two looks at a store that has nothing to take
_ADOPTS = 15.0  # seconds between two searches for files of dead processes
_BEHIND = 30.0  # seconds after which a record that waits is worth an alarm
SPOOL_UNWRITABLE, SPOOL_UNREADABLE = "spool-unwritable", "spool-unreadable"
BEHIND, STOPPED = "behind", "filing-stopped"
_LOGGER = logging.getLogger("cds_service")


class NotReady(Exception):
    """The store must not be written to; 'why' is an id."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Bookkeeping(NamedTuple):
    """Whether records reach the store."""

    why: str  # an id of what is wrong; '' where nothing is
    waiting: int  # records in the spool and in memory
    oldest: float  # seconds that the first of them has waited
    failures: int  # groups that could not be filed, since the start
    damaged: int  # lines and records set aside, since the start
    lost: int  # records that found no room anywhere, since the start


class Filing:
    """One for each process; nothing is opened before the first record or 'start'."""

    def __init__(
        self,
        engine: Engine,
        spool: Spool,
        now: Callable[[], datetime],
        obstacle: Callable[[], str],
        memory: Memory | None = None,
    ) -> None:
        self._engine = engine
        self._spool = spool
        self._now = now
        self._obstacle = obstacle  # the id of why the store must not be written to, or ''
        self._memory = Memory() if memory is None else memory
        self._writer = ""
        self._why = ""  # of the store
        self._spool_why = ""
        self._failures = 0
        self._refused = 0  # records that are none
        self._adopts_at = self._looks_at = 0.0
        self._pause = _SOONEST
        self._woken = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def decision(self, record: Mapping[str, Any], content: bytes = b"") -> None:
        """Keep a decision record; never raises, never waits for the store."""
        self._keep(DECISION, record, content)

    def event(self, event: Mapping[str, Any]) -> None:
        """Keep a request event: id, time, site, route, status, duration_ms, and whatever else."""
        self._keep(EVENT, event, b"")

    def _keep(self, kind: str, record: Mapping[str, Any], content: bytes) -> None:
        try:
            found = entry(kind, round(time.time() * 1000), record, content)
            self._spool.append(found)
            self._told_spool("")
        except DamagedLine:
            self._refused += 1
            _LOGGER.error("a record could not be kept: it is none", extra={"kind": kind})
        except OSError:
            self._told_spool(SPOOL_UNWRITABLE)
            if not self._memory.add(found):
                self._tell_lost()
        self._woken.set()

    def _tell_lost(self) -> None:
        """Less and less often: a full disk must not fill up with its own alarm."""
        lost = self._memory.lost
        if lost.bit_count() == 1:
            _LOGGER.error("records are lost", extra={"lost": lost})

    def _told_spool(self, why: str) -> None:
        if why != self._spool_why:
            self._spool_why = why
            level = logging.ERROR if why else logging.WARNING
            _LOGGER.log(level, "the spool changed", extra={"why": why or "ok"})

    def start(self) -> None:
        """Begin to file; after the fork."""
        self._thread = threading.Thread(target=self._run, name="filing", daemon=True)
        self._thread.start()

    def close(self, seconds: float = 5.0) -> None:
        """File what can be filed in this time; the rest stays in the spool."""
        self._ending.set()
        self._woken.set()
        if self._thread:
            self._thread.join(seconds)
        if not self._thread or not self._thread.is_alive():
            self._last()

    def _last(self) -> None:
        self._spare()
        if left := self._memory.give_up():
            _LOGGER.error("records are lost with this process", extra={"lost": left})
        with suppress(OSError):
            self._spool.close()

    def health(self) -> Bookkeeping:
        """The state of now."""
        waits = [at for at in (self._spool.oldest, self._memory.oldest) if at is not None]
        oldest = max(0.0, time.time() - min(waits) / 1000) if waits else 0.0
        behind = BEHIND if oldest > _BEHIND else ""
        return Bookkeeping(
            why=self._stopped() or self._why or self._spool_why or behind,
            waiting=self._spool.waiting + len(self._memory),
            oldest=oldest,
            failures=self._failures,
            damaged=self._spool.damaged + self._refused,
            lost=self._memory.lost,
        )

    def _stopped(self) -> str:
        """The thread ended by an error that nobody thought of; the log has its place."""
        if self._thread is None or self._thread.is_alive() or self._ending.is_set():
            return ""
        return STOPPED

    def _run(self) -> None:
        while not self._ending.is_set():
            if self._round():
                self._woken.wait(_LOOKS)
                self._woken.clear()
                self._ending.wait(GATHERS)
            else:
                self._ending.wait(self._pause)
        self._round()

    def _round(self) -> bool:
        """File all that waits; False where the store or the spool did not let it."""
        try:
            self._adopt()
            self._spare()
            self._look()
            self._file_all()
        except NotReady as error:
            return self._failed(error.why)
        except SQLAlchemyError as error:
            return self._failed(trouble_of(error))
        self._told_store("")
        self._pause = _SOONEST
        return True

    def _adopt(self) -> None:
        if time.monotonic() >= self._adopts_at:
            self._adopts_at = time.monotonic() + _ADOPTS
            if found := self._spool.adopt():
                _LOGGER.warning("spool of a process that is gone", extra={"files": found})

    def _look(self) -> None:
        """Whether the tables are those of this release; not before each group."""
        if self._why or time.monotonic() >= self._looks_at:
            if why := self._obstacle():
                raise NotReady(why)
            self._looks_at = time.monotonic() + _LOOKS

    def _spare(self) -> None:
        """What waits in memory goes to the spool, as soon as that can be written again."""
        for found in self._memory.first(len(self._memory)):
            try:
                self._spool.append(found)
            except OSError:
                return
            self._memory.let_go(1)
            self._told_spool("")

    def _file_all(self) -> None:
        unreadable = self._spool.unreadable
        while group := self._spool.next_group():
            refused = self._file(group.entries)
            self._spool.set_aside([written(found) for found in refused], group.segment)
            self._spool.filed(group)
        while entries := self._memory.first(GROUP):
            self._refused += len(self._file(entries))
            self._memory.let_go(len(entries))
        if self._spool.unreadable > unreadable:
            raise NotReady(SPOOL_UNREADABLE)

    def _file(self, entries: Sequence[Entry]) -> list[Entry]:
        """Store all; those that the store refuses for what they are come back."""
        try:
            self._append(entries)
        except (DataError, IntegrityError, StatementError) as error:
            if not _of_a_record(error):
                raise
            return [found for found in entries if not self._alone(found)]
        return []

    def _alone(self, found: Entry) -> bool:
        """One record; a chain whose head is not its end is left, and a new one begun."""
        for _ in range(2):
            try:
                self._append([found])
            except (DataError, IntegrityError, StatementError) as error:
                if not _of_a_record(error):
                    raise
                self._writer = ""
            else:
                return True
        return False

    def _append(self, entries: Sequence[Entry]) -> None:
        self._writer = self._writer or uuid.uuid4().hex
        append(self._engine, self._writer, entries, in_utc(self._now().isoformat()))

    def _failed(self, why: str) -> bool:
        self._failures += 1
        self._told_store(why)
        self._pause = min(_LATEST, self._pause * 2)
        with suppress(OSError):
            self._spool.sync()
        return False

    def _told_store(self, why: str) -> None:
        if why == self._why:
            return
        self._why = why
        waiting = {"waiting": self._spool.waiting + len(self._memory)}
        if why:
            _LOGGER.error("records wait for the store", extra={"why": why, **waiting})
        else:
            _LOGGER.warning("the store takes records again", extra=waiting)


def _of_a_record(error: SQLAlchemyError) -> bool:
    """The values were at fault, not the store."""
    return isinstance(error, DataError | IntegrityError) or type(error) is StatementError
