"""A card that its user put away with a reason stays away until there is something new to say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.cards import Names
from cds_service.domain import Assessment
from cds_service.doors.answer import Desk
from tests.doors.bodies import (
    SERVICE,
    arrival,
    bundle,
    chart_opening,
    coded,
    fusion,
    mesothelioma,
)
from tests.doors.conftest import client_of
from tests.feedback.bodies import FEEDBACK, accepted, feedback, overridden, reason
from tests.feedback.conftest import House

BOTH: dict[str, Any] = {"conditions": [mesothelioma()], "observations": [fusion()]}
EARLIER, LATER = "2026-11-22T09:15:30.124Z", "2026-11-22T09:15:31Z"


@pytest.fixture
def door(house: House) -> FlaskClient:
    return house.door(hold_back=True)


def cards(door: FlaskClient, user: str = "Practitioner/a", **values: Any) -> list[dict[str, Any]]:
    body = chart_opening(**(values or BOTH))
    body["context"]["userId"] = user
    found: list[dict[str, Any]] = door.post(SERVICE, json=body).get_json()["cards"]
    return found


def put_away(door: FlaskClient, card: dict[str, Any], **more: Any) -> None:
    told(door, overridden(card["uuid"], **(more or reason())))


def told(door: FlaskClient, *items: dict[str, Any]) -> None:
    assert door.post(FEEDBACK, json=feedback(*items)).status_code == 200


def test_a_card_that_was_put_away_with_a_reason_is_not_shown_again(
    door: FlaskClient, house: House
) -> None:
    (card,) = cards(door)
    put_away(door, card)
    assert cards(door) == []
    first, second = house.records()
    assert (first["card_uuid"], first["held_back"]) == (card["uuid"], False)
    assert (second["card_uuid"], second["held_back"]) == (card["uuid"], True)
    assert json.loads(second["record"])["heldBack"] is True
    events = [json.loads(row["event"])["held_back"] for row in house.events()]
    assert sorted(events) == [[], [], ["trk-inhibitor-option"]]


def test_a_site_that_did_not_ask_for_it_sees_every_card(house: House) -> None:
    door = house.door()
    (card,) = cards(door)
    put_away(door, card)
    assert cards(door) == [card]


@pytest.mark.parametrize(
    "answers",
    [
        [{}],
        [{"overrideReason": {"userComment": "later"}}],
        [{"overrideReason": {"reason": {"code": "a"}}, "outcomeTimestamp": EARLIER}, "accepted"],
        [reason(), "accepted at the same moment"],
        [reason(), "accepted later"],
    ],
)
def test_a_card_stays_where_no_reason_was_given_or_it_was_accepted_since(
    door: FlaskClient, answers: list[Any]
) -> None:
    (card,) = cards(door)
    times = {"accepted later": {"outcomeTimestamp": LATER}}
    for given in answers:
        if isinstance(given, str):
            told(door, accepted(card["uuid"], **times.get(given, {})))
        else:
            told(door, overridden(card["uuid"], **given))
    assert cards(door) == [card]


def test_a_card_that_was_accepted_first_and_then_put_away_is_gone(door: FlaskClient) -> None:
    (card,) = cards(door)
    told(
        door, accepted(card["uuid"], outcomeTimestamp=EARLIER), overridden(card["uuid"], **reason())
    )
    assert cards(door) == []


def test_what_was_put_away_again_after_it_was_accepted_is_gone(door: FlaskClient) -> None:
    (card,) = cards(door)
    put_away(door, card)
    told(door, accepted(card["uuid"], outcomeTimestamp=LATER))
    assert cards(door) == [card]
    put_away(door, card, outcomeTimestamp="2026-11-22T09:15:32Z", **reason())
    assert cards(door) == []


def test_somebody_else_sees_the_card(door: FlaskClient) -> None:
    (card,) = cards(door)
    put_away(door, card)
    (other,) = cards(door, "Practitioner/b")
    assert other["uuid"] != card["uuid"]


def test_a_call_without_a_user_holds_nothing_back(door: FlaskClient) -> None:
    body = arrival(fusion(), **BOTH)
    (card,) = door.post(SERVICE, json=body).get_json()["cards"]
    put_away(door, card)
    assert door.post(SERVICE, json=body).get_json()["cards"] == [card]


def test_a_result_that_changes_brings_the_card_back(door: FlaskClient) -> None:
    (card,) = cards(door)
    put_away(door, card)
    amended = fusion(status="amended", issued="2026-11-21T10:00:00Z")
    (again,) = cards(door, conditions=[mesothelioma()], observations=[amended])
    assert again["uuid"] != card["uuid"]


def test_what_another_site_put_away_is_shown_here(house: House, door: FlaskClient) -> None:
    (card,) = cards(door)
    house.store.feedback("trust-b", "ntrk-mesothelioma", [overridden(card["uuid"], **reason())])
    assert cards(door) == [card]


def test_a_fusion_that_could_not_be_followed_up_is_told_every_time(door: FlaskClient) -> None:
    unreadable: dict[str, Any] = {"observations": [fusion()], "conditions": "<html>"}
    (card,) = cards(door, **unreadable)
    assert card["source"]["topic"]["code"] == "could-not-check"
    put_away(door, card)
    assert cards(door, **unreadable) == [card]


def test_could_not_check_without_a_fusion_may_be_put_away(door: FlaskClient) -> None:
    unreadable: dict[str, Any] = {"conditions": [mesothelioma()], "observations": "<html>"}
    (card,) = cards(door, **unreadable)
    assert card["source"]["topic"]["code"] == "could-not-check"
    put_away(door, card)
    assert cards(door, **unreadable) == []


def test_staining_alone_counts_as_a_fusion_found(door: FlaskClient) -> None:
    stained = fusion(
        code={"text": "Pan-TRK immunohistochemistry"},
        component=[],
        valueCodeableConcept=coded("http://loinc.org", "LA6576-8", "Positive"),
        category=[],
    )
    unreadable: dict[str, Any] = {"observations": [stained], "conditions": {**bundle(), "total": 5}}
    (card,) = cards(door, **unreadable)
    assert card["extension"]["org.example.decision"]["states"]["fusion"] == "screening"
    put_away(door, card)
    assert cards(door, **unreadable) == [card]


class Broken:
    """Writes no card: the writer's replacement is all there is."""

    def __init__(self, desk: Desk) -> None:
        self.replacement = desk.cards.replacement
        self.failures = desk.cards.failures

    def card(
        self,
        assessment: Assessment,
        names: Names,
        patient_id: str,
        *,
        unavailable_as_card: bool = False,
    ) -> dict[str, Any] | None:
        return self.replacement(assessment, names)


