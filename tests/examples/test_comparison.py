"""A golden comparison is worth nothing unless it can fail: here it does."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from cds_service.doors.answer import Desk
from tests.examples.scenarios import ROOT, Scenario, differences, hook_answer, scenario

Answer = dict[str, Any]
Change = Callable[[Answer], object]


@pytest.fixture
def example() -> Scenario:
    return scenario(ROOT / "source-page-patient")


def card(answer: Answer) -> dict[str, Any]:
    first: dict[str, Any] = answer["body"]["cards"][0]
    return first


def changed_letter(answer: Answer) -> None:
    card(answer)["summary"] = card(answer)["summary"].replace("NTRK", "NTRX", 1)


def changed_number(answer: Answer) -> None:
    answer["status"] = 201


CHANGES: dict[str, tuple[Change, str]] = {
    "a letter of the summary": (changed_letter, "$.body.cards[0].summary"),
    "a blank at the end of the detail": (
        lambda a: card(a).update(detail=card(a)["detail"] + " "),
        "$.body.cards[0].detail",
    ),
    "another indicator": (
        lambda a: card(a).update(indicator="warning"),
        "$.body.cards[0].indicator",
    ),
    "a missing card": (lambda a: a["body"].update(cards=[]), "$.body.cards"),
    "a second card": (lambda a: a["body"]["cards"].append(card(a)), "$.body.cards"),
    "an extra key": (lambda a: card(a).update(note="x"), "$.body.cards[0].note"),
    "an extra key that holds null": (lambda a: card(a).update(note=None), "$.body.cards[0].note"),
    "a missing key": (lambda a: card(a).pop("links"), "$.body.cards[0].links"),
    "links in another order": (
        lambda a: card(a)["links"].reverse(),
        "$.body.cards[0].links[0].label",
    ),
    "another status": (changed_number, "$.status"),
    "another resource in the suggestion": (
        lambda a: card(a)["suggestions"][0]["actions"][0]["resource"].update(status="requested"),
        "$.body.cards[0].suggestions[0].actions[0].resource.status",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_comparison_notices(change: str, example: Scenario, desk: Desk) -> None:
    alter, place = CHANGES[change]
    answered = hook_answer(example, desk)
    altered = copy.deepcopy(answered)
    alter(altered)
    for one, other in ((altered, answered), (answered, altered)):
        assert any(line.startswith(f"{place}: ") for line in differences(one, other))


@pytest.mark.parametrize(
    ("one", "other"), [(True, 1), (False, 0), (1, 1.0), (None, "None"), ({}, []), ([], None)]
)
def test_values_that_python_calls_equal_or_empty_differ(one: object, other: object) -> None:
    assert list(differences(one, other)) != []


def test_the_same_answer_has_no_difference(example: Scenario, desk: Desk) -> None:
    answered = hook_answer(example, desk)
    assert list(differences(copy.deepcopy(answered), answered)) == []


def test_the_answer_of_another_patient_differs(example: Scenario, desk: Desk) -> None:
    other = scenario(ROOT / "named-fusion")
    assert list(differences(example.expected(), hook_answer(other, desk))) != []
