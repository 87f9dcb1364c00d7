"""Feedback: what a client reports of a card, whoever it is and however often it does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.clients import Registry
from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of
from cds_service.settings import Mode
from tests.conformance.shapes import Card
from tests.doors.bodies import SERVICE
from tests.doors.conftest import Events, noon
from tests.security.conftest import KeySet, trust
from tests.security.makers import PUBLIC, bearer, ec_key, public, token

ADDRESS = f"{SERVICE}/feedback"
MOMENT = "2026-11-22T10:41:12.345Z"
REASONS = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
# Letter by letter, as the code system of CDS Hooks 3.0 has them.
HL7 = {
    "patient-ineligible": "Patient does not meet eligibility for recommended action",
    "action-completed": "Recommended action was already completed",
    "need-more-info": (
        "Could not address recommended action due to need for more information"
        "/pending results/pending consult"
    ),
    "patient-contraindication": "Patient has contraindication to recommended action",
    "policy-contradicts": "Institutional policy/guideline contradicts the recommended action",
    "prefers-alternative": "Patient prefers an alternative approach or treatment",
    "patient-refuses": "Patient refuses/declines (no context given)*",
}


@dataclass
class Told(Events):
    """Remembers feedback."""

    items: list[Mapping[str, Any]] = field(default_factory=list)

    def feedback(self, site: str, service: str, items: Sequence[Mapping[str, Any]]) -> None:
        self.items += [{"site": site, **item} for item in items]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def here(desk: Desk, told: Told) -> FlaskClient:
    return app_of(desk, told, noon).test_client()


def accepted(card: Card) -> dict[str, Any]:
    """As the Sandbox tells it."""
    taken = [{"id": card["suggestions"][0]["uuid"]}]
    return {
        "card": card["uuid"],
        "outcome": "accepted",
        "acceptedSuggestions": taken,
        "outcomeTimestamp": MOMENT,
    }


def overridden(card: Card, **why: Any) -> dict[str, Any]:
    told = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": MOMENT}
    return told | ({"overrideReason": why} if why else {})


@pytest.fixture
def card(card_of: dict[str, Card]) -> Card:
    return card_of["trk-inhibitor-option"]


def post(door: FlaskClient, *items: Any, headers: Any = None) -> int:
    return door.post(ADDRESS, json={"feedback": list(items)}, headers=headers).status_code


def test_checklist_41_every_card_offers_reasons_with_code_system_and_display(
    cards: list[Card],
) -> None:
    for card in cards:
        offered = card["overrideReasons"]
        assert {each["code"]: each["display"] for each in offered} == HL7
        assert {each["system"] for each in offered} == {REASONS}
        assert all(set(each) == {"code", "system", "display"} for each in offered)


def test_checklist_47_both_outcomes_are_taken(here: FlaskClient, told: Told, card: Card) -> None:
    reason = {key: card["overrideReasons"][0][key] for key in ("code", "system", "display")}
    items = accepted(card), overridden(card, reason=reason, userComment="Seen elsewhere.")
    assert post(here, *items) == 200
    assert told.items == [{"site": "local", **item} for item in items]


@pytest.mark.parametrize("missing", ["card", "outcome", "outcomeTimestamp", "acceptedSuggestions"])
def test_checklist_47_what_is_required_has_to_be_there(
    here: FlaskClient, told: Told, card: Card, missing: str
) -> None:
    item = {name: value for name, value in accepted(card).items() if name != missing}
    assert post(here, item) == 400
    assert told.items == []


@pytest.mark.parametrize("outcome", ["ignored", "ACCEPTED", "", None])
def test_checklist_47_there_are_two_outcomes(
    here: FlaskClient, card: Card, outcome: object
) -> None:
    assert post(here, accepted(card) | {"outcome": outcome}) == 400


def test_checklist_47_a_reason_a_comment_or_both(here: FlaskClient, card: Card) -> None:
    reason = {"code": "patient-refuses", "system": REASONS}
    for why in ({"reason": reason}, {"userComment": "a"}, {"reason": reason, "userComment": "a"}):
        assert post(here, overridden(card, **why)) == 200
    assert post(here, overridden(card) | {"overrideReason": {}}) == 400


@pytest.mark.parametrize("moment", ["2026-11-22", "2026-11-22T10:41:12", "yesterday", 7])
def test_checklist_47_the_time_is_one_of_rfc_3339(
    here: FlaskClient, card: Card, moment: object
) -> None:
    assert post(here, overridden(card)) == 200
    assert post(here, overridden(card) | {"outcomeTimestamp": moment}) == 400


def test_checklist_47_the_body_is_an_object_with_an_array(here: FlaskClient, card: Card) -> None:
    for body in ([overridden(card)], overridden(card), {"feedback": overridden(card)}, {}):
        assert here.post(ADDRESS, json=body).status_code == 400
    assert post(here) == 200


def test_checklist_48_several_cards_and_several_answers_to_one_are_legal(
    here: FlaskClient, told: Told, cards: list[Card], card: Card
) -> None:
    items = [*map(overridden, cards), accepted(card), accepted(card)]
    assert post(here, *items) == 200
    assert [item["card"] for item in told.items] == [item["card"] for item in items]


def test_checklist_48_the_same_again_is_answered_the_same(here: FlaskClient, card: Card) -> None:
    """That it is stored once is shown over real stores, in tests/feedback."""
    assert [post(here, accepted(card)) for _ in range(3)] == [200, 200, 200]


def test_checklist_48_a_card_that_nobody_here_made_is_taken(here: FlaskClient) -> None:
    assert post(here, overridden({"uuid": "0b0a7d3c-2f6e-4d53-9d8e-2d4c5b8f2a11"})) == 200


@pytest.mark.parametrize(
    "reason",
    [
        {"code": "patient-refuses", "system": REASONS},
        {"code": "d7ecf885", "system": "https://example.com/cds-hooks/override-reason-system"},
        {"code": "our-own", "system": "urn:our:own", "display": "Not on our formulary"},
    ],
)
def test_checklist_49_a_reason_may_be_the_clients_own_and_without_a_display(
    here: FlaskClient, told: Told, card: Card, reason: dict[str, str]
) -> None:
    assert post(here, overridden(card, reason=reason)) == 200
    assert told.items[0]["overrideReason"] == {"reason": reason}


def test_checklist_49_the_answer_is_a_200_with_nothing_to_say(
    here: FlaskClient, card: Card
) -> None:
    response = here.post(ADDRESS, json={"feedback": [accepted(card)]})
    assert (response.status_code, response.get_json()) == (200, {})


def test_checklist_49_a_comment_is_in_no_event(here: FlaskClient, told: Told, card: Card) -> None:
    assert post(here, overridden(card, userComment="Zyxcanarius")) == 200
    assert post(here, overridden(card, userComment="Zyxcanarius"), {"card": "Zyxcanarius"}) == 400
    assert "Zyxcanarius" not in json.dumps([str(event) for event in told.kept])


@pytest.fixture
def guarded(desk: Desk, told: Told) -> FlaskClient:
    """In production, with a registered client."""
    settings = replace(desk.settings, mode=Mode.PRODUCTION, public_url=PUBLIC)
    registered = replace(desk, settings=settings, registry=Registry((trust(),)))
    return app_of(registered, told, noon, KeySet(public(ec_key()))).test_client()


def test_checklist_50_a_token_names_the_address_of_feedback(
    guarded: FlaskClient, told: Told, card: Card
) -> None:
    good = bearer(token(aud=PUBLIC + ADDRESS))
    assert post(guarded, accepted(card), headers=good) == 200
    assert told.items[0]["site"] == "trust-a"
    assert post(guarded, accepted(card), headers=good) == 401  # a token is for one call


@pytest.mark.parametrize("audience", [PUBLIC + SERVICE, f"{PUBLIC}/cds-services", PUBLIC])
def test_checklist_50_a_token_for_another_address_is_refused(
    guarded: FlaskClient, told: Told, card: Card, audience: str
) -> None:
    assert post(guarded, accepted(card), headers=bearer(token(aud=audience))) == 401
    assert post(guarded, accepted(card)) == 401
    assert told.items == []
