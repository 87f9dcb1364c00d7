"""Trusting clients: JWT, keys, algorithms and browsers; the attacks themselves are elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from cds_service.clients import Registry
from cds_service.clients.loading import SIGNING
from cds_service.clients.registry import DEFAULT_ALGORITHMS
from cds_service.doors.answer import Desk
from tests.conformance.conftest import requests
from tests.doors.bodies import SERVICE
from tests.doors.conftest import client_of
from tests.security.attacks_on_signatures import SIGNATURES
from tests.security.conftest import KeySet, Service, service_of, trust
from tests.security.makers import (
    AUDIENCE,
    KEY_SET,
    NOW,
    bearer,
    claims,
    ec_key,
    forged,
    headed,
    header,
    public,
    rsa_key,
    token,
)

BODY = requests()["trk-inhibitor-option"]
DOCS = Path(__file__).parents[2] / "docs"
ORIGIN = {"Origin": "https://ehr.trust.example"}


@pytest.fixture
def service(desk: Desk) -> Service:
    return service_of(desk, trust())


def post(service: Service, text: str = "", headers: Any = None) -> TestResponse:
    sent = bearer(text) if text else {}
    return service.door.post(SERVICE, json=BODY, headers=sent | (headers or {}))


def status(service: Service, text: str = "") -> int:
    return post(service, text).status_code


def test_I_176_a_client_proves_who_it_is_by_a_signed_jwt(service: Service) -> None:
    assert status(service, token()) == 200
    assert status(service, SIGNATURES["another key of the same kind"][1]("")) == 401


def test_I_177_nobody_gets_an_answer_about_a_patient_without_a_token(service: Service) -> None:
    answer = post(service)
    assert answer.status_code == 401
    assert "cards" not in answer.get_json()


def test_I_195_issuers_and_key_addresses_are_on_a_list(service: Service) -> None:
    assert status(service, headed(jku=KEY_SET)) == 200
    assert status(service, headed(jku="https://evil.example/jwks.json")) == 401
    assert status(service, token(iss="https://evil.example")) == 401
    assert set(service.keys.asked) == {KEY_SET}


def test_I_199_keys_without_an_address_are_exchanged_out_of_band(desk: Desk) -> None:
    pinned = service_of(desk, trust(jwks="", keys=(public(ec_key()),)))
    pinned.keys.give()
    assert status(pinned, token()) == 200
    assert pinned.keys.asked == []


def test_I_200_algorithms_are_those_of_rfc_7518(desk: Desk) -> None:
    family = {f"{kind}{bits}" for kind in ("RS", "ES", "PS") for bits in (256, 384, 512)}
    assert family == SIGNING


@pytest.mark.parametrize("name", [name for name in SIGNATURES if name.startswith("alg n")])
def test_I_201_an_unsigned_jwt_is_not_accepted(service: Service, name: str) -> None:
    assert status(service, SIGNATURES[name][1]("")) == 401


@pytest.mark.parametrize("name", [name for name in SIGNATURES if name.startswith("HS")])
def test_I_203_a_jwt_signed_with_a_shared_key_is_not_accepted(service: Service, name: str) -> None:
    assert status(service, SIGNATURES[name][1]("")) == 401


def test_I_205_es384_and_rs384_are_understood_unless_a_site_says_otherwise(
    service: Service,
) -> None:
    assert DEFAULT_ALGORITHMS == ("ES384", "RS384")
    by_rsa = forged(header(alg="RS384", kid="rsa"), claims(jti="2"), rsa_key(), "RS384")
    assert [status(service, token()), status(service, by_rsa)] == [200, 200]


def test_I_206_the_choice_of_algorithms_has_a_date_and_a_day_to_look_at_it_again() -> None:
    (page,) = (DOCS / "adr").glob("0017-*.md")
    text = page.read_text("utf-8")
    assert re.search(r"Chosen on 2026-\d\d-\d\d; looked at again by 2027-\d\d-\d\d", text)
    assert all(name in text for name in DEFAULT_ALGORITHMS)


def test_I_208_a_client_in_a_browser_gets_cors_headers(service: Service) -> None:
    answer = post(service, token(), ORIGIN)
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]


def test_checklist_51_every_call_carries_a_token_and_open_mode_is_for_development_only(
    service: Service, desk: Desk
) -> None:
    assert [status(service, token()), status(service)] == [200, 401]
    assert client_of(desk).post(SERVICE, json=BODY).status_code == 200, "open development"
    closed = client_of(desk, registry=Registry((trust(),)))
    assert closed.post(SERVICE, json=BODY).status_code == 401


@pytest.mark.parametrize("missing", ["alg", "kid", "typ", "iss", "aud", "exp", "iat", "jti"])
def test_checklist_52_header_and_claims_that_the_standard_asks_for_are_needed(
    service: Service, missing: str
) -> None:
    assert status(service, token()) == 200, "tenant and jku may be left out"
    damaged = forged(header(**{missing: None}), claims(**{missing: None, "tenant": None}))
    assert status(service, damaged) == 401


def test_checklist_52_an_audience_may_be_one_of_several(service: Service) -> None:
    assert status(service, token(aud=["https://other.example", AUDIENCE])) == 200


def test_checklist_53_a_client_has_a_list_of_algorithms_none_of_them_symmetric(
    desk: Desk,
) -> None:
    assert not [name for name in SIGNING if name.startswith("HS") or name == "none"]
    narrow = service_of(desk, trust(algorithms=("RS384",)))
    assert status(narrow, token()) == 401


def test_checklist_54_a_key_address_that_is_not_on_the_list_is_never_fetched(
    service: Service,
) -> None:
    assert status(service, headed(jku="https://evil.example/jwks.json")) == 401
    assert "https://evil.example/jwks.json" not in service.keys.asked


def test_checklist_55_the_checks_have_their_order_and_a_jti_is_remembered_last(
    service: Service,
) -> None:
    faults: list[tuple[str, dict[str, Any]]] = [
        ("issuer-not-registered", {"iss": "x"}),
        ("audience", {"aud": "x"}),
        ("expired", {"iat": NOW - 500, "exp": NOW - 300}),
        ("tenant-not-registered", {"tenant": "x"}),
    ]
    for number, (reason, _) in enumerate(faults):
        said = {name: value for _, fault in faults[number:] for name, value in fault.items()}
        unsigned = forged(header(), claims(**said), ec_key("attacker"))
        assert status(service, unsigned) == 401
        assert service.reason == reason
    assert status(service, forged(header(), claims(), ec_key("attacker"))) == 401
    assert service.reason == "signature"
    assert [status(service, token()), status(service, token())] == [200, 401]
    assert service.reason == "replayed"


def test_checklist_56_what_a_client_does_differently_is_set_for_that_client(desk: Desk) -> None:
    epic = {"nbf": NOW - 300, "sub": "client-1", "exp": NOW + 900, "aud": "typed by hand"}
    rs384 = header(alg="RS384", kid="rsa", jku=KEY_SET)
    text = forged(rs384, claims(**epic), rsa_key(), "RS384")
    lenient = trust(algorithms=("RS384",), audiences=("typed by hand",), max_lifetime=900)
    assert status(service_of(desk, lenient), text) == 200
    assert status(service_of(desk, trust()), text) == 401


def test_checklist_57_a_preflight_needs_no_token_and_origins_are_named(service: Service) -> None:
    asked = ORIGIN | {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    answer = service.door.options(SERVICE, headers=asked)
    assert answer.status_code == 204
    allowed = answer.headers["Access-Control-Allow-Headers"]
    assert {"Authorization", "Content-Type"} <= set(allowed.split(", "))
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN["Origin"]
    other = service.door.options(SERVICE, headers=asked | {"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in other.headers


def test_checklist_58_there_is_a_list_of_clients_and_every_call_says_whose_it_was(
    service: Service,
) -> None:
    assert "[[client]]" in (DOCS / "clients.md").read_text("utf-8")
    assert [status(service, token()), status(service, token())] == [200, 401]
    told = [(event.site, event.status, event.refused) for event in service.events.kept]
    assert told == [("trust-a", 200, ""), ("-", 401, "replayed")]
    assert isinstance(service.keys, KeySet)
