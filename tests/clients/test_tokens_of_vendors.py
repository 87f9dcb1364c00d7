"""Tokens in the forms of Epic, Oracle Health and a developers' request generator."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.clients.conftest import Told, Town
from tests.clients.ehrs import TYPED_BY_HAND, Ehr
from tests.doors.bodies import SERVICE
from tests.doors.commands import positive

FIXED = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"


def card_of(told: Told) -> dict[str, Any]:
    assert told.status == 200, told.body
    (card,) = told.json["cards"]
    return dict(card)


def test_epic_is_let_in_with_its_lifetime_and_the_audience_that_a_person_typed(town: Town) -> None:
    assert card_of(town.post(town.epic, positive()))["indicator"] == "warning"


def test_epic_may_also_name_the_exact_address(town: Town) -> None:
    assert town.post(town.epic, positive(), aud=town.url()).status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": TYPED_BY_HAND.rstrip("/")},
        {"aud": TYPED_BY_HAND.upper()},
        {"exp": int(time.time()) + 100_000},
        {"nbf": int(time.time()) + 10_000},
    ],
)
def test_epic_is_refused_beyond_what_is_registered(town: Town, changes: dict[str, Any]) -> None:
    assert town.post(town.epic, positive(), **changes).status == 401


def test_what_is_allowed_to_epic_is_not_allowed_to_another(town: Town) -> None:
    now = int(time.time())
    assert town.post(town.oracle, positive(), exp=now + 900).status == 401
    assert town.post(town.oracle, positive(), aud=TYPED_BY_HAND).status == 401


def test_oracle_is_told_apart_by_tenant(town: Town) -> None:
    assert town.post(town.oracle, positive()).status == 200
    assert town.post(town.oracle, positive(), tenant="another").status == 401


def test_cards_of_the_same_facts_at_two_sites_have_different_ids(town: Town) -> None:
    uuids = {
        card_of(town.post(ehr, positive()))["uuid"] for ehr in (town.epic, town.oracle, town.epic)
    }
    assert len(uuids) == 2


def test_the_same_hook_instance_in_every_call_is_answered_every_time(town: Town) -> None:
    body = positive() | {
        "hookInstance": FIXED,
        "extension": {"davinci-crd.configuration": {"max-cards": 10}},
        "fhirServer": "http://localhost:8080/test-ehr/r4",
        "fhirAuthorization": {
            "access_token": "synthetic",
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": "patient/Patient.read patient/Observation.read",
            "subject": "cds-service4",
        },
    }
    body["context"] = {**body["context"], "encounterId": "enc89284"}
    cards = [card_of(town.post(town.request_generator, body)) for _ in range(3)]
    assert len({card["uuid"] for card in cards}) == 1


def test_a_token_is_good_for_one_call(town: Town) -> None:
    token = town.epic.token(town.url())
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    statuses = [town.call("POST", SERVICE, positive(), headers).status for _ in range(2)]
    assert statuses == [200, 401]


def test_no_client_can_sign_for_another(town: Town) -> None:
    def pretending(ehr: Ehr) -> Told:
        return town.post(ehr, positive(), iss=town.sandbox.iss)

    assert {pretending(ehr).status for ehr in (town.epic, town.oracle)} == {401}


def test_nothing_of_a_token_is_in_the_log(town: Town) -> None:
    token = town.epic.token(town.url(), aud="https://wrong.example/CANARY")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    assert town.call("POST", SERVICE, positive(), headers).status == 401
    log = town.server.log.read_text("utf-8")
    assert "CANARY" not in log
    assert token[:40] not in log
    assert token.rpartition(".")[2] not in log
