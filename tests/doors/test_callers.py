"""Whose call it is: the site reaches the ids of decisions, and open development is 'local'."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from cds_service.clients import Registry
from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of, create_app, registry_of
from cds_service.doors.callers import addresses
from cds_service.doors.events import LogStore
from cds_service.errors import SettingsError
from cds_service.knowledge import Knowledge
from cds_service.settings import Mode, Settings
from tests.doors.bodies import SERVICE, chart_opening, fusion, mesothelioma
from tests.doors.conftest import Events, client_of, noon, outcome_of
from tests.security.conftest import KeySet, Service, service_of, trust, vendor
from tests.security.makers import (
    TENANTS_ISSUER,
    bearer,
    claims,
    ec_key,
    forged,
    header,
    public,
    token,
)

POSITIVE = chart_opening(observations=[fusion()], conditions=[mesothelioma()])


def decision(service: Service, text: str) -> str:
    answer = service.door.post(SERVICE, json=POSITIVE, headers=bearer(text))
    (card,) = answer.get_json()["cards"]
    named: str = card["extension"]["org.example.decision"]["decision"]
    return named


def test_the_same_patient_of_two_sites_has_two_decisions_and_of_one_site_one(desk: Desk) -> None:
    service = service_of(desk, trust(), vendor("trust-b", "b"), vendor("trust-a", "a"))

    def of(tenant: str) -> str:
        body = claims(iss=TENANTS_ISSUER, tenant=tenant, jti=tenant)
        return decision(service, forged(header(kid="cloud"), body, ec_key("cloud")))

    assert decision(service, token()) == of("a"), "two issuers of one trust meet"
    assert of("b") != decision(service, token(jti="2")), "two trusts never do"


def test_open_development_asks_nobody_and_is_local(desk: Desk) -> None:
    events = Events()
    door = app_of(desk, events, noon).test_client()
    for headers in ({}, bearer("nonsense"), bearer(token())):
        assert door.post(SERVICE, json=POSITIVE, headers=headers).status_code == 200
        assert events.kept[-1].site == "local"


def test_a_registry_in_development_asks_everybody(desk: Desk) -> None:
    door = client_of(desk, registry=Registry((trust(),)))
    outcome_of(door.post(SERVICE, json=POSITIVE), 401)


def test_a_server_that_is_not_the_clients_is_refused_once_the_client_is_known(desk: Desk) -> None:
    service = service_of(desk, trust())
    body = POSITIVE | {"fhirServer": "https://fhir.trust.example.evil.example/r4"}
    assert service.door.post(SERVICE, json=body).status_code == 401
    answer = service.door.post(SERVICE, json=body, headers=bearer(token()))
    outcome_of(answer, 403)


def test_without_keys_a_call_is_told_to_come_again(desk: Desk) -> None:
    service = service_of(desk, trust())
    service.keys.answer = None
    answer = service.door.post(SERVICE, json=POSITIVE, headers=bearer(token()))
    (issue,) = outcome_of(answer, 503)["issue"]
    assert issue["code"] == "transient"
    assert answer.headers["Retry-After"] == "10"
    service.keys.give(public(ec_key()))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), ("http://127.0.0.1:8080", "http://localhost:8080")),
        (
            Settings(public_url="https://a.example/b", port=9),
            ("https://a.example/b", "http://127.0.0.1:9", "http://localhost:9"),
        ),
        (Settings(mode=Mode.PRODUCTION, public_url="https://a.example"), ("https://a.example",)),
    ],
)
def test_a_token_names_the_public_address_or_in_development_this_machine(
    settings: Settings, expected: tuple[str, ...]
) -> None:
    assert addresses(settings) == expected


def registered(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "clients.toml"
    path.write_text(text, "utf-8")
    return Settings(clients=path)


def test_the_application_takes_its_callers_from_the_file(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    settings = registered(tmp_path, "development_sandbox = true")
    assert [client.site for client in registry_of(settings).clients] == ["cds-hooks-sandbox"]
    door = create_app(settings, knowledge=knowledge, store=LogStore()).test_client()
    assert door.post(SERVICE, json=POSITIVE).status_code == 401
    assert registry_of(Settings()).open


def test_a_key_that_is_damaged_stops_the_start(tmp_path: Path, knowledge: Knowledge) -> None:
    text = '[[client]]\nsite = "a"\niss = "b"\nkeys = [{ kty = "EC", crv = "P-384", kid = "a" }]'
    with pytest.raises(SettingsError, match="CDS_CLIENTS: a: keys: "):
        create_app(registered(tmp_path, text), knowledge=knowledge)


def test_tokens_are_as_old_as_they_are_on_a_day_that_stands_still(desk: Desk) -> None:
    keys = KeySet(public(ec_key()))
    asked = replace(desk, registry=Registry((trust(audiences=("typed",)),)))
    door = app_of(asked, Events(), noon, keys, seconds=time.time).test_client()
    now = int(time.time())
    fresh = token(aud="typed", iat=now, exp=now + 300)
    assert door.post(SERVICE, json=POSITIVE, headers=bearer(fresh)).status_code == 200
    old = token(aud="typed", iat=now - 7200, exp=now - 7000, jti="2")
    assert door.post(SERVICE, json=POSITIVE, headers=bearer(old)).status_code == 401
