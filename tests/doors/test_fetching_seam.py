"""Where a FHIR client will be joined: what it is asked, and what becomes of its answers."""

from __future__ import annotations

from collections.abc import Sequence
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
from cds_service.fhir_client import Server
from cds_service.knowledge import Knowledge
from tests.doors.bodies import PATIENT, SERVICE, bundle, chart_opening, fusion, mesothelioma
from tests.doors.conftest import client_of, outcome_of, texts

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


def test_this_version_says_of_every_key_that_it_was_not_fetched(client: FlaskClient) -> None:
    body = chart_opening() | {"prefetch": None, "fhirServer": SERVER}
    told = outcome_of(client.post(SERVICE, json=body), 412)
    assert f"{DataKey.CONDITIONS}: {GapWhy.NOT_FETCHED}" in texts(told)
