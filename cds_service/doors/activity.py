"""GET /activity -> the figures of a time as JSON; in development only, until pages have a login.

In production the address is not there; the command 'cds-service activity' is, everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from flask import Blueprint, Response, request

from cds_service.cards import load_reasons
from cds_service.doors.discovery import SERVICE_ID
from cds_service.doors.hooks import reply
from cds_service.errors import RequestError
from cds_service.knowledge import Folder
from cds_service.store.activity import ANOTHER, NO_REASON, Asked

_PARAMETERS = ("from", "to", "site")


class Reporter(Protocol):
    """Where the figures come from."""

    def activity(self, asked: Asked) -> Mapping[str, Any]:
        """The figures; raises Unavailable where the store cannot be read."""
        ...


def blueprint(cards: Folder, reporter: Reporter) -> Blueprint:
    """The address; raises KnowledgeError where the reasons cannot be read."""
    pages = Blueprint("activity", __name__)
    reasons = named_reasons(cards)

    @pages.get("/activity")
    def show() -> Response:
        return reply(200, dict(reporter.activity(_asked(reasons))))

    return pages


def named_reasons(cards: Folder) -> Mapping[tuple[str, str], str]:
    """System and code -> display, of the reasons that cards offer; raises KnowledgeError."""
    return {(each["system"], each["code"]): each["display"] for each in load_reasons(cards)}


def question(
    reasons: Mapping[tuple[str, str], str], since: date | None, until: date | None, site: str
) -> Asked:
    """The question to the store, about the address of the service."""
    return Asked((f"/cds-services/{SERVICE_ID}",), reasons, since, until, site)


def _asked(reasons: Mapping[tuple[str, str], str]) -> Asked:
    given = request.args
    if any(name not in _PARAMETERS or len(given.getlist(name)) > 1 for name in given):
        raise RequestError("Expected from, to and site, each at most once.")
    since, until = (_day(name, given.get(name, "")) for name in ("from", "to"))
    return question(reasons, since, until, given.get("site", "").replace("\x00", ""))


def _day(name: str, text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date() if text else None
    except ValueError:
        raise RequestError(f"{name}: expected a date such as 2026-11-22.") from None


def table(figures: Mapping[str, Any], displays: Mapping[str, str], site: str = "") -> str:
    """The same figures for people; 'displays' has the words of each reason's code."""
    calls = figures["calls"]
    times = ", ".join(f"{name} {value} ms" for name, value in calls["milliseconds"].items())
    limits = [f"{name} {figures[name]}, " for name in ("from", "to") if name in figures]
    feedback = figures["feedback"]
    words = {**displays, ANOTHER: "another reason of a client", NO_REASON: "no coded reason"}
    overrides = [row | {"reason": words[row["reason"]]} for row in figures["overrides"]]
    parts = [
        f"Activity ({''.join(limits)}{f'site {site}, ' if site else ''}days in UTC)",
        f"Calls: {calls['assessed']}" + (f"; {times}" if times else ""),
        _rows("Cards by recommendation", figures["cards"]),
        _rows("Overrides by reason", overrides),
        _rows("Why nothing could be checked", figures["notChecked"]),
        _rows("By day", figures["days"]),
        _rows("By site", figures["sites"]),
        "Feedback: {answers}, accepted {accepted}, overridden {overridden}, "
        "to unknown cards {unknownCards}".format(**feedback),
    ]
    return "\n\n".join(parts)


def _rows(title: str, rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return f"{title}: none"
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, *([_cell(row.get(name, "-")) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    shown = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
    return "\n".join([title, *(f"  {line}" for line in shown)])


def _cell(value: object) -> str:
    return f"{value:.1%}" if isinstance(value, float) else str(value)
