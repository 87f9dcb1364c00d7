"""Whoever changes, removes or moves a decision record is found, and the record is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from cds_service.store import chain
from cds_service.store.append import append
from cds_service.store.chain import FAULTS, START, Fault, Head, canonical, digest, link, verify
from cds_service.store.engine import Engines
from cds_service.store.lines import DECISION, entry
from cds_service.store.purge import purge
from cds_service.store.tables import CHAINS, CHECKPOINTS, DECISIONS
from tests.store.made import decision

WRITER = "w1"
STORED = "2026-11-22T12:00:01.000000+00:00"
LATER = "2027-01-01T00:00:00.000000+00:00"


def fill(engines: Engines, number: int = 5, writer: str = WRITER, **changes: Any) -> None:
    """Records d1, d2 and so on, in one chain."""
    for at in range(1, number + 1):
        own = {} if writer == WRITER else {"id": f"{writer}-{at}"}
        records = [decision(**{"id": f"d{at}", **own, **changes})]
        append(engines.durable, writer, [entry(DECISION, 0, r) for r in records], STORED)


def faults(engines: Engines) -> list[tuple[str, int, str]]:
    found = verify(engines.reading).faults
    assert all(fault.writer == WRITER and fault.what in FAULTS for fault in found)
    return [(fault.what, fault.seq, fault.id) for fault in found]


def at(seq: int) -> Any:
    return (DECISIONS.c.writer == WRITER) & (DECISIONS.c.seq == seq)


def change(connection: Connection, seq: int, *, hashed: bool, **members: Any) -> str:
    """Write other words into a record, as somebody would who knows how it is hashed."""
    row = connection.execute(select(DECISIONS).where(at(seq))).one()
    text = canonical(json.loads(row.record) | members)
    new = {"record": text} | ({"hash": digest(text)} if hashed else {})
    connection.execute(update(DECISIONS).where(at(seq)).values(**new))
    return digest(text)


def swap(connection: Connection, one: int, other: int) -> None:
    for seq, to in ((one, -1), (other, one), (-1, other)):
        connection.execute(update(DECISIONS).where(at(seq)).values(seq=to))


def test_a_record_is_hashed_with_the_hash_before_it_and_without_its_own() -> None:
    first = link({"b": "é", "a": 1.5}, Head())
    assert first.text == f'{{"a":1.5,"b":"\\u00e9","previousHash":"{START}"}}'
    assert first.hash == digest(first.text)
    second = link({"a": 2}, first.head)
    assert (second.seq, second.previous) == (2, first.hash)
    assert f'"previousHash":"{first.hash}"' in second.text


def test_what_nobody_touched_holds(engines: Engines) -> None:
    fill(engines)
    fill(engines, 2, writer="w2")
    found = verify(engines.reading)
    assert (found.records, found.faults) == (7, [])
    assert {writer: head.seq for writer, head in found.heads.items()} == {WRITER: 5, "w2": 2}


def test_a_store_without_records_holds(engines: Engines) -> None:
    assert verify(engines.reading) == chain.Verified()


@pytest.mark.parametrize("number", [1, 3, 4, 7])
def test_a_chain_is_read_in_pieces_of_any_size(
    engines: Engines, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(chain, "_AT_ONCE", 3)
    fill(engines, number)
    assert verify(engines.reading).records == number
    with engines.durable.begin() as connection:
        connection.execute(delete(DECISIONS).where(at(number)))
    assert faults(engines) == [("cut", number, "")]


@pytest.mark.parametrize("seq", [1, 3, 5])
def test_a_changed_record_is_found_and_named(engines: Engines, seq: int) -> None:
    fill(engines)
    with engines.durable.begin() as connection:
        change(connection, seq, hashed=False, patientKey="somebody else")
    assert faults(engines) == [("changed", seq, f"d{seq}")]


def test_a_changed_record_with_a_new_hash_breaks_the_link_behind_it(engines: Engines) -> None:
    fill(engines)
    with engines.durable.begin() as connection:
        change(connection, 3, hashed=True, patientKey="somebody else")
    assert faults(engines) == [("out-of-place", 4, "d4")]


def test_a_changed_last_record_with_a_new_hash_is_not_the_head(engines: Engines) -> None:
    fill(engines)
    with engines.durable.begin() as connection:
        change(connection, 5, hashed=True, patientKey="somebody else")
    assert faults(engines) == [("head-changed", 5, "")]


def test_a_record_that_is_no_json_any_more_is_named(engines: Engines) -> None:
    fill(engines)
    with engines.durable.begin() as connection:
        connection.execute(update(DECISIONS).where(at(2)).values(record="[" * 9_000))
    assert ("changed", 2, "d2") in faults(engines)


@pytest.mark.parametrize(
    "column",
    [
        {"site": "other"},
        {"time": LATER},
        {"recommendation": "nothing"},
        {"card_uuid": "other"},
        {"decision_key": "other"},
        {"held_back": True},
        {"guideline": "other"},
        {"previous_hash": "other"},
        {"id": "other"},
    ],
)
def test_a_changed_column_beside_a_record_is_found(
    engines: Engines, column: dict[str, Any]
) -> None:
    """Queries ask the columns: a record that cannot be found is as good as removed."""
    fill(engines)
    with engines.durable.begin() as connection:
        connection.execute(update(DECISIONS).where(at(2)).values(**column))
    assert faults(engines) == [("column-changed", 2, column.get("id", "d2"))]


@pytest.mark.parametrize("seq", [1, 3])
def test_a_removed_record_is_found_and_its_number_named(engines: Engines, seq: int) -> None:
    fill(engines)
    with engines.durable.begin() as connection:
        connection.execute(delete(DECISIONS).where(at(seq)))
    assert faults(engines) == [("removed", seq, "")]


def test_a_removed_record_whose_number_was_closed_up_is_found(engines: Engines) -> None:
    fill(engines)
    with engines.durable.begin() as connection:
        connection.execute(delete(DECISIONS).where(at(3)))
        for seq in (4, 5):
            connection.execute(update(DECISIONS).where(at(seq)).values(seq=seq - 1))
    assert faults(engines) == [("out-of-place", 3, "d4"), ("cut", 5, "")]


@pytest.mark.parametrize("left", [4, 2, 0])
def test_a_chain_that_was_cut_at_its_end_is_found(engines: Engines, left: int) -> None:
    """Also where nothing of it is left but its head."""
    fill(engines)
    with engines.durable.begin() as connection:
        connection.execute(delete(DECISIONS).where(DECISIONS.c.seq > left))
    assert faults(engines) == [("cut", left + 1, "")]


def test_a_head_that_was_removed_is_found(engines: Engines) -> None:
    fill(engines)
    with engines.durable.begin() as connection:
        connection.execute(delete(CHAINS))
    assert faults(engines) == [("no-head", 5, "")]


@pytest.mark.parametrize(("one", "other"), [(2, 3), (1, 5), (4, 5)])
def test_records_that_changed_places_are_found(engines: Engines, one: int, other: int) -> None:
    fill(engines)
    with engines.durable.begin() as connection:
        swap(connection, one, other)
    found = faults(engines)
    assert {("out-of-place", one, f"d{other}"), ("out-of-place", other, f"d{one}")} <= set(found)


def test_a_record_that_was_put_in_between_is_found(engines: Engines) -> None:
    fill(engines)
    with engines.durable.begin() as connection:
        connection.execute(delete(DECISIONS).where(at(3)))
        forged = link(decision(id="forged"), Head(2, START))
        place = {"writer": WRITER, "seq": 3, "stored_at": STORED, "record": forged.text}
        hashes = {"previous_hash": START, "hash": forged.hash}
        columns = dict(entry(DECISION, 0, decision(id="forged")).columns)
        columns["card_uuid"] = json.loads(forged.text)["cardUuid"]
        connection.execute(insert(DECISIONS), [{**columns, **place, **hashes}])
    assert faults(engines) == [("out-of-place", 3, "forged"), ("out-of-place", 4, "d4")]


def test_a_chain_whose_beginning_was_purged_holds(engines: Engines) -> None:
    fill(engines, 3)
    append(engines.durable, WRITER, [entry(DECISION, 0, decision(id="d4", time=LATER))], STORED)
    purge(engines.durable, "2026-12-01", STORED, 0.0)
    found = verify(engines.reading)
    assert (found.records, found.purged, found.faults) == (1, 3, [])


def test_a_chain_that_was_purged_whole_holds_and_goes_on(engines: Engines) -> None:
    fill(engines, 3)
    purge(engines.durable, LATER, STORED, 0.0)
    assert verify(engines.reading).faults == []
    append(engines.durable, WRITER, [entry(DECISION, 0, decision(id="d4"))], STORED)
    assert faults(engines) == []


@pytest.mark.parametrize("seq", [2, 5])
def test_a_record_removed_without_a_checkpoint_is_found_after_a_purge_too(
    engines: Engines, seq: int
) -> None:
    fill(engines, 1)
    for number in range(2, 6):
        later = decision(id=f"d{number}", time=LATER)
        append(engines.durable, WRITER, [entry(DECISION, 0, later)], STORED)
    purge(engines.durable, "2026-12-01", STORED, 0.0)
    with engines.durable.begin() as connection:
        connection.execute(delete(DECISIONS).where(at(seq)))
    assert faults(engines) == [("removed" if seq < 5 else "cut", seq, "")]


def test_a_checkpoint_that_claims_more_than_was_purged_is_found(engines: Engines) -> None:
    fill(engines)
    with engines.durable.begin() as connection:
        forged = {"writer": WRITER, "seq": 2, "hash": START, "purged_at": STORED}
        connection.execute(insert(CHECKPOINTS), [forged])
    assert faults(engines) == [
        ("below-checkpoint", 1, "d1"),
        ("below-checkpoint", 2, "d2"),
        ("out-of-place", 3, "d3"),
    ]


def remove_all(connection: Connection) -> None:
    for table in (DECISIONS, CHAINS):
        connection.execute(delete(table).where(table.c.writer == WRITER))


def make_anew(connection: Connection) -> None:
    """Other records with a chain that holds, by somebody who may write everything."""
    head = Head()
    for seq in range(1, 6):
        made = change(connection, seq, hashed=True, patientKey="forged", previousHash=head.hash)
        connection.execute(update(DECISIONS).where(at(seq)).values(previous_hash=head.hash))
        head = Head(seq, made)
    connection.execute(update(CHAINS).values(hash=head.hash))


@pytest.mark.parametrize("forge", [remove_all, make_anew])
def test_a_chain_that_was_removed_or_made_anew_is_found_by_a_head_noted_earlier(
    engines: Engines, forge: Callable[[Connection], None]
) -> None:
    fill(engines)
    noted = dict(verify(engines.reading).heads)
    with engines.durable.begin() as connection:
        forge(connection)
    assert faults(engines) == []
    (fault,) = verify(engines.reading, noted).faults
    assert fault == Fault("not-as-noted", WRITER, 5, "" if forge is remove_all else "d5")


def test_heads_noted_earlier_are_still_there_after_more_records_and_a_purge(
    engines: Engines,
) -> None:
    fill(engines, 3)
    noted = dict(verify(engines.reading).heads)
    append(engines.durable, WRITER, [entry(DECISION, 0, decision(id="d4", time=LATER))], STORED)
    assert verify(engines.reading, noted).faults == []
    purge(engines.durable, "2026-12-01", STORED, 0.0)
    assert verify(engines.reading, noted).faults == []


def test_a_purge_in_the_middle_of_verifying_is_no_fault(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "_AT_ONCE", 2)
    fill(engines)
    read, purges = chain._read, [True]

    def reading(text: str) -> Any:
        if '"d2"' in text and purges.pop():
            purges.append(False)
            purge(engines.durable, LATER, STORED, 0.0)
        return read(text)

    monkeypatch.setattr(chain, "_read", reading)
    found = verify(engines.reading)
    assert (found.faults, found.records, found.purged) == ([], 0, 5)
