"""A line of the spool comes back as it was written, or says that it is none."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.store.lines import (
    DECISION,
    EVENT,
    DamagedLine,
    Entry,
    NewerLine,
    entry,
    read,
    written,
)
from tests.store.made import decision, event


def line(record: dict[str, Any] | None = None) -> bytes:
    return written(entry(DECISION, 1_700_000_000_000, record or decision(), b"\x00input\n"))


def test_a_decision_comes_back_with_its_input_and_the_time_it_has_waited_since() -> None:
    record = decision(site="Ä\n\u2028\x00 b", states={"fusion": "confirmed"})
    found = read(line(record))
    assert (found.kind, found.at) == (DECISION, 1_700_000_000_000)
    assert (found.record, found.content) == (record, b"\x00input\n")


def test_a_line_ends_once_whatever_a_record_holds() -> None:
    assert line(decision(site="a\nb\r\u2029")).count(b"\n") == 1


def test_an_event_has_the_columns_of_its_table() -> None:
    found = read(written(entry(EVENT, 0, event(id="e1", status=503))))
    assert found.id == "e1"
    assert (found.columns["status"], found.columns["duration_ms"]) == (503, 3)


def test_times_are_told_in_utc() -> None:
    found = entry(DECISION, 0, decision(time="2026-11-22T01:30:00+02:00"))
    assert found.columns["time"] == "2026-11-21T23:30:00.000000+00:00"


@pytest.mark.parametrize("at", range(0, len(line()), 7))
def test_a_bit_that_turned_is_found_wherever_it_is(at: int) -> None:
    whole = line()
    turned = whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :]
    with pytest.raises((DamagedLine, NewerLine)):
        read(turned)


@pytest.mark.parametrize("most", [0, 1, 20, 60, 200, -1])
def test_a_torn_line_is_damaged(most: int) -> None:
    with pytest.raises(DamagedLine):
        read(line()[:most])


@pytest.mark.parametrize(
    "found", [b"\n", b"garbage\n", b"\x00" * 50 + b"\n", b"1 decision 1 x {}\n", b"0 a b c d\n"]
)
def test_what_is_no_line_is_damaged(found: bytes) -> None:
    with pytest.raises(DamagedLine):
        read(found)


def test_a_line_of_a_newer_version_is_told_from_a_damaged_one() -> None:
    with pytest.raises(NewerLine) as error:
        read(b"2 another shape altogether\n")
    assert error.value.version == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"id": "x" * 37},
        {"id": None},
        {"time": "yesterday"},
        {"time": "2026-11-22T12:00:00"},
        {"site": 5},
        {"decisionKey": "0" * 65},
        {"cardUuid": "0" * 37},
    ],
)
def test_a_record_that_no_table_takes_is_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(DamagedLine):
        entry(DECISION, 0, decision(**wrong))


@pytest.mark.parametrize("wrong", [{"status": "200"}, {"status": -1}, {"duration_ms": 2**31}])
def test_an_event_with_a_number_that_is_none_is_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(DamagedLine):
        entry(EVENT, 0, event(**wrong))


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, float("nan")])
def test_a_record_that_is_no_json_is_refused_when_it_is_written(value: object) -> None:
    found = Entry(DECISION, 0, {"value": value}, {"id": "x"})
    with pytest.raises(DamagedLine):
        written(found)


def test_a_decision_without_a_card_has_none_in_its_columns() -> None:
    assert entry(DECISION, 0, decision(cardUuid=None)).columns["card_uuid"] == ""
