"""Synthetic patients written from the documents alone, by somebody who had not seen the code.

Each state or recommendation is one that the documents allow; several where they leave it open.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cds_service.domain import CriterionKind
from tests.desk import Desk

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "further" / "cases.jsonl").read_text("utf-8").splitlines()
]
KINDS = {"fusion": CriterionKind.GENE_FUSION, "diagnosis": CriterionKind.DIAGNOSIS}


@pytest.fixture(scope="module")
def ask(knowledge: Any) -> Desk:
    return Desk(knowledge)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_case_that_the_documents_decide_is_read_as_they_say(
    case: dict[str, Any], ask: Desk
) -> None:
    said = ask.about(*case["resources"])
    if case["kind"] == "recommendation":
        assert said.recommendation in case["expect"], case["why"]
    else:
        assert said.state(KINDS[case["kind"]]) in case["expect"], (case["why"], said.reasons)


def test_there_are_over_a_hundred_and_most_are_negatives_or_hedges() -> None:
    sure = {"confirmed", "established", "trk-inhibitor-option", "prior-trk-inhibitor"}
    doubtful = [case for case in CASES if not sure & set(case["expect"])]
    assert len({case["id"] for case in CASES}) == len(CASES) == 120
    assert len(doubtful) > len(CASES) / 2
    assert all(case["why"] and case["resources"] for case in CASES)
