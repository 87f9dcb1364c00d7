"""Feedback as clients send it."""

from __future__ import annotations

from typing import Any

from tests.doors.bodies import SERVICE

FEEDBACK = f"{SERVICE}/feedback"
CARD = "6d3f1e70-1111-8222-9333-444455556666"
SUGGESTION = "5c2e0d60-1111-5222-9333-444455556666"
SYSTEM = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
MOMENT = "2026-11-22T09:15:30.125Z"


def overridden(card: Any = CARD, **more: Any) -> dict[str, Any]:
    """A card that was put away, as the CDS Hooks Sandbox tells it."""
    return {"card": card, "outcome": "overridden", "outcomeTimestamp": MOMENT} | more


def accepted(card: Any = CARD, *suggestions: str, **more: Any) -> dict[str, Any]:
    """A suggestion that was taken."""
    taken = {"acceptedSuggestions": [{"id": each} for each in suggestions or (SUGGESTION,)]}
    told = {"card": card, "outcome": "accepted", "outcomeTimestamp": MOMENT}
    return told | taken | more


def reason(code: str = "patient-refuses", comment: str = "", **more: Any) -> dict[str, Any]:
    """The member that says why; a client may leave the display out."""
    coding = {"code": code, "system": SYSTEM} | more
    return {"overrideReason": {"reason": coding} | ({"userComment": comment} if comment else {})}


def feedback(*items: Any) -> dict[str, Any]:
    """The body of a call."""
    return {"feedback": list(items)}
