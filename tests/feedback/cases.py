"""Items that are feedback, and items that are not with what is said of them."""

from __future__ import annotations

from typing import Any

from cds_service.doors.feedback import LONGEST_ITEM
from tests.feedback.bodies import CARD, SYSTEM, accepted, overridden, reason

VALUE = "Zyxcanarius"
LEFT_OUT = object()

TAKEN = {
    "a suggestion taken": accepted(),
    "two suggestions taken": accepted(CARD, "one", "two"),
    "a plain dismissal": overridden(),
    "a reason without a display": overridden(**reason()),
    "a reason with a display": overridden(**reason(display="Patient refuses")),
    "a reason of the client's own": overridden(**reason("our-own", system="urn:our:own")),
    "a reason without a system": overridden(overrideReason={"reason": {"code": "a"}}),
    "a comment alone": overridden(overrideReason={"userComment": "Not in this clinic."}),
    "a reason and a comment": overridden(**reason(comment="Discussed with the family.")),
    "a reason and an empty comment": overridden(
        overrideReason={"reason": {"code": "a", "system": SYSTEM}, "userComment": ""}
    ),
    "optional members that are null": overridden(
        acceptedSuggestions=None, overrideReason=None, extension=None
    ),
    "an overridden card with a suggestion": overridden(acceptedSuggestions=[{"id": "a"}]),
    "an accepted card with a reason": accepted(**reason()),
    "extensions and members nobody knows": overridden(
        extension={"org.example.more": {"a": [1, None, {}]}}, somethingNew={"deep": [[]]}
    ),
    "a card with another kind of name": overridden("card-17"),
    "a name in capitals": overridden(CARD.upper()),
    "an offset": overridden(outcomeTimestamp="2026-11-22T14:45:30+05:30"),
    "no known offset": overridden(outcomeTimestamp="2026-11-22T09:15:30-00:00"),
    "small letters": overridden(outcomeTimestamp="2026-11-22t09:15:30z"),
    "a leap second": overridden(outcomeTimestamp="2016-12-31T23:59:60Z"),
    "nanoseconds": overridden(outcomeTimestamp="2026-11-22T09:15:30.123456789Z"),
    "a long comment": overridden(overrideReason={"userComment": "é" * 10_000}),
}

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no card": (overridden(card=LEFT_OUT), ".card: missing"),
    "an empty card": (overridden(card=""), ".card: expected some text"),
    "a card that is no text": (overridden(card=7), ".card: expected a string"),
    "a long card": (overridden(card=VALUE * 6), ".card: expected at most 64 characters"),
    "a card with a NUL": (overridden(card="a\x00b"), ".card: expected no control characters"),
    "no outcome": (overridden(outcome=LEFT_OUT), ".outcome: missing"),
    "another outcome": (overridden(outcome=VALUE), ".outcome: expected accepted or overridden"),
    "an outcome in capitals": (
        accepted(outcome="Accepted"),
        ".outcome: expected accepted or overridden",
    ),
    "an ignored card": (overridden(outcome="ignored"), ".outcome: expected accepted or overridden"),
    "no time": (overridden(outcomeTimestamp=LEFT_OUT), ".outcomeTimestamp: missing"),
    "accepted without suggestions": (
        accepted(acceptedSuggestions=LEFT_OUT),
        ".acceptedSuggestions: missing",
    ),
    "accepted with null": (
        accepted(acceptedSuggestions=None),
        ".acceptedSuggestions: expected an array",
    ),
    "accepted with none": (
        accepted(acceptedSuggestions=[]),
        ".acceptedSuggestions: expected at least 1",
    ),
    "suggestions that are no list": (
        accepted(acceptedSuggestions={"id": "a"}),
        ".acceptedSuggestions: expected an array",
    ),
    "a suggestion without an id": (
        accepted(acceptedSuggestions=[{"id": "a"}, {"uuid": "b"}]),
        ".acceptedSuggestions[1].id: missing",
    ),
    "a suggestion that is no object": (
        accepted(acceptedSuggestions=["a"]),
        ".acceptedSuggestions[0]: expected a JSON object",
    ),
    "a suggestion with a line end": (
        accepted(CARD, "a\nb"),
        ".acceptedSuggestions[0].id: expected no control characters",
    ),
    "too many suggestions": (
        accepted(CARD, *map(str, range(101))),
        ".acceptedSuggestions: expected at most 100",
    ),
    "a reason that says nothing": (
        overridden(overrideReason={}),
        ".overrideReason: expected a reason, a userComment or both",
    ),
    "an empty comment alone": (
        overridden(overrideReason={"userComment": ""}),
        ".overrideReason: expected a reason, a userComment or both",
    ),
    "nulls alone": (
        overridden(overrideReason={"userComment": None, "reason": None}),
        ".overrideReason: expected a reason, a userComment or both",
    ),
    "a reason that is a word": (
        overridden(overrideReason={"reason": VALUE, "userComment": "b"}),
        ".overrideReason.reason: expected a JSON object",
    ),
    "a reason without a code": (
        overridden(overrideReason={"reason": {"display": VALUE}}),
        ".overrideReason.reason.code: missing",
    ),
    "a reason with a NUL": (
        overridden(**reason(system="urn:a\x00b")),
        ".overrideReason.reason.system: expected no control characters",
    ),
    "a long code": (
        overridden(**reason(VALUE * 30)),
        ".overrideReason.reason.code: expected at most 256 characters",
    ),
    "a comment that is a number": (
        overridden(overrideReason={"userComment": 7}),
        ".overrideReason.userComment: expected a string",
    ),
    "a very long comment": (
        overridden(overrideReason={"userComment": VALUE * 2_000}),
        ".overrideReason.userComment: expected at most 20000 characters",
    ),
    "a very large item": (
        overridden(unknown=[VALUE] * 6_000),
        f": expected at most {LONGEST_ITEM} bytes",
    ),
    "an extension that is a text": (
        overridden(extension=VALUE),
        ".extension: expected a JSON object",
    ),
}
TIMES = (
    "",
    VALUE,
    "2026-11-22",
    "2026-11-22T09:15:30",
    "2026-11-22 09:15:30Z",
    "2026-11-22T09:15Z",
    "2026-02-30T09:15:30Z",
    "2026-11-22T24:00:00Z",
    "2026-11-22T09:15:61Z",
    "2026-11-22T09:15:30.Z",
    "2026-11-22T09:15:30+0100",
    "2026-11-22T09:15:30+24:00",
    "2026-11-22T09:15:30Z\n",
    "٢٠٢٦-11-22T09:15:30Z",
    "0001-01-01T00:00:00+01:00",
    "20261122T091530Z",
    f"2026-11-22T09:15:30.{'1' * 40}Z",
)
