"""The CDS Hooks Sandbox: a browser that sends a token with everything, and reads every answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import ORIGIN, Told, Town
from tests.doors.bodies import SERVICE
from tests.doors.commands import positive

DISCOVERY = "/cds-services"
ACCEPTED_BY_AXIOS = "application/json, text/plain, */*"


def request(**changes: Any) -> dict[str, Any]:
    """What the Sandbox sends when a chart is opened: no fhirAuthorization, an open server."""
    said = positive() | {
        "hookInstance": "7a3b4c5d-6e7f-4a8b-9c0d-1e2f3a4b5c6d",
        "fhirServer": "https://launch.smarthealthit.example/v/r4/fhir",
    }
    said["context"] = {**said["context"], "userId": "Practitioner/COREPRACTITIONER1"}
    return said | changes


def from_browser(town: Town, method: str, path: str, body: object = None, **more: str) -> Told:
    token = town.sandbox.token(town.url(path))
    headers = {
        "Origin": ORIGIN,
        "Accept": ACCEPTED_BY_AXIOS,
        "Authorization": f"Bearer {token}",
        **({"Content-Type": "application/json"} if body is not None else {}),
    }
    return town.call(method, path, body, headers | more)


@pytest.mark.parametrize(
    ("path", "method", "asked"),
    [(DISCOVERY, "GET", "authorization"), (SERVICE, "POST", "authorization,content-type")],
)
def test_its_preflight_is_answered_without_a_token(
    town: Town, path: str, method: str, asked: str
) -> None:
    headers = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": asked,
    }
    told = town.call("OPTIONS", path, None, headers)
    assert told.status in (200, 204)
    assert told.headers["Access-Control-Allow-Origin"] == ORIGIN
    allowed = told.headers["Access-Control-Allow-Headers"].lower().replace(" ", "").split(",")
    assert set(asked.split(",")) <= set(allowed)
    assert method in told.headers["Access-Control-Allow-Methods"]


def test_a_page_of_another_origin_is_not_let_in(town: Town) -> None:
    headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    told = town.call("OPTIONS", SERVICE, None, headers)
    assert "Access-Control-Allow-Origin" not in told.headers


def test_it_reads_discovery_with_a_token_for_the_address_of_discovery(town: Town) -> None:
    told = from_browser(town, "GET", DISCOVERY)
    assert told.status == 200
    assert told.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert {service["id"] for service in told.json["services"]} == {"ntrk-mesothelioma"}


def test_it_gets_the_card(town: Town) -> None:
    told = from_browser(town, "POST", SERVICE, request())
    assert told.status == 200
    assert told.headers["Access-Control-Allow-Origin"] == ORIGIN
    (card,) = told.json["cards"]
    assert card["indicator"] == "warning"


def test_a_key_that_it_left_out_is_named_on_the_card_and_never_taken_for_empty(town: Town) -> None:
    prefetch = {k: v for k, v in request()["prefetch"].items() if k != "conditions"}
    told = from_browser(town, "POST", SERVICE, request(prefetch=prefetch))
    assert told.status == 200
    (card,) = told.json["cards"]
    decision = card["extension"]["org.example.decision"]
    assert decision["recommendation"] == "could-not-check"


def test_an_html_page_and_an_outcome_in_place_of_data_are_no_answers(town: Town) -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}
    for value in ("<html>Sign in</html>", '{"resourceType": "Bund', outcome):
        prefetch = request()["prefetch"] | {"conditions": value}
        (card,) = from_browser(town, "POST", SERVICE, request(prefetch=prefetch)).json["cards"]
        decision = card["extension"]["org.example.decision"]
        assert decision["recommendation"] == "could-not-check"


def test_without_any_prefetch_it_is_told_that_nothing_was_checked(town: Town) -> None:
    said = request()
    del said["prefetch"]
    told = from_browser(town, "POST", SERVICE, said)
    assert told.status == 412
    assert told.json["resourceType"] == "OperationOutcome"
    assert told.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_a_token_for_discovery_is_none_for_the_service(town: Town) -> None:
    token = town.sandbox.token(town.url(DISCOVERY))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    assert town.call("POST", SERVICE, request(), headers).status == 401


def test_a_refusal_can_be_read_by_its_page(town: Town) -> None:
    told = from_browser(town, "POST", SERVICE, request(), Authorization="Bearer a.b.c")
    assert told.status == 401
    assert told.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert told.headers["WWW-Authenticate"] == "Bearer"


def test_json_that_axios_declares_as_a_form_is_refused_with_a_reason(town: Town) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    told = from_browser(town, "POST", SERVICE, request(), **form)
    assert told.status == 415
    assert told.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "application/json" in told.json["issue"][0]["details"]["text"]


def test_a_hook_of_its_other_screens_is_refused_by_name(town: Town) -> None:
    told = from_browser(town, "POST", SERVICE, request(hook="order-select"))
    assert told.status == 400
    assert told.json["issue"][0]["details"]["text"].startswith("hook:")
