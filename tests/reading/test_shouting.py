"""A report all in capitals is read like any other."""

from __future__ import annotations

import pytest

from tests.builders import report, spoken
from tests.desk import Desk

FOUND = [
    "NTRK FUSION PROBABLE",
    "LOW CONFIDENCE NTRK1 FUSION CALL.",
    "THE ETV6 GENE IS FUSED TO THE NTRK3 GENE.",
    "LMNA-NTRK1 FUSION DETECTED",
    "NTRK1 BREAK-APART FISH: 45% OF NUCLEI WITH SPLIT SIGNALS",
]
NOT_FOUND = [
    "NTRK1/2/3 FUSIONS: NOT DETECTED",
    "NO NTRK1, NTRK2 OR NTRK3 FUSION WAS DETECTED.",
    "EGFR, ALK, ROS1, RET AND NTRK FUSIONS: NEGATIVE",
    "NTRK TESTING WAS NOT PERFORMED.",
]


@pytest.mark.parametrize("said", FOUND)
def test_a_fusion_in_capitals_is_unconfirmed(ask: Desk, said: str) -> None:
    assert ask.fusion(spoken(said)) == ask.fusion(report(said)) == "unconfirmed"


@pytest.mark.parametrize("said", NOT_FOUND)
def test_a_denial_in_capitals_is_none(ask: Desk, said: str) -> None:
    assert ask.fusion(spoken(said)) == ask.fusion(report(said)) == "none"
