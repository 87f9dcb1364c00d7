"""Groups of entries -> rows, in one transaction: each record once, decisions in the chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, insert, select

from cds_service.store.answers import recognise
from cds_service.store.chain import canonical, head_of, link, set_head
from cds_service.store.lines import DECISION, EVENT, Entry
from cds_service.store.tables import DECISIONS, EVENTS, INPUTS

_MANY = 200  # ids in one question


def append(engine: Engine, writer: str, entries: Sequence[Entry], stored_at: str) -> None:
    """Store what is not there yet; raises SQLAlchemyError, and then nothing is stored."""
    decisions = _by_id(entries, DECISION)
    events = _by_id(entries, EVENT)
    with engine.begin() as connection:
        _add_decisions(connection, writer, _new(connection, DECISIONS, decisions), stored_at)
        rows = [
            {**entry.columns, "stored_at": stored_at, "event": canonical(entry.record)}
            for entry in _new(connection, EVENTS, events)
        ]
        if rows:
            connection.execute(insert(EVENTS), rows)


def _by_id(entries: Sequence[Entry], kind: str) -> dict[str, Entry]:
    """Each id once, the first: it is the one that was acknowledged."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.kind == kind:
            found.setdefault(entry.id, entry)
    return found


def _new(connection: Connection, table: Table, entries: Mapping[str, Entry]) -> list[Entry]:
    there = set(_there(connection, table.c.id, list(entries)))
    return [entry for entry in entries.values() if entry.id not in there]


def _there(connection: Connection, column: Column[str], ids: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(ids), _MANY):
        asked = select(column).where(column.in_(ids[start : start + _MANY]))
        yield from connection.scalars(asked)


def _add_decisions(
    connection: Connection, writer: str, entries: Sequence[Entry], stored_at: str
) -> None:
    if not entries:
        return
    head = head_of(connection, writer)
    rows: list[dict[str, Any]] = []
    for entry in entries:
        made = link(entry.record, head)
        head = made.head
        place = {"writer": writer, "seq": made.seq, "stored_at": stored_at, "record": made.text}
        hashes = {"previous_hash": made.previous, "hash": made.hash}
        rows.append({**entry.columns, **place, **hashes})
    connection.execute(insert(DECISIONS), rows)
    set_head(connection, writer, head)
    inputs = [{"decision": e.id, "content": e.content} for e in entries if e.content]
    if inputs:
        connection.execute(insert(INPUTS), inputs)
    recognise(connection, [entry.columns["card_uuid"] for entry in entries])
