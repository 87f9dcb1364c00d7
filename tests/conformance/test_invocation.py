"""A call: what is read of it, what is refused, and with which status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from benchmarks import hook_door
from cds_service.cards import ResponseSchema
from cds_service.domain import Complete, DataKey, DataState, Received
from cds_service.doors.answer import Desk, fetch_nothing
from cds_service.doors.app import app_of
from cds_service.fhir_client import Server
from cds_service.knowledge import data_dir
from tests.conformance.conftest import requests
from tests.doors.bodies import SERVICE, bundle, chart_opening, fusion, mesothelioma
from tests.doors.conftest import Events, noon

OPTION = "trk-inhibitor-option"
PAGED = {"resourceType": "Bundle", "link": [{"relation": "next", "url": "https://a.example/2"}]}
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}


def post(door: FlaskClient, body: object) -> TestResponse:
    return door.post(SERVICE, json=body)


def not_checked(response: TestResponse) -> list[str]:
    """The sources that the card of an answer names as not checked."""
    (card,) = response.get_json()["cards"]
    named: list[str] = card["extension"]["org.example.decision"].get("notChecked", [])
    return named


def test_I_27_the_time_of_an_answer_is_measured_beside_a_bare_endpoint(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook_door, "SIZES", {20: 1})
    assert hook_door.main() == 0
    size, *figures = capsys.readouterr().out.splitlines()[-1].split()
    assert size == "20"
    assert len(figures) == 6
    assert all(float(figure) > 0 for figure in figures)


def found(
    server: Server, wanted: Mapping[DataKey, str], seconds: float
) -> Mapping[DataKey, DataState]:
    """A reader of FHIR servers that has one fusion to give."""
    assert wanted[DataKey.OBSERVATIONS].startswith("Observation?patient=")
    states = dict.fromkeys(wanted, Complete())
    return states | {DataKey.OBSERVATIONS: Complete((Received(fusion()),))}


def test_I_34_data_that_was_not_prefetched_is_read_where_the_service_has_a_reader(
    desk: Desk,
) -> None:
    body = chart_opening(conditions=[mesothelioma()]) | {"fhirServer": "http://127.0.0.1/fhir"}
    del body["prefetch"]["observations"]
    answers = [
        app_of(replace(desk, fetch=fetch), Events(), noon).test_client().post(SERVICE, json=body)
        for fetch in (found, fetch_nothing)
    ]
    said = [answer.get_json()["cards"][0]["extension"] for answer in answers]
    recommended = [card["org.example.decision"]["recommendation"] for card in said]
    assert recommended == [OPTION, "could-not-check"]


def test_I_34_data_that_was_prefetched_is_not_read_again(desk: Desk) -> None:
    def refuse(*_: object) -> dict[DataKey, DataState]:
        raise AssertionError("read although it was sent")

    body = requests()[OPTION] | {"fhirServer": "https://ehr.example/fhir"}
    door = app_of(replace(desk, fetch=refuse), Events(), noon).test_client()
    assert len(door.post(SERVICE, json=body).get_json()["cards"]) == 1


@pytest.mark.parametrize("value", [OUTCOME, bundle(OUTCOME)])
def test_I_52_an_operation_outcome_is_not_taken_for_an_answer(
    door: FlaskClient, value: dict[str, Any]
) -> None:
    body = chart_opening(conditions=[mesothelioma()], observations=value)
    assert any("observations" in name for name in not_checked(post(door, body)))


@pytest.mark.parametrize("prefetch", [None, {}, {"observations": OUTCOME, "conditions": "<html>"}])
def test_I_54_a_call_for_which_nothing_can_be_had_is_a_412(
    door: FlaskClient, prefetch: object
) -> None:
    response = post(door, chart_opening() | {"prefetch": prefetch})
    assert response.status_code == 412
    told = [issue["details"]["text"] for issue in response.get_json()["issue"]]
    assert any(text.startswith("conditions: ") for text in told)
    assert any(text.startswith("observations: ") for text in told)


def test_I_54_with_one_fact_known_it_is_a_card_and_knowingly_no_412(door: FlaskClient) -> None:
    body = chart_opening(observations=[fusion()])
    del body["prefetch"]["conditions"]
    assert post(door, body).status_code == 200


def test_I_74_success_is_a_200_with_an_array_of_cards(door: FlaskClient) -> None:
    for body in [*requests().values(), chart_opening()]:
        response = post(door, body)
        assert response.status_code == 200
        assert isinstance(response.get_json()["cards"], list)


def test_I_74_every_answer_fits_the_shipped_schema(door: FlaskClient) -> None:
    schema = ResponseSchema(data_dir("cards"))
    for body in [*requests().values(), chart_opening()]:
        assert schema.problems(post(door, body).get_json()) == ()
    assert schema.problems({"cards": None}) != ()


def test_I_75_system_actions_are_refused_by_the_schema_unless_an_array() -> None:
    schema = ResponseSchema(data_dir("cards"))
    action = {"type": "delete", "description": "A test", "resourceId": "Task/1"}
    assert schema.problems({"cards": [], "systemActions": [action]}) == ()
    assert schema.problems({"cards": [], "systemActions": action}) != ()


def test_I_77_nothing_to_say_is_a_200_with_no_cards(door: FlaskClient) -> None:
    response = post(door, chart_opening())
    assert (response.status_code, response.get_json()) == (200, {"cards": []})


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 200),
        ({"hook": "order-sign"}, 400),
        ({"hookInstance": "1"}, 400),
        ({"context": []}, 400),
        ({"fhirServer": "https://a.example"}, 200),
        ({"fhirServer": "a.example"}, 400),
        ({"fhirServer": "https://a.example", "fhirAuthorization": {"access_token": "t"}}, 200),
        ({"fhirAuthorization": {"access_token": "t"}}, 400),
        ({"prefetch": "text"}, 400),
        ({"extension": {"com.example.a": {"b": 1}}}, 200),
        ({"extension": "text"}, 400),
    ],
)
def test_checklist_12_every_field_of_a_call_is_read_or_refused_by_name(
    door: FlaskClient, changes: dict[str, Any], status: int
) -> None:
    response = post(door, requests()[OPTION] | changes)
    assert response.status_code == status
    if status == 400:
        text = response.get_json()["issue"][0]["details"]["text"]
        assert text.split(":")[0] in {*changes, "fhirServer"}


def wrong_requests(door: FlaskClient) -> dict[int, TestResponse]:
    body = requests()[OPTION]
    text = json.dumps(body)
    return {
        400: door.post(SERVICE, data=text[:-1], content_type="application/json"),
        404: door.post("/cds-services/unknown", json=body),
        405: door.get(SERVICE),
        412: post(door, body | {"prefetch": None}),
        413: door.post(SERVICE, data=b" " * (32 * 2**20 + 1), content_type="application/json"),
        415: door.post(SERVICE, data=text, content_type="text/plain"),
    }


def test_checklist_15_every_kind_of_wrong_request_has_its_status(door: FlaskClient) -> None:
    for status, response in wrong_requests(door).items():
        assert response.status_code == status


def test_checklist_22_an_absent_key_is_never_read_as_empty(door: FlaskClient) -> None:
    body = chart_opening(conditions=[mesothelioma()])
    assert post(door, body).get_json() == {"cards": []}
    del body["prefetch"]["diagnosticReports"]
    assert post(door, body).get_json()["cards"]


@pytest.mark.parametrize("value", [None, {"resourceType": "Bundle", "type": "searchset"}])
def test_checklist_23_null_and_an_empty_bundle_are_known_to_be_empty(
    door: FlaskClient, value: object
) -> None:
    body = chart_opening(conditions=[mesothelioma()], observations=value)
    assert post(door, body).get_json() == {"cards": []}


def test_checklist_25_a_page_is_not_read_as_the_whole(door: FlaskClient) -> None:
    body = chart_opening(conditions=[mesothelioma()], laboratory=PAGED)
    assert any("laboratory" in name for name in not_checked(post(door, body)))


def test_checklist_27_data_that_can_be_done_without_is_named_on_the_card(
    door: FlaskClient,
) -> None:
    body = requests()[OPTION]
    del body["prefetch"]["medicationRequests"]
    assert any("medicationRequests" in name for name in not_checked(post(door, body)))


def broken(*_: object) -> Any:
    raise ValueError("synthetic")


def test_checklist_34_every_refusal_is_an_operation_outcome(door: FlaskClient, desk: Desk) -> None:
    refusals = wrong_requests(door)
    failing = app_of(Desk(desk.settings, desk.knowledge, desk.cards, assess=broken), Events(), noon)
    refusals[500] = failing.test_client().post(SERVICE, json=requests()[OPTION])
    for status, response in refusals.items():
        told = response.get_json()
        assert response.status_code == status
        assert told["resourceType"] == "OperationOutcome"
        for issue in told["issue"]:
            assert issue["severity"] == "error"
            assert issue["code"]
            assert issue["details"]["text"]


def test_checklist_59_an_unknown_extension_in_a_call_breaks_nothing(door: FlaskClient) -> None:
    body = requests()[OPTION]
    extended = body | {"extension": {"com.example.deep": {"a": [{"b": None}]}}}
    assert post(door, extended).get_json() == post(door, body).get_json()


def test_checklist_12_a_client_may_leave_out_accept_and_send_a_token(door: FlaskClient) -> None:
    headers = {"Authorization": "Bearer not.a.token"}
    response = door.post(SERVICE, json=requests()[OPTION], headers=headers)
    assert response.status_code == 200


def test_checklist_12_the_habits_of_real_clients_are_taken(door: FlaskClient) -> None:
    """A sandbox's user id, a relative as user, orders without a type, the same instance twice."""
    body = requests()[OPTION]
    habits = [
        {"context": {"patientId": "synthetic-1", "userId": "Practitioner/COREPRACTITIONER1"}},
        {"context": {"patientId": "synthetic-1", "userId": "RelatedPerson/426"}},
        {
            "context": body["context"]
            | {"selections": ["a"], "draftOrders": {"resourceType": "Bundle", "entry": [{}]}}
        },
        {"fhirServer": "http://localhost:8080/fhir"},
        {"fhirAuthorization": None, "fhirServer": None, "extension": None},
    ]
    for habit in habits:
        (card,) = post(door, body | habit).get_json()["cards"]
        assert "NTRK1" in card["summary"]
