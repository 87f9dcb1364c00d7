"""The store -> decisions by their id, card or time, and request events by time; nothing is changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, select

from cds_service.store.answers import same_card
from cds_service.store.chain import HASH
from cds_service.store.instants import in_utc
from cds_service.store.tables import DECISIONS, EVENTS, INPUTS

_AT_ONCE = 500  # rows held at one time


@dataclass(frozen=True)
class Kept:
    """A decision record as it stands in its chain."""

    record: Mapping[str, Any]  # with previousHash and hash
    writer: str
    seq: int
    stored_at: str  # later than the record's own time where it waited in the spool


@dataclass(frozen=True)
class Span:
    """Which records: from a time (RFC 3339) on, until before another; '' is no limit."""

    since: str = ""
    until: str = ""
    site: str = ""  # '' is every site


def decision(connection: Connection, id: str) -> Kept | None:
    """One decision; raises SQLAlchemyError, and ValueError where its row is no record any more."""
    row = connection.execute(select(DECISIONS).where(DECISIONS.c.id == id)).one_or_none()
    return _kept(row) if row else None


def decisions_of_card(connection: Connection, card_uuid: str) -> list[Kept]:
    """Every decision that showed this card, oldest first: the same facts give the same card."""
    mine = DECISIONS.c.card_uuid == same_card(card_uuid)
    asked = select(DECISIONS).where(mine).order_by(DECISIONS.c.time, DECISIONS.c.id)
    return [_kept(row) for row in connection.execute(asked)] if card_uuid else []


def content_of(connection: Connection, id: str) -> bytes:
    """The input that was kept for a decision; b'' where none was."""
    asked = select(INPUTS.c.content).where(INPUTS.c.decision == id)
    return bytes(connection.execute(asked).scalar_one_or_none() or b"")


def decisions(connection: Connection, span: Span, most: int | None = None) -> Iterator[Kept]:
    """The decisions of a time, newest first; raises ValueError for a time that is none."""
    return map(_kept, _newest(connection, DECISIONS, span, most))


def events(
    connection: Connection, span: Span, most: int | None = None
) -> Iterator[Mapping[str, Any]]:
    """The request events of a time, newest first, each with 'stored_at'."""
    for row in _newest(connection, EVENTS, span, most):
        yield {**json.loads(row.event), "stored_at": row.stored_at}


def _newest(
    connection: Connection, table: Table, span: Span, most: int | None
) -> Iterator[Row[Any]]:
    asked = _within(select(table), table, span)
    asked = asked.order_by(table.c.time.desc(), table.c.id).limit(most)
    streamed = connection.execution_options(yield_per=_AT_ONCE)
    yield from streamed.execute(asked)


def _within(asked: Select[Any], table: Table, span: Span) -> Select[Any]:
    if span.since:
        asked = asked.where(table.c.time >= in_utc(span.since))
    if span.until:
        asked = asked.where(table.c.time < in_utc(span.until))
    return asked.where(table.c.site == span.site) if span.site else asked


def _kept(row: Row[Any]) -> Kept:
    record = json.loads(row.record) | {HASH: row.hash}
    return Kept(record, row.writer, row.seq, row.stored_at)
