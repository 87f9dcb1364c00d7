"""What a browser is told: registered origins may call, nobody else, and never everybody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.clients import Registry
from cds_service.doors.answer import Desk
from tests.doors.bodies import SERVICE, chart_opening
from tests.doors.conftest import client_of
from tests.security.conftest import Service, service_of, trust
from tests.security.makers import PUBLIC, bearer, token

ORIGIN = "https://ehr.trust.example"
ALLOWED = "Access-Control-Allow-Origin"
ADDRESSES = ["/cds-services", SERVICE, f"{SERVICE}/feedback"]


@pytest.fixture
def service(desk: Desk) -> Service:
    return service_of(desk, trust(quota=2))


def preflight(door: FlaskClient, address: str, origin: str = ORIGIN) -> TestResponse:
    """What a browser asks before a call with a token; it sends none itself."""
    return door.options(
        address,
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_preflight_is_answered_without_a_token(service: Service, address: str) -> None:
    answer = preflight(service.door, address)
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers[ALLOWED] == ORIGIN
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS"
    assert answer.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type, Accept"
    assert answer.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert service.events.kept[-1].status == 204


ODD_ORIGINS = [
    "https://ehr.trust.example.evil.example",
    "https://evil.example",
    "https://xehr.trust.example",
    "http://ehr.trust.example",
    "https://ehr.trust.example:8443",
    "https://ehr.trust.example/",
    "https://EHR.trust.example",
    "https://ehr.trust.example, https://evil.example",
    "null",
    "*",
    "",
]


@pytest.mark.parametrize("origin", ODD_ORIGINS)
def test_an_origin_that_only_looks_alike_gets_nothing(service: Service, origin: str) -> None:
    for answer in (
        preflight(service.door, SERVICE, origin),
        service.door.get("/cds-services", headers={"Origin": origin}),
    ):
        assert answer.status_code in (200, 204)
        assert [name for name, _ in answer.headers if name.startswith("Access-")] == []
        assert answer.headers["Vary"] == "Origin", "a cache must keep origins apart"


def test_an_answer_can_be_read_by_its_page(service: Service) -> None:
    headers = bearer(token()) | {"Origin": ORIGIN}
    answer = service.door.post(SERVICE, json=chart_opening(), headers=headers)
    assert answer.status_code == 200
    assert answer.headers[ALLOWED] == ORIGIN
    assert "X-Correlation-Id" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Methods" not in answer.headers


def _refusals(service: Service) -> dict[int, TestResponse]:
    def post(text: str, **more: Any) -> TestResponse:
        headers = bearer(text) | {"Origin": ORIGIN}
        return service.door.post(SERVICE, headers=headers, **more)

    answers = [
        post("bad", json={}),
        post(token(jti="1"), json={}),
        post(token(jti="2"), data="x"),
        post(token(jti="3"), json={}),
        service.door.get(SERVICE, headers={"Origin": ORIGIN}),
        service.door.get("/cds-services/none", headers={"Origin": ORIGIN}),
    ]
    return {answer.status_code: answer for answer in answers}


def test_every_error_can_be_read_by_its_page(service: Service) -> None:
    answers = _refusals(service)
    assert sorted(answers) == [400, 401, 404, 405, 415, 429]
    for answer in answers.values():
        assert answer.headers[ALLOWED] == ORIGIN
    assert "Retry-After" in answers[429].headers["Access-Control-Expose-Headers"]


def test_a_503_and_an_internal_error_can_be_read_by_their_page(desk: Desk) -> None:
    def broken(*_: object) -> Any:
        raise RuntimeError

    service = service_of(replace(desk, assess=broken), trust())
    origin = {"Origin": ORIGIN}
    internal = service.door.post(SERVICE, json=chart_opening(), headers=bearer(token()) | origin)
    assert (internal.status_code, internal.headers[ALLOWED]) == (500, ORIGIN)
    cold = service_of(desk, trust())
    cold.keys.answer = None
    away = cold.door.post(SERVICE, json=chart_opening(), headers=bearer(token()) | origin)
    assert (away.status_code, away.headers[ALLOWED]) == (503, ORIGIN)
    assert away.headers["Retry-After"] == "10"


@pytest.mark.parametrize("address", ["/", "/health", "/metrics", "/cds-servicesx"])
def test_nothing_else_is_told_to_browsers(service: Service, address: str) -> None:
    answer = service.door.get(address, headers={"Origin": ORIGIN})
    assert ALLOWED not in answer.headers
    assert ALLOWED not in preflight(service.door, address).headers


def test_an_options_call_that_is_no_preflight_says_what_there_is(service: Service) -> None:
    answer = service.door.options(SERVICE, headers={"Origin": ORIGIN})
    assert answer.status_code == 200
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_a_preflight_for_an_address_that_does_not_exist_is_a_404(service: Service) -> None:
    assert preflight(service.door, "/cds-services/none").status_code == 404


def test_without_an_origin_nothing_is_added_but_what_caches_need(service: Service) -> None:
    answer = service.door.get("/cds-services")
    assert ALLOWED not in answer.headers
    assert answer.headers["Vary"] == "Origin"


def test_development_takes_origins_from_the_setting_and_from_the_registry(desk: Desk) -> None:
    settings = replace(desk.settings, cors_origins=("http://localhost:8080",))
    door = client_of(desk, settings=settings, registry=Registry((trust(),)))
    for origin in ("http://localhost:8080", ORIGIN):
        assert preflight(door, SERVICE, origin).headers[ALLOWED] == origin
    assert ALLOWED not in preflight(door, SERVICE, "http://localhost:9090").headers


def test_no_origin_is_allowed_where_none_is_set(desk: Desk) -> None:
    for origin in (ORIGIN, "http://localhost:8080", PUBLIC):
        assert ALLOWED not in preflight(client_of(desk), SERVICE, origin).headers
