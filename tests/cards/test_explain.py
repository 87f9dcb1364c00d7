"""Explain tells every criterion, the row that fired and what was not checked, card or no card."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from cds_service.domain import (
    NOT_KNOWN,
    CriterionKind,
    DataKey,
    Gap,
    GapWhy,
    Source,
    Unread,
    UnreadWhy,
)
from cds_service.explain import WIDTH, explain, explain_text
from tests.cards import builders as make
from tests.cards.hostile import HOSTILE


def test_every_criterion_has_its_state_resources_and_reasons() -> None:
    told = make.assessment()
    reasons = tuple(replace(reason, why=("seen in the report",)) for reason in told.reasons)
    criteria = explain(replace(told, reasons=reasons))["criteria"]
    assert [criterion["id"] for criterion in criteria] == ["alive", "fusion", "diagnosis", "prior"]
    assert criteria[1] == {
        "id": "fusion",
        "title": "NTRK fusion",
        "state": "confirmed",
        "because": ["Observation/result"],
        "why": ["seen in the report"],
    }


def test_a_patient_without_a_card_is_told_which_row_ruled_it_out() -> None:
    told = explain(make.assessment("none"))
    assert told["recommendation"] == "nothing"
    assert told["row"] == "2"
    assert "Row 2" in told["conclusion"]
    assert "fusion is 'none'" in told["conclusion"]
    assert "no card is shown" in told["conclusion"]


def test_a_recommendation_is_named_with_its_row() -> None:
    conclusion = explain(make.assessment())["conclusion"]
    assert "Row 5" in conclusion
    assert "the recommendation is trk-inhibitor-option" in conclusion


def test_too_little_data_is_not_called_a_negative() -> None:
    conclusion = explain(make.assessment(NOT_KNOWN, NOT_KNOWN))["conclusion"]
    assert "too little could be read" in conclusion


def test_what_was_not_checked_is_listed_also_without_a_card() -> None:
    told = make.assessment(
        "none",
        alive=NOT_KNOWN,
        gaps=(Gap(DataKey.PATIENT, GapWhy.NOT_SENT),),
        unread=(Unread(Source("Observation/x"), CriterionKind.GENE_FUSION, UnreadWhy.STATUS),),
    )
    assert explain(told)["notChecked"] == [
        "patient: not sent",
        "Observation/x (gene-fusion): status unreadable",
        "alive: not known",
    ]


def test_guidance_and_positions_past_their_dates_are_listed() -> None:
    assert explain(make.assessment())["overdue"] == [
        "NHS GeNotes, Results page: review was due 2025-01-27",
        "larotrectinib, NICE REVIEW1: due 2026-05-21",
    ]


def test_nothing_is_overdue_within_its_dates() -> None:
    assert explain(make.assessment(today=date(2025, 1, 27)))["overdue"] == []


def test_the_explanation_is_plain_json() -> None:
    told = explain(make.assessment())
    assert json.loads(json.dumps(told)) == told


def test_the_text_fits_a_terminal_and_says_the_same() -> None:
    told = make.assessment("none", gaps=(Gap(DataKey.PATIENT, GapWhy.NOT_SENT),))
    text = explain_text(told)
    assert max(len(line) for line in text.splitlines()) <= WIDTH
    assert "NTRK fusion: none" in text
    assert "  - patient: not sent" in text
    assert "Past its review date:" in text


def test_a_complete_record_within_its_dates_has_nothing_open() -> None:
    text = explain_text(make.assessment(today=date(2025, 1, 27)))
    assert "Not checked: everything that was asked for was read." in text
    assert "Past its review date: nothing." in text


def test_a_record_cannot_send_control_characters_to_the_terminal() -> None:
    told = make.assessment()
    reasons = tuple(replace(reason, why=HOSTILE) for reason in told.reasons)
    text = explain_text(replace(told, reasons=reasons))
    assert all(character.isprintable() or character == "\n" for character in text)
