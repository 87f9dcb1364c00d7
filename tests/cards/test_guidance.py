"""What a card says of guidance, access, judgement and approval, and how old each is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cds_service.cards import CardWriter
from cds_service.domain import NOT_KNOWN, AccessPosition, Assessment, Nation
from tests.cards import builders as make
from tests.cards.access import event

OVERDUE = "its own review date, 27 January 2025, has passed"
JUDGE = (
    "no satisfactory treatment options; locally advanced or metastatic disease, or surgery likely "
    "to cause severe harm; fusion confirmed by a validated test; no prior NTRK inhibitor"
)
GUIDED = {
    "option": make.assessment(),
    "prior": make.assessment(prior_state="recorded"),
    "confirm-diagnosis": make.assessment(diagnosis_state="unconfirmed"),
}
BRIEF = {
    "confirm-fusion": make.assessment("unconfirmed"),
    "could-not-check": make.assessment(NOT_KNOWN),
}


@pytest.fixture(scope="module")
def writer() -> CardWriter:
    return make.shipped()


@pytest.fixture(params=GUIDED)
def guided(request: pytest.FixtureRequest) -> Assessment:
    return GUIDED[request.param]


@pytest.fixture(params=BRIEF)
def brief(request: pytest.FixtureRequest) -> Assessment:
    return BRIEF[request.param]


def test_guidance_stands_with_its_age_and_its_limits(
    writer: CardWriter, guided: Assessment
) -> None:
    text = make.detail(writer, guided)
    assert "(NHS GeNotes, last reviewed 27 January 2024; " + OVERDUE in text
    assert "Efficacy data in mesothelioma are limited." in text


def test_guidance_within_its_date_is_not_called_overdue(
    writer: CardWriter, guided: Assessment
) -> None:
    text = make.detail(writer, replace(guided, today=date(2025, 1, 27)))
    assert "last reviewed 27 January 2024)" in text
    assert "has passed" not in text


def test_other_cards_hold_one_sentence_of_guidance(writer: CardWriter, brief: Assessment) -> None:
    text = make.detail(writer, brief)
    assert OVERDUE in text
    assert "Efficacy data" not in text
    assert "**Access" not in text
    assert JUDGE not in text


def test_the_four_points_for_the_clinician_are_always_there(
    writer: CardWriter, guided: Assessment
) -> None:
    assert JUDGE in make.detail(writer, guided)


def test_access_is_shown_newest_first_with_source_and_date(
    writer: CardWriter, guided: Assessment
) -> None:
    text = make.detail(writer, guided)
    events = [
        "- entrectinib: 7 January 2026, NICE NEW1: No recommendation",
        "- larotrectinib: 4 August 2025, NICE REVIEW1: Review announced",
        "27 May 2020, NICE OLD1: Recommended",
    ]
    places = [text.index(event) for event in ("**Access, England:**", *events)]
    assert places == sorted(places)


def test_the_drug_with_the_newest_event_comes_first(writer: CardWriter) -> None:
    told = make.assessment()
    turned = replace(told, access=told.access[::-1])
    assert make.detail(writer, turned) == make.detail(writer, told)
    assert turned.access != told.access


def test_where_nice_contradicts_the_guidance_both_are_shown(
    writer: CardWriter, guided: Assessment
) -> None:
    text = make.detail(writer, guided)
    assert "entrectinib or larotrectinib where no satisfactory treatment is left" in text
    assert "NICE and GeNotes disagree." in text


def test_a_document_that_names_its_body_is_not_named_twice(writer: CardWriter) -> None:
    advice = event("smc1", "entrectinib", Nation.SCOTLAND, date(2021, 3, 8), body="SMC")
    position = AccessPosition("entrectinib", Nation.SCOTLAND, (advice,), overdue=False)
    text = make.detail(writer, make.assessment(nation=Nation.SCOTLAND, access=(position,)))
    assert "- entrectinib: 8 March 2021, SMC1: Recommended" in text


def test_before_the_contradiction_there_is_none(writer: CardWriter) -> None:
    day = date(2026, 1, 6)
    told = make.assessment(today=day)
    text = make.detail(writer, told)
    assert "disagree" not in text
    assert "- entrectinib: position not known to this service; ask your NHS body." in text


def test_a_position_past_its_review_date_is_to_be_checked(writer: CardWriter) -> None:
    line = access_line(make.detail(writer, make.assessment()), "larotrectinib")
    assert line.endswith("Check the current position.")


def test_a_position_within_its_dates_needs_no_check(writer: CardWriter) -> None:
    told = make.assessment(today=date(2026, 5, 21))
    assert "Check the current position" not in make.detail(writer, told)


@pytest.mark.parametrize("nation", [Nation.SCOTLAND, Nation.WALES, Nation.NORTHERN_IRELAND])
def test_an_unknown_position_is_said_to_be_unknown(writer: CardWriter, nation: Nation) -> None:
    text = make.detail(writer, make.assessment(nation=nation))
    assert text.count("position not known to this service; ask your NHS body.") == 2
    assert f"**Access, {make.PHRASES.of('nation', nation)}:**" in text
    assert "NICE" not in text


def test_overdue_guidance_changes_words_but_not_the_indicator(writer: CardWriter) -> None:
    late = make.card(writer, make.assessment())
    early = make.card(writer, make.assessment(today=date(2025, 1, 1)))
    assert late["indicator"] == early["indicator"] == "warning"
    assert late["source"]["topic"] == early["source"]["topic"]
    assert late["detail"] != early["detail"]


def test_what_would_settle_it_stands_on_confirm_fusion_only(writer: CardWriter) -> None:
    words = "RNA or NGS confirmation that names the partner gene and the reading frame"
    assert words in make.detail(writer, BRIEF["confirm-fusion"])
    assert all(words not in make.detail(writer, told) for told in GUIDED.values())


def test_an_unapproved_rule_says_so_in_its_last_line(writer: CardWriter) -> None:
    for told in (*GUIDED.values(), *BRIEF.values()):
        last = make.detail(writer, told).splitlines()[-1]
        assert last == "Rule not clinically approved at this site."


def test_an_approved_rule_names_role_site_and_day() -> None:
    approved = make.writer(approvals=(make.approval(),), guidelines=(make.ONE_ROW,))
    card = make.card(approved, make.assessment())
    last = card["detail"].splitlines()[-1]
    expected = "Clinical safety officer, Synthetic Trust, 1 November 2026."
    assert last == f"Rule approved at this site: {expected}"
    assert card["extension"]["org.example.decision"]["approved"] is True


@pytest.mark.parametrize(
    "changed",
    [{"version": "0.1.1"}, {"content_hash": "d" * 64}, {"guideline": "another"}],
    ids=["version", "content", "guideline"],
)
def test_an_approval_of_anything_else_does_not_count(changed: dict[str, str]) -> None:
    other = make.writer(approvals=(make.approval(**changed),), guidelines=(make.ONE_ROW,))
    card = make.card(other, make.assessment())
    assert card["detail"].endswith("not clinically approved at this site.")
    assert card["extension"]["org.example.decision"]["approved"] is False


def test_no_card_says_eligible_or_gives_a_dose(writer: CardWriter) -> None:
    for told in (*GUIDED.values(), *BRIEF.values()):
        card = make.card(writer, told)
        words = f"{card['summary']} {card['detail']}".lower()
        assert "eligib" not in words
        assert not {"mg", "milligram", "dose", "daily"} & set(words.split())


def access_line(text: str, drug: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"- {drug}:"))
