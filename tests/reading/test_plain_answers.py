"""Words of a value that deny the fusion which the structure of a result states, and say no more."""

from __future__ import annotations

import pytest

from cds_service.reading.plain_answers import only_answers


@pytest.mark.parametrize(
    "said",
    [
        "No fusion detected",
        "NTRK1/2/3 fusions: not detected.",
        "Negative",
        "Test failed - RNA degraded",
        "Result awaited",
        "Not detected".ljust(120, "."),
    ],
)
def test_a_denial_or_a_missing_answer_may_deny(said: str) -> None:
    assert only_answers(said)


@pytest.mark.parametrize(
    "said",
    [
        "Negative for ALK",
        "Not detected by DNA, detected by RNA",
        "No test detected a fusion",
        "Not detected \N{EN DASH} in this sample",
        "Not detected".ljust(121, "."),
    ],
)
def test_words_that_may_say_something_else_deny_nothing(said: str) -> None:
    assert not only_answers(said)
