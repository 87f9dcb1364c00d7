"""Reading the client's FHIR server: with its token, within its scope, and no other server."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.clients import Base, Client, Registry
from cds_service.domain import DataKey, DataState, GapWhy
from cds_service.doors.answer import Desk, answer
from cds_service.doors.app import app_of
from cds_service.doors.envelope import read_call
from cds_service.errors import NotAllowed
from cds_service.fhir_client import FhirClient, Server
from tests.conformance.test_invocation import OPTION, post
from tests.doors.bodies import PATIENT, chart_opening
from tests.doors.conftest import Events, noon
from tests.faults.record import TOKEN, honest
from tests.faults.server import Listener

SITE = Client(site="a-trust", iss="https://ehr.example.org")


@pytest.fixture
def ehr() -> Iterator[Listener]:
    """A FHIR server that knows one token."""
    listener = Listener(honest).start()
    yield listener
    listener.stop()


@pytest.fixture
def reading(desk: Desk) -> FlaskClient:
    """The service with its real reader of FHIR servers."""
    return app_of(replace(desk, fetch=FhirClient().fetch), Events(), noon).test_client()


def unsent(server: str, **authorization: Any) -> dict[str, Any]:
    """A call that carries no data, with a token for the server."""
    grant = {
        "access_token": TOKEN,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.read",
        "subject": "cds-service",
        "patient": PATIENT,
    }
    body = chart_opening() | {"fhirServer": server, "fhirAuthorization": grant | authorization}
    return {name: value for name, value in body.items() if name != "prefetch"}


def base(ehr: Listener) -> str:
    return f"http://127.0.0.1:{ehr.port}/r4"


def cards(door: FlaskClient, body: dict[str, Any]) -> list[str]:
    decisions = (
        card["extension"]["org.example.decision"] for card in post(door, body).get_json()["cards"]
    )
    return [decision["recommendation"] for decision in decisions]


def told(door: FlaskClient, body: dict[str, Any]) -> set[str]:
    """The causes that a 412 names."""
    response = post(door, body)
    assert response.status_code == 412
    texts = [issue["details"]["text"] for issue in response.get_json()["issue"]]
    return {text.partition(": ")[2] for text in texts}


def test_I_61_every_request_to_the_fhir_server_carries_the_access_token(
    reading: FlaskClient, ehr: Listener
) -> None:
    assert cards(reading, unsent(base(ehr))) == [OPTION]
    assert {asked.headers["authorization"] for asked in ehr.seen} == {f"Bearer {TOKEN}"}
    assert len(ehr.seen) == len(DataKey)


def test_checklist_28_a_server_is_read_only_with_the_authorization_of_the_call(
    desk: Desk, ehr: Listener
) -> None:
    """Where callers are registered, a call without a token gives a named gap and no request."""
    known = replace(SITE, fhir_servers=(Base.parse(base(ehr)),))
    closed = replace(desk, fetch=FhirClient().fetch, registry=Registry((known,)))
    body = unsent(base(ehr))
    del body["fhirAuthorization"]
    call = read_call(body, desk.settings)
    said = answer(call, closed, noon().date(), desk.settings.nation, client=known)
    assert said.status == 412
    assert f"{DataKey.CONDITIONS}: {GapWhy.NO_TOKEN}" in str(said.body)
    assert ehr.connections == 0


def test_checklist_29_a_token_of_another_patient_is_not_used(
    reading: FlaskClient, ehr: Listener
) -> None:
    assert told(reading, unsent(base(ehr), patient="somebody-else")) == {GapWhy.TOKEN_OF_ANOTHER}
    assert ehr.connections == 0
    assert cards(reading, unsent(base(ehr), patient=f"Patient/{PATIENT}")) == [OPTION]


@pytest.mark.parametrize("scope", ["openid launch", "patient/Practitioner.rs", "user/*.write"])
def test_checklist_30_nothing_outside_the_scope_is_tried(
    reading: FlaskClient, ehr: Listener, scope: str
) -> None:
    assert told(reading, unsent(base(ehr), scope=scope)) == {GapWhy.SCOPE}
    assert ehr.connections == 0


@pytest.mark.parametrize("scope", ["patient/*.read", "patient/*.rs", "user/*.cruds launch"])
def test_checklist_30_what_the_scope_covers_is_read(
    reading: FlaskClient, ehr: Listener, scope: str
) -> None:
    assert cards(reading, unsent(base(ehr), scope=scope)) == [OPTION]


def test_checklist_30_the_token_is_in_no_log(
    reading: FlaskClient, ehr: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    cards(reading, unsent(base(ehr)))
    told(reading, unsent(f"{base(ehr)}/none", scope="openid"))
    assert caplog.records
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    "server",
    [
        "https://ehr.example.org.evil.example/r4",
        "https://ehr.example.org@evil.example/r4",
        "https://ehr.example.org/r4-other",
        "https://ehr.example.org/r4/../other",
        "https://ehr.example.org:8443/r4",
        "http://ehr.example.org/r4",
        "http://169.254.169.254/latest/meta-data",
        "http://2130706433/r4",
    ],
)
def test_checklist_31_a_server_that_is_not_registered_is_never_contacted(
    desk: Desk, server: str
) -> None:
    def contacted(
        server: Server, wanted: Mapping[DataKey, str], seconds: float
    ) -> Mapping[DataKey, DataState]:
        raise AssertionError("contacted")

    known = replace(SITE, fhir_servers=(Base.parse("https://ehr.example.org/r4"),))
    closed = replace(desk, fetch=contacted, registry=Registry((known, SITE)))
    call = read_call(unsent(server), desk.settings)
    day, nation = noon().date(), desk.settings.nation
    with pytest.raises(NotAllowed, match="registered"):
        answer(call, closed, day, nation, client=known)
    said = answer(call, closed, day, nation, client=SITE)
    assert f"{DataKey.CONDITIONS}: {GapWhy.NOT_REGISTERED}" in str(said.body)
