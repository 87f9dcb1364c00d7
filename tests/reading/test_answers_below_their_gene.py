"""A gene on one line of a report and its result on another: which answer belongs to which gene?"""

from __future__ import annotations

import pytest

from tests.builders import report
from tests.desk import Desk

LIST = "Genes tested: ALK, NTRK1"


def told(ask: Desk, *lines: str) -> list[str]:
    """What a report of these lines says, each with the words that it was read from."""
    found = ask.record(report("\n".join(lines))).fusions
    return [f"{f.gene.symbol} {f.presence} <- {f.sentence}" for f in found]


# --- a line of a gene, then its answer -----------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "presence"),
    [
        ("Not detected", "not detected"),
        ("Fusion detected", "detected"),
        ("AB fusion detected", "detected"),
        ("Rearrangement: yes, breakpoints in the kinase domain", "detected"),
        (
            "No fusion was detected in this sample of tissue of this patient and in any of the"
            " sections",
            "not detected",
        ),
    ],
)
def test_an_answer_below_its_gene_is_the_answer_of_that_gene(
    ask: Desk, answer: str, presence: str
) -> None:
    assert told(ask, "NTRK1", answer) == [f"NTRK1 {presence} <- NTRK1: {answer}"]


@pytest.mark.parametrize(
    "stranger",
    [
        "ALK fusion detected",
        "Potassium 4.2",
        "Fusion panel version two",
        "Fusion is an option with targeted therapy",
    ],
)
def test_a_line_that_answers_nothing_leaves_a_bare_gene_without_a_result(
    ask: Desk, stranger: str
) -> None:
    assert told(ask, "NTRK1", stranger) == []


@pytest.mark.parametrize(
    "stranger", ["Sample", "Fusion would be unusual", "MOLECULAR FINDINGS", ""]
)
def test_a_fusion_on_a_line_of_its_own_is_not_lost_to_the_line_below(
    ask: Desk, stranger: str
) -> None:
    assert told(ask, "NTRK1 fusion", stranger) == ["NTRK1 detected <- NTRK1 fusion"]


def test_an_answer_may_stand_two_lines_below(ask: Desk) -> None:
    assert told(ask, "NTRK1 fusion", "Sample fine.", "Not detected") == [
        "NTRK1 detected <- NTRK1 fusion",
        "NTRK1 not detected <- NTRK1 fusion: Not detected",
    ]


def test_two_answers_below_a_gene_are_both_its_own(ask: Desk) -> None:
    assert told(ask, "NTRK1", "Fusion detected", "Rearrangement not seen") == [
        "NTRK1 detected <- NTRK1: Fusion detected",
        "NTRK1 not detected <- NTRK1: Rearrangement not seen",
    ]


def test_the_next_gene_ends_the_question_of_the_first(ask: Desk) -> None:
    assert told(ask, "NTRK1 fusion", "NTRK2: Not detected") == [
        "NTRK1 detected <- NTRK1 fusion",
        "NTRK2 not detected <- NTRK2: Not detected",
    ]


@pytest.mark.parametrize(
    ("letters", "found"),
    [("q23", ["NTRK1 not detected"]), ("q231", []), ("q2311", [])],
)
def test_a_line_of_a_gene_is_short(ask: Desk, letters: str, found: list[str]) -> None:
    gene = f"NTRK1 (transcript NM_002529, chromosome one, long arm, {letters})"
    assert [line.partition(" <-")[0] for line in told(ask, gene, "Not detected")] == found


# --- headings between ----------------------------------------------------------------------------


@pytest.mark.parametrize("heading", ["EGFR", "EGFR:", "BRAF V600E:"])
def test_an_answer_under_another_gene_is_not_the_answer_of_the_first(
    ask: Desk, heading: str
) -> None:
    assert told(ask, "NTRK1", heading, "Detected") == []
    assert told(ask, LIST, heading, "Not detected") == []


def test_an_answer_under_the_heading_of_another_ntrk_gene_is_that_ones(ask: Desk) -> None:
    below = told(ask, "NTRK1", "NTRK2 fusion:", "Detected")
    assert below == ["NTRK2 detected <- NTRK2 fusion: Detected"]


@pytest.mark.parametrize("heading", ["RESULTS", "Conclusion:"])
def test_a_heading_that_names_no_gene_parts_nothing(ask: Desk, heading: str) -> None:
    below = told(ask, "NTRK1", heading, "Not detected")
    assert below == ["NTRK1 not detected <- NTRK1: Not detected"]


def test_the_heading_of_the_gene_itself_parts_nothing(ask: Desk) -> None:
    below = told(ask, "FUSION PANEL", "NTRK1", "Not detected")
    assert below == ["NTRK1 not detected <- NTRK1: Not detected"]


def test_after_the_heading_of_another_gene_the_first_is_not_asked_about_again(ask: Desk) -> None:
    below = told(ask, "NTRK1 fusion", "EGFR:", "ok", "Ntrk2 fusions:", "Detected")
    assert below == [
        "NTRK1 detected <- NTRK1 fusion",
        "NTRK2 detected <- Ntrk2 fusions: Detected",
    ]


@pytest.mark.parametrize(
    "before", [(), ("NTRK1 mutation was not seen.",)], ids=["nothing before", "a mutation before"]
)
def test_an_answer_under_its_heading_needs_no_line_before(
    ask: Desk, before: tuple[str, ...]
) -> None:
    below = told(ask, *before, "Ntrk2 fusions:", "Detected")
    assert below == ["NTRK2 detected <- Ntrk2 fusions: Detected"]


# --- a list of what was tested -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "presence"),
    [
        ("No fusions were detected.", "not detected"),
        ("Negative.", "not detected"),
        ("None identified in this sample.", "not detected"),
        ("Failed.", "not assessed"),
    ],
)
def test_what_answers_for_all_answers_for_each_of_a_list(
    ask: Desk, answer: str, presence: str
) -> None:
    assert told(ask, f"{LIST}.", answer) == [f"NTRK1 {presence} <- {LIST}: {answer}"]


@pytest.mark.parametrize(
    "answer",
    ["Fusion detected.", "EGFR: not detected.", "No EGFR mutation.", "Sample fine."],
)
def test_what_does_not_answer_for_all_answers_for_none_of_a_list(ask: Desk, answer: str) -> None:
    assert told(ask, f"{LIST}.", answer) == []


def test_a_list_is_answered_once(ask: Desk) -> None:
    once = [f"NTRK1 not detected <- {LIST}: Not detected."]
    assert told(ask, f"{LIST}.", "Not detected.", "Failed.") == once
    assert told(ask, f"{LIST}.", "Not detected.", "Ntrk2 fusions:", "Not detected") == [
        *once,
        "NTRK2 not detected <- Ntrk2 fusions: Not detected",
    ]


def test_a_list_is_not_answered_over_another_line(ask: Desk) -> None:
    assert told(ask, f"{LIST}.", "Method described elsewhere.", "Not detected.") == []


def test_the_list_is_quoted_as_it_stands(ask: Desk) -> None:
    assert told(ask, "Genes tested: NTRK1, SSX.", "Not detected.") == [
        "NTRK1 not detected <- Genes tested: NTRK1, SSX: Not detected."
    ]
