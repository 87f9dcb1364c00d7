"""Where a FHIR client will be joined: what it is asked, and what becomes of its answers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

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
from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of
from cds_service.fhir_client import FhirClient, Server
from cds_service.knowledge import Knowledge
from tests.doors.bodies import (
    PATIENT,
    SERVICE,
    SUBJECT,
    bundle,
    chart_opening,
    fusion,
    mesothelioma,
)
from tests.doors.conftest import Events, client_of, noon, outcome_of, texts
from tests.faults.record import TOKEN, honest
from tests.faults.server import Asked, Listener, Wire

SERVER = "http://127.0.0.1:8081/r4"  # in open development only this machine's servers are read
SECOND = (Received(fusion(id="b")),)


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


class Slow(Fetched):
    """Takes a while for every round; notes which server was asked for what, in how many seconds."""

    def __init__(self, seconds: float, **answers: DataState) -> None:
        super().__init__(**answers)
        self.takes = seconds
        self.rounds: list[tuple[list[str], float, bool]] = []

    def __call__(self, server: Server, wanted: Any, seconds: float) -> dict[DataKey, DataState]:
        self.rounds.append((list(wanted.values()), seconds, server.answered))
        time.sleep(self.takes)
        return super().__call__(server, wanted, seconds)


def with_a_drug_by_reference(*gone: str) -> dict[str, Any]:
    order: dict[str, Any] = {"resourceType": "MedicationRequest", "id": "m", "subject": SUBJECT}
    order |= {"status": "active", "intent": "order"}
    order |= {"medicationReference": {"reference": "Medication/a"}}
    body = chart_opening(medicationRequests=[order]) | {"fhirServer": SERVER}
    for key in gone:
        del body["prefetch"][key]
    return body


def test_references_are_read_after_the_queries_in_what_is_left_of_the_budget(desk: Desk) -> None:
    slow = Slow(0.3, conditions=Complete())
    client_of(desk, fetch=slow).post(SERVICE, json=with_a_drug_by_reference("conditions"))
    (queries, whole, first), (reads, left, later) = slow.rounds
    assert queries == [f"Condition?patient={PATIENT}&_count=500"]
    assert reads == ["Medication/a"]
    assert whole == desk.settings.fetch_budget >= left + 0.3
    assert (first, later) == (False, True)  # one that has answered is slow, not down


def test_where_the_prefetch_is_complete_references_have_the_whole_budget(desk: Desk) -> None:
    slow = Slow(0)
    client_of(desk, fetch=slow).post(SERVICE, json=with_a_drug_by_reference())
    ((reads, left, answered),) = slow.rounds
    assert reads == ["Medication/a"]
    assert 0.5 * desk.settings.fetch_budget < left <= desk.settings.fetch_budget
    assert not answered


def test_a_budget_that_the_queries_used_up_leaves_references_unread(desk: Desk) -> None:
    slow = Slow(0.3)
    short = replace(desk.settings, fetch_budget=0.35)
    body = with_a_drug_by_reference("conditions")
    client_of(desk, fetch=slow, settings=short).post(SERVICE, json=body)
    assert len(slow.rounds) == 1


@pytest.mark.timeout(60)
def test_slow_queries_and_a_reference_that_hangs_together_keep_the_limit(desk: Desk) -> None:
    def behave(wire: Wire, asked: Asked) -> bool:
        time.sleep(1)
        if "Medication" in asked.segments:
            wire.hang()
        return honest(wire, asked)

    listener = Listener(behave).start()
    body = with_a_drug_by_reference("conditions") | {
        "fhirServer": f"http://127.0.0.1:{listener.port}/r4",
        "fhirAuthorization": {"access_token": TOKEN},
    }
    started = time.monotonic()
    response = client_of(desk, fetch=FhirClient().fetch).post(SERVICE, json=body)
    took = time.monotonic() - started
    listener.stop()
    assert response.status_code == 200
    assert [asked.segments[1] for asked in listener.seen] == ["Condition", "Medication"]
    assert took < 2.5


def test_how_each_read_ended_is_in_the_event(desk: Desk) -> None:
    kept = Events()
    app = app_of(replace(desk, fetch=Fetched(conditions=Complete())), kept, noon)
    app.test_client().post(SERVICE, json=with_a_drug_by_reference("conditions"))
    assert kept.kept[0].fetches == ("complete", GapWhy.NOT_FETCHED)


@pytest.mark.parametrize("server", ["https://ehr.example/r4", "http://127.0.0.1:99999/"])
def test_no_reference_is_read_from_a_server_that_is_not_registered(desk: Desk, server: str) -> None:
    fetched = Fetched()
    body = with_a_drug_by_reference() | {"fhirServer": server}
    client_of(desk, fetch=fetched).post(SERVICE, json=body)
    assert fetched.server is None


def test_this_version_says_of_every_key_that_it_was_not_fetched(client: FlaskClient) -> None:
    body = chart_opening() | {"prefetch": None, "fhirServer": SERVER}
    told = outcome_of(client.post(SERVICE, json=body), 412)
    assert f"{DataKey.CONDITIONS}: {GapWhy.NOT_FETCHED}" in texts(told)
