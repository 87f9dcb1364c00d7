"""Where the spool cannot be written records wait in memory; what finds no room is told as lost."""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path

import pytest

from cds_service.store.engine import Engines
from cds_service.store.filing import (
    BEHIND,
    SPOOL_UNREADABLE,
    SPOOL_UNWRITABLE,
    STOPPED,
    Filing,
)
from cds_service.store.lines import DECISION, entry
from cds_service.store.memory import Memory
from cds_service.store.spool import Spool
from tests.store.made import Obstacle, decision, decisions_in, filed, files, filing, now, until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def test_a_spool_that_cannot_be_written_is_told_and_the_store_gets_the_records(
    engines: Engines, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write_text("a file where the folder should be")
    with filing(engines.durable, folder) as made:
        made.decision(decision(id="direct"), b"input")
        filed(made)
        assert made.health().why == SPOOL_UNWRITABLE
        assert made.health().lost == 0
        folder.unlink()
        made.decision(decision(id="spooled"))
        filed(made)
        assert made.health().why == ""
    assert decisions_in(engines) == ["direct", "spooled"]
    assert [r.getMessage() for r in caplog.records].count("the spool changed") == 2


def test_with_neither_spool_nor_store_a_bounded_number_waits_and_the_rest_is_counted_as_lost(
    engines: Engines, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    obstacle = Obstacle()
    folder.write_text("a file where the folder should be")
    obstacle.why = "away"
    with filing(engines.durable, folder, obstacle, Memory(most=3)) as made:
        for number in range(5):
            made.decision(decision(id=str(number)))
        assert (made.health().waiting, made.health().lost) == (3, 2)
        until(lambda: made.health().why == "away")
        obstacle.why = ""
        filed(made)
    assert decisions_in(engines) == ["0", "1", "2"]
    assert [vars(r)["lost"] for r in caplog.records if r.getMessage() == "records are lost"] == [
        1,
        2,
    ]


def test_what_waits_in_memory_goes_to_the_spool_when_that_can_be_written_again(
    engines: Engines, folder: Path
) -> None:
    obstacle = Obstacle()
    folder.write_text("a file where the folder should be")
    obstacle.why = "away"
    with filing(engines.durable, folder, obstacle) as made:
        made.decision(decision(id="saved"))
        folder.unlink()
        until(lambda: folder.is_dir() and files(folder))
        assert (made.health().waiting, made.health().lost) == (1, 0)
    with filing(engines.durable, folder):
        until(lambda: decisions_in(engines) == ["saved"])


def test_what_waits_in_memory_at_the_end_is_told_as_lost(
    engines: Engines, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    obstacle = Obstacle()
    folder.write_text("a file where the folder should be")
    obstacle.why = "away"
    with filing(engines.durable, folder, obstacle) as made:
        made.decision(decision())
    assert made.health().lost == 1
    assert caplog.records[-1].getMessage() == "records are lost with this process"
    assert caplog.records[-1].levelno == logging.ERROR


def test_memory_is_bounded_by_bytes_too() -> None:
    memory = Memory(most_bytes=10_000)
    large = entry(DECISION, 1, decision(), b"x" * 7_000)
    assert [memory.add(large), memory.add(large)] == [True, False]
    memory.let_go(1)
    assert memory.add(large)
    assert memory.lost == 1


def test_a_line_that_is_written_by_half_leaves_nothing(
    engines: Engines, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a disk that is full: the half is cut off, the record waits in memory."""
    real = os.write
    obstacle = Obstacle()
    obstacle.why = "away"
    with filing(engines.durable, folder, obstacle) as made:
        made.decision(decision(id="first"))
        with monkeypatch.context() as patched:
            patched.setattr("cds_service.store.segment.os.write", lambda d, b: real(d, b[:20]))
            made.decision(decision(id="second"))
            assert made.health().why in (SPOOL_UNWRITABLE, "away")
        obstacle.why = ""
        filed(made)
        assert made.health().damaged == 0
    assert sorted(decisions_in(engines)) == ["first", "second"]


def test_half_a_line_that_cannot_be_cut_off_does_not_spoil_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EIO, "a disk that fails")

    spool, real = Spool(folder), os.write
    spool.append(entry(DECISION, 1, decision(id="before")))
    with monkeypatch.context() as patched:
        patched.setattr("cds_service.store.segment.os.write", lambda d, b: real(d, b[:20]))
        patched.setattr("cds_service.store.segment.os.ftruncate", refused)
        with pytest.raises(OSError, match="no room"):
            spool.append(entry(DECISION, 1, decision(id="torn")))
    spool.append(entry(DECISION, 1, decision(id="behind")))
    found: list[str] = []
    while group := spool.next_group():
        found += [each.id for each in group.entries]
        spool.filed(group)
    assert (found, spool.damaged, spool.waiting) == (["before", "behind"], 0, 0)


def test_a_spool_file_that_cannot_be_read_is_told_and_read_later(
    engines: Engines, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bytes:
        raise OSError(errno.EIO, "a disk that fails")

    with filing(engines.durable, folder) as made:
        with monkeypatch.context() as patched:
            patched.setattr("cds_service.store.segment.os.pread", broken)
            made.decision(decision(id="unreadable"))
            until(lambda: made.health().why == SPOOL_UNREADABLE)
        filed(made)
        until(lambda: not made.health().why)
    assert decisions_in(engines) == ["unreadable"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_ended_by_an_error_of_ours_is_told(
    engines: Engines, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: object) -> None:
        raise LookupError("a fault of the service")

    monkeypatch.setattr("cds_service.store.filing.append", wrong)
    with filing(engines.durable, folder) as made:
        made.decision(decision(id="waits"))
        until(lambda: made.health().why == STOPPED)
    monkeypatch.undo()
    with filing(engines.durable, folder):
        until(lambda: decisions_in(engines) == ["waits"])


def test_a_record_that_waits_for_long_is_an_alarm_whatever_the_cause(
    engines: Engines, folder: Path
) -> None:
    spool = Spool(folder)
    spool.append(entry(DECISION, 5, decision()))
    made = Filing(engines.durable, spool, now, Obstacle())
    assert made.health().why == BEHIND
    assert made.health().oldest > 1_000_000
    made.close()
