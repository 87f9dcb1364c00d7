"""Tokens that must be let in: beside every attack stands what it must not be confused with."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.clients import SANDBOX
from cds_service.doors.answer import Desk
from tests.doors.bodies import SERVICE, chart_opening
from tests.security.conftest import Service, service_of, trust
from tests.security.makers import (
    AUDIENCE,
    ISSUER,
    KEY_SET,
    NOW,
    PUBLIC,
    TENANTS_ISSUER,
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

GOOD = {
    "as the standard has it": lambda: token(),
    "an RS384 signature": lambda: forged(
        header(alg="RS384", kid="rsa"), claims(), rsa_key(), "RS384"
    ),
    "the registered key address": lambda: headed(jku=KEY_SET),
    "a thumbprint beside the key id": lambda: headed(x5t="abc"),
    "an audience among others": lambda: token(aud=["https://other.example", AUDIENCE]),
    "a list of one audience": lambda: token(aud=[AUDIENCE]),
    "times with fractions": lambda: token(iat=NOW + 0.5, exp=NOW + 299.5),
    "a not-before in the past and a subject, as Epic sends them": lambda: token(
        nbf=NOW - 300, sub="client-1"
    ),
    "claims that nobody here knows": lambda: token(fhirUser="x", **{"https://a.example": [1]}),
    "other text in the claims": lambda: token(jti="Ω\u2028'; --", name="<b>"),
}


def post(service: Service, text: str, **more: Any) -> int:
    return service.door.post(SERVICE, json=chart_opening(), headers=bearer(text)).status_code


@pytest.mark.parametrize("make", GOOD.values(), ids=list(GOOD))
def test_a_good_token_is_let_in_and_its_site_is_kept(service: Service, make: Any) -> None:
    assert post(service, make()) == 200
    event = service.events.kept[-1]
    assert (event.site, event.refused) == ("trust-a", "")


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "PS256", "PS384", "PS512"])
def test_another_algorithm_is_accepted_where_the_client_has_it(desk: Desk, algorithm: str) -> None:
    service = service_of(desk, trust(algorithms=(algorithm,)))
    text = forged(header(alg=algorithm, kid="rsa"), claims(), rsa_key(), algorithm)
    assert post(service, text) == 200


@pytest.mark.parametrize(("algorithm", "curve"), [("ES256", "P-256"), ("ES512", "P-521")])
def test_another_curve_is_accepted_where_the_client_has_it(
    desk: Desk, algorithm: str, curve: str
) -> None:
    service = service_of(desk, trust(algorithms=(algorithm,)))
    service.keys.give(public(ec_key("ec", curve)))
    text = forged(header(alg=algorithm), claims(), ec_key("ec", curve), algorithm)
    assert post(service, text) == 200


@pytest.mark.parametrize(
    ("said", "site"), [({"tenant": "b"}, "trust-b"), ({"tenant": "c-2"}, "trust-c")]
)
def test_a_tenant_decides_whose_call_it_is(
    service: Service, said: dict[str, str], site: str
) -> None:
    body = claims(iss=TENANTS_ISSUER, **said)
    assert post(service, forged(header(kid="cloud"), body, ec_key("cloud"))) == 200
    assert service.events.kept[-1].site == site


def test_an_audience_that_a_hospital_typed_in_by_hand_is_accepted_for_its_client_only(
    desk: Desk,
) -> None:
    typed = "https://cds.trust.example/CDS"
    assert post(service_of(desk, trust(audiences=(typed,))), token(aud=typed)) == 200
    assert post(service_of(desk, trust(audiences=("x",))), token(aud=typed)) == 401


def test_a_longer_lifetime_is_accepted_for_the_client_that_has_it(desk: Desk) -> None:
    long = token(exp=NOW + 900)
    assert post(service_of(desk, trust(max_lifetime=900)), long) == 200
    assert post(service_of(desk, trust(max_lifetime=899)), long) == 401


def test_discovery_is_answered_for_the_token_of_its_own_address(service: Service) -> None:
    text = token(aud=f"{PUBLIC}/cds-services")
    answer = service.door.get("/cds-services", headers=bearer(text))
    assert answer.status_code == 200
    assert service.events.kept[-1].site == "trust-a"


def test_discovery_needs_no_token_and_is_then_nobodys(service: Service) -> None:
    assert service.door.get("/cds-services").status_code == 200
    assert service.events.kept[-1].site == "-"


def test_discovery_needs_a_token_where_a_site_says_so(desk: Desk) -> None:
    service = service_of(desk, trust(), token_on_discovery=True)
    assert service.door.get("/cds-services").status_code == 401
    assert service.reason == "no-token"


def test_the_sandbox_is_a_client_of_its_own_with_the_key_address_that_it_sends(
    desk: Desk,
) -> None:
    ours = ec_key("sandbox-for-tests")
    keys = (public(ours, kid="44823f3d-0b01-4a6c-a80e-b9d3e8a7226f"),)
    service = service_of(desk, trust(iss=SANDBOX.iss, jwks=SANDBOX.jwks, keys=keys))
    head = header(kid=keys[0]["kid"], jku="https://sandbox.cds-hooks.org/.well-known/jwks.json")
    assert post(service, forged(head, claims(iss="https://sandbox.cds-hooks.org"), ours)) == 200
    assert service.keys.asked == [], "pinned keys are not asked for"


def test_the_same_token_id_of_another_issuer_is_another_token(service: Service) -> None:
    theirs = forged(header(kid="cloud"), claims(iss=TENANTS_ISSUER, tenant="b"), ec_key("cloud"))
    assert [post(service, token()), post(service, theirs)] == [200, 200]
    assert claims()["iss"] == ISSUER
