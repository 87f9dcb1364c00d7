"""What is too old goes, what is left still holds, and a chain that was touched stays as it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from cds_service.store.answers import keep
from cds_service.store.append import append
from cds_service.store.chain import verify
from cds_service.store.engine import Engines
from cds_service.store.lines import DECISION, EVENT, Entry, entry
from cds_service.store.purge import Purged, purge
from cds_service.store.tables import (
    CHECKPOINTS,
    DECISIONS,
    FEEDBACK,
    METADATA,
    PATIENTS,
    SEEN_TOKENS,
)
from cds_service.store.upkeep import counts, purge_days
from tests.store.made import decision, event
from tests.store.test_tokens import started

NOW = "2026-11-22T12:00:00.000000+00:00"
CARD = "a172b90f-e2fc-8256-a38d-bd7c3c4038b2"
SECONDS = datetime.fromisoformat(NOW).timestamp()


def on(day: int) -> str:
    return f"2026-11-{day:02}T12:00:00.000000+00:00"


def stored(engines: Engines, writer: str, *days: int, **changes: Any) -> None:
    """One decision with its input for each of these days of November, in this order."""
    made = [decision(time=on(day), id=f"{writer}-{n}", **changes) for n, day in enumerate(days)]
    append(engines.durable, writer, [entry(DECISION, 0, d, b"input") for d in made], NOW)


def left(engines: Engines) -> Mapping[str, int]:
    """How many rows each table has, where it has any."""
    with engines.reading.begin() as link:
        found = {
            name: link.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in METADATA.tables.items()
        }
    return {name: number for name, number in found.items() if number}


def purged(engines: Engines, before: int, at_once: int = 500) -> Purged:
    return purge(engines.slow, on(before), NOW, SECONDS, at_once)


def links(engines: Engines) -> list[tuple[str, int]]:
    with engines.reading.begin() as link:
        rows = link.execute(select(DECISIONS.c.writer, DECISIONS.c.seq).order_by(DECISIONS.c.seq))
        return [(row.writer, row.seq) for row in rows]


@pytest.mark.parametrize("at_once", [1, 2, 3, 500])
def test_the_beginning_of_a_chain_goes_and_the_rest_still_holds(
    at_once: int, engines: Engines
) -> None:
    stored(engines, "w", 1, 2, 3, 10, 11)
    assert purged(engines, 5, at_once).decisions == 3
    assert links(engines) == [("w", 4), ("w", 5)]
    verified = verify(engines.reading)
    assert (verified.records, verified.purged, verified.faults) == (2, 3, [])
    assert left(engines)["decision_input"] == 2


def test_a_chain_that_is_purged_whole_can_still_be_told_and_goes_on(engines: Engines) -> None:
    stored(engines, "w", 1, 2)
    assert purged(engines, 5).decisions == 2
    assert verify(engines.reading).faults == []
    append(engines.durable, "w", [entry(DECISION, 0, decision(time=on(9)))], NOW)
    verified = verify(engines.reading)
    assert (verified.records, verified.purged, verified.faults) == (1, 2, [])
    assert links(engines) == [("w", 3)]


def test_purging_twice_takes_nothing_more_and_purging_later_takes_the_next(
    engines: Engines,
) -> None:
    stored(engines, "w", 1, 10, 20)
    assert [purged(engines, day).decisions for day in (5, 5, 15)] == [1, 0, 1]
    with engines.reading.begin() as link:
        assert link.execute(select(CHECKPOINTS.c.seq)).scalars().all() == [2]
    assert verify(engines.reading).faults == []


def test_an_old_record_behind_a_young_one_waits_for_it(engines: Engines) -> None:
    stored(engines, "w", 1, 10, 2)
    assert purged(engines, 5).decisions == 1
    assert verify(engines.reading).faults == []
    assert purged(engines, 15).decisions == 2


def test_every_chain_is_purged_by_itself(engines: Engines) -> None:
    stored(engines, "a", 1, 10)
    stored(engines, "b", 1, 2)
    stored(engines, "c", 10)
    assert purged(engines, 5).decisions == 3
    assert sorted(links(engines)) == [("a", 2), ("c", 1)]
    assert verify(engines.reading).faults == []


def test_what_was_removed_by_somebody_else_is_still_found_after_a_purge(engines: Engines) -> None:
    stored(engines, "w", 1, 2, 10, 11, 12)
    purged(engines, 5)
    with engines.durable.begin() as link:
        link.execute(delete(DECISIONS).where(DECISIONS.c.seq == 3))
    assert [fault.what for fault in verify(engines.reading).faults] == ["removed"]


DAMAGE = {
    "changed": update(DECISIONS).where(DECISIONS.c.seq == 2).values(record="{}"),
    "removed": delete(DECISIONS).where(DECISIONS.c.seq == 2),
    "hash": update(DECISIONS).where(DECISIONS.c.seq == 2).values(hash="1" * 64),
}


@pytest.mark.parametrize("what", DAMAGE)
@pytest.mark.parametrize("at_once", [1, 500])
def test_a_purge_does_not_take_away_the_proof_that_somebody_touched_a_chain(
    what: str, at_once: int, engines: Engines, caplog: pytest.LogCaptureFixture
) -> None:
    stored(engines, "w", 1, 2, 3, 10)
    stored(engines, "x", 1)
    with engines.durable.begin() as link:
        link.execute(DAMAGE[what].where(DECISIONS.c.writer == "w"))  # type: ignore[attr-defined]
    before = verify(engines.reading).faults
    with caplog.at_level(logging.ERROR):
        found = purged(engines, 5, at_once)
    assert (found.decisions, found.left) == (2, ("w",))
    assert verify(engines.reading).faults == before != []
    assert "a chain does not hold" in caplog.text


def test_events_answers_numbers_and_tokens_go_by_their_age(engines: Engines) -> None:
    entries: list[Entry] = [entry(EVENT, 0, event(time=on(day))) for day in (1, 2, 10)]
    append(engines.durable, "w", entries, NOW)
    for day in (1, 10):
        item = {"card": CARD, "outcome": "accepted", "outcomeTimestamp": on(1)}
        keep(engines.durable, "local", f"service-{day}", [item], on(day))
    with engines.durable.begin() as link:
        for name, day in (("old", 1), ("young", 10)):
            row = {"patient_id": name, "nhs_number": "9990000018", "seen_at": on(day)}
            link.execute(insert(PATIENTS), row | {"site": "local"})
        for until in (SECONDS - 1, SECONDS + 1):
            link.execute(insert(SEEN_TOKENS), {"digest": str(until), "until": until})
    found = purged(engines, 5, at_once=1)
    assert found == Purged(events=2, feedback=1, patients=1, tokens=1)
    assert left(engines) == {"request_event": 1, "feedback": 1, "patient": 1, "seen_token": 1}


def test_an_answer_that_outlives_its_decision_still_knows_its_card(engines: Engines) -> None:
    item = {"card": CARD, "outcome": "accepted", "outcomeTimestamp": on(1)}
    keep(engines.durable, "local", "service", [item], on(10))
    stored(engines, "w", 1, cardUuid=CARD)
    with engines.durable.begin() as link:
        link.execute(update(FEEDBACK).values(known_card=False))
    purged(engines, 5)
    with engines.reading.begin() as link:
        assert link.execute(select(FEEDBACK.c.known_card)).scalars().all() == [True]
    assert links(engines) == []


def test_nothing_goes_where_nothing_is_old(engines: Engines) -> None:
    stored(engines, "w", 10, 11)
    assert purged(engines, 10) == Purged()
    assert links(engines) == [("w", 1), ("w", 2)]
    assert left(engines)["decision_input"] == 2


def test_two_purges_and_a_writer_at_once_leave_chains_that_hold(engines: Engines) -> None:
    stored(engines, "w", *([1] * 60), *([10] * 5))
    done: list[Purged] = []

    def purging() -> None:
        done.append(purge(engines.slow, on(5), NOW, SECONDS, at_once=7))

    threads = [threading.Thread(target=purging) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(10):
        late = decision(time=on(10), id=f"late-{number}")
        append(engines.durable, "w", [entry(DECISION, 0, late)], NOW)
    for thread in threads:
        thread.join()
    assert sum(found.decisions for found in done) == 60
    verified = verify(engines.reading)
    assert (verified.records, verified.purged, verified.faults) == (15, 60, [])


def test_days_are_counted_back_from_now(engines: Engines) -> None:
    stored(engines, "w", 1, 12, 13)
    found = purge_days(engines, 10, datetime.fromisoformat(NOW))
    assert found.decisions == 1, "ten days before noon of the 22nd is noon of the 12th"
    assert counts(found)["decisions"] == 1
    assert counts(Purged(left=("w",)))["left"] == 1


def test_the_time_zone_of_a_clock_does_not_matter(engines: Engines) -> None:
    stored(engines, "w", 1, 12, 13)
    here = datetime(2026, 11, 22, 12, tzinfo=UTC).astimezone()
    assert purge_days(engines, 10, here).decisions == 1


def test_the_store_purges_by_itself_and_only_where_it_is_told_to(
    store_url: str, engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cds_service.store.upkeep._TICK", 0.05)
    monkeypatch.setattr("cds_service.store.upkeep._FIRST_PURGE", 0.0)
    monkeypatch.setattr("cds_service.store.upkeep._FORGETS", 0.0)
    stored(engines, "w", 1, 20)
    pause = threading.Event()
    with started(store_url, tmp_path, SECONDS):
        pause.wait(1.0)
    assert links(engines) == [("w", 1), ("w", 2)]
    with started(store_url, tmp_path, SECONDS, retention_days=10) as store:
        assert store.first_use("a", "1", SECONDS - 1)
        for _ in range(200):
            if links(engines) == [("w", 2)] and "seen_token" not in left(engines):
                break
            pause.wait(0.05)
        assert links(engines) == [("w", 2)]
        assert "seen_token" not in left(engines)
        assert store.health().why == ""
