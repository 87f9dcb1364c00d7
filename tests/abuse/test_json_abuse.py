"""JSON and what is nearly JSON, as a whole body and at every place of a good one: never a 5xx."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.doors.answer import Desk, fetch_nothing
from cds_service.doors.app import app_of
from tests.abuse.json_cases import ACCEPTED, EITHER, NO, REFUSED, YES, cases
from tests.doors.bodies import SERVICE, chart_opening, fusion, mesothelioma, prefetch
from tests.doors.conftest import Events, noon, outcome_of

# Where a text is put into a good request; '@' stands for it.
PLACES: dict[str, dict[str, Any]] = {
    "beside the envelope": {"more": "@"},
    "an extension": {"extension": {"org.example.more": "@"}},
    "the whole prefetch": {"prefetch": "@"},
    "a prefetch value": {"prefetch": {"conditions": "@"}},
    "a key nobody asked for": {"prefetch": prefetch(more="@")},
    "an element of a deciding resource": {
        "prefetch": {
            "conditions": {
                "resourceType": "Bundle",
                "entry": [{"resource": mesothelioma(note="@")}],
            },
            "observations": {"resourceType": "Bundle", "entry": [{"resource": fusion(status="@")}]},
        }
    },
    "the patient's id": {"context": {"patientId": "@", "userId": "Practitioner/1"}},
}


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def caller(desk: Desk, events: Events) -> FlaskClient:
    return app_of(replace(desk, fetch=fetch_nothing), events, noon).test_client()


def posted(caller: FlaskClient, body: bytes) -> int:
    """The status; a refusal is an outcome that holds nothing of the body."""
    response = caller.post(SERVICE, data=body, content_type="application/json")
    if response.status_code != 200:
        outcome_of(response, response.status_code)
    return response.status_code


def embedded(place: str, text: bytes) -> bytes:
    body = json.dumps(chart_opening() | PLACES[place])
    head, *rest = body.encode().split(b'"@"')
    assert rest
    return text.join([head, *rest])


def no_failure_inside(events: Events) -> None:
    """A failure after a fact was known is a card with 200: it must not pass for an answer."""
    failed = [event for event in events.kept if event.status >= 500]
    failed += [event for event in events.kept if "internal-error" in [c.why for c in event.causes]]
    assert failed == []
    assert events.kept


def test_every_case_alone_is_no_request_and_is_refused(caller: FlaskClient, events: Events) -> None:
    told = {(kind, text[:40]): posted(caller, text) for _, kind, text in cases()}
    assert {case: status for case, status in told.items() if status != 400} == {}
    no_failure_inside(events)


@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_json_is_refused_wherever_it_stands(
    caller: FlaskClient, events: Events, place: str
) -> None:
    texts = [text for verdict, _, text in cases() if verdict == NO]
    told = {text[:40]: posted(caller, embedded(place, text)) for text in texts}
    assert {text: status for text, status in told.items() if status != 400} == {}
    no_failure_inside(events)


@pytest.mark.parametrize("place", PLACES)
def test_what_is_json_or_may_be_is_answered_or_refused_wherever_it_stands(
    caller: FlaskClient, events: Events, place: str
) -> None:
    texts = [text for verdict, _, text in cases() if verdict != NO]
    told = {text[:40]: posted(caller, embedded(place, text)) for text in texts}
    assert set(told.values()) <= {200, 400, 412}
    no_failure_inside(events)


def test_json_where_anything_may_stand_is_answered(caller: FlaskClient) -> None:
    texts = [text for verdict, _, text in cases() if verdict == YES]
    for place in ("beside the envelope", "a key nobody asked for"):
        told = {text[:40]: posted(caller, embedded(place, text)) for text in texts}
        assert {text: status for text, status in told.items() if status != 200} == {}


def test_every_class_has_its_cases() -> None:
    assert len(cases()) > 300
    assert min(map(len, [*ACCEPTED.values(), *REFUSED.values()])) >= 3
    assert set(EITHER) == {"numbers", "strings", "encodings", "structure"}
    texts = [text for _, _, text in cases()]
    assert len(texts) == len(set(texts))
