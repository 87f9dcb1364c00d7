"""Queries of one call -> data states: side by side, inside one budget of wall-clock time."""

from __future__ import annotations

import queue
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing

from cds_service.clients import Base
from cds_service.domain import Complete, DataState, GapWhy, Missing, Partial
from cds_service.fhir_client.breaker import Breakers, Entry
from cds_service.fhir_client.deadline import Deadline
from cds_service.fhir_client.query import Query
from cds_service.fhir_client.scope import Cover, cover
from cds_service.fhir_client.search import Gathered, gather
from cds_service.fhir_client.server import Key, Server
from cds_service.fhir_client.tls import TrustedContexts
from cds_service.fhir_client.transport import Transport

LIMIT = 16 * 1024 * 1024  # bytes of one answer
SIDE_BY_SIDE = 8  # connections of one call: all prefetch queries at once, references in turns
_Allowed = Mapping[str, tuple[Query, Cover]]
_Results = queue.SimpleQueue[tuple[str, Gathered]]


class FhirClient:
    """Reads FHIR servers for the whole process; thread-safe."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        breakers: Breakers | None = None,
        limit: int = LIMIT,
    ) -> None:
        self._breakers = breakers or Breakers(clock)
        self._limit = limit
        self._trusted = TrustedContexts()

    def fetch(
        self, server: Server, wanted: Mapping[Key, str], seconds: float
    ) -> dict[Key, DataState]:
        """What came of every query within the seconds; a server's fault is never an exception."""
        states: dict[str, DataState] = {}
        allowed: dict[str, tuple[Query, Cover]] = {}
        for key, text in wanted.items():
            covered = _covered(server, text)
            if isinstance(covered, GapWhy):
                states[key] = Missing(covered)
            else:
                allowed[key] = covered
        if allowed:
            states |= self._asked(server, allowed, seconds)
        return {key: states[key] for key in wanted}

    def _asked(self, server: Server, allowed: _Allowed, seconds: float) -> dict[str, DataState]:
        started = time.monotonic()
        try:
            base = Base.parse(server.url)
            tls = self._trusted.by(server.ca) if base.scheme == "https" else None
        except (ValueError, OSError):  # no address, or no such file of certificates
            return dict.fromkeys(allowed, Missing(GapWhy.NOT_REACHABLE))
        entry = self._breakers.enter(base, patience=seconds / 4)
        if entry is not Entry.GO:
            why = GapWhy.SERVER_PAUSED if entry is Entry.PAUSED else GapWhy.TOO_SLOW
            return dict.fromkeys(allowed, Missing(why))
        left = seconds - (time.monotonic() - started)
        call = _OneCall(base, server.access_token, tls, self._limit, left)
        gathered = call.run(allowed, ended=lambda: self._breakers.leave(base))
        down = not server.answered and all(item.down for item in gathered.values())
        self._breakers.verdict(base, down=down)
        return {key: _within(allowed[key][1], item.state) for key, item in gathered.items()}


class _OneCall:
    """The queries of one call, in a few threads that end with the deadline.

    The sockets are shut a moment before the time is over, so that what came by then is handed
    over. A thread that a name server holds up lives on without anybody waiting for it.
    """

    def __init__(
        self, base: Base, token: str, tls: ssl.SSLContext | None, limit: int, seconds: float
    ) -> None:
        self._base = base
        self._token = token
        self._tls = tls
        self._limit = limit
        self._end = time.monotonic() + seconds
        self._deadline = Deadline(seconds * 0.9)
        self._results: _Results = queue.SimpleQueue()

    def run(self, allowed: _Allowed, ended: Callable[[], None]) -> dict[str, Gathered]:
        """What came by the end; 'ended' is called once, when the last thread is done."""
        waiting: queue.SimpleQueue[tuple[str, Query]] = queue.SimpleQueue()
        for key, (query, _) in allowed.items():
            waiting.put((key, query))
        workers = min(len(allowed), SIDE_BY_SIDE)
        remaining = _Countdown(workers, ended)
        for number in range(workers):
            worker = threading.Thread(
                target=self._work, args=(waiting, remaining), name=f"fhir-{number}", daemon=True
            )
            try:
                worker.start()
            except RuntimeError:  # the machine gives no more threads
                remaining.one_less()
        gathered: dict[str, Gathered] = {}
        self._collect(gathered, len(allowed), lambda: self._deadline.left)
        self._deadline.expire()
        self._collect(gathered, len(allowed), lambda: self._end - time.monotonic())
        late = Gathered(Missing(GapWhy.TOO_SLOW), down=True)
        return {key: gathered.get(key, late) for key in allowed}

    def _collect(
        self, gathered: dict[str, Gathered], expected: int, left: Callable[[], float]
    ) -> None:
        while len(gathered) < expected:
            try:
                key, item = self._results.get(timeout=max(0.0, left()))
            except queue.Empty:
                return
            gathered[key] = item

    def _work(self, waiting: queue.SimpleQueue[tuple[str, Query]], remaining: _Countdown) -> None:
        try:
            while True:
                self._one(*waiting.get_nowait())
        except queue.Empty:
            return
        finally:
            remaining.one_less()

    def _one(self, key: str, query: Query) -> None:
        found = Gathered(Missing(GapWhy.ANSWER_UNREADABLE))
        try:
            transport = Transport(self._deadline, limit=self._limit, tls=self._tls)
            with closing(transport):
                found = gather(transport.exchange, self._base, self._token, query)
        finally:  # whatever it was, the call need not wait for it
            self._results.put((key, found))


class _Countdown:
    """Calls something when the last of several threads has ended."""

    def __init__(self, count: int, ended: Callable[[], None]) -> None:
        self._count = count
        self._ended = ended
        self._lock = threading.Lock()

    def one_less(self) -> None:
        """One thread has ended."""
        with self._lock:
            self._count -= 1
            last = self._count == 0
        if last:
            self._ended()


def _covered(server: Server, text: str) -> tuple[Query, Cover] | GapWhy:
    try:
        query = Query.parse(text)
    except ValueError:
        return GapWhy.NOT_FETCHED
    covers = cover(server.scope, query)
    return GapWhy.SCOPE if covers is Cover.NOTHING else (query, covers)


def _within(covers: Cover, state: DataState) -> DataState:
    """What a token for a part of the records gave is never the whole answer."""
    if covers is Cover.PART and isinstance(state, Complete):
        return Partial(state.resources, GapWhy.SCOPE)
    return state
