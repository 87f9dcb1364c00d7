"""Decision records -> links of a chain of hashes; the chains of a store -> what is wrong with them.

A link is hashed together with the hash before it, and the head of each chain stands apart: whoever
changes, removes or moves a record leaves a trace, also at the end. Whoever may write everything
could make a whole chain anew; heads that were noted earlier, elsewhere, show that too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, select, union

from cds_service.store.rows import decision_columns
from cds_service.store.tables import CHAINS, CHECKPOINTS, DECISIONS

START = "0" * 64  # the hash before the first link
PREVIOUS, HASH = "previousHash", "hash"
_AT_ONCE = 500  # rows read in one transaction, so that nobody waits long for it


class Head(NamedTuple):
    """The newest link of a chain."""

    seq: int = 0
    hash: str = START


class Link(NamedTuple):
    """One record in its chain."""

    seq: int
    text: str  # the bytes that were hashed
    previous: str
    hash: str

    @property
    def head(self) -> Head:
        """What the next link follows."""
        return Head(self.seq, self.hash)


class Fault(NamedTuple):
    """One place where a chain is not what was written."""

    what: str  # an id; FAULTS says what it means
    writer: str
    seq: int
    id: str = ""  # of the record, where one is there


FAULTS: Mapping[str, str] = {
    "changed": "the record is not the one that was hashed",
    "column-changed": "a column beside the record does not say what the record says",
    "removed": "no record has this number, or those from here to the next one",
    "out-of-place": "the record does not follow the one before it: that one or the order changed",
    "cut": "the chain ends before its head",
    "head-changed": "the head is not the last record",
    "no-head": "there are records and no head",
    "below-checkpoint": "the record lies before what a purge left, and is in no chain",
    "not-as-noted": "the record that was noted earlier is not there, or has another hash",
}


@dataclass
class Verified:
    """What the chains of a store hold, and where they are broken."""

    records: int = 0
    purged: int = 0
    heads: dict[str, Head] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def canonical(value: object) -> str:
    """One text for one value: ASCII, sorted, without spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def link(record: Mapping[str, Any], head: Head) -> Link:
    """The record as the next link after a head."""
    text = canonical({**record, PREVIOUS: head.hash})
    return Link(head.seq + 1, text, head.hash, digest(text))


def digest(text: str) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def head_of(connection: Connection, writer: str) -> Head:
    """Where the chain of a writer ends; nobody else extends it meanwhile."""
    asked = select(CHAINS.c.seq, CHAINS.c.hash).where(CHAINS.c.writer == writer)
    row = connection.execute(asked.with_for_update()).one_or_none()
    return Head(*row) if row else Head()


def set_head(connection: Connection, writer: str, head: Head) -> None:
    """Move the end of a chain; a new chain begins with its first record."""
    values = {"seq": head.seq, "hash": head.hash}
    moved = connection.execute(CHAINS.update().where(CHAINS.c.writer == writer).values(values))
    if not moved.rowcount:
        connection.execute(CHAINS.insert().values(writer=writer, **values))


def verify(engine: Engine, noted: Mapping[str, Head] | None = None) -> Verified:
    """Read every chain; raises SQLAlchemyError where the store cannot be read.

    'noted' are heads that were seen earlier and kept elsewhere.
    """
    found = Verified()
    for writer in _writers(engine, noted or {}):
        _Chain(engine, writer, found).read()
    for writer, head in (noted or {}).items():
        found.faults += _as_noted(engine, writer, head)
    return found


def _writers(engine: Engine, noted: Mapping[str, Head]) -> list[str]:
    with engine.connect() as connection:
        kept = union(*(select(t.c.writer) for t in (DECISIONS, CHAINS, CHECKPOINTS)))
        return sorted({*connection.execute(kept).scalars(), *noted})


