"""What is taken as feedback, and what is refused, by the position and field of what is wrong."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.doors.answer import Desk
from cds_service.errors import Unavailable
from tests.doors.conftest import client_of, outcome_of, texts
from tests.feedback.bodies import (
    CARD,
    FEEDBACK,
    MOMENT,
    accepted,
    feedback,
    overridden,
    reason,
)
from tests.feedback.cases import LEFT_OUT, REFUSED, TAKEN, TIMES, VALUE
from tests.feedback.conftest import Answers


@pytest.mark.parametrize("name", TAKEN)
def test_what_a_client_may_send_is_kept_as_it_came(
    client: FlaskClient, answers: Answers, name: str
) -> None:
    response = client.post(FEEDBACK, json=feedback(TAKEN[name]))
    assert (response.status_code, response.get_json()) == (200, {})
    assert answers.answers == [("local", "ntrk-mesothelioma", TAKEN[name])]


def test_all_of_it_may_come_at_once(client: FlaskClient, answers: Answers) -> None:
    assert client.post(FEEDBACK, json=feedback(*TAKEN.values())).status_code == 200
    assert [item for _, _, item in answers.answers] == list(TAKEN.values())


def test_no_items_are_nothing_to_keep(client: FlaskClient, answers: Answers) -> None:
    assert client.post(FEEDBACK, json=feedback()).status_code == 200
    assert answers.answers == []


def test_what_stands_beside_the_items_is_left_alone(client: FlaskClient) -> None:
    body = feedback(accepted()) | {"extension": {"org.example.more": {}}, "else": None}
    assert client.post(FEEDBACK, json=body).status_code == 200


def sent(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if value is not LEFT_OUT}


@pytest.mark.parametrize("name", REFUSED)
def test_an_item_that_cannot_be_read_refuses_all_and_is_named_without_its_value(
    client: FlaskClient, answers: Answers, name: str
) -> None:
    item, problem = REFUSED[name]
    response = client.post(FEEDBACK, json=feedback(accepted(), sent(item), overridden()))
    body = outcome_of(response, 400)
    assert f"feedback[1]{problem}" in texts(body)[0]
    assert VALUE not in response.get_data(as_text=True)
    assert answers.answers == []


@pytest.mark.parametrize("moment", TIMES)
def test_a_time_without_an_offset_or_that_never_was_is_refused(
    client: FlaskClient, answers: Answers, moment: str
) -> None:
    response = client.post(FEEDBACK, json=feedback(overridden(outcomeTimestamp=moment)))
    (text,) = texts(outcome_of(response, 400))
    assert text.startswith("feedback[0].outcomeTimestamp: expected ")
    assert answers.answers == []


@pytest.mark.parametrize("item", [None, "text", 7, [], [[]]])
def test_an_item_that_is_no_object_is_refused(client: FlaskClient, item: object) -> None:
    response = client.post(FEEDBACK, json=feedback(overridden(), item))
    assert texts(outcome_of(response, 400)) == ["feedback[1]: expected a JSON object."]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, "feedback: missing."),
        ({"feedback": None}, "feedback: expected an array."),
        ({"feedback": {"card": CARD}}, "feedback: expected an array."),
        ([overridden()], "The body: expected a JSON object."),
        (overridden(), "feedback: missing."),
        ("text", "The body: expected a JSON object."),
        (None, "The body: expected a JSON object."),
    ],
)
def test_a_body_without_a_list_is_refused(client: FlaskClient, body: object, problem: str) -> None:
    response = client.post(FEEDBACK, data=json.dumps(body), content_type="application/json")
    assert texts(outcome_of(response, 400)) == [problem]


def test_everything_that_is_wrong_is_told_up_to_a_limit(client: FlaskClient) -> None:
    response = client.post(FEEDBACK, json=feedback({"outcome": "x"}, *[{}] * 50))
    (text,) = texts(outcome_of(response, 400))
    problems = text.rstrip(".").split("; ")
    assert len(problems) == 10
    assert {"feedback[0].card: missing", "feedback[0].outcomeTimestamp: missing"} <= {*problems}


def test_a_thousand_items_are_taken_and_one_more_is_not(
    client: FlaskClient, answers: Answers
) -> None:
    many = [overridden(f"card-{number}") for number in range(1001)]
    response = client.post(FEEDBACK, json=feedback(*many))
    assert texts(outcome_of(response, 400)) == ["feedback: expected at most 1000."]
    assert client.post(FEEDBACK, json=feedback(*many[1:])).status_code == 200
    assert len(answers.answers) == 1000


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"feedback": [], "feedback": []}', "The body: a key stands in it twice."),
        (
            '{"feedback": [{"card": "a", "card": "b", %s}]}',
            "feedback[0]: a key stands in it twice.",
        ),
        (
            '{"feedback": [{"card": "a", %s, "else": [{"b": {"c": 1, "c": 2}}]}]}',
            "feedback[0]: a key stands in it twice.",
        ),
    ],
)
def test_a_key_that_stands_twice_is_refused(client: FlaskClient, text: str, problem: str) -> None:
    rest = f'"outcome": "overridden", "outcomeTimestamp": "{MOMENT}"'
    data = text.replace("%s", rest)
    response = client.post(FEEDBACK, data=data, content_type="application/json")
    assert texts(outcome_of(response, 400)) == [problem]


def test_the_rules_for_bodies_are_those_of_the_service(desk: Desk, client: FlaskClient) -> None:
    whole = json.dumps(feedback(overridden())).encode()
    wrong = client.post(FEEDBACK, data=whole, content_type="text/plain")
    assert outcome_of(wrong, 415)
    packed = client.post(FEEDBACK, json={}, headers={"Content-Encoding": "gzip"})
    assert outcome_of(packed, 415)
    broken = client.post(FEEDBACK, data=whole[:-2], content_type="application/json")
    assert "not JSON" in texts(outcome_of(broken, 400))[0]
    small = client_of(desk, settings=replace(desk.settings, max_body=len(whole) - 1))
    assert outcome_of(small.post(FEEDBACK, data=whole, content_type="application/json"), 413)
    assert outcome_of(client.get(FEEDBACK), 405)


@pytest.mark.parametrize("service", ["other", "ntrk-mesothelioma%20", "NTRK-mesothelioma"])
def test_a_service_that_is_not_there_has_no_feedback(client: FlaskClient, service: str) -> None:
    path = f"/cds-services/{service}/feedback"
    assert outcome_of(client.post(path, json=feedback(overridden())), 404)


def test_the_event_of_a_call_has_counts_and_nothing_else_of_it(
    client: FlaskClient, answers: Answers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    items = accepted(), overridden(), overridden("b", **reason("our-own", VALUE))
    client.post(FEEDBACK, json=feedback(*items))
    client.post(FEEDBACK, json=feedback(*items, {"card": VALUE}))
    first, second = answers.kept
    assert (first.route, first.status) == (FEEDBACK, 200)
    assert (first.accepted, first.overridden) == (1, 2)
    assert (second.status, second.accepted, second.overridden) == (400, 0, 0)
    told = f"{first} {second} {caplog.text} {[vars(record) for record in caplog.records]}"
    for text in (VALUE, CARD, "our-own", MOMENT):
        assert text not in told


class Away(Answers):
    """A store that cannot be reached."""

    def feedback(self, site: str, service: str, items: Any) -> None:
        raise Unavailable("The store is away.", 5)


@pytest.mark.parametrize("answers", [Away()])
def test_what_cannot_be_made_durable_is_not_acknowledged(
    client: FlaskClient, answers: Away
) -> None:
    response = client.post(FEEDBACK, json=feedback(accepted()))
    assert outcome_of(response, 503)["issue"][0]["code"] == "transient"
    assert response.headers["Retry-After"] == "5"
    assert (answers.kept[-1].status, answers.kept[-1].accepted) == (503, 0)
    assert outcome_of(client.post(FEEDBACK, json=feedback({})), 400)  # it would never be taken
    assert client.post(FEEDBACK, json=feedback()).status_code == 200  # there is nothing to keep


def test_a_service_without_a_store_takes_no_feedback(desk: Desk) -> None:
    response = client_of(desk).post(FEEDBACK, json=feedback(accepted()))
    assert outcome_of(response, 503)
    assert int(response.headers["Retry-After"]) > 0
