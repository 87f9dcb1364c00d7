"""A fusion inside a container, a sentence or an attachment: shapes 11 to 16, and look-alikes."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.domain import Certainty, Presence
from tests.builders import (
    FUSION,
    LOINC,
    SOMATIC,
    TBD,
    Resource,
    attachment,
    concept,
    fusion,
    gene,
    negative,
    report,
    result,
    results,
    spoken,
)
from tests.desk import Desk

UNSURE = [Certainty.UNCONFIRMED]


# --- 11 and 12: containers -----------------------------------------------------------------------


def inside(finding: Resource, **more: Any) -> Resource:
    contained = {**finding, "id": "v1"}
    return report(contained=[contained], result=[{"reference": "#v1"}], **more)


def test_shape_11_a_contained_result_is_read(ask: Desk) -> None:
    (found,) = ask.record(inside(fusion())).fusions
    assert found.certainty is Certainty.CONFIRMED
    assert found.source.reference == "DiagnosticReport/r1"


def test_shape_11_a_contained_result_without_a_subject_is_the_reports(ask: Desk) -> None:
    assert ask.certainties(inside(fusion(subject=None))) == [Certainty.CONFIRMED]


def test_shape_11_a_contained_result_is_no_surer_than_its_report(ask: Desk) -> None:
    (found,) = ask.record(inside(fusion(), status="preliminary")).fusions
    assert found.source.status == "preliminary"


def test_shape_11_a_contained_result_that_is_not_final_stays_so(ask: Desk) -> None:
    (found,) = ask.record(inside(fusion(status="cancelled"))).fusions
    assert found.source.status == "cancelled"


def test_shape_11_a_contained_negative_is_negative(ask: Desk) -> None:
    presences = {found.presence for found in ask.record(inside(negative())).fusions}
    assert presences == {Presence.NOT_DETECTED}


def test_shape_12_a_panel_adds_nothing_to_its_members(ask: Desk) -> None:
    panel = result(id="panel", code=concept(LOINC, "81247-9"), value=None, hasMember=results("o1"))
    assert ask.certainties(panel, fusion()) == [Certainty.CONFIRMED]


def test_shape_12_a_panel_whose_member_was_not_sent_leaves_a_gap(ask: Desk) -> None:
    panel = result(id="panel", code=concept(LOINC, "81247-9"), value=None, hasMember=results("o1"))
    record = ask.record(panel)
    assert (record.fusions, len(record.gaps)) == ((), 1)


# --- 13 to 15: sentences -------------------------------------------------------------------------


def test_shape_13_a_sentence_as_a_value_is_unconfirmed(ask: Desk) -> None:
    (found,) = ask.record(spoken("ETV6::NTRK3 fusion detected")).fusions
    assert (found.certainty, found.shape) == (Certainty.UNCONFIRMED, "shape-13")
    assert (found.gene.symbol, found.partner) == ("NTRK3", "ETV6")


def test_shape_13_a_note_is_read(ask: Desk) -> None:
    noted = result(note=[{"text": "ETV6::NTRK3 fusion detected"}])
    assert ask.certainties(noted) == UNSURE


def test_shape_14_a_conclusion_is_unconfirmed(ask: Desk) -> None:
    assert ask.certainties(report("NTRK1 rearrangement identified")) == UNSURE


def test_shape_14_a_conclusion_code_in_words_is_unconfirmed(ask: Desk) -> None:
    worded = report(conclusionCode=[{"text": "NTRK1 rearrangement identified"}])
    assert ask.certainties(worded) == UNSURE


def test_shape_14_a_negative_conclusion_is_negative(ask: Desk) -> None:
    (found,) = ask.record(report("No NTRK1 rearrangement identified")).fusions
    assert found.presence is Presence.NOT_DETECTED


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("text/plain", "ETV6::NTRK3 fusion detected"),
        ("text/plain; charset=utf-8", "ETV6::NTRK3 fusion detected"),
        ("text/html", "<p>ETV6::NTRK3 <b>fusion</b> detected</p>"),
        ("application/xhtml+xml", "<html><body><p>ETV6::NTRK3 fusion detected</p></body></html>"),
    ],
)
def test_shape_15_a_readable_attachment_is_unconfirmed(ask: Desk, kind: str, content: str) -> None:
    assert ask.certainties(report(presentedForm=[attachment(content, kind)])) == UNSURE


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(attachment("NTRK1 fusion", "application/pdf"), id="pdf"),
        pytest.param({"contentType": "text/plain", "data": "not base64!"}, id="not base64"),
        pytest.param(attachment("x", "text/plain; charset=klingon"), id="unknown charset"),
        pytest.param({"contentType": "text/plain", "url": "Binary/b1"}, id="elsewhere"),
        pytest.param({"contentType": "text/plain", "data": "//79"}, id="not utf-8"),
    ],
)
def test_shape_15_an_attachment_that_cannot_be_read_says_so(ask: Desk, form: Resource) -> None:
    record = ask.record(report(presentedForm=[form]))
    assert record.fusions == ()
    assert [unread.source.reference for unread in record.unread] == ["DiagnosticReport/r1"]


def test_shape_15_an_unreadable_attachment_beside_a_conclusion_hides_nothing(ask: Desk) -> None:
    record = ask.record(
        report("No NTRK fusion.", presentedForm=[attachment("x", "application/pdf")])
    )
    assert record.unread == ()


def test_shape_15_raw_attachment_data_is_never_searched(ask: Desk) -> None:
    form = {"contentType": "application/pdf", "data": "NTRK1/fusion/detected+NTRK1=="}
    bloods = report(
        code=concept(LOINC, "58410-2", "CBC"), presentedForm=[form], conclusion="Normal."
    )
    assert ask.record(bloods).fusions == ()


def test_a_narrative_is_read_where_a_report_says_nothing_else(ask: Desk) -> None:
    div = '<div xmlns="http://www.w3.org/1999/xhtml"><p>NTRK1 fusion detected</p></div>'
    told = report(text={"status": "generated", "div": div})
    assert ask.certainties(told) == UNSURE


# --- 16: resources that R4 does not have ---------------------------------------------------------


@pytest.mark.parametrize("kind", ["GenomicStudy", "MolecularSequence"])
def test_shape_16_resources_of_r5_are_left_alone(ask: Desk, kind: str) -> None:
    record = ask.record({"resourceType": kind, "id": "g1", "subject": {"reference": "Patient/p1"}})
    assert (record.fusions, record.unread) == ((), ())


# --- what looks like a finding and is none --------------------------------------------------------


@pytest.mark.parametrize("code", ["therapeutic-implication", "diagnostic-implication"])
def test_an_implication_repeats_the_fusion_and_is_not_the_finding(ask: Desk, code: str) -> None:
    implied = result(gene("NTRK1"), FUSION, SOMATIC, code=concept(TBD, code))
    assert ask.record(implied).fusions == ()


def test_an_order_for_a_fusion_test_is_not_a_finding(ask: Desk) -> None:
    code = concept("https://fhir.nhs.uk/CodeSystem/England-DigitalGenomicTestService", "GT1272")
    order = {
        "resourceType": "ServiceRequest",
        "id": "sr1",
        "code": code | {"text": "ETV6::NTRK3 targeted assay"},
    }
    assert ask.record(order | {"subject": {"reference": "Patient/p1"}}).fusions == ()
