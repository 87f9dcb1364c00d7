"""The figures of a history that was made by hand: every number is counted here by eye."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from cds_service.doors.events import Cause, RequestEvent
from cds_service.doors.keeping import event_record
from cds_service.store.activity import Asked, activity
from cds_service.store.answers import keep
from cds_service.store.append import append
from cds_service.store.engine import Engines
from cds_service.store.lines import DECISION, EVENT, Entry, entry
from tests.store.made import decision

ROUTE = "/cds-services/ntrk-mesothelioma"
SYSTEM = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
ASKED = Asked((ROUTE,), {(SYSTEM, "patient-refuses"), (SYSTEM, "action-completed")})
OPTION, FUSION, UNCHECKED = "trk-inhibitor-option", "confirm-fusion", "could-not-check"
PRIVATE = "Zyxcanarius"
RECEIVED = "2026-11-21T09:00:00.000000+00:00"


def call(number: int, day: str, site: str = "trust-a", status: int = 200, **more: Any) -> Entry:
    """A request that took as many milliseconds as its number."""
    told = RequestEvent(
        time=datetime.fromisoformat(f"{day}T10:00:00+00:00"),
        correlation=f"call-{number}",
        method="POST",
        route=more.pop("route", ROUTE),
        status=status,
        duration_ms=number,
        site=site,
        **more,
    )
    return entry(EVENT, 0, event_record(told))


def card(uuid: str, day: str, says: str, site: str = "trust-a", **more: Any) -> Entry:
    record = decision(
        time=f"{day}T10:00:00+00:00",
        site=site,
        recommendation=says,
        cardUuid=uuid,
        patientKey=PRIVATE,
        **more,
    )
    return entry(DECISION, 0, record)


def said(card: str, outcome: str, minute: int = 0, **more: Any) -> dict[str, Any]:
    moment = f"2026-11-21T08:{minute:02}:00Z"
    accepted = {"acceptedSuggestions": [{"id": "s"}]} if outcome == "accepted" else {}
    return {"card": card, "outcome": outcome, "outcomeTimestamp": moment, **accepted, **more}


def why(code: str, system: str = SYSTEM, comment: str = "") -> dict[str, Any]:
    coded = {"reason": {"code": code, "system": system}} if code else {}
    return {"overrideReason": coded | ({"userComment": comment} if comment else {})}


NOT_SENT = (Cause(UNCHECKED, "not-sent"), Cause(UNCHECKED, "more-pages"))
HISTORY = (
    call(10, "2026-11-18", recommendations=(OPTION,)),
    call(20, "2026-11-18", recommendations=("nothing",)),
    call(30, "2026-11-20", recommendations=(OPTION,), held_back=(OPTION,)),
    call(40, "2026-11-20", recommendations=(UNCHECKED,), causes=NOT_SENT),
    call(50, "2026-11-20", status=412, causes=(Cause("insufficient-data", "not-sent"),)),
    call(60, "2026-11-20", "trust-b", recommendations=(FUSION,)),
    call(70, "2026-11-20", "trust-b", causes=(Cause(UNCHECKED, "not-sent"),)),
    call(80, "2026-11-20", "-", status=401, refused="no-token"),
    call(90, "2026-11-20", route=f"{ROUTE}/feedback", accepted=1),
    call(100, "2026-11-20", "-", route="/health"),
    card("card-1", "2026-11-18", OPTION),
    card("card-1", "2026-11-20", OPTION),
    card("card-2", "2026-11-20", OPTION),
    card("card-3", "2026-11-20", OPTION, heldBack=True),
    card("card-4", "2026-11-20", UNCHECKED),
    card("", "2026-11-20", "insufficient-data"),
    card("", "2026-11-20", "nothing"),
    card("card-5", "2026-11-20", FUSION, "trust-b"),
)
ANSWERS = (
    said("card-1", "accepted"),
    said("card-1", "overridden", 1, **why("patient-refuses", comment=PRIVATE)),
    said("card-2", "overridden", 2, **why("patient-refuses")),
    said("card-2", "overridden", 3, **why("", comment=PRIVATE)),
    said("card-4", "overridden", 4, **why(PRIVATE, PRIVATE)),
    said("card-4", "overridden", 5, **why("patient-refuses", "urn:another:system")),
    said("card-9", "overridden", 6),
)


@pytest.fixture
def history(engines: Engines) -> Engines:
    append(engines.durable, "writer", HISTORY, RECEIVED)
    keep(engines.durable, "trust-a", "s", ANSWERS, RECEIVED)
    keep(engines.durable, "trust-b", "s", [said("card-1", "overridden")], RECEIVED)
    return engines


def figures(engines: Engines, **changes: Any) -> dict[str, Any]:
    with engines.reading.begin() as connection:
        return activity(connection, replace(ASKED, **changes))


def test_calls_are_those_in_which_a_patient_was_looked_at(history: Engines) -> None:
    told = figures(history)["calls"]
    assert told == {"assessed": 7, "milliseconds": {"p50": 40, "p95": 70, "p99": 70, "max": 70}}


def test_cards_are_counted_by_recommendation_and_so_are_the_answers_to_them(
    history: Engines,
) -> None:
    by = {row.pop("recommendation"): row for row in figures(history)["cards"]}
    assert by == {
        OPTION: {
            "shown": 3,
            "heldBack": 1,
            "different": 2,
            "answered": 2,
            "accepted": 1,
            "overridden": 2,
            "acceptance": 0.5,
        },
        UNCHECKED: {
            "shown": 1,
            "heldBack": 0,
            "different": 1,
            "answered": 1,
            "accepted": 0,
            "overridden": 1,
            "acceptance": 0.0,
        },
        # The answer that trust-b gave to card-1 is no answer to its own card.
        FUSION: {
            "shown": 1,
            "heldBack": 0,
            "different": 1,
            "answered": 0,
            "accepted": 0,
            "overridden": 0,
        },
    }


def test_overrides_are_counted_by_reason_and_a_clients_own_code_is_not_repeated(
    history: Engines,
) -> None:
    assert figures(history)["overrides"] == [
        {"reason": "none", "answers": 3},
        {"reason": "another", "answers": 2},
        {"reason": "patient-refuses", "answers": 2},
    ]


def test_what_could_not_be_checked_is_counted_by_cause(history: Engines) -> None:
    assert figures(history)["notChecked"] == [
        {"recommendation": UNCHECKED, "cause": "not-sent", "calls": 2},
        {"recommendation": UNCHECKED, "cause": "more-pages", "calls": 1},
        {"recommendation": "insufficient-data", "cause": "not-sent", "calls": 1},
    ]


def test_every_day_is_there_with_its_rate_also_a_silent_one(history: Engines) -> None:
    assert figures(history)["days"] == [
        {"day": "2026-11-18", "calls": 2, "cards": 1, "rate": 0.5},
        {"day": "2026-11-19", "calls": 0, "cards": 0},
        {"day": "2026-11-20", "calls": 5, "cards": 4, "rate": 0.8},
    ]


def test_every_site_is_there(history: Engines) -> None:
    assert figures(history)["sites"] == [
        {"site": "trust-a", "calls": 5, "cards": 4, "rate": 0.8, "accepted": 1, "overridden": 6},
        {"site": "trust-b", "calls": 2, "cards": 1, "rate": 0.5, "accepted": 0, "overridden": 1},
    ]


def test_feedback_on_cards_that_nobody_here_made_is_counted(history: Engines) -> None:
    assert figures(history)["feedback"] == {
        "answers": 8,
        "accepted": 1,
        "overridden": 7,
        "unknownCards": 2,  # card-9, and card-1 at a site that never saw it
    }


@pytest.mark.parametrize(
    ("since", "until", "calls", "shown", "answers"),
    [
        (date(2026, 11, 18), date(2026, 11, 18), 2, 1, 0),
        (date(2026, 11, 19), date(2026, 11, 19), 0, 0, 0),
        (date(2026, 11, 20), None, 5, 4, 8),
        (None, date(2026, 11, 20), 7, 5, 0),
        (date(1, 1, 1), date(9999, 12, 31), 7, 5, 8),
    ],
)
def test_a_time_is_from_the_first_day_to_the_last(
    history: Engines, since: date | None, until: date | None, calls: int, shown: int, answers: int
) -> None:
    told = figures(history, since=since, until=until)
    assert told["calls"]["assessed"] == calls
    assert sum(row["shown"] for row in told["cards"]) == shown
    assert told["feedback"]["answers"] == answers


def test_one_site_is_told_nothing_of_another(history: Engines) -> None:
    told = figures(history, site="trust-b")
    assert told["calls"]["assessed"] == 2
    assert [row["recommendation"] for row in told["cards"]] == [FUSION]
    assert [row["site"] for row in told["sites"]] == ["trust-b"]
    assert told["overrides"] == [{"reason": "none", "answers": 1}]
    assert told["notChecked"] == [{"recommendation": UNCHECKED, "cause": "not-sent", "calls": 1}]
    assert told["feedback"]["answers"] == 1
    assert figures(history, site="trust-c")["days"] == []


def test_nothing_of_a_patient_or_a_comment_is_in_the_figures(history: Engines) -> None:
    told = json.dumps(figures(history))
    assert PRIVATE not in told
    assert "card-1" not in told
    assert "call-" not in told


def test_an_empty_store_has_figures_too(engines: Engines) -> None:
    assert figures(engines, since=date(2026, 1, 1)) == {
        "from": "2026-01-01",
        "calls": {"assessed": 0, "milliseconds": {}},
        "cards": [],
        "overrides": [],
        "notChecked": [],
        "days": [],
        "sites": [],
        "feedback": {"answers": 0, "accepted": 0, "overridden": 0, "unknownCards": 0},
    }


def test_percentiles_are_values_that_so_many_of_a_hundred_do_not_exceed(engines: Engines) -> None:
    append(engines.durable, "w", [call(n, "2026-11-20") for n in range(1, 201)], RECEIVED)
    times = figures(engines)["calls"]["milliseconds"]
    assert times == {"p50": 100, "p95": 190, "p99": 198, "max": 200}


def test_the_day_is_that_of_utc(engines: Engines) -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC).astimezone()
    event = event_record(
        RequestEvent(late, "late", "POST", ROUTE, 200, 5, recommendations=("nothing",), site="a")
    )
    append(engines.durable, "w", [entry(EVENT, 0, event)], RECEIVED)
    assert [row["day"] for row in figures(engines)["days"]] == ["2026-11-20"]
