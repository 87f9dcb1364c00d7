"""Frame, function and kinase domain as components state them."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.domain import Certainty, Why
from tests.builders import fusion
from tests.desk import Desk

TEXT = "valueString"


def stated(ask: Desk, label: str, **value: Any) -> tuple[Certainty | None, str, tuple[Why, ...]]:
    body = fusion()
    body["component"].append({"code": {"text": label}, **value})
    (found,) = ask.record(body).fusions
    return found.certainty, found.frame, found.why


@pytest.mark.parametrize(
    ("label", "value", "why"),
    [
        ("In frame", {"valueBoolean": False}, Why.OUT_OF_FRAME),
        ("In-frame fusion", {TEXT: "No"}, Why.OUT_OF_FRAME),
        ("Reading frame", {TEXT: "Not in frame"}, Why.OUT_OF_FRAME),
        ("Kinase domain", {TEXT: "Lost"}, Why.NOT_FUNCTIONAL),
        ("Kinase domain", {"valueCodeableConcept": {"text": "Absent"}}, Why.NOT_FUNCTIONAL),
        ("Functional", {TEXT: "false"}, Why.NOT_FUNCTIONAL),
    ],
)
def test_a_fact_against_the_fusion_makes_it_unconfirmed(
    label: str, value: dict[str, Any], why: Why, ask: Desk
) -> None:
    certainty, _, reasons = stated(ask, label, **value)
    assert (certainty, reasons) == (Certainty.UNCONFIRMED, (why,))


@pytest.mark.parametrize(
    ("label", "value", "frame"),
    [
        ("Reading frame", {TEXT: "In frame"}, "in frame"),
        ("Reading frame", {TEXT: "Not stated"}, ""),
        ("Kinase domain", {TEXT: "Retained"}, ""),
        ("Functional", {"valueBoolean": True}, ""),
        ("Functional", {}, ""),
        ("Dysfunctional", {"valueBoolean": False}, ""),
    ],
)
def test_a_fact_for_the_fusion_or_none_leaves_it_confirmed(
    label: str, value: dict[str, Any], frame: str, ask: Desk
) -> None:
    assert stated(ask, label, **value) == (Certainty.CONFIRMED, frame, ())