class _Chain:
    """Walks along one chain, some rows at a time."""

    def __init__(self, engine: Engine, writer: str, found: Verified) -> None:
        self._engine = engine
        self._writer = writer
        self._found = found

    def read(self) -> None:
        """All of it; a purge that comes in between is waited for by beginning anew."""
        while True:
            faults, records = len(self._found.faults), self._found.records
            before = _checkpoint(self._engine, self._writer)
            self._from(before)
            if _checkpoint(self._engine, self._writer) == before:
                self._found.purged += before.seq
                return
            del self._found.faults[faults:]
            self._found.records = records

    def _from(self, last: Head) -> None:
        for row in self._rows(0, last.seq):
            self._fault("below-checkpoint", row.seq, row.id)
        while True:
            with self._engine.connect() as connection:
                rows = connection.execute(self._after(last.seq).limit(_AT_ONCE)).all()
                head = _head(connection, self._writer)
            for row in rows:
                last = self._one(row, last)
            if len(rows) < _AT_ONCE:
                return self._end(last, head)

    def _rows(self, after: int, until: int) -> Iterator[Row[Any]]:
        with self._engine.connect() as connection:
            yield from connection.execute(self._after(after).where(DECISIONS.c.seq <= until))

    def _after(self, seq: int) -> Any:
        mine = (DECISIONS.c.writer == self._writer) & (DECISIONS.c.seq > seq)
        return select(DECISIONS).where(mine).order_by(DECISIONS.c.seq)

    def _one(self, row: Row[Any], last: Head) -> Head:
        self._found.records += 1
        record = _read(row.record)
        previous = record.get(PREVIOUS)
        if row.seq != last.seq + 1:
            self._fault("removed", last.seq + 1)
        elif previous != last.hash:
            self._fault("out-of-place", row.seq, row.id)
        if digest(row.record) != row.hash:
            self._fault("changed", row.seq, row.id)
        elif previous != row.previous_hash or not _repeats(row, record):
            self._fault("column-changed", row.seq, row.id)
        return Head(row.seq, row.hash)

    def _end(self, last: Head, head: Head | None) -> None:
        if head is None:
            if last.seq:
                self._fault("no-head", last.seq)
            return
        self._found.heads[self._writer] = head
        if head.seq > last.seq:
            self._fault("cut", last.seq + 1)
        elif head != last:
            self._fault("head-changed", head.seq)

    def _fault(self, what: str, seq: int, id: str = "") -> None:
        self._found.faults.append(Fault(what, self._writer, seq, id))


def _head(connection: Connection, writer: str) -> Head | None:
    asked = select(CHAINS.c.seq, CHAINS.c.hash).where(CHAINS.c.writer == writer)
    row = connection.execute(asked).one_or_none()
    return Head(*row) if row else None


def _checkpoint(engine: Engine, writer: str) -> Head:
    with engine.connect() as connection:
        asked = select(CHECKPOINTS.c.seq, CHECKPOINTS.c.hash)
        row = connection.execute(asked.where(CHECKPOINTS.c.writer == writer)).one_or_none()
    return Head(*row) if row else Head()


def _read(text: str) -> Mapping[str, Any]:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):  # somebody wrote into it; its hash says so
        return {}
    return record if isinstance(record, dict) else {}


def _repeats(row: Row[Any], record: Mapping[str, Any]) -> bool:
    """Queries ask the columns, so they must say what the record says."""
    try:
        columns = decision_columns(record)
    except ValueError:
        return False
    return all(row._mapping[name] == value for name, value in columns.items())


def _as_noted(engine: Engine, writer: str, noted: Head) -> list[Fault]:
    """The record of a noted head is still there, or was purged as the checkpoint says."""
    purged = _checkpoint(engine, writer)
    if noted.seq < purged.seq or noted in (purged, Head()):
        return []
    mine = (DECISIONS.c.writer == writer) & (DECISIONS.c.seq == noted.seq)
    with engine.connect() as connection:
        row = connection.execute(select(DECISIONS.c.id, DECISIONS.c.hash).where(mine)).one_or_none()
    if row and row.hash == noted.hash:
        return []
    return [Fault("not-as-noted", writer, noted.seq, row.id if row else "")]
