"""How a fusion was reported decides how sure it is; every reservation is named."""

from __future__ import annotations

import pytest

from cds_service.domain import Certainty, Why
from tests.builders import (
    ABSENT,
    FUSION,
    SOMATIC,
    Resource,
    attachment,
    change,
    condition,
    fusion,
    gene,
    name,
    outcome,
    pair,
    pan_trk,
    rearrangement,
    report,
    result,
    results,
    spoken,
)
from tests.desk import Desk


def graded(ask: Desk, *resources: Resource) -> tuple[str, frozenset[Why]]:
    """Certainty of the deciding result and what keeps it from being surer."""
    deciding = ask.about(*resources, condition()).fusions[0]
    return str(deciding.certainty), frozenset(deciding.why)


CONFIRMED = ("confirmed", frozenset[Why]())


@pytest.mark.parametrize(
    "confirmed",
    [
        pytest.param(result(pair("ETV6", "NTRK3"), SOMATIC), id="both genes in one code"),
        pytest.param(result(gene("TPM3"), gene("NTRK1"), FUSION, SOMATIC), id="two genes and term"),
        pytest.param(result(gene("NTRK1"), FUSION, SOMATIC), id="one gene and a fusion term"),
    ],
)
def test_a_fusion_that_the_laboratory_states_is_confirmed(ask: Desk, confirmed: Resource) -> None:
    assert graded(ask, confirmed) == CONFIRMED


@pytest.mark.parametrize(
    ("finding", "why"),
    [
        (rearrangement(), Why.REARRANGEMENT),
        (result(gene("TPM3"), gene("NTRK1"), SOMATIC), Why.TWO_GENES),
        (result(gene("NTRK1"), name("NTRK1 fusion"), SOMATIC), Why.WORDS_ONLY),
        (result(gene("NTRK1"), change("SO:0002400"), SOMATIC), Why.OUT_OF_FRAME),
        (result(pair("NTRK1", "ETV6"), SOMATIC), Why.FIVE_PRIME),
        (result(pair("NTRK1", "NTRK1"), SOMATIC), Why.SELF_FUSION),
        (result(gene("NTRK1"), gene("NTRK1"), FUSION, SOMATIC), Why.SELF_FUSION),
        (fusion(note=[{"text": "NTRK1 fusion is antisense."}]), Why.ANTISENSE),
        (fusion(note=[{"text": "NTRK1 fusion unlikely to be functional."}]), Why.NOT_FUNCTIONAL),
        (fusion(note=[{"text": "Possible NTRK1 fusion, few reads."}]), Why.HEDGED),
        (spoken("NTRK1 fusion detected."), Why.TEXT),
        (spoken("An NTRK fusion was detected."), Why.NOT_NUMBERED),
        (spoken("Previously reported NTRK1 fusion detected."), Why.HISTORICAL),
        (report("NTRK1 rearrangement identified"), Why.TEXT),
    ],
    ids=lambda value: value.name if isinstance(value, Why) else "",
)
def test_a_finding_with_a_reservation_is_unconfirmed_and_says_why(
    ask: Desk, finding: Resource, why: Why
) -> None:
    certainty, reasons = graded(ask, finding)
    assert certainty == Certainty.UNCONFIRMED
    assert why in reasons


def test_a_break_apart_result_without_a_partner_is_unconfirmed(ask: Desk) -> None:
    fish = result(gene("NTRK1"), FUSION, SOMATIC, method={"text": "FISH break-apart"})
    assert graded(ask, fish) == ("unconfirmed", frozenset({Why.BREAK_APART}))


def test_a_positive_pan_trk_stain_is_only_a_screening_result(ask: Desk) -> None:
    certainty, why = graded(ask, pan_trk())
    assert certainty == Certainty.SCREENING
    assert Why.SCREENING in why


def test_a_negative_pan_trk_stain_is_none(ask: Desk) -> None:
    assert ask.fusion(pan_trk("Negative")) == "none"


def test_a_pan_trk_stain_that_failed_is_none(ask: Desk) -> None:
    assert ask.fusion(pan_trk("Insufficient")) == "none"


def test_text_never_confirms(ask: Desk) -> None:
    told = spoken("A TPM3::NTRK1 fusion was detected in the tumour by RNA sequencing.")
    assert ask.fusion(told) == "unconfirmed"


def test_several_reservations_are_all_named(ask: Desk) -> None:
    certainty, why = graded(ask, result(gene("NTRK1"), change("SO:1000044")))
    assert certainty == Certainty.UNCONFIRMED
    assert why == {Why.REARRANGEMENT, Why.NOT_TIED}


def test_the_strongest_finding_decides(ask: Desk) -> None:
    found = ask.about(pan_trk(), rearrangement(id="o2"), fusion(), condition())
    assert [str(f.certainty) for f in found.fusions] == ["confirmed"]
    assert found.states["fusion"] == "confirmed"


def test_the_strongest_finding_decides_in_whatever_order_they_come(ask: Desk) -> None:
    assert ask.fusion(fusion(), rearrangement(id="o2"), pan_trk()) == "confirmed"


def test_a_denied_rearrangement_is_none(ask: Desk) -> None:
    assert ask.fusion(rearrangement(value=ABSENT)) == "none"


def test_a_report_in_plain_text_attached_is_read(ask: Desk) -> None:
    form = attachment("RESULT: TPM3::NTRK1 fusion detected.")
    assert ask.fusion(report(presentedForm=[form])) == "unconfirmed"


def test_a_negative_report_in_plain_text_is_none(ask: Desk) -> None:
    form = attachment("RESULT: no NTRK1, NTRK2 or NTRK3 fusion detected.")
    assert ask.fusion(report(presentedForm=[form])) == "none"


def test_a_scanned_report_is_never_a_none(ask: Desk) -> None:
    form = {"contentType": "application/pdf", "data": "JVBERi0xLjQ="}
    assert ask.fusion(report(presentedForm=[form])) == "not known"


def test_a_code_for_review_beside_a_rearrangement_adds_its_reason(ask: Desk) -> None:
    stated = report(result=results("o1"), conclusionCode=outcome("992"))
    _, why = graded(ask, rearrangement(), stated)
    assert why == {Why.REARRANGEMENT, Why.OUTCOME_REVIEW}
