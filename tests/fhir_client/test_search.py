"""Requests of one query: how they are made, and what state the answers are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from cds_service.clients import Base
from cds_service.domain import Complete, DataState, GapWhy, Missing, Partial, Received
from cds_service.fhir_client.paging import MOST_ENTRIES, MOST_PAGES
from cds_service.fhir_client.query import Query
from cds_service.fhir_client.search import gather
from cds_service.fhir_client.transport import Document, Form, Trouble
from tests.doors.bodies import bundle, fusion

BASE = Base.parse("https://ehr.example.org/r4")
SEARCH = Query.parse("Observation?patient=1&code=http://loinc.org|69548-6")
READ = Query.parse("Patient/1")
HERE = "https://ehr.example.org/r4/Observation"
PATIENT = {"resourceType": "Patient", "id": "1"}


class Told:
    """Answers in turn; keeps what was asked."""

    def __init__(self, *answers: Any) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, Form | None]] = []
        self.headers: list[Mapping[str, str]] = []

    def __call__(
        self, address: str, headers: Mapping[str, str], form: Form | None = None
    ) -> Document:
        self.asked.append((address, form))
        self.headers.append(headers)
        answer = self._answers.pop(0)
        if isinstance(answer, Trouble):
            raise answer
        if isinstance(answer, int):
            return Document(answer, {}, b"")
        return Document(200, {}, json.dumps(answer).encode())


def found(*answers: Any, query: Query = SEARCH) -> DataState:
    return gather(Told(*answers), BASE, "t0ken", query).state


def page(*resources: Any, url: Any = "", **changes: Any) -> dict[str, Any]:
    links = {"link": [{"relation": "next", "url": url}]} if url else {}
    return bundle(*resources) | links | changes


def test_a_search_is_a_post_of_a_form_with_the_token() -> None:
    told = Told(bundle(fusion()))
    assert gather(told, BASE, "t0ken", SEARCH).state == Complete((Received(fusion()),))
    assert told.asked == [(f"{HERE}/_search", SEARCH.params)]
    assert told.headers == [{"Accept": "application/fhir+json", "Authorization": "Bearer t0ken"}]


@pytest.mark.parametrize("status", [404, 405])
def test_where_post_does_not_exist_the_same_search_is_a_get(status: int) -> None:
    told = Told(status, bundle(fusion()))
    assert isinstance(gather(told, BASE, "t0ken", SEARCH).state, Complete)
    encoded = "patient=1&code=http%3A%2F%2Floinc.org%7C69548-6"
    assert told.asked[1] == (f"{HERE}?{encoded}", None)


def test_a_read_is_a_get() -> None:
    told = Told(PATIENT)
    assert gather(told, BASE, "t0ken", READ).state == Complete((Received(PATIENT),))
    assert told.asked == [("https://ehr.example.org/r4/Patient/1", None)]


def test_without_a_token_no_authorization_is_sent() -> None:
    told = Told(PATIENT)
    gather(told, BASE, "", READ)
    assert told.headers == [{"Accept": "application/fhir+json"}]


@pytest.mark.parametrize(
    ("status", "why", "down"),
    [
        (204, GapWhy.ANSWER_UNREADABLE, False),
        (302, GapWhy.OUTCOME, False),
        (400, GapWhy.OUTCOME, False),
        (401, GapWhy.REFUSED, False),
        (403, GapWhy.REFUSED, False),
        (410, GapWhy.OUTCOME, False),
        (429, GapWhy.OUTCOME, True),
        (500, GapWhy.OUTCOME, True),
        (503, GapWhy.OUTCOME, True),
    ],
)
def test_a_status_is_a_gap_with_its_name(status: int, why: GapWhy, down: bool) -> None:
    gathered = gather(Told(status), BASE, "t0ken", SEARCH)
    assert (gathered.state, gathered.down) == (Missing(why), down)


def test_trouble_on_the_way_is_the_gap_that_it_names() -> None:
    gathered = gather(Told(Trouble(GapWhy.TOO_SLOW, down=True)), BASE, "t0ken", SEARCH)
    assert (gathered.state, gathered.down) == (Missing(GapWhy.TOO_SLOW), True)


@pytest.mark.parametrize(
    ("answer", "query", "why"),
    [
        (None, SEARCH, GapWhy.NOT_A_RESOURCE),
        ([], SEARCH, GapWhy.NOT_A_RESOURCE),
        ({}, SEARCH, GapWhy.NOT_A_RESOURCE),
        ({"resourceType": 5}, SEARCH, GapWhy.NOT_A_RESOURCE),
        (PATIENT, SEARCH, GapWhy.NOT_A_RESOURCE),
        ({"resourceType": "OperationOutcome"}, SEARCH, GapWhy.OUTCOME),
        ({"resourceType": "OperationOutcome"}, READ, GapWhy.OUTCOME),
        (bundle(), READ, GapWhy.NOT_A_RESOURCE),
        (bundle() | {"entry": {}}, SEARCH, GapWhy.NOT_A_RESOURCE),
        (bundle() | {"entry": 5, "type": "collection"}, SEARCH, GapWhy.NOT_A_RESOURCE),
    ],
)
def test_an_answer_to_another_question_is_a_gap(answer: Any, query: Query, why: GapWhy) -> None:
    assert found(answer, query=query) == Missing(why)


def test_a_bundle_that_answers_no_search_is_never_the_whole_answer() -> None:
    state = found(bundle(fusion()) | {"type": "collection"})
    assert state == Partial((Received(fusion()),), GapWhy.NOT_A_RESOURCE)


@pytest.mark.parametrize(
    "url", [f"{HERE}?page=2", "https://ehr.example.org/r4?page=2", "Observation?page=2"]
)
def test_the_next_page_of_the_same_server_is_read_with_the_token(url: str) -> None:
    told = Told(page(fusion(id="a"), url=url, total=2), page(fusion(id="b"), total=2))
    state = gather(told, BASE, "t0ken", SEARCH).state
    assert state == Complete((Received(fusion(id="a")), Received(fusion(id="b"))))
    assert told.headers[1]["Authorization"] == "Bearer t0ken"


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example.org/r4?page=2",
        "https://ehr.example.org.evil.example/r4?page=2",
        "https://ehr.example.org@evil.example/r4?page=2",
        "https://evil.example\\@ehr.example.org/r4?page=2",
        "http://ehr.example.org/r4?page=2",
        "https://ehr.example.org:8443/r4?page=2",
        "https://ehr.example.org/r4-other?page=2",
        "https://ehr.example.org/r4/../other?page=2",
        "https://ehr.example.org/r4/%2e%2e/other?page=2",
        "https://ehr.example.org/?page=2",
        "//evil.example/r4?page=2",
        "/other?page=2",
        "file:///r4",
        "https://ehr.example.org/r4#page=2",
        "https://ehr.example.org/r4?a=b\r\nX: y",
        "https://[::1",
        5,
        None,
    ],
)
def test_a_next_page_elsewhere_is_not_asked_for(url: Any) -> None:
    first = page(fusion()) | {"link": [{"relation": "next", "url": url}]}
    told = Told(first)
    state = gather(told, BASE, "t0ken", SEARCH).state
    assert state == Partial((Received(fusion()),), GapWhy.NEXT_PAGE)
    assert len(told.asked) == 1


def test_two_next_pages_are_one_too_many() -> None:
    first = page(fusion()) | {
        "link": [{"relation": "next", "url": f"{HERE}?page={n}"} for n in "23"]
    }
    assert found(first) == Partial((Received(fusion()),), GapWhy.NEXT_PAGE)


def test_a_page_that_was_seen_is_not_read_again() -> None:
    told = Told(*[page(fusion(), url=f"{HERE}?page=2")] * 3)
    state = gather(told, BASE, "t0ken", SEARCH).state
    assert isinstance(state, Partial)
    assert state.why is GapWhy.NEXT_PAGE
    assert len(told.asked) == 2


def test_after_twenty_pages_the_rest_is_a_gap() -> None:
    told = Told(*[page(url=f"{HERE}?page={n}") for n in range(MOST_PAGES + 5)])
    assert gather(told, BASE, "t0ken", SEARCH).state == Partial((), GapWhy.NEXT_PAGE)
    assert len(told.asked) == MOST_PAGES


def test_pages_that_hold_too_many_entries_end_there() -> None:
    many = page(url=f"{HERE}?page=2") | {"entry": [{}] * MOST_ENTRIES}
    told = Told(many, page())
    assert isinstance(gather(told, BASE, "t0ken", SEARCH).state, Partial)
    assert len(told.asked) == 1


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (500, GapWhy.OUTCOME),
        (401, GapWhy.REFUSED),
        (Trouble(GapWhy.TOO_SLOW), GapWhy.TOO_SLOW),
        ({"resourceType": "OperationOutcome"}, GapWhy.OUTCOME),
        (PATIENT, GapWhy.NOT_A_RESOURCE),
        (bundle() | {"entry": {}}, GapWhy.NOT_A_RESOURCE),
    ],
)
def test_what_came_before_a_bad_page_is_kept_with_the_reason(second: Any, why: GapWhy) -> None:
    state = found(page(fusion(), url=f"{HERE}?page=2"), second)
    assert state == Partial((Received(fusion()),), why)


def test_a_total_over_what_all_pages_hold_is_a_gap() -> None:
    state = found(page(fusion(), url=f"{HERE}?page=2", total=9), page(total=9))
    assert state == Partial((Received(fusion()),), GapWhy.FEWER_THAN_TOTAL)


def test_a_key_that_stands_twice_on_a_later_page_makes_the_answer_partial() -> None:
    class Raw(Told):
        def __call__(self, *args: Any, **kwargs: Any) -> Document:
            if self.asked:
                twice = b'{"resourceType":"Bundle","type":"searchset","entry":[],"entry":[]}'
                return Document(200, {}, twice)
            return super().__call__(*args, **kwargs)

    told = Raw(page(fusion(), url=f"{HERE}?page=2"))
    state = gather(told, BASE, "t0ken", SEARCH).state
    assert state == Partial((Received(fusion()),), GapWhy.NOT_A_RESOURCE)
