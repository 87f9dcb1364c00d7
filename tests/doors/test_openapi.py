"""The OpenAPI document is that of the running application: every route, no other, real schemas."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.routing import Rule

from cds_service.clients import Registry
from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of
from cds_service.doors.openapi import document
from cds_service.settings import Settings
from tests.doors.bodies import RESULT_HOOK, SERVICE, chart_opening, fusion, mesothelioma
from tests.doors.conftest import Events, client_of, noon


@pytest.fixture
def told(client: FlaskClient) -> dict[str, Any]:
    shown: dict[str, Any] = client.get("/openapi.json").get_json()
    return shown


def problems(told: dict[str, Any], name: str, value: object) -> list[str]:
    """Where a value breaks a schema of the document."""
    reference = {"$ref": f"#/components/schemas/{name}", "components": told["components"]}
    return [error.json_path for error in Draft202012Validator(reference).iter_errors(value)]


def references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for part in value for name in references(part)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [name for part in value.values() for name in references(part)]


def test_it_names_every_route_and_method_of_the_application_and_no_other(
    desk: Desk, told: dict[str, Any]
) -> None:
    rules = app_of(desk, Events(), noon).url_map.iter_rules()
    routes = {(rule.rule, method.lower()) for rule in rules for method in rule.methods or ()}
    assert {
        (path, method) for path, methods in told["paths"].items() for method in methods
    } == routes
    assert (SERVICE, "post") in routes


def test_a_route_that_nothing_is_said_of_is_an_error(desk: Desk) -> None:
    with pytest.raises(KeyError):
        document([Rule("/new", methods=["GET"])], desk, {"CdsRequest": {"properties": {}}})


def test_every_reference_in_it_leads_somewhere(told: dict[str, Any]) -> None:
    found = references(told)
    assert len(found) > 50
    for name in found:
        place: Any = told
        for part in name.removeprefix("#/").split("/"):
            place = place[part]
        assert place


@pytest.mark.parametrize("name", ["CdsRequest", "CdsResponse", "CdsDiscovery", "OperationOutcome"])
def test_its_schemas_are_schemas(told: dict[str, Any], name: str) -> None:
    Draft202012Validator.check_schema(told["components"]["schemas"][name])


def test_what_goes_in_and_out_fits_the_schemas_in_it(
    client: FlaskClient, told: dict[str, Any]
) -> None:
    asked = chart_opening(conditions=[mesothelioma()], observations=[fusion()])
    answered = client.post(SERVICE, json=asked).get_json()
    assert answered["cards"]
    assert problems(told, "CdsRequest", asked) == []
    assert problems(told, "CdsResponse", answered) == []
    assert problems(told, "CdsDiscovery", client.get("/cds-services").get_json()) == []
    assert problems(told, "OperationOutcome", client.post(SERVICE).get_json()) == []
    assert problems(told, "Health", client.get("/health").get_json()) == []
    assert problems(told, "Ready", client.get("/health/ready").get_json()) == []
    assert problems(told, "OpenApi", told) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CdsRequest", {"hook": "patient-view"}),
        ("CdsRequest", chart_opening() | {"hook": "order-sign"}),
        ("CdsResponse", {"cards": [{}]}),
        ("CdsResponse", {"cards": None}),
        ("CdsDiscovery", {"services": [{}]}),
        ("OperationOutcome", {"resourceType": "OperationOutcome", "issue": []}),
    ],
)
def test_what_does_not_fit_breaks_the_schemas_in_it(
    told: dict[str, Any], name: str, value: object
) -> None:
    assert problems(told, name, value)


def test_the_hooks_in_it_are_those_of_the_site(desk: Desk, told: dict[str, Any]) -> None:
    hook = told["components"]["schemas"]["CdsRequest"]["properties"]["hook"]
    assert hook["enum"] == ["patient-view", RESULT_HOOK]
    other = client_of(desk, settings=replace(Settings(), namespace="uk.example"))
    shown = other.get("/openapi.json").get_json()["components"]["schemas"]["CdsRequest"]
    assert shown["properties"]["hook"]["enum"][1] == "uk.example.genomic-result-available"


@pytest.mark.parametrize("on_discovery", [False, True])
def test_it_says_where_a_token_is_needed(desk: Desk, on_discovery: bool) -> None:
    registry = Registry(token_on_discovery=on_discovery)
    paths = client_of(desk, registry=registry).get("/openapi.json").get_json()["paths"]
    assert paths[SERVICE]["post"]["security"] == [{"cdsHooks": []}]
    optional: list[Any] = [] if on_discovery else [{}]
    assert paths["/cds-services"]["get"]["security"] == [{"cdsHooks": []}, *optional]
    assert "security" not in paths["/health"]["get"]


def test_an_open_service_needs_no_token(told: dict[str, Any]) -> None:
    assert "security" not in told["paths"][SERVICE]["post"]


def test_the_public_address_stands_in_it_where_it_is_known(
    desk: Desk, told: dict[str, Any]
) -> None:
    assert "servers" not in told
    other = client_of(desk, settings=replace(Settings(), public_url="https://cds.example.org"))
    assert other.get("/openapi.json").get_json()["servers"] == [{"url": "https://cds.example.org"}]
