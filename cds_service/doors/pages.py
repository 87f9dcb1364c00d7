"""The pages that people look at: what this is, and which guidance it holds, how old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template

from cds_service.domain import Guideline
from cds_service.doors.about import NOTICE, service_version
from cds_service.doors.answer import Desk
from cds_service.doors.discovery import DESCRIPTION, TITLE
from cds_service.doors.hooks import reply
from cds_service.knowledge import matches, report


def blueprint(desk: Desk, today: Callable[[], date]) -> Blueprint:
    """Home and health."""
    pages = Blueprint("pages", __name__, template_folder="templates")

    @pages.get("/")
    def home() -> str:
        return render_template(
            "home.html",
            title=TITLE,
            description=DESCRIPTION,
            notice=NOTICE,
            base=desk.settings.public_url,
            today=today().isoformat(),
            guidelines=health(desk, today())["guidelines"],
        )

    @pages.get("/health")
    def show_health() -> Response:
        return reply(200, health(desk, today()))

    return pages


def health(desk: Desk, today: date) -> dict[str, Any]:
    """What is loaded, how old it is, and what went wrong since the start."""
    knowledge = desk.knowledge
    return {
        "status": "ok",
        "notice": NOTICE,
        "service": {"name": "cds-service", "version": service_version()},
        "mode": str(desk.settings.mode),
        "today": today.isoformat(),
        "guidelines": [_guideline(g, desk, today) for g in knowledge.guidelines],
        "overdue": [line.id for line in report(knowledge, today).overdue],
        "cardFailures": desk.cards.failures(),
    }


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
