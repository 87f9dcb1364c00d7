"""The hook door: cards for a patient, and an outcome that names the trouble for anything else."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.domain import (
    Assessment,
    Complete,
    DataKey,
    DataState,
    Gap,
    GapWhy,
    Missing,
    Nation,
    Partial,
    Received,
)
from cds_service.doors.answer import Desk, Server
from cds_service.doors.app import app_of
from cds_service.knowledge import Knowledge
from cds_service.settings import Settings
from tests.doors.bodies import (
    PATIENT,
    SERVICE,
    arrival,
    bundle,
    chart_opening,
    fusion,
    mesothelioma,
)
from tests.doors.conftest import Events, noon

SERVER = "https://ehr.example.org/r4"
SECOND = (Received(fusion(id="b")),)


def outcome_of(response: TestResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.mimetype == "application/json"
    body: dict[str, Any] = response.get_json()
    assert body["resourceType"] == "OperationOutcome"
    assert body["id"] == response.headers["X-Correlation-Id"]
    assert all(issue["severity"] == "error" and issue["code"] for issue in body["issue"])
    return body


def texts(body: dict[str, Any]) -> list[str]:
    return [issue["details"]["text"] for issue in body["issue"]]


def client_of(desk: Desk, **changes: Any) -> FlaskClient:
    return app_of(replace(desk, **changes), Events(), noon).test_client()


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
    ["/cds-services/other", "/cds-services/", "/nothing", f"{SERVICE}/feedback", "/static/x"],
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


# Fetching: the seam


class Fetched:
    """A FHIR server's answers, and what it was asked."""

    def __init__(self, **answers: DataState) -> None:
        self.answers = {DataKey(key): state for key, state in answers.items()}
        self.asked: dict[DataKey, str] = {}
        self.server: Server | None = None

    def __call__(self, server: Server, wanted: Any, seconds: float) -> dict[DataKey, DataState]:
        self.server, self.asked = server, dict(wanted)
        return {key: self.answers.get(key, Missing(GapWhy.NOT_FETCHED)) for key in wanted}


