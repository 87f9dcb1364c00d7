"""Records as the doors make them, a filing that can be looked into, and what a store holds."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from cds_service.store.engine import Engines
from cds_service.store.filing import Filing
from cds_service.store.memory import Memory
from cds_service.store.spool import Spool
from cds_service.store.tables import DECISIONS, EVENTS

Json = dict[str, Any]
PATIENT = "synthetic-patient"


def now() -> datetime:
    return datetime.now(UTC)


def decision(**changes: Any) -> Json:
    return {
        "id": str(uuid.uuid4()),
        "time": "2026-11-22T12:00:00+00:00",
        "site": "local",
        "guideline": "genotes-ntrk-mesothelioma",
        "recommendation": "trk-inhibitor-option",
        "decisionKey": "0" * 64,
        "cardUuid": str(uuid.uuid4()),
        "heldBack": False,
        "patientKey": PATIENT,
        "durationMs": 3.5,
    } | changes


def event(**changes: Any) -> Json:
    return {
        "id": str(uuid.uuid4()),
        "time": "2026-11-22T12:00:00+00:00",
        "site": "local",
        "route": "/cds-services/ntrk-mesothelioma",
        "status": 200,
        "duration_ms": 3,
    } | changes


class Obstacle:
    """Why a store must not be used, as a test sets it."""

    why = ""

    def __call__(self) -> str:
        return self.why


@contextmanager
def filing(
    engine: Engine,
    folder: Path,
    obstacle: Callable[[], str] = Obstacle(),  # noqa: B008  # it is not changed
    memory: Memory | None = None,
) -> Iterator[Filing]:
    """A filing that runs, and that is closed whatever happens."""
    made = Filing(engine, Spool(folder), now, obstacle, memory)
    made.start()
    try:
        yield made
    finally:
        made.close()


def until(true: Callable[[], object], seconds: float = 20) -> None:
    """Wait; fails where it does not become true."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come to pass"
        time.sleep(0.01)


def filed(made: Filing) -> None:
    """Wait until nothing waits."""
    until(lambda: made.health().waiting == 0)


def decisions_in(engines: Engines) -> list[str]:
    """The ids of all decisions, by chain and number."""
    with engines.reading.begin() as connection:
        asked = select(DECISIONS.c.id).order_by(DECISIONS.c.writer, DECISIONS.c.seq)
        return list(connection.scalars(asked))


def events_in(engines: Engines) -> list[str]:
    with engines.reading.begin() as connection:
        return list(connection.scalars(select(EVENTS.c.id)))


def rows_in(engines: Engines) -> int:
    with engines.reading.begin() as connection:
        counts = [select(func.count()).select_from(table) for table in (DECISIONS, EVENTS)]
        return sum(connection.execute(asked).scalar_one() for asked in counts)


def files(folder: Path) -> list[str]:
    """The names of what lies in a folder and under it."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
