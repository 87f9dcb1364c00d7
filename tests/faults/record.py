"""The record behind the fault server: a patient who has both the fusion and the mesothelioma."""

from __future__ import annotations

import json
from typing import Any

from tests.doors.bodies import PATIENT, bundle, fusion, mesothelioma
from tests.faults.server import Asked, Wire

TOKEN = "a-token-of-the-fault-tests"
STRANGER = {"reference": "Patient/somebody-else"}


def held() -> dict[str, list[dict[str, Any]]]:
    """Every resource, by type."""
    return {
        "Patient": [{"resourceType": "Patient", "id": PATIENT}],
        "Observation": [fusion()],
        "Condition": [mesothelioma()],
    }


def whole(asked: Asked) -> dict[str, Any]:
    """The right answer to a read or a search."""
    kind = next(part for part in asked.segments if part[0].isupper())
    found = held().get(kind, [])
    return found[0] if kind == "Patient" else bundle(*found)


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


def honest(wire: Wire, asked: Asked) -> bool:
    """What a good server says."""
    if asked.headers.get("authorization") != f"Bearer {TOKEN}":
        wire.answer(401)
        return True
    if asked.params.get("patient", PATIENT) != PATIENT:
        wire.answer(200, encoded(bundle()))
        return True
    wire.answer(200, encoded(whole(asked)))
    return True
