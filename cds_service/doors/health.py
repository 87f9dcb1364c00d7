"""The running service -> whether it lives, whether it gives a right card, and what it holds.

Alive says nothing but that the process answers. Ready is earned: a synthetic patient with a known
answer goes through the real reader, rule and card writer, each time that somebody asks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, Response

from cds_service.domain import Guideline
from cds_service.doors.about import NOTICE, service_version
from cds_service.doors.answer import Answer, Desk, answer, fetch_nothing
from cds_service.doors.envelope import Call, read_call
from cds_service.doors.events import NOTHING_KEPT, StoreHealth
from cds_service.doors.hooks import reply
from cds_service.errors import RequestError
from cds_service.knowledge import data_dir, matches, report
from cds_service.strict_json import parse

READY = "health.ready"  # the endpoint; a failure there is a 503, not a card
EXAMPLE = "named-fusion"  # of fhir_examples: confirmed fusion, established diagnosis
OK, DEGRADED = "ok", "degraded"
State = Callable[[], StoreHealth]


def blueprint(
    desk: Desk, today: Callable[[], date], store: State = lambda: NOTHING_KEPT
) -> Blueprint:
    """Health, for people and for whoever restarts and routes; readiness does not ask the store."""
    pages = Blueprint("health", __name__)

    @pages.get("/health")
    def show() -> Response:
        return reply(200, health(desk, today(), store()))

    @pages.get("/health/live")
    def live() -> Response:
        return reply(200, {"status": "alive"})

    @pages.get("/health/ready")
    def ready() -> Response:
        why = trouble(desk, today())
        return not_ready(why) if why else reply(200, {"status": "ready"})

    return pages


def not_ready(why: str) -> Response:
    """503 with the id of what is wrong."""
    return reply(503, {"status": "not ready", "why": why})


def trouble(desk: Desk, today: date) -> str:
    """Why this process cannot give a right card, as an id; '' where it can."""
    try:
        call, expected = _example(desk)
    except (OSError, ValueError, LookupError, RequestError):
        return "example-unreadable"
    said = answer(call, replace(desk, fetch=fetch_nothing), today, desk.settings.nation)
    if expected not in [assessment.recommendation for assessment in said.assessments]:
        return "wrong-recommendation"
    return "" if expected in _spoken(said) else "no-card"


def _spoken(said: Answer) -> list[str]:
    """What the cards say; a card that replaces one which could not be written says otherwise."""
    return [card["source"]["topic"]["code"] for card in said.body.get("cards", ())]


def _example(desk: Desk) -> tuple[Call, str]:
    """The request of the example as the hook door reads it, and the recommendation it must get."""
    folder = data_dir("fhir_examples") / EXAMPLE
    expected = tomllib.loads((folder / "scenario.toml").read_text("utf-8"))["recommendation"]
    call = read_call(parse((folder / "request.json").read_bytes()), desk.settings)
    return replace(call, fhir_server=""), expected


def health(desk: Desk, today: date, store: StoreHealth = NOTHING_KEPT) -> dict[str, Any]:
    """What is loaded, how old it is, and what went wrong since the start."""
    knowledge = desk.knowledge
    return {
        "status": DEGRADED if store.status == DEGRADED else OK,
        "notice": NOTICE,
        "service": {"name": "cds-service", "version": service_version()},
        "mode": str(desk.settings.mode),
        "today": today.isoformat(),
        "guidelines": [_guideline(g, desk, today) for g in knowledge.guidelines],
        "overdue": [line.id for line in report(knowledge, today).overdue],
        "cardFailures": desk.cards.failures(),
        "store": _store(store),
    }


def _store(store: StoreHealth) -> Mapping[str, Any]:
    """Whether what must survive is stored: cards are given either way."""
    return {"status": store.status, "why": store.why, "waiting": store.waiting}


def _guideline(guideline: Guideline, desk: Desk, today: date) -> dict[str, Any]:
    source = guideline.source
    return {
        "id": guideline.id,
        "title": guideline.title,
        "version": guideline.version,
        "contentHash": guideline.content_hash,
        "status": guideline.review.status,
        "approved": any(matches(approval, guideline) for approval in desk.approvals),
        "lastReviewed": source.last_reviewed.isoformat(),
        "ageDays": (today - source.last_reviewed).days,
        "nextReviewDue": source.next_review_due.isoformat(),
        "overdue": guideline.overdue(today),
        "lastChecked": source.last_checked.isoformat(),
    }
