"""The store -> decisions by id, card or time, and request events by time; nothing is changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, select
from sqlalchemy.exc import SQLAlchemyError

from cds_service.errors import InputError
from cds_service.store.activity import Asked, Figures, activity
from cds_service.store.answers import same_card
from cds_service.store.chain import HASH, Head, Verified, verify
from cds_service.store.engine import Engines, engines_of
from cds_service.store.instants import in_utc
from cds_service.store.tables import DECISIONS, EVENTS, INPUTS
from cds_service.store.trouble import trouble_of
from cds_service.store.upgrade import schema_trouble

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
    """Which records: from a time (RFC 3339) on, until before another; '' is no limit.

    Raises ValueError for a time that is none.
    """

    since: str = ""
    until: str = ""
    site: str = ""  # '' is every site

    def __post_init__(self) -> None:
        for moment in filter(None, (self.since, self.until)):
            in_utc(moment)


class Ledger:
    """What commands read; everything raises InputError where the store cannot be read."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def decision(self, id: str) -> Kept | None:
        """One decision."""
        with self._reading() as connection:
            return decision(connection, id)

    def decisions_of_card(self, card_uuid: str) -> list[Kept]:
        """Every decision that showed this card, oldest first."""
        with self._reading() as connection:
            return decisions_of_card(connection, card_uuid)

    def content_of(self, id: str) -> bytes:
        """The input that was kept for a decision; b'' where none was."""
        with self._reading() as connection:
            return content_of(connection, id)

    def decisions(self, span: Span, most: int) -> list[Kept]:
        """The newest decisions of a time, newest first."""
        with self._reading() as connection:
            return list(decisions(connection, span, most))

    def events(self, span: Span, most: int) -> list[Mapping[str, Any]]:
        """The newest request events of a time, newest first."""
        with self._reading() as connection:
            return list(events(connection, span, most))

    def activity(self, asked: Asked) -> Figures:
        """Figures of a time; nothing of a patient is in them."""
        with self._reading() as connection:
            return activity(connection, asked)

    def verify(self, noted: Mapping[str, Head]) -> Verified:
        """Every chain, and whether heads that were noted earlier are still in them."""
        with self._reading():
            return verify(self._engines.reading, noted)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engines.reading.begin() as connection:
                if why := schema_trouble(connection):
                    raise InputError(f"The store cannot be read: {why}.")
                yield connection
        except SQLAlchemyError as error:
            raise InputError(f"The store cannot be read: {trouble_of(error)}.") from None
        except ValueError:
            raise InputError("A record of the store is damaged; 'log verify' names it.") from None


@contextmanager
def open_ledger(url: str) -> Iterator[Ledger]:
    """The ledger of a store; raises SettingsError for an address that is none."""
    engines = engines_of(url)
    try:
        yield Ledger(engines)
    finally:
        engines.dispose()


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
    """The decisions of a time, newest first; raises as 'decision' does."""
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
