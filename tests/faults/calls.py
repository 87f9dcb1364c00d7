"""Calls of the hook door over HTTP with a signed token -> status, card, gaps and time."""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from cds_service.clients import Base, Client
from tests.doors.bodies import PATIENT, SERVICE, bundle, chart_opening, fusion, mesothelioma
from tests.doors.conftest import noon
from tests.faults.record import TOKEN
from tests.faults.town import Town

ISS = "https://ehr.fault.example"
SENT: dict[str, dict[str, Any]] = {
    "diagnosis": {
        "patient": {"resourceType": "Patient", "id": PATIENT},
        "conditions": bundle(mesothelioma()),
    },
    "nothing": {},
    "fusion": {"observations": bundle(fusion())},
}


@dataclass(frozen=True)
class Said:
    """One answer."""

    status: int
    cards: tuple[str, ...]  # recommendations
    gaps: tuple[str, ...]  # texts of a 412
    seconds: float
    began: float = 0  # on the clock that all of them share

    @property
    def ended(self) -> float:
        return self.began + self.seconds

    @property
    def shown(self) -> str:
        """The card, or the status where there is none; an empty list is written as one."""
        if self.status != 200:
            return str(self.status)
        return " ".join(self.cards) or "EMPTY LIST"


class Caller:
    """A registered client of the service."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._key = ECKey.generate_key("P-384", {"kid": "fault-tests", "use": "sig"})
        self.service = ""  # address, once it is known

    def client(self) -> Client:
        """As the registry knows it."""
        bases = {*self._town.bases.values()}
        return Client(
            site="fault-tests",
            iss=ISS,
            keys=(self._key.as_dict(private=False),),
            fhir_servers=tuple(Base.parse(base) for base in sorted(bases)),
            ca=str(self._town.ca),
        )

    def call(self, case: str, sent: str) -> Said:
        """One call about the patient, with part of the data sent."""
        authorization = {
            "access_token": TOKEN,
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": "patient/*.rs",
            "subject": "cds-service",
            "patient": PATIENT,
        }
        body = chart_opening() | {
            "prefetch": SENT[sent],
            "fhirServer": self._town.bases[case],
            "fhirAuthorization": authorization,
        }
        return self.post(body)

    def whole(self) -> Said:
        """A call that needs no server."""
        return self.post(chart_opening(observations=[fusion()], conditions=[mesothelioma()]))

    def post(self, body: dict[str, Any]) -> Said:
        """Send and read the answer."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token()}"}
        connection = http.client.HTTPConnection(self.service.partition("//")[2], timeout=30)
        started = time.monotonic()
        try:
            connection.request("POST", SERVICE, json.dumps(body), headers)
            response = connection.getresponse()
            said = json.loads(response.read())
        finally:
            connection.close()
        seconds = time.monotonic() - started
        return Said(response.status, _cards(said), _gaps(said), seconds, started)

    def _token(self) -> str:
        now = int(noon().timestamp())
        claims = {
            "iss": ISS,
            "aud": self.service + SERVICE,
            "iat": now,
            "exp": now + 300,
            "jti": uuid.uuid4().hex,
        }
        head = {"alg": "ES384", "kid": "fault-tests", "typ": "JWT"}
        return jwt.encode(head, claims, self._key, algorithms=["ES384"])


class Neighbour(threading.Thread):
    """Calls again and again beside the faults, until it is told to stop."""

    def __init__(self, call: Any) -> None:
        super().__init__(daemon=True)
        self.said: list[Said] = []
        self._call = call
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(0.1):
            self.said.append(self._call())

    def stop(self) -> list[Said]:
        """All answers."""
        self._stopped.set()
        self.join()
        return self.said


def _cards(said: dict[str, Any]) -> tuple[str, ...]:
    decisions = (card["extension"]["org.example.decision"] for card in said.get("cards", ()))
    return tuple(decision["recommendation"] for decision in decisions)


def _gaps(said: dict[str, Any]) -> tuple[str, ...]:
    return tuple(issue["details"]["text"] for issue in said.get("issue", ()))
