"""Every attack is a 401 that says nothing, reaches nobody, and uses up no real token's id."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.security.compact import LONGEST
from tests.doors.bodies import SERVICE, chart_opening
from tests.doors.conftest import outcome_of
from tests.security.attacks_on_claims import CLAIMS
from tests.security.attacks_on_headers import HEADERS
from tests.security.attacks_on_signatures import SIGNATURES, Make
from tests.security.conftest import Listener, Service
from tests.security.makers import bearer, headed, token

ATTACKS = {**SIGNATURES, **CLAIMS, **HEADERS}
SAID = [
    {
        "severity": "error",
        "code": "login",
        "details": {"text": "A valid token is needed."},
    }
]


def refused(service: Service, headers: Any = None, address: str = SERVICE) -> None:
    """A call that must be refused in the one way that there is."""
    answer = service.door.post(address, json=chart_opening(), headers=headers)
    assert outcome_of(answer, 401)["issue"] == SAID
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "Retry-After" not in answer.headers
    event = service.events.kept[-1]
    assert (event.status, event.site) == (401, "-")


def test_there_are_more_than_sixty_attacks() -> None:
    assert len(ATTACKS) == len(SIGNATURES) + len(CLAIMS) + len(HEADERS)
    assert len(ATTACKS) >= 60


@pytest.mark.parametrize(("reason", "make"), ATTACKS.values(), ids=list(ATTACKS))
def test_an_attack_is_a_401_without_a_reason(
    service: Service, listener: Listener, reason: str, make: Make
) -> None:
    assert (
        service.door.post(SERVICE, json={}, headers=bearer(token(jti="first"))).status_code == 400
    )
    asked = list(service.keys.asked)
    refused(service, bearer(make(listener.address)))
    assert service.reason == reason
    assert listener.hits == 0
    assert service.keys.asked == asked, "no address is asked because of a token that is refused"
    good = service.door.post(SERVICE, json=chart_opening(), headers=bearer(token()))
    assert good.status_code == 200, "the id of the good token was not used up"


FORMS = {
    "no token": (None, "no-token"),
    "nothing in the header": ({"Authorization": ""}, "not-a-bearer-token"),
    "the scheme alone": ({"Authorization": "Bearer"}, "not-a-bearer-token"),
    "the scheme and a space": ({"Authorization": "Bearer "}, "not-a-bearer-token"),
    "the scheme in lower case": (lambda: f"bearer {token()}", "not-a-bearer-token"),
    "the scheme in capitals": (lambda: f"BEARER {token()}", "not-a-bearer-token"),
    "two spaces": (lambda: f"Bearer  {token()}", "not-a-compact-token"),
    "a tab": (lambda: f"Bearer\t{token()}", "not-a-bearer-token"),
    "no scheme": (lambda: token(), "not-a-bearer-token"),
    "another scheme": (lambda: f"DPoP {token()}", "not-a-bearer-token"),
    "basic": (lambda: "Basic dXNlcjpwYXNz", "not-a-bearer-token"),
    "quotes": (lambda: f'Bearer token="{token()}"', "not-a-compact-token"),
}


@pytest.mark.parametrize(("header", "reason"), FORMS.values(), ids=list(FORMS))
def test_the_token_stands_in_the_header_as_the_standard_has_it(
    service: Service, header: object, reason: str
) -> None:
    refused(service, {"Authorization": header()} if callable(header) else header)
    assert service.reason == reason


@pytest.mark.parametrize("place", ["?access_token={}", "?token={}", "?jwt={}", "?Authorization={}"])
def test_a_token_in_the_address_is_none(service: Service, place: str) -> None:
    refused(service, address=SERVICE + place.format(token()))
    assert service.reason == "no-token"


@pytest.mark.parametrize("name", ["X-Authorization", "Proxy-Authorization", "X-Access-Token"])
def test_a_token_in_another_header_is_none(service: Service, name: str) -> None:
    refused(service, {name: f"Bearer {token()}"})
    assert service.reason == "no-token"


def test_a_token_in_the_body_or_a_cookie_is_none(service: Service) -> None:
    service.door.set_cookie("Authorization", f"Bearer {token()}")
    body = chart_opening() | {"access_token": token(), "Authorization": f"Bearer {token()}"}
    assert service.door.post(SERVICE, json=body).status_code == 401
    assert service.reason == "no-token"


def test_a_token_counts_once(service: Service) -> None:
    good = bearer(token())
    assert service.door.post(SERVICE, json=chart_opening(), headers=good).status_code == 200
    refused(service, good)
    assert service.reason == "replayed"


def test_a_token_that_was_refused_by_its_form_after_it_counted_is_used_up(
    service: Service,
) -> None:
    good = bearer(token())
    assert service.door.post(SERVICE, json={}, headers=good).status_code == 400
    refused(service, good)


def test_the_same_token_with_a_longer_text_does_not_count_again(service: Service) -> None:
    assert (
        service.door.post(SERVICE, json=chart_opening(), headers=bearer(token())).status_code == 200
    )
    refused(service, bearer(headed(x5t="another header, the same id")))
    assert service.reason == "replayed"


@pytest.mark.parametrize(("length", "reason"), [(0, "not-a-compact-token"), (1, "too-long")])
def test_a_token_over_the_limit_is_not_read(service: Service, length: int, reason: str) -> None:
    refused(service, bearer("a" * (LONGEST + length)))
    assert service.reason == reason


def test_the_body_of_a_refused_call_is_not_read(service: Service) -> None:
    answer = service.door.post(SERVICE, data=b"{" * 1000, headers=bearer("x"))
    assert answer.status_code == 401


def test_refusals_differ_in_nothing_but_the_id_of_the_request(service: Service) -> None:
    told = []
    for make in (
        SIGNATURES["r and s are 0"][1],
        CLAIMS["iss of nobody"][1],
        CLAIMS["exp missing"][1],
    ):
        answer = service.door.post(SERVICE, json={}, headers=bearer(make("")))
        id_ = answer.headers["X-Correlation-Id"]
        told.append((answer.text.replace(id_, "-"), sorted(answer.headers.keys())))
    assert told[0] == told[1] == told[2]
