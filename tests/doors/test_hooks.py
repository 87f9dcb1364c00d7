"""The hook door: cards for a patient, and an outcome that names the trouble for anything else."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.domain import (
    Assessment,
    DataKey,
    GapWhy,
    Received,
)
from cds_service.doors.answer import Cards, Desk
from tests.doors.bodies import (
    PATIENT,
    SERVICE,
    SUBJECT,
    arrival,
    bundle,
    chart_opening,
    coded,
    fusion,
    mesothelioma,
)
from tests.doors.conftest import Events, client_of, noon, outcome_of, texts

SERVER = "https://ehr.example.org/r4"
SECOND = (Received(fusion(id="b")),)


def test_a_fusion_beside_a_mesothelioma_gets_its_card(client: FlaskClient) -> None:
    body = chart_opening(observations=[fusion()], conditions=[mesothelioma()])
    response = client.post(SERVICE, json=body)
    assert response.status_code == 200
    (card,) = response.get_json()["cards"]
    assert "NTRK1" in card["summary"]
    assert card["indicator"] == "warning"


def test_an_empty_record_gets_an_empty_list(client: FlaskClient) -> None:
    response = client.post(SERVICE, json=chart_opening())
    assert (response.status_code, response.get_json()) == (200, {"cards": []})


def test_a_result_that_has_just_arrived_is_read_beside_the_prefetch(client: FlaskClient) -> None:
    told = client.post(SERVICE, json=arrival(fusion(), conditions=[mesothelioma()])).get_json()
    assert "NTRK1" in told["cards"][0]["summary"]


def test_nothing_sent_at_all_is_told_with_every_source_and_its_cause(client: FlaskClient) -> None:
    body = chart_opening() | {"prefetch": {}}
    told = outcome_of(client.post(SERVICE, json=body), 412)
    assert f"{DataKey.CONDITIONS}: {GapWhy.NOT_SENT}" in texts(told)
    assert f"{DataKey.OBSERVATIONS}: {GapWhy.NOT_SENT}" in texts(told)
    assert {issue["code"] for issue in told["issue"]} == {"incomplete"}


def test_a_site_whose_clients_hide_errors_gets_a_card_instead(desk: Desk) -> None:
    client = client_of(desk, settings=replace(desk.settings, unavailable_as_card=True))
    response = client.post(SERVICE, json=chart_opening() | {"prefetch": None})
    assert response.status_code == 200
    assert len(response.get_json()["cards"]) == 1


def test_one_known_fact_is_enough_for_a_card_that_says_what_could_not_be_checked(
    client: FlaskClient,
) -> None:
    body = chart_opening(conditions=[mesothelioma()], observations="<html>Sign in</html>")
    response = client.post(SERVICE, json=body)
    assert response.status_code == 200
    assert len(response.get_json()["cards"]) == 1


# The envelope


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hook": "order-sign"}, "hook"),
        ({"hookInstance": "1"}, "hookInstance"),
        ({"context": None}, "context"),
        ({"context": {"userId": "Practitioner/1"}}, "context.patientId"),
        ({"prefetch": []}, "prefetch"),
        ({"extension": "x"}, "extension"),
        ({"fhirServer": "x"}, "fhirServer"),
    ],
)
def test_a_wrong_field_is_named(client: FlaskClient, changes: dict[str, Any], field: str) -> None:
    told = outcome_of(client.post(SERVICE, json=chart_opening() | changes), 400)
    assert texts(told)[0].startswith(f"{field}: ")
    assert told["issue"][0]["code"] == "invalid"


def test_a_patient_is_turned_away_where_cards_are_for_practitioners(desk: Desk) -> None:
    client = client_of(desk, settings=replace(desk.settings, patient_users=False))
    body = chart_opening()
    body["context"]["userId"] = "Patient/synthetic-1"
    assert outcome_of(client.post(SERVICE, json=body), 403)["issue"][0]["code"] == "forbidden"


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"\xff", b'{"hook": NaN}', b"[" * 900])
def test_a_body_that_is_no_json_object_is_refused(client: FlaskClient, raw: bytes) -> None:
    response = client.post(SERVICE, data=raw, content_type="application/json")
    assert outcome_of(response, 400)["issue"][0]["code"] == "invalid"


def test_a_key_that_stands_twice_in_the_context_is_refused(client: FlaskClient) -> None:
    text = json.dumps(chart_opening())
    twice = text.replace('"patientId":', '"patientId": "someone-else", "patientId":')
    response = client.post(SERVICE, data=twice, content_type="application/json")
    assert texts(outcome_of(response, 400)) == ["context: a key stands in it twice."]


# HTTP


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/fhir+json", "application/json; charset=iso-8859-1"]
)
def test_a_body_of_another_type_is_refused(client: FlaskClient, kind: str) -> None:
    data = json.dumps(chart_opening())
    outcome_of(client.post(SERVICE, data=data, content_type=kind), 415)


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=UTF-8"])
def test_a_body_of_json_is_read_however_its_type_is_spelt(client: FlaskClient, kind: str) -> None:
    data = json.dumps(chart_opening())
    assert client.post(SERVICE, data=data, content_type=kind).status_code == 200


@pytest.mark.parametrize("coding", ["gzip", "br", "gzip, identity"])
def test_a_compressed_body_is_refused(client: FlaskClient, coding: str) -> None:
    headers = {"Content-Encoding": coding}
    outcome_of(client.post(SERVICE, json=chart_opening(), headers=headers), 415)


def test_a_body_that_says_it_is_not_compressed_is_read(client: FlaskClient) -> None:
    headers = {"Content-Encoding": "identity"}
    assert client.post(SERVICE, json=chart_opening(), headers=headers).status_code == 200


def test_a_body_over_the_limit_is_refused_and_one_at_the_limit_is_not(desk: Desk) -> None:
    data = json.dumps(chart_opening()).encode()
    for limit, status in ((len(data), 200), (len(data) - 1, 413)):
        client = client_of(desk, settings=replace(desk.settings, max_body=limit))
        response = client.post(SERVICE, data=data, content_type="application/json")
        assert response.status_code == status
    assert outcome_of(response, 413)["issue"][0]["code"] == "too-long"


@pytest.mark.parametrize(
    "path",
    ["/cds-services/other", "/cds-services/other/feedback", "/cds-services/", "/no", "/static/x"],
)
def test_an_unknown_address_is_not_found(client: FlaskClient, path: str) -> None:
    assert outcome_of(client.post(path, json={}), 404)["issue"][0]["code"] == "not-found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", SERVICE, "POST"),
        ("PUT", SERVICE, "POST"),
        ("DELETE", SERVICE, "POST"),
        ("POST", "/cds-services", "GET"),
        ("POST", "/health", "GET"),
        ("POST", "/", "GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_one(
    client: FlaskClient, method: str, path: str, allowed: str
) -> None:
    response = client.open(path, method=method)
    outcome_of(response, 405)
    assert allowed in response.headers["Allow"]


@pytest.mark.parametrize("path", ["/", "/health", "/cds-services", "/nothing"])
def test_no_answer_may_be_stored_framed_or_sniffed(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


# Trouble inside


def broken(*_: object) -> tuple[Assessment, ...]:
    raise ValueError("Mr Canary, NHS number 999 000 0018")


def test_an_internal_error_is_an_outcome_and_never_an_empty_list(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    response = client_of(desk, assess=broken).post(SERVICE, json=chart_opening())
    told = outcome_of(response, 500)
    assert told["issue"][0]["code"] == "exception"
    assert "Canary" not in response.text
    assert "Traceback" not in response.text


def test_an_internal_error_is_logged_by_type_and_place_without_its_words(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = client_of(desk, assess=broken).post(SERVICE, json=chart_opening())
    assert f"error id={response.get_json()['id']} ValueError at test_hooks.py:" in caplog.text
    assert "Canary" not in caplog.text
    assert PATIENT not in caplog.text


def test_every_request_is_kept_as_an_event_without_the_patient(
    client: FlaskClient, events: Events
) -> None:
    client.post(SERVICE, json=chart_opening())
    client.get(f"/Patient/{PATIENT}?name=Canary")
    answered, refused = events.kept
    assert (answered.method, answered.route, answered.status) == ("POST", SERVICE, 200)
    assert answered.recommendations == ("nothing",)
    assert (refused.route, refused.status) == ("-", 404)
    assert answered.time == noon()
    assert answered.correlation != refused.correlation
    assert PATIENT not in str(events.kept)


def test_resources_of_another_patient_are_counted_in_the_event(
    client: FlaskClient, events: Events
) -> None:
    stray = {"resourceType": "Observation", "subject": {"reference": "Patient/synthetic-9"}}
    client.post(SERVICE, json=chart_opening(observations=[stray, stray]))
    client.post(SERVICE, json=chart_opening())
    assert [event.left_out for event in events.kept] == [2, 0]
    assert "synthetic-9" not in str(events.kept)


def test_an_administration_under_a_key_that_nobody_asked_for_is_read(client: FlaskClient) -> None:
    given = {
        "resourceType": "MedicationAdministration",
        "id": "given",
        "status": "completed",
        "subject": SUBJECT,
        "effectiveDateTime": "2025-01-01",
        "medicationCodeableConcept": coded("http://www.whocc.no/atc", "L01EX12", "larotrectinib"),
    }
    body = chart_opening(conditions=[mesothelioma()], observations=[fusion()])
    body["prefetch"]["medicationAdministrations"] = bundle(given)
    (card,) = client.post(SERVICE, json=body).get_json()["cards"]
    assert "NTRK inhibitor already recorded" in card["summary"]


@pytest.mark.parametrize("value", [None, "<html>", [], 5, {"resourceType": "OperationOutcome"}])
def test_damage_under_a_key_that_nobody_asked_for_changes_nothing(
    client: FlaskClient, value: object
) -> None:
    body = chart_opening(conditions=[mesothelioma()], observations=[fusion()])
    body["prefetch"]["medicationAdministrations"] = value
    (card,) = client.post(SERVICE, json=body).get_json()["cards"]
    assert "an option" in card["summary"]


class Speechless:
    """Cards that cannot be written at all."""

    def __init__(self, cards: Cards) -> None:
        self.replacement, self.failures = cards.replacement, cards.failures

    def card(self, *_: object, **__: object) -> None:
        raise ZeroDivisionError


def test_a_failure_after_a_fact_is_known_is_a_card_and_no_error(desk: Desk) -> None:
    body = chart_opening(conditions=[mesothelioma()], observations=[fusion()])
    response = client_of(desk, cards=Speechless(desk.cards)).post(SERVICE, json=body)
    assert response.status_code == 200
    (card,) = response.get_json()["cards"]
    assert card["summary"].startswith("Could not check")
    assert desk.cards.failures() > 0


def test_a_failure_where_nothing_would_be_shown_is_an_error(desk: Desk) -> None:
    door = client_of(desk, cards=Speechless(desk.cards))
    outcome_of(door.post(SERVICE, json=chart_opening()), 500)
