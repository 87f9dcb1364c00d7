"""What clinicians answered to cards -> rows, each once; and which cards a user put away."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Insert, Update, case, exists, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from cds_service.store.instants import in_utc
from cds_service.store.tables import DECISIONS, FEEDBACK

Item = Mapping[str, Any]
_ACCEPTED, _OVERRIDDEN = "accepted", "overridden"
_MANY = 500  # values in one question to the database
# A server may be set up to answer before its disk did; for feedback that is not enough.
_DURABLE = text(
    "SELECT set_config('synchronous_commit', 'on', true)"
    " WHERE current_setting('synchronous_commit') = 'off'"
)


def keep(engine: Engine, site: str, service: str, items: Sequence[Item], received_at: str) -> None:
    """All items or none, those that are there already left as they are; on the disk on return.

    The items have been checked: card, outcome and a time of RFC 3339 are there. Raises
    SQLAlchemyError where they could not be stored.
    """
    rows = {row["digest"]: row for row in (_row(site, service, item) for item in items)}
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(_DURABLE)
        made_here = _made_here(connection, site, {row["card"] for row in rows.values()})
        # In one order for everybody, so that two writers never wait for each other.
        written = [
            rows[digest]
            | {"known_card": rows[digest]["card"] in made_here, "received_at": received_at}
            for digest in sorted(rows)
        ]
        if written:
            connection.execute(_once(engine.dialect.name), written)


def _once(dialect: str) -> Insert:
    """What is there already stays as it is; only the digest can be there already."""
    if dialect == "postgresql":
        return postgresql.insert(FEEDBACK).on_conflict_do_nothing()
    return sqlite.insert(FEEDBACK).on_conflict_do_nothing()


def _row(site: str, service: str, item: Item) -> dict[str, Any]:
    card = same_card(item["card"])
    moment = in_utc(item["outcomeTimestamp"])
    suggestions = sorted({same_card(each["id"]) for each in item.get("acceptedSuggestions") or ()})
    reason = (item.get("overrideReason") or {}).get("reason") or {}
    same = json.dumps([site, service, card, item["outcome"], moment, suggestions])
    return {
        "digest": hashlib.sha256(same.encode()).hexdigest(),
        "site": site,
        "service": service,
        "card": card,
        "outcome": item["outcome"],
        "outcome_timestamp": moment,
        "reason_system": reason.get("system") or "",
        "reason_code": reason.get("code") or "",
        "item": json.dumps(item),
    }


def same_card(text: str) -> str:
    """One spelling of a UUID; any other name of a card stays as it is."""
    try:
        known = str(UUID(text))
    except ValueError:
        return text
    return known if known == text.lower() else text


def _made_here(connection: Connection, site: str, cards: set[str]) -> set[str]:
    found: set[str] = set()
    for some in _in_parts(sorted(cards)):
        asked = select(DECISIONS.c.card_uuid).distinct()
        asked = asked.where(DECISIONS.c.site == site, DECISIONS.c.card_uuid.in_(some))
        found.update(connection.scalars(asked))
    return found


def recognise(connection: Connection, cards: Iterable[str]) -> None:
    """Answers to these cards are known now: their decisions are in the store.

    For whoever files decisions; an answer may come before the decision that it is about.
    """
    for some in _in_parts(sorted(set(cards) - {""})):
        connection.execute(_now_known().where(FEEDBACK.c.card.in_(some)))


def recognise_all(connection: Connection) -> None:
    """The same for every answer; before decisions are purged, as nothing tells it afterwards."""
    connection.execute(_now_known())


def _now_known() -> Update:
    made_here = exists().where(
        DECISIONS.c.card_uuid == FEEDBACK.c.card, DECISIONS.c.site == FEEDBACK.c.site
    )
    return update(FEEDBACK).values(known_card=True).where(~FEEDBACK.c.known_card, made_here)


def dismissed(engine: Engine, site: str, cards: Sequence[str]) -> frozenset[str]:
    """Those of the cards that were overridden with a coded reason and not accepted since.

    Wherever the clocks of two machines leave a doubt about the order, the card counts as not
    dismissed. Raises SQLAlchemyError where the store cannot be asked.
    """
    with engine.execution_options(reads=True).begin() as connection:
        return frozenset(
            card for some in _in_parts(cards) for card in _put_away(connection, site, some)
        )


def _put_away(connection: Connection, site: str, cards: Sequence[str]) -> Iterator[str]:
    reasoned = (FEEDBACK.c.outcome == _OVERRIDDEN) & (FEEDBACK.c.reason_code != "")
    accepted = FEEDBACK.c.outcome == _ACCEPTED
    asked = select(
        FEEDBACK.c.card,
        *(
            func.max(case((which, when), else_=""))
            for when in (FEEDBACK.c.outcome_timestamp, FEEDBACK.c.received_at)
            for which in (reasoned, accepted)
        ),
    )
    asked = asked.where(FEEDBACK.c.site == site, FEEDBACK.c.card.in_(cards))
    for card, put_away, taken, heard_away, heard_taken in connection.execute(
        asked.group_by(FEEDBACK.c.card)
    ):
        if put_away > taken and heard_away >= heard_taken:
            yield card


def _in_parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + _MANY] for start in range(0, len(values), _MANY))
