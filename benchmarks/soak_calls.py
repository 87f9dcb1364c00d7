"""Examples and a key -> signed calls of many patients, one after the other, and what came back."""

from __future__ import annotations

import http.client
import itertools
import json
import random
import threading
import time
import uuid
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from joserfc import jwk, jwt

from cds_service.domain import Nation
from cds_service.doors.answer import answer
from cds_service.doors.app import open_desk
from cds_service.doors.discovery import SERVICE_ID
from cds_service.doors.envelope import read_call
from cds_service.doors.records import worth_a_record
from cds_service.knowledge import data_dir, load
from cds_service.settings import Settings

ISSUER, SITE = "https://ehr.soak.example", "soak"
PUBLIC = "https://cds.soak.example"
NAMESPACE = "example.soak"
HOOK = f"/cds-services/{SERVICE_ID}"
FEEDBACK = f"{HOOK}/feedback"
_EXAMPLES = Path(__file__).parents[1] / "fhir_examples"
_PATIENTS = 2000
_LIVES = 60  # seconds that a token is good for
_ANSWERED, _SENT_AGAIN, _TOKEN_AGAIN = 0.2, 0.05, 0.01  # parts of cards, feedback and calls


@dataclass(frozen=True)
class Body:
    """One example, as it is sent."""

    data: bytes
    recorded: int  # decisions in which fusion or diagnosis is not none


def bodies() -> list[Body]:
    """Every example, and a patient who has neither; what is expected is found without a server."""
    settings = Settings(namespace=NAMESPACE)
    desk = open_desk(settings, load(data_dir("knowledge"), data_dir("cards")))
    found = []
    for request in _requests():
        call = read_call(request, settings)
        said = answer(call, desk, date(2026, 11, 22), Nation.ENGLAND)
        recorded = sum(worth_a_record(a) for a in said.assessments)
        found.append(Body(json.dumps(request).encode(), recorded))
    return found


def _requests() -> list[dict[str, Any]]:
    files = sorted(_EXAMPLES.glob("*/request.json"))
    texts = [file.read_text("utf-8").replace("org.example.", f"{NAMESPACE}.") for file in files]
    requests: list[dict[str, Any]] = [json.loads(text) for text in texts]
    empty = {"resourceType": "Bundle", "type": "searchset", "total": 0}
    whole = next(r for r in requests if r["hook"] == "patient-view" and len(r["prefetch"]) > 6)
    return [*requests, whole | {"prefetch": dict.fromkeys(whole["prefetch"], empty)}]


@dataclass
class Tally:
    """What one connection saw."""

    milliseconds: dict[str, array[float]] = field(
        default_factory=lambda: {HOOK: array("d"), FEEDBACK: array("d")}
    )
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    recorded: int = 0
    feedback: int = 0  # different items that were acknowledged
    refused: int = 0  # tokens that were used again
    again: int = 0  # tokens that were sent again

    def __iadd__(self, other: Tally) -> Tally:
        for path, taken in other.milliseconds.items():
            self.milliseconds[path].extend(taken)
        self.statuses.update(other.statuses)
        self.errors.update(other.errors)
        self.recorded += other.recorded
        self.feedback += other.feedback
        self.refused += other.refused
        self.again += other.again
        return self


class Caller(threading.Thread):
    """One connection that is kept, with one call at a time on it."""

    def __init__(self, port: int, key: jwk.ECKey, sent: Sequence[Body], number: int) -> None:
        super().__init__(daemon=True)
        self.tally = Tally()
        self.ending = threading.Event()
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._key = key
        self._bodies = itertools.cycle([*sent[number % len(sent) :], *sent[: number % len(sent)]])
        self._chance = random.Random(number)

    def run(self) -> None:
        """Call until the end is asked for."""
        while not self.ending.is_set():
            self._call(next(self._bodies))
        self._connection.close()

    def _call(self, body: Body) -> None:
        who = f"s{self._chance.randrange(_PATIENTS)}-".encode()
        token = self._token(HOOK)
        status, said = self._post(HOOK, body.data.replace(b"synthetic-", who), token)
        if status not in (200, 412):
            self.tally.errors[f"hook {status}"] += 1
            return
        self.tally.recorded += body.recorded
        if self._chance.random() < _TOKEN_AGAIN:
            self.tally.again += 1
            self.tally.refused += self._post(HOOK, body.data, token)[0] == 401
        cards = said.get("cards", ())
        if cards and self._chance.random() < _ANSWERED:
            self._answer(cards[0])

    def _answer(self, card: dict[str, Any]) -> None:
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        item = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": now}
        if "suggestions" in card and self._chance.random() < 0.5:
            chosen = [{"id": suggestion["uuid"]} for suggestion in card["suggestions"]]
            item |= {"outcome": "accepted", "acceptedSuggestions": chosen}
        data = json.dumps({"feedback": [item]}).encode()
        times = 2 if self._chance.random() < _SENT_AGAIN else 1
        statuses = [self._post(FEEDBACK, data, self._token(FEEDBACK))[0] for _ in range(times)]
        for status in statuses:
            if status != 200:
                self.tally.errors[f"feedback {status}"] += 1
        self.tally.feedback += 200 in statuses

    def _post(self, path: str, data: bytes, token: str) -> tuple[int, dict[str, Any]]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        began = time.perf_counter()
        try:
            self._connection.request("POST", path, data, headers)
            response = self._connection.getresponse()
            said = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.tally.errors[type(error).__name__] += 1
            self._connection.close()
            return 0, {}
        self.tally.milliseconds[path].append((time.perf_counter() - began) * 1000)
        self.tally.statuses[path, response.status] += 1
        return response.status, json.loads(said) if said.strip() else {}

    def _token(self, path: str) -> str:
        now = time.time()
        claims = {"iss": ISSUER, "aud": PUBLIC + path, "iat": now, "exp": now + _LIVES}
        head = {"alg": "ES384", "typ": "JWT", "kid": "soak"}
        return jwt.encode(head, claims | {"jti": str(uuid.uuid4())}, self._key, ["ES384"])
