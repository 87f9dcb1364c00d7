"""The JSON Schemas notice every damage that CDS Hooks forbids."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from cds_service.cards import ResponseSchema
from cds_service.domain import NOT_KNOWN
from tests.cards import builders as make

Damage = Callable[[dict[str, Any]], object]
CARD = make.card(make.shipped(), make.assessment())
SCHEMA = ResponseSchema(make.CARDS)


def first(card: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = card[name][0]
    return found


def action(card: dict[str, Any]) -> dict[str, Any]:
    return first(first(card, "suggestions"), "actions")


def test_an_empty_list_of_cards_is_an_answer() -> None:
    assert SCHEMA.problems({"cards": []}) == ()


@pytest.mark.parametrize(
    "told",
    [
        make.assessment(),
        make.assessment(prior_state="recorded"),
        make.assessment(diagnosis_state="unconfirmed"),
        make.assessment("unconfirmed"),
        make.assessment(NOT_KNOWN),
    ],
    ids=lambda told: str(told.recommendation),
)
def test_every_kind_of_card_fits_the_schema(told: Any) -> None:
    assert SCHEMA.problems({"cards": [make.card(make.shipped(), told)]}) == ()


DAMAGES: dict[str, Damage] = {
    "no uuid": lambda card: card.pop("uuid"),
    "uuid of another form": lambda card: card.update(uuid="1234"),
    "no summary": lambda card: card.pop("summary"),
    "summary of 140 characters": lambda card: card.update(summary="x" * 140),
    "summary of two lines": lambda card: card.update(summary="one\ntwo"),
    "empty summary": lambda card: card.update(summary=""),
    "empty detail": lambda card: card.update(detail=""),
    "detail is null": lambda card: card.update(detail=None),
    "HTML in the detail": lambda card: card.update(detail="<b>x</b>"),
    "a link in the detail": lambda card: card.update(detail="[a](b)"),
    "unknown indicator": lambda card: card.update(indicator="hard-stop"),
    "no indicator": lambda card: card.pop("indicator"),
    "no source": lambda card: card.pop("source"),
    "source without a label": lambda card: card["source"].pop("label"),
    "source address not https": lambda card: card["source"].update(url="http://example.org"),
    "topic without a code": lambda card: card["source"]["topic"].pop("code"),
    "suggestions without a behaviour": lambda card: card.pop("selectionBehavior"),
    "unknown behaviour": lambda card: card.update(selectionBehavior="all"),
    "no suggestion in the list": lambda card: card.update(suggestions=[]),
    "two recommended of at most one": lambda card: card["suggestions"].append(
        copy.deepcopy(card["suggestions"][0])
    ),
    "suggestion without a label": lambda card: first(card, "suggestions").pop("label"),
    "suggestion without a uuid": lambda card: first(card, "suggestions").pop("uuid"),
    "no action in the list": lambda card: first(card, "suggestions").update(actions=[]),
    "action without a description": lambda card: action(card).pop("description"),
    "action type in capitals": lambda card: action(card).update(type="CREATE"),
    "create without a resource": lambda card: action(card).pop("resource"),
    "resource as a string": lambda card: action(card).update(resource="Task/1"),
    "resource with a null": lambda card: action(card)["resource"].update(focus=None),
    "resource with an empty list": lambda card: action(card)["resource"].update(note=[]),
    "resource without a type": lambda card: action(card)["resource"].pop("resourceType"),
    "delete with a resource": lambda card: action(card).update(type="delete"),
    "no link in the list": lambda card: card.update(links=[]),
    "link without a label": lambda card: first(card, "links").pop("label"),
    "link without a type": lambda card: first(card, "links").pop("type"),
    "link to a script": lambda card: first(card, "links").update(url="javascript:alert(1)"),
    "link not https": lambda card: first(card, "links").update(url="http://example.org/"),
    "appContext on an absolute link": lambda card: first(card, "links").update(appContext="x"),
    "misspelt autolaunchable": lambda card: first(card, "links").update(autoLaunchable=True),
    "override reason without display": lambda card: card.update(
        overrideReasons=[{"code": "a", "system": "https://example.org"}]
    ),
    "extension that is no object": lambda card: card["extension"].update({"org.example.a": "text"}),
    "extension without a domain": lambda card: card["extension"].update({"decision": {"a": 1}}),
    "extension with an empty object": lambda card: card["extension"].update({"org.a.b": {}}),
    "extension with a null inside": lambda card: card["extension"]["org.example.decision"].update(
        version=None
    ),
    "extension with an empty text": lambda card: card["extension"]["org.example.decision"].update(
        version=""
    ),
    "unknown member": lambda card: card.update(colour="red"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_card_is_noticed(name: str) -> None:
    damaged = copy.deepcopy(CARD)
    DAMAGES[name](damaged)
    assert SCHEMA.problems({"cards": [damaged]})


@pytest.mark.parametrize(
    "body",
    [{}, {"cards": None}, {"cards": {}}, [], None, {"cards": [], "systemActions": []}],
    ids=json.dumps,
)
def test_a_body_that_is_no_response_is_noticed(body: Any) -> None:
    assert SCHEMA.problems(body)


ALLOWED: dict[str, Damage] = {
    "no detail": lambda card: card.pop("detail"),
    "no links": lambda card: card.pop("links"),
    "summary of 139 characters": lambda card: card.update(summary="ä" * 139),
    "a smart link with a context": lambda card: first(card, "links").update(
        type="smart", appContext="x"
    ),
    "delete with a reference": lambda card: first(card, "suggestions").update(
        actions=[{"type": "delete", "description": "x", "resourceId": "Task/1"}]
    ),
    "two suggestions of which one is recommended": lambda card: card["suggestions"].append(
        {**copy.deepcopy(card["suggestions"][0]), "isRecommended": False}
    ),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_the_standard_allows_is_not_complained_about(name: str) -> None:
    changed = copy.deepcopy(CARD)
    ALLOWED[name](changed)
    assert SCHEMA.problems({"cards": [changed]}) == ()


def test_a_problem_never_repeats_a_value_of_the_card() -> None:
    damaged = {**CARD, "summary": "name of a patient\n"}
    assert "patient" not in " ".join(SCHEMA.problems({"cards": [damaged]}))


SERVICE = {
    "hook": "patient-view",
    "title": "Title",
    "description": "What it does",
    "id": "ntrk-mesothelioma",
    "prefetch": {"patient": "Patient/{{context.patientId}}"},
}


def test_discovery_has_a_schema_of_its_own() -> None:
    schema = ResponseSchema(make.CARDS, "cds-hooks-discovery.schema.json")
    assert schema.problems({"services": [SERVICE]}) == ()
    assert schema.problems({"services": []}) == ()
    for name in ("hook", "description", "id"):
        less = {key: value for key, value in SERVICE.items() if key != name}
        assert schema.problems({"services": [less]})
    assert schema.problems({"services": [{**SERVICE, "prefetch": {}}]})
    assert schema.problems({"services": [{**SERVICE, "version": "STU2"}]})


REQUEST = {
    "hook": "patient-view",
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "context": {"patientId": "synthetic-1", "userId": "Practitioner/synthetic"},
}


def test_a_request_has_a_schema_of_its_own() -> None:
    schema = ResponseSchema(make.CARDS, "cds-hooks-request.schema.json")
    assert schema.problems(REQUEST) == ()
    assert schema.problems({**REQUEST, "prefetch": None, "unknown": 1}) == ()
    for name in REQUEST:
        assert schema.problems({key: value for key, value in REQUEST.items() if key != name})
    assert schema.problems({**REQUEST, "hookInstance": "1"})
    assert schema.problems({**REQUEST, "context": {"patientId": "Patient/1", "userId": "x"}})
    assert schema.problems({**REQUEST, "fhirAuthorization": {}})
