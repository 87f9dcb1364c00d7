"""A seed -> a hook request of a synthetic patient, drawn from the examples and the properties."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from cds_service.domain import Nation
from tests.properties import variations
from tests.properties.positive import positive_patients
from tests.properties.records import Record, of_cases, of_examples

_CHANGES = (
    variations.reordered,
    variations.with_bystanders,
    variations.with_extensions,
    variations.renamed,
    variations.respaced,
    variations.recased,
)
_DAYS = (date(2024, 2, 1), date(2025, 9, 1), date(2026, 11, 22), date(2027, 3, 31))
_RESULT_HOOK = "org.example.genomic-result-available"


@dataclass(frozen=True)
class Drawn:
    """One call, and when and where it is made."""

    seed: int
    body: bytes
    day: date
    nation: Nation
    as_card: bool  # what a 412 would say is said on a card

    def noon(self) -> datetime:
        """A clock that stands still."""
        return datetime.combine(self.day, time(12), UTC)


@cache
def _records() -> tuple[Record, ...]:
    return (*positive_patients(), *of_examples(), *of_cases())


def drawn(seed: int) -> Drawn:
    """The same call for the same seed."""
    chance = random.Random(seed)
    record = _records()[chance.randrange(len(_records()))]
    for change in chance.sample(_CHANGES, chance.randint(0, 2)):
        record = change(record, chance)
    body = json.dumps(_request(_with_gaps(record, chance), chance)).encode()
    if chance.random() < 0.1:
        body = body.replace(b'"status": "final"', b'"status": "x", "status": "final"', 1)
    nation, day = chance.choice(list(Nation)), chance.choice(_DAYS)
    return Drawn(seed, body, day, nation, as_card=chance.random() < 0.3)


def _with_gaps(record: Record, chance: random.Random) -> Record:
    """Now and then something does not come, or comes in part."""
    changed = record.copied()
    for key in list(changed.prefetch):
        luck = chance.random()
        if luck < 0.03:
            del changed.prefetch[key]
        elif luck < 0.06 and isinstance(changed.prefetch[key], dict):
            changed.prefetch[key]["link"] = [{"relation": "next", "url": "x"}]
        elif luck < 0.07:
            changed.prefetch[key] = {"resourceType": "OperationOutcome"}
    return changed


def _request(record: Record, chance: random.Random) -> dict[str, Any]:
    user = {"userId": f"Practitioner/{chance.randint(1, 9)}"}
    more = {"results": record.newer} if record.newer else user
    return {
        "hook": _RESULT_HOOK if record.newer else "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"patientId": record.patient_id, **more},
        "prefetch": record.prefetch,
        **({"fhirServer": record.server} if record.server else {}),
    }
