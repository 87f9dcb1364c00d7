"""Everything older than a day -> gone, and a checkpoint in each chain that was shortened.

A chain loses its beginning only: the checkpoint holds the last link that went, and what is left
follows it. A beginning whose links do not hold is left where it is, as evidence.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Engine, Row, Table, delete, func, select

from cds_service.store.answers import recognise_all
from cds_service.store.chain import Head, digest
from cds_service.store.tables import (
    CHAINS,
    CHECKPOINTS,
    DECISIONS,
    EVENTS,
    FEEDBACK,
    INPUTS,
    PATIENTS,
)
from cds_service.store.tokens import forget

AT_ONCE = 500  # rows in one transaction, so that nobody waits long for it
_LOGGER = logging.getLogger("cds_service")


@dataclass
class Purged:
    """How many rows went."""

    decisions: int = 0
    events: int = 0
    feedback: int = 0
    patients: int = 0
    tokens: int = 0
    left: tuple[str, ...] = ()  # writers whose chain does not hold, and was left


def purge(engine: Engine, before: str, now: str, seconds: float, at_once: int = AT_ONCE) -> Purged:
    """Delete what is older than 'before'; it and 'now' are times as the store spells them.

    'seconds' since 1970 is the same now, for tokens. Raises SQLAlchemyError; what was deleted by
    then stays deleted, and the chains hold.
    """
    with engine.begin() as connection:
        recognise_all(connection)
    purged = Purged()
    for writer in _writers(engine):
        _shorten(engine, writer, before, now, at_once, purged)
    purged.events = _older(engine, EVENTS, EVENTS.c.id, EVENTS.c.time < before, at_once)
    old = FEEDBACK.c.received_at < before
    purged.feedback = _older(engine, FEEDBACK, FEEDBACK.c.id, old, at_once)
    purged.patients = _patients(engine, before)
    purged.tokens = forget_all(engine, seconds)
    return purged


def forget_all(engine: Engine, seconds: float) -> int:
    """Delete the tokens that have ended; how many. Raises SQLAlchemyError."""
    total = 0
    while True:
        with engine.begin() as connection:
            gone = forget(connection, seconds)
        total += gone
        if not gone:
            return total


def _writers(engine: Engine) -> list[str]:
    with engine.execution_options(reads=True).begin() as connection:
        return sorted(connection.scalars(select(DECISIONS.c.writer).distinct()))


def _shorten(
    engine: Engine, writer: str, before: str, now: str, at_once: int, purged: Purged
) -> None:
    """Take away the beginning of one chain, some links at a time."""
    while True:
        with engine.begin() as connection:
            last = _checkpoint(connection, writer)
            rows = _beginning(connection, writer, before, at_once)
            sound = list(_sound(rows, last))
            if sound:
                _take_away(connection, writer, sound, now)
        purged.decisions += len(sound)
        if len(sound) < len(rows):
            purged.left += (writer,)
            _LOGGER.error("a chain does not hold; nothing of it is purged from here on")
        if len(sound) < at_once:
            return


def _checkpoint(connection: Connection, writer: str) -> Head:
    """Where the chain begins; the lock on its head keeps another purge out meanwhile."""
    connection.execute(select(CHAINS.c.seq).where(CHAINS.c.writer == writer).with_for_update())
    asked = select(CHECKPOINTS.c.seq, CHECKPOINTS.c.hash).where(CHECKPOINTS.c.writer == writer)
    row = connection.execute(asked).one_or_none()
    return Head(*row) if row else Head()


def _beginning(
    connection: Connection, writer: str, before: str, at_once: int
) -> Sequence[Row[Any]]:
    """The oldest links, up to the first that is young; an older one behind it waits for it."""
    mine = DECISIONS.c.writer == writer
    young = select(func.min(DECISIONS.c.seq)).where(mine, DECISIONS.c.time >= before)
    first = connection.execute(young).scalar()
    asked = select(DECISIONS).where(mine).order_by(DECISIONS.c.seq).limit(at_once)
    if first is not None:
        asked = asked.where(DECISIONS.c.seq < first)
    return connection.execute(asked).all()


def _sound(rows: Sequence[Row[Any]], last: Head) -> Iterator[Row[Any]]:
    """The links that follow each other without a fault."""
    for row in rows:
        follows = row.seq == last.seq + 1 and row.previous_hash == last.hash
        if not follows or digest(row.record) != row.hash:
            return
        yield row
        last = Head(row.seq, row.hash)


def _take_away(connection: Connection, writer: str, rows: Sequence[Row[Any]], now: str) -> None:
    ids = [row.id for row in rows]
    connection.execute(delete(INPUTS).where(INPUTS.c.decision.in_(ids)))
    connection.execute(delete(DECISIONS).where(DECISIONS.c.id.in_(ids)))
    values = {"seq": rows[-1].seq, "hash": rows[-1].hash, "purged_at": now}
    moved = CHECKPOINTS.update().where(CHECKPOINTS.c.writer == writer).values(values)
    if not connection.execute(moved).rowcount:
        connection.execute(CHECKPOINTS.insert().values(writer=writer, **values))


def _older(engine: Engine, table: Table, key: Column[Any], old: Any, at_once: int) -> int:
    total = 0
    while True:
        with engine.begin() as connection:
            some = select(key).where(old).limit(at_once)
            gone = connection.execute(delete(table).where(key.in_(some))).rowcount
        total += gone
        if gone < at_once:
            return total


def _patients(engine: Engine, before: str) -> int:
    with engine.begin() as connection:
        return connection.execute(delete(PATIENTS).where(PATIENTS.c.seen_at < before)).rowcount
