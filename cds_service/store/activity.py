"""Decisions, answers and request events -> figures of a time: what was said, and what came of it.

Counts only, by names that this service gave: nothing of a patient, no comment, no code of a client.
Days are those of UTC. Raises SQLAlchemyError where the store cannot be asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    case,
    cast,
    distinct,
    exists,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from cds_service.store.tables import DECISIONS, EVENTS, FEEDBACK

ANOTHER, NO_REASON = "another", "none"
ASSESSED = (200, 412)  # statuses of calls for which a patient was looked at
_PERCENTILES = (50, 95, 99)
_CAUSE = ("recommendation", "why")  # members of a cause in an event
_CARD = DECISIONS.c.card_uuid != ""
_SHOWN = and_(_CARD, ~DECISIONS.c.held_back)
_ACCEPTED = FEEDBACK.c.outcome == "accepted"
_OVERRIDDEN = FEEDBACK.c.outcome == "overridden"

Figures = dict[str, Any]
_Is = ColumnElement[bool]


@dataclass(frozen=True)
class Asked:
    """Which figures."""

    routes: tuple[str, ...]  # of the service: whatever else was asked is no call
    reasons: Collection[tuple[str, str]]  # system and code of those that have a name
    since: date | None = None  # the first day
    until: date | None = None  # the last day
    site: str = ""  # '' is every site


def activity(connection: Connection, asked: Asked) -> Figures:
    """All figures; where there is nothing, zeros and empty lists, and no rate."""
    limits = {"from": asked.since, "to": asked.until}
    return {
        **{name: day.isoformat() for name, day in limits.items() if day},
        "calls": _calls(connection, asked),
        "cards": list(_cards(connection, asked)),
        "overrides": _overrides(connection, asked),
        "notChecked": list(_not_checked(connection, asked)),
        "days": list(_days(connection, asked)),
        "sites": list(_sites(connection, asked)),
        "feedback": _feedback(connection, asked),
    }


def _within(table: Table, when: ColumnElement[str], asked: Asked) -> _Is:
    """The rows of the time and the site; times are text that sorts."""
    limits = [table.c.site == asked.site] if asked.site else []
    if asked.since:
        limits.append(when >= asked.since.isoformat())
    if asked.until:
        limits.append(when < f"{asked.until.isoformat()}T24")
    return and_(True, *limits)


def _of_calls(asked: Asked) -> _Is:
    mine = EVENTS.c.route.in_(asked.routes), EVENTS.c.status.in_(ASSESSED)
    return and_(_within(EVENTS, EVENTS.c.time, asked), *mine)


def _of_decisions(asked: Asked) -> _Is:
    return _within(DECISIONS, DECISIONS.c.time, asked)


def _of_answers(asked: Asked) -> _Is:
    return _within(FEEDBACK, FEEDBACK.c.received_at, asked)


def _how_many(which: _Is) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)


def _calls(connection: Connection, asked: Asked) -> Figures:
    mine = _of_calls(asked)
    count = connection.scalar(select(func.count()).select_from(EVENTS).where(mine)) or 0
    times = select(EVENTS.c.duration_ms).where(mine).order_by(EVENTS.c.duration_ms)
    # The value that so many of a hundred do not exceed: a rank, which both databases can give.
    ranks = {f"p{part}": -(-count * part // 100) for part in _PERCENTILES} | {"max": count}
    return {
        "assessed": count,
        "milliseconds": {
            name: connection.scalar(times.offset(rank - 1).limit(1))
            for name, rank in ranks.items()
            if rank
        },
    }


def _cards(connection: Connection, asked: Asked) -> Iterator[Figures]:
    """By recommendation: cards shown in this time, and the answers to them whenever they came."""
    which = DECISIONS.c.recommendation
    counted = select(which, _how_many(_SHOWN), _how_many(DECISIONS.c.held_back))
    counted = counted.where(_of_decisions(asked), _CARD).group_by(which).order_by(which)
    answers = {row[0]: row for row in connection.execute(_answered(asked))}
    for recommendation, shown, held_back in connection.execute(counted):
        _, different, answered, accepted, overridden = answers.get(recommendation, ("", 0, 0, 0, 0))
        yield {
            "recommendation": recommendation,
            "shown": shown,
            "heldBack": held_back,
            "different": different,  # the same facts for the same user are the same card
            "answered": answered,
            "accepted": accepted,
            "overridden": overridden,
            **_rate("acceptance", accepted, answered),
        }


def _answered(asked: Asked) -> Select[Any]:
    """Of the different cards: how many were answered, accepted, overridden at least once."""
    columns = DECISIONS.c.site, DECISIONS.c.card_uuid, DECISIONS.c.recommendation
    shown = select(*columns).where(_of_decisions(asked), _SHOWN).distinct().subquery()
    mine = and_(FEEDBACK.c.site == shown.c.site, FEEDBACK.c.card == shown.c.card_uuid)
    answers = (case((which, FEEDBACK.c.card)) for which in (_ACCEPTED, _OVERRIDDEN))
    counted = (shown.c.card_uuid, FEEDBACK.c.card, *answers)
    figures = select(shown.c.recommendation, *(func.count(distinct(each)) for each in counted))
    return figures.select_from(shown.outerjoin(FEEDBACK, mine)).group_by(shown.c.recommendation)


def _overrides(connection: Connection, asked: Asked) -> list[Figures]:
    """By the reason that was given; a client's own code could be anything, and is not repeated."""
    coding = FEEDBACK.c.reason_system, FEEDBACK.c.reason_code
    counted = select(*coding, func.count()).where(_of_answers(asked), _OVERRIDDEN)
    found: Counter[str] = Counter()
    for system, code, count in connection.execute(counted.group_by(*coding)):
        found[_named(system, code, asked)] += count
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [{"reason": reason, "answers": count} for reason, count in ordered]