def test_who_put_away_the_replacement_of_a_card_has_not_put_away_the_card(
    house: House, door: FlaskClient
) -> None:
    rearranged: dict[str, Any] = {
        "conditions": [mesothelioma()],
        "diagnosticReports": [_rearrangement()],
    }
    desk = replace(house.desk, cards=Broken(house.desk))
    broken = House(desk, house.store).door(hold_back=True)
    (replaced,) = cards(broken, **rearranged)
    put_away(broken, replaced)
    (card,) = cards(door, **rearranged)
    assert card["uuid"] != replaced["uuid"]
    assert cards(broken, **rearranged) == [replaced]  # a fusion was found


def _rearrangement() -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "id": "synthetic-report",
        "status": "final",
        "subject": {"reference": "Patient/synthetic-1"},
        "code": {"text": "Solid tumour gene panel"},
        "conclusion": "The panel has revealed an NTRK rearrangement.",
    }


def test_with_the_store_away_every_card_is_shown(house: House, door: FlaskClient) -> None:
    (card,) = cards(door)
    put_away(door, card)
    with house.store.engines.durable.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE feedback RENAME TO elsewhere")
    assert cards(door) == [card]


def test_a_service_without_a_store_shows_every_card(desk: Desk) -> None:
    door = client_of(desk, settings=replace(desk.settings, hold_back=True))
    (card,) = cards(door)
    assert cards(door) == [card]
