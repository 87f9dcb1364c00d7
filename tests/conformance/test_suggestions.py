"""Suggestions and their actions: what every one is, and what our schema would never let out."""

from __future__ import annotations

import json

from fhir.resources.R4B.task import Task

from tests.conformance.shapes import (
    LEFT_OUT,
    NO_BOOLEAN,
    NO_OBJECT,
    NO_OBJECTS,
    NO_TEXT,
    Card,
    Judge,
    Parts,
)

ACTION = ("suggestions", 0, "actions", 0)


def test_I_92_suggestions_are_an_array_of_objects(judge: Judge, suggestions: Parts) -> None:
    assert all(isinstance(suggestion, dict) for suggestion in suggestions)
    assert judge.takes_only("suggestions", good=suggestions[:1], bad=NO_OBJECTS)


def test_I_117_every_suggestion_has_a_label(judge: Judge, suggestions: Parts) -> None:
    assert all(isinstance(suggestion["label"], str) for suggestion in suggestions)
    assert judge.takes_only("suggestions", 0, "label", good="A", bad=(*NO_TEXT, LEFT_OUT))


def test_I_119_every_suggestion_has_a_uuid_of_its_own(
    judge: Judge, suggestions: Parts, cards: list[Card]
) -> None:
    uuids = {suggestion["uuid"] for suggestion in suggestions}
    assert len(uuids) == len(suggestions)
    assert not uuids & {card["uuid"] for card in cards}
    bad = (*NO_TEXT, LEFT_OUT, "no uuid")
    assert judge.takes_only("suggestions", 0, "uuid", good=cards[0]["uuid"], bad=bad)


def test_I_121_recommended_is_a_boolean(judge: Judge, suggestions: Parts) -> None:
    assert all(isinstance(suggestion["isRecommended"], bool) for suggestion in suggestions)
    assert judge.takes_only("suggestions", 0, "isRecommended", good=False, bad=NO_BOOLEAN)


def test_I_124_actions_are_an_array_of_objects(judge: Judge, actions: Parts) -> None:
    assert all(isinstance(action, dict) for action in actions)
    assert judge.takes_only("suggestions", 0, "actions", good=actions[:1], bad=NO_OBJECTS)


def test_I_125_a_suggestion_holds_one_action_so_none_can_be_taken_alone(
    suggestions: Parts,
) -> None:
    assert all(len(suggestion["actions"]) == 1 for suggestion in suggestions)


def test_I_127_no_other_type_of_action_is_accepted(judge: Judge, actions: Parts) -> None:
    assert {action["type"] for action in actions} == {"create"}
    assert judge.takes_only(*ACTION, "type", good="update", bad=(*NO_TEXT, "CREATE", LEFT_OUT))


def test_I_128_every_action_has_a_description(judge: Judge, actions: Parts) -> None:
    assert all(isinstance(action["description"], str) for action in actions)
    assert judge.takes_only(*ACTION, "description", good="A", bad=(*NO_TEXT, LEFT_OUT))


def test_I_130_every_resource_of_an_action_is_valid_fhir(judge: Judge, actions: Parts) -> None:
    for action in actions:
        Task.model_validate_json(json.dumps(action["resource"]))
    bad = (*NO_OBJECT, '{"resourceType": "Task"}', {"status": "draft"})
    assert judge.takes_only(*ACTION, "resource", good={"resourceType": "Task"}, bad=bad)


def test_I_131_what_is_created_is_new(judge: Judge, actions: Parts) -> None:
    assert all("id" not in action["resource"] for action in actions)
    assert not judge.accepts(*ACTION, "resource", value=LEFT_OUT)


def test_I_132_an_update_without_its_resource_is_refused(judge: Judge) -> None:
    update = {"type": "update", "description": "A", "resource": {"resourceType": "Task"}}
    bad = ({"type": "update", "description": "A", "resourceId": "Task/1"},)
    assert judge.takes_only(*ACTION, good=update, bad=bad)


DELETE: dict[str, object] = {"type": "delete", "description": "A", "resourceId": "Task/1"}


def test_I_133_a_delete_with_a_resource_is_refused(judge: Judge) -> None:
    bad = (DELETE | {"resource": "Task/1"}, DELETE | {"resource": {"resourceType": "Task"}})
    assert judge.takes_only(*ACTION, good=DELETE, bad=bad)


def test_I_134_a_delete_without_an_id_is_refused(judge: Judge) -> None:
    bad = ({"type": "delete", "description": "A"},)
    assert judge.takes_only(*ACTION, good=DELETE, bad=bad)


def test_I_135_the_id_of_a_delete_is_a_relative_reference(judge: Judge) -> None:
    bad = tuple(DELETE | {"resourceId": value} for value in (*NO_TEXT, "1", "https://a/Task/1"))
    assert judge.takes_only(*ACTION, good=DELETE, bad=bad)


def test_checklist_40_at_most_one_suggestion_is_recommended_where_one_can_be_chosen(
    judge: Judge, cards: list[Card], suggestions: Parts
) -> None:
    for card in cards:
        assert sum(item["isRecommended"] for item in card.get("suggestions", ())) <= 1
    one = suggestions[0]
    both = [one | {"isRecommended": True}, one | {"isRecommended": True}]
    alone = [one | {"isRecommended": True}, one | {"isRecommended": False}]
    assert judge.takes_only("suggestions", good=alone, bad=(both,))


def test_checklist_44_no_action_selection_behavior_is_sent(
    judge: Judge, suggestions: Parts
) -> None:
    assert not any("actionSelectionBehavior" in suggestion for suggestion in suggestions)
    assert not judge.accepts("suggestions", 0, "actionSelectionBehavior", value="all")