def _named(system: str, code: str, asked: Asked) -> str:
    if not code:
        return NO_REASON
    return code if (system, code) in asked.reasons else ANOTHER


def _not_checked(connection: Connection, asked: Asked) -> Iterator[Figures]:
    """Why a call got no answer; one may have had several causes."""
    if connection.dialect.name == "postgresql":
        causes = cast(EVENTS.c.event, JSONB)["causes"]
        each = func.jsonb_array_elements(causes).table_valued("value").alias("cause")
        names: list[ColumnElement[str]] = [each.c.value.op("->>")(name) for name in _CAUSE]
    else:
        each = func.json_each(EVENTS.c.event, "$.causes").table_valued("value").alias("cause")
        names = [func.json_extract(each.c.value, f"$.{name}") for name in _CAUSE]
    told = [named.label(name) for named, name in zip(names, _CAUSE, strict=True)]
    rows = select(*told).select_from(EVENTS.join(each, true())).where(_of_calls(asked)).subquery()
    counted = select(*rows.c, func.count()).group_by(*rows.c)
    for row in sorted(connection.execute(counted), key=lambda row: (row[0], -row[2], row[1])):
        yield {"recommendation": row[0], "cause": row[1], "calls": row[2]}


def _days(connection: Connection, asked: Asked) -> Iterator[Figures]:
    """Every day from the first with a call or card to the last: a silent one is a finding."""
    calls = _by(connection, _day(EVENTS.c.time), _of_calls(asked))
    shown = and_(_of_decisions(asked), _SHOWN)
    cards = _by(connection, _day(DECISIONS.c.time), shown)
    days = sorted(map(date.fromisoformat, {*calls, *cards}))
    for number in range((days[-1] - days[0]).days + 1 if days else 0):
        day = (days[0] + timedelta(number)).isoformat()
        yield {"day": day, **_firing(calls.get(day, 0), cards.get(day, 0))}


def _day(time: ColumnElement[str]) -> ColumnElement[str]:
    return func.substr(time, literal_column("1"), literal_column("10"))


def _sites(connection: Connection, asked: Asked) -> Iterator[Figures]:
    calls = _by(connection, EVENTS.c.site, _of_calls(asked))
    cards = _by(connection, DECISIONS.c.site, and_(_of_decisions(asked), _SHOWN))
    accepted = _by(connection, FEEDBACK.c.site, and_(_of_answers(asked), _ACCEPTED))
    overridden = _by(connection, FEEDBACK.c.site, and_(_of_answers(asked), _OVERRIDDEN))
    for site in sorted({*calls, *cards, *accepted, *overridden}):
        answers = {"accepted": accepted.get(site, 0), "overridden": overridden.get(site, 0)}
        yield {"site": site, **_firing(calls.get(site, 0), cards.get(site, 0)), **answers}


def _by(connection: Connection, what: ColumnElement[str], which: _Is) -> Mapping[str, int]:
    rows = connection.execute(select(what, func.count()).where(which).group_by(what))
    return {row[0]: row[1] for row in rows}


def _firing(calls: int, cards: int) -> Figures:
    return {"calls": calls, "cards": cards, **_rate("rate", cards, calls)}


def _rate(name: str, part: int, whole: int) -> Figures:
    return {name: round(part / whole, 4)} if whole else {}


def _feedback(connection: Connection, asked: Asked) -> Figures:
    """Answers that came in this time."""
    made_here = exists().where(
        DECISIONS.c.card_uuid == FEEDBACK.c.card, DECISIONS.c.site == FEEDBACK.c.site
    )
    unknown = and_(~FEEDBACK.c.known_card, ~made_here)
    counted = select(
        func.count(), *(_how_many(w) for w in (_ACCEPTED, _OVERRIDDEN, unknown))
    ).select_from(FEEDBACK)
    row = tuple(connection.execute(counted.where(_of_answers(asked))).one())
    return dict(zip(("answers", "accepted", "overridden", "unknownCards"), row, strict=True))
