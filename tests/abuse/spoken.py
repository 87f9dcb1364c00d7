"""What clinicians write of a patient: sent in every field of feedback, and found in the store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import select

from cds_service.settings import STORE_URL
from cds_service.store.engine import engines_of
from cds_service.store.tables import FEEDBACK as ROWS
from cds_service.store.upgrade import upgrade
from tests.abuse.watched import JSON, Watched
from tests.doors.bodies import SERVICE

FEEDBACK = f"{SERVICE}/feedback"
_MOMENT = "2026-11-22T09:15:30Z"


def items(text: str) -> list[dict[str, Any]]:
    """Legal feedback with the text in every field that can hold it."""
    reason = {"code": text, "system": text, "display": text}
    told = {"outcomeTimestamp": _MOMENT, "extension": {"org.example.more": {text: text}}}
    return [
        {"card": text[:64], "outcome": "accepted", "acceptedSuggestions": [{"id": text[:64]}]}
        | told,
        {
            "card": text[:64],
            "outcome": "overridden",
            "overrideReason": {"reason": reason, "userComment": text},
            text: [text],
        }
        | told,
    ]


def send(server: Watched, body: object, **headers: str) -> int:
    return server.call("POST", FEEDBACK, json.dumps(body).encode(), JSON | headers)


def comments(server: Watched, text: str, **headers: str) -> None:
    """Kept where they are legal; refused with nothing of them where they are not."""
    good, dismissed = items(text)
    assert send(server, {"feedback": [good, dismissed]}, **headers) == 200
    wrong: list[dict[str, Any]] = [
        *({"card": text * 5, name: value} for name, value in dismissed.items()),
        *(dismissed | {name: [text]} for name in dismissed if name != text),
        dismissed | {"outcome": text},
        dismissed | {"outcomeTimestamp": text},
        dismissed | {"overrideReason": {"reason": {"display": text}}},
        dismissed | {"overrideReason": {"userComment": text * 1000}},
        dismissed | {"card": f"{text}\n"},
    ]
    for item in wrong:
        assert send(server, {"feedback": [good, item]}, **headers) == 400
    for body in (text, [text], {text: text}, {"feedback": text}, {"feedback": [text]}):
        assert send(server, body, **headers) == 400
    assert server.call("GET", f"/activity?site={text.split()[0]}") in (200, 404)
    assert server.call("GET", f"/activity?from={text.split()[0]}") in (400, 404)


def upgraded(folder: Path) -> None:
    """The store of a server in this folder; in production it is not made by itself."""
    engines = engines_of(_store(folder))
    upgrade(engines)
    engines.dispose()


def _store(folder: Path) -> str:
    return f"sqlite:///{folder / STORE_URL.removeprefix('sqlite:///')}"


def kept(server: Watched) -> list[str]:
    """What the store holds of comments."""
    engines = engines_of(_store(server.folder))
    asked = select(ROWS.c.item).where(ROWS.c.outcome == "overridden")
    with engines.reading.begin() as connection:
        found = [json.loads(item) for item in connection.scalars(asked)]
    engines.dispose()
    return [item["overrideReason"]["userComment"] for item in found]