class Assessed:
    """Notes what reached the rules."""

    resources: tuple[Received, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def __call__(
        self,
        resources: Sequence[Received],
        gaps: Sequence[Gap],
        today: date,
        nation: Nation,
        knowledge: Knowledge,
    ) -> tuple[Assessment, ...]:
        self.resources, self.gaps = tuple(resources), tuple(gaps)
        return ()


def test_only_what_did_not_come_whole_is_fetched_and_with_the_token_of_the_call(
    desk: Desk,
) -> None:
    fetched, assessed = Fetched(conditions=Complete((Received(mesothelioma()),))), Assessed()
    body = chart_opening(observations={"resourceType": "Bundle", "total": 3})
    del body["prefetch"]["conditions"]
    body |= {"fhirServer": SERVER, "fhirAuthorization": {"access_token": "t0ken"}}
    client_of(desk, fetch=fetched, assess=assessed).post(SERVICE, json=body)
    assert fetched.server == Server(SERVER, "t0ken")
    assert set(fetched.asked) == {DataKey.CONDITIONS, DataKey.OBSERVATIONS}
    assert fetched.asked[DataKey.CONDITIONS] == f"Condition?patient={PATIENT}&_count=500"
    assert [item.json["resourceType"] for item in assessed.resources] == ["Patient", "Condition"]
    assert assessed.gaps == (Gap(DataKey.OBSERVATIONS, GapWhy.FEWER_THAN_TOTAL),)


def test_nothing_is_fetched_where_everything_came(desk: Desk) -> None:
    fetched = Fetched()
    client_of(desk, fetch=fetched).post(SERVICE, json=chart_opening() | {"fhirServer": SERVER})
    assert fetched.server is None


def test_nothing_is_fetched_without_a_server(desk: Desk) -> None:
    fetched = Fetched()
    client_of(desk, fetch=fetched).post(SERVICE, json=chart_opening() | {"prefetch": None})
    assert fetched.server is None


@pytest.mark.parametrize(
    ("sent", "came", "gap", "ids"),
    [
        ({"total": 2}, Missing(GapWhy.NOT_FETCHED), GapWhy.FEWER_THAN_TOTAL, ["a"]),
        ({"total": 2}, Partial(SECOND, GapWhy.NEXT_PAGE), GapWhy.NEXT_PAGE, ["a", "b"]),
        ({"total": 2}, Complete(SECOND), None, ["b"]),
        (None, Missing(GapWhy.NOT_FETCHED), GapWhy.NOT_FETCHED, []),
        ("<html>", Missing(GapWhy.NOT_FETCHED), GapWhy.NOT_A_RESOURCE, []),
        ("<html>", Partial(SECOND, GapWhy.NEXT_PAGE), GapWhy.NEXT_PAGE, ["b"]),
    ],
)
def test_what_was_sent_is_kept_unless_more_was_fetched(
    desk: Desk, sent: Any, came: DataState, gap: GapWhy | None, ids: list[str]
) -> None:
    body = chart_opening() | {"fhirServer": SERVER}
    del body["prefetch"]["observations"]
    if sent is not None:
        page = bundle(fusion(id="a")) | sent if isinstance(sent, dict) else sent
        body["prefetch"]["observations"] = page
    assessed = Assessed()
    client_of(desk, fetch=Fetched(observations=came), assess=assessed).post(SERVICE, json=body)
    read = [r.json["id"] for r in assessed.resources if r.json["resourceType"] == "Observation"]
    assert read == ids
    assert assessed.gaps == (() if gap is None else (Gap(DataKey.OBSERVATIONS, gap),))


def test_this_version_says_of_every_key_that_it_was_not_fetched(client: FlaskClient) -> None:
    body = chart_opening() | {"prefetch": None, "fhirServer": SERVER}
    told = outcome_of(client.post(SERVICE, json=body), 412)
    assert f"{DataKey.CONDITIONS}: {GapWhy.NOT_FETCHED}" in texts(told)


# Discovery


def test_both_hooks_are_listed_under_one_id(client: FlaskClient) -> None:
    services = client.get("/cds-services").get_json()["services"]
    assert [service["hook"] for service in services] == [
        "patient-view",
        "org.example.genomic-result-available",
    ]
    assert {service["id"] for service in services} == {"ntrk-mesothelioma"}


def test_the_prefetch_templates_are_the_published_ones(client: FlaskClient) -> None:
    (first, second) = client.get("/cds-services").get_json()["services"]
    assert first["prefetch"] == second["prefetch"]
    p = "patient={{context.patientId}}"
    assert first["prefetch"] == {
        "patient": "Patient/{{context.patientId}}",
        "conditions": f"Condition?{p}&_count=500",
        "observations": (
            f"Observation?{p}&code=http://loinc.org|69548-6,http://loinc.org|95123-6,"
            "http://loinc.org|81247-9,http://loinc.org|51969-4,http://loinc.org|55233-1,"
            "http://loinc.org|84413-4,http://loinc.org|84414-2,http://loinc.org|53041-0,"
            "http://loinc.org|31206-6,http://snomed.info/sct|1098951000119108&_count=500"
        ),
        "laboratory": f"Observation?{p}&category=laboratory&_sort=-date&_count=2000",
        "diagnosticReports": f"DiagnosticReport?{p}&_count=500",
        "medicationRequests": f"MedicationRequest?{p}&_count=500",
        "medicationStatements": f"MedicationStatement?{p}&_count=500",
    }


def test_a_site_can_ask_for_its_own_codes_and_leave_the_laboratory_out(desk: Desk) -> None:
    settings = Settings(observation_codes=("urn:local|NGS",), prefetch_laboratory=False)
    services = client_of(desk, settings=settings).get("/cds-services").get_json()["services"]
    asked = services[0]["prefetch"]
    assert "code=urn:local|NGS&" in asked["observations"]
    assert "laboratory" not in asked


def test_the_fields_of_version_3_are_sent_by_setting_only(desk: Desk, client: FlaskClient) -> None:
    for service in client.get("/cds-services").get_json()["services"]:
        assert not {"version", "hookVersion"} & set(service)
    newer = client_of(desk, settings=Settings(hooks_version="3.0.0"))
    first, second = newer.get("/cds-services").get_json()["services"]
    assert (first["version"], first["hookVersion"]) == ("3.0.0", "1.0")
    assert (second["version"], second["hookVersion"]) == ("3.0.0", "0.1.0")
