"""Records reach the store once each, in a chain; what cannot be filed waits, or is told as lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from cds_service.store.chain import verify
from cds_service.store.engine import Engines
from cds_service.store.filing import Filing
from cds_service.store.lines import DECISION, Entry, entry, written
from cds_service.store.spool import ASIDE, GROUP, Spool
from cds_service.store.tables import CHAINS, DECISIONS, EVENTS, INPUTS
from tests.store.made import (
    PATIENT,
    Obstacle,
    decision,
    decisions_in,
    event,
    events_in,
    filed,
    files,
    filing,
    now,
    until,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def sound(engines: Engines, records: int) -> None:
    found = verify(engines.reading)
    assert (found.faults, found.records) == ([], records)


def test_records_and_events_are_stored_once_and_in_a_chain(engines: Engines, folder: Path) -> None:
    given, called = [decision() for _ in range(GROUP + 50)], [event() for _ in range(3)]
    with filing(engines.durable, folder) as made:
        for record in given:
            made.decision(record)
        for each in called:
            made.event(each)
        filed(made)
        assert made.health() == ("", 0, 0.0, 0, 0, 0)
    assert decisions_in(engines) == [record["id"] for record in given]
    assert sorted(events_in(engines)) == sorted(each["id"] for each in called)
    assert files(folder) == []
    sound(engines, GROUP + 50)


def test_a_record_has_the_time_it_was_made_and_the_time_it_was_stored(
    engines: Engines, folder: Path
) -> None:
    with filing(engines.durable, folder) as made:
        made.decision(decision(time="2026-01-05T12:00:00+01:00"))
        filed(made)
    with engines.reading.begin() as connection:
        row = connection.execute(select(DECISIONS)).one()
    assert row.time == "2026-01-05T11:00:00.000000+00:00"
    assert row.stored_at > "2026-01-06"


def test_an_input_is_kept_beside_its_decision(engines: Engines, folder: Path) -> None:
    with filing(engines.durable, folder) as made:
        made.decision(decision(id="d1"), b"\x00whole input")
        made.decision(decision())
        filed(made)
    with engines.reading.begin() as connection:
        assert connection.execute(select(INPUTS)).all() == [("d1", b"\x00whole input")]


def test_a_record_that_comes_twice_is_stored_once(engines: Engines, folder: Path) -> None:
    record, called = decision(), event()
    with filing(engines.durable, folder) as made:
        for _ in range(2):
            made.decision(record)
            made.event(called)
        filed(made)
        made.decision(record)
        filed(made)
    assert decisions_in(engines) == [record["id"]]
    assert events_in(engines) == [called["id"]]
    sound(engines, 1)


def test_what_was_kept_before_the_start_is_filed_after_it(engines: Engines, folder: Path) -> None:
    made = Filing(engines.durable, Spool(folder), now, Obstacle())
    made.decision(decision(id="early"))
    assert made.health().waiting == 1
    made.start()
    filed(made)
    made.close()
    assert decisions_in(engines) == ["early"]


def test_an_end_files_what_came_last(engines: Engines, folder: Path) -> None:
    with filing(engines.durable, folder) as made:
        made.decision(decision(id="last"))
    assert decisions_in(engines) == ["last"]
    assert files(folder) == []


def test_records_wait_while_the_store_must_not_be_used_and_are_filed_then(
    engines: Engines, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    obstacle = Obstacle()
    obstacle.why = "not-upgraded"
    with filing(engines.durable, folder, obstacle) as made:
        made.decision(decision(id="waits"))
        until(lambda: made.health().failures)
        assert made.health().why == "not-upgraded"
        assert made.health().waiting == 1
        assert decisions_in(engines) == []
        obstacle.why = ""
        filed(made)
        until(lambda: not made.health().why)
    assert decisions_in(engines) == ["waits"]
    told = [r.getMessage() for r in caplog.records if r.name == "cds_service"]
    assert told == ["records wait for the store", "the store takes records again"]


def test_records_that_wait_at_the_end_are_filed_by_the_next_process(
    engines: Engines, folder: Path
) -> None:
    obstacle = Obstacle()
    obstacle.why = "away"
    with filing(engines.durable, folder, obstacle) as made:
        made.decision(decision(id="left"))
    assert len(files(folder)) == 1
    with filing(engines.durable, folder) as made:
        until(lambda: decisions_in(engines) == ["left"])
        filed(made)
    assert files(folder) == []


def test_two_writers_have_two_chains_and_both_hold(engines: Engines, folder: Path) -> None:
    with (
        filing(engines.durable, folder) as one,
        filing(engines.durable, folder) as other,
    ):
        for _ in range(300):
            one.decision(decision())
            other.decision(decision())
        filed(one)
        filed(other)
    sound(engines, 600)
    assert sorted(head.seq for head in verify(engines.reading).heads.values()) == [300, 300]


def test_a_record_that_is_none_is_refused_and_told_without_its_words(
    engines: Engines, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with filing(engines.durable, folder) as made:
        made.decision(decision(id=PATIENT * 5))
        made.decision(decision(value=object()))
        made.decision(decision(id="good"))
        filed(made)
        assert made.health().damaged == 2
    assert decisions_in(engines) == ["good"]
    assert PATIENT not in caplog.text


def test_a_record_that_the_store_refuses_is_set_aside_and_the_others_are_stored(
    engines: Engines, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two in one group: the columns of one are such as no check would let through."""

    def unchecked(kind: str, at: int, record: dict[str, str], content: bytes = b"") -> Entry:
        found = entry(kind, at, record, content)
        empty = {"site": None} if record["id"] == "bad" else {}
        return Entry(kind, at, record, {**found.columns, **empty}, content)

    monkeypatch.setattr("cds_service.store.lines.entry", unchecked)
    with filing(engines.durable, folder) as made:
        for name in ("before", "bad", "behind"):
            made.decision(decision(id=name))
        filed(made)
        assert made.health()[:4] == ("", 0, 0.0, 0)
        assert made.health().damaged == 1
    assert sorted(decisions_in(engines)) == ["before", "behind"]
    (kept,) = files(folder)
    assert kept.startswith(ASIDE)
    assert b'"bad"' in (folder / kept).read_bytes()
    sound(engines, 2)


