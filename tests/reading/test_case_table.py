"""Every labelled case is read as its label says; the figures of the run are printed at its end."""

from __future__ import annotations

from collections import Counter

import pytest

from cds_service.cards import CardWriter, Names
from tests.desk import Desk
from tests.reading.case_figures import Answer
from tests.reading.case_table import Case, ask_about, load, reasons, state_of

CASES = load()
NAMES = Names(decision="ab" * 32, uuid="5f0c7a54-6f1e-8c57-9d1a-0c5e9f0a1b2c")
ON_CARDS = [case for case in CASES if case.card or case.not_card]


def test_the_table_is_large_and_half_of_it_is_negative_or_hedged() -> None:
    assert len(CASES) >= 400
    assert sum(case.is_negative_or_hedge for case in CASES) * 2 >= len(CASES)


def test_more_than_a_third_of_the_table_is_no_finding_at_all() -> None:
    assert sum(not case.is_finding for case in CASES) * 3 >= len(CASES)


def test_every_shape_of_the_reference_is_in_the_table() -> None:
    assert {str(number) for number in range(1, 17)} <= {case.shape for case in CASES}


def test_every_case_has_a_name_of_its_own_and_a_reason() -> None:
    assert [name for name, times in Counter(case.id for case in CASES).items() if times > 1] == []
    assert [
        case.id for case in CASES if len(case.why) < 8 or not case.why.endswith((".", "?"))
    ] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_is_read_as_its_label_says(case: Case, ask: Desk, answers: list[Answer]) -> None:
    found = ask_about(ask, case)
    got = state_of(found, case)
    answers.append(Answer(case.criterion, case.shape, case.state, got))
    said = reasons(found, case.criterion)
    assert got == case.state, f"{case.why}\n{said}"
    assert case.recommendation in ("", found.recommendation), case.why
    assert not [why for why in case.because if why not in said], said
    assert not [why for why in case.not_because if why in said], said


@pytest.mark.parametrize("case", ON_CARDS, ids=lambda case: case.id)
def test_the_card_of_a_case_says_what_it_must(case: Case, ask: Desk, writer: CardWriter) -> None:
    card = writer.card(ask_about(ask, case), NAMES, "p1")
    assert card is not None, case.why
    words = f"{card['summary']} {card['detail']}"
    assert not [said for said in case.card if said not in words], words
    assert not [said for said in case.not_card if said in words], words
