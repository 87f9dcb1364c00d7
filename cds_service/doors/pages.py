"""The page that people look at: what this is, and which guidance it holds, how old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, render_template

from cds_service.doors.about import NOTICE
from cds_service.doors.answer import Desk
from cds_service.doors.discovery import DESCRIPTION, TITLE
from cds_service.doors.health import health


def blueprint(desk: Desk, today: Callable[[], date]) -> Blueprint:
    """Home."""
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

    return pages