@pytest.mark.parametrize("seq", [0, 2])
def test_a_chain_whose_head_is_not_its_end_is_left_and_a_new_one_begun(
    engines: Engines, folder: Path, seq: int
) -> None:
    """As after a backup was put back by halves; verifying says so, and nothing is lost."""
    with filing(engines.durable, folder) as made:
        for _ in range(3):
            made.decision(decision())
        filed(made)
        with engines.durable.begin() as connection:
            connection.execute(update(CHAINS).values(seq=seq))
        made.decision(decision(id="next"))
        filed(made)
    assert "next" in decisions_in(engines)
    assert len(decisions_in(engines)) == 4
    assert verify(engines.reading).faults


def test_what_a_dead_process_left_is_filed_at_the_start(engines: Engines, folder: Path) -> None:
    left = [entry(DECISION, 5, decision()) for _ in range(2 * GROUP)]
    folder.mkdir(exist_ok=True)
    (folder / "v1-dead.spool").write_bytes(b"".join(map(written, left)))
    with filing(engines.durable, folder) as made:
        until(lambda: len(decisions_in(engines)) == 2 * GROUP)
        filed(made)
    assert decisions_in(engines) == [each.id for each in left]


def test_of_two_living_processes_one_files_what_a_dead_one_left(
    engines: Engines, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    left = [entry(DECISION, 5, decision()) for _ in range(3)]
    folder.mkdir()
    (folder / "v1-dead.spool").write_bytes(b"".join(map(written, left)))
    with filing(engines.durable, folder), filing(engines.durable, folder):
        until(lambda: len(decisions_in(engines)) == 3)
    told = [r for r in caplog.records if r.getMessage() == "spool of a process that is gone"]
    assert len(told) == 1
    assert len(verify(engines.reading).heads) == 1
    assert files(folder) == []


def test_what_was_filed_before_a_crash_is_not_filed_again(engines: Engines, folder: Path) -> None:
    """The crash came between the commit and the end of the spool file."""
    left = [entry(DECISION, 5, decision()) for _ in range(3)]
    with filing(engines.durable, folder) as made:
        for each in left[:2]:
            made.decision(each.record)
        filed(made)
    folder.mkdir(exist_ok=True)
    (folder / "v1-dead.spool").write_bytes(b"".join(map(written, left)))
    with filing(engines.durable, folder) as made:
        until(lambda: len(decisions_in(engines)) == 3)
        filed(made)
    sound(engines, 3)


def test_an_event_that_another_process_stored_meanwhile_is_no_damage(
    engines: Engines, folder: Path
) -> None:
    called = event()
    with engines.durable.begin() as connection:
        stored = {**entry("event", 0, called).columns, "stored_at": "", "event": "{}"}
        connection.execute(insert(EVENTS), [stored])
    with filing(engines.durable, folder) as made:
        made.event(called)
        filed(made)
        assert made.health().damaged == 0
    assert events_in(engines) == [called["id"]]
