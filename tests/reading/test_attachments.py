"""PDFs as laboratories send them -> what is found, and where a 'none' cannot rest on them."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.domain import Certainty, UnreadWhy
from tests import pdfs
from tests.builders import LOINC, Resource, attachment, concept, report, spoken
from tests.desk import Desk

UNSURE = [Certainty.UNCONFIRMED]
FOUND = "An ETV6::NTRK3 fusion was detected."
NONE = "No NTRK1, NTRK2 or NTRK3 fusion was detected."
GENES = ("NTRK1", "NTRK2", "NTRK3")


def sent(*forms: Resource, **more: Any) -> Resource:
    return report(presentedForm=list(forms), **more)


def why_unread(ask: Desk, resource: Resource) -> list[UnreadWhy]:
    return [unread.why for unread in ask.record(resource).unread]


@pytest.mark.parametrize(
    "pdf",
    [
        pytest.param(pdfs.written("Synthetic report", FOUND), id="one column"),
        pytest.param(pdfs.written("An ETV6::NTRK3 fu-", "sion was detected."), id="hyphenated"),
        pytest.param(pdfs.written("The NTRK3 gene is rear-", "ranged."), id="hyphen in a term"),
        pytest.param(pdfs.table(("Gene", "Fusion"), ("NTRK3", "Detected")), id="ruled table"),
        pytest.param(
            pdfs.tabbed(("NTRK1 fusion", "Not detected"), ("NTRK3 fusion", "Detected")), id="tabs"
        ),
        pytest.param(pdfs.rotated(FOUND), id="turned page"),
        pytest.param(pdfs.rotated(FOUND, angle=180), id="page upside down"),
        pytest.param(pdfs.sideways(FOUND), id="text that runs up the page"),
        pytest.param(pdfs.packed(FOUND), id="compressed"),
        pytest.param(pdfs.ligatures("NTRK3 fusion identified in the final flow."), id="ligatures"),
        pytest.param(pdfs.encrypted(FOUND, password=""), id="locked against copying only"),
        pytest.param(b"\r\n" + pdfs.written(FOUND), id="rubbish before the first byte"),
    ],
)
def test_a_fusion_in_a_pdf_is_unconfirmed(ask: Desk, pdf: bytes) -> None:
    record = ask.record(sent(pdfs.form(pdf)))
    assert [found.certainty for found in record.fusions if found.certainty] == UNSURE
    assert record.unread == ()


@pytest.mark.parametrize(
    "pdf",
    [
        pytest.param(pdfs.written(NONE), id="one column"),
        pytest.param(pdfs.written("No NTRK1, NTRK2 or NTRK3 fu-", "sion was detected."), id="wrap"),
        pytest.param(pdfs.table(*((g, "Not detected") for g in GENES)), id="ruled table"),
        pytest.param(pdfs.tabbed(*((g, "Not detected") for g in GENES)), id="tabs"),
        pytest.param(
            pdfs.tabbed(*((g, "Not detected") for g in GENES), column_by_column=True),
            id="table written by columns",
        ),
        pytest.param(
            pdfs.table(
                (
                    "Fusions of NTRK1, NTRK2 and NTRK3 by targeted RNA sequencing of the tumour",
                    "Not detected",
                )
            ),
            id="wrapped cell",
        ),
        pytest.param(pdfs.written("Kidney function is normal."), id="no gene at all"),
        pytest.param(pdfs.with_extras("Normal.", hidden=FOUND), id="script and enclosed file"),
    ],
)
def test_a_pdf_that_was_read_whole_and_says_none_is_a_none(ask: Desk, pdf: bytes) -> None:
    assert ask.fusion(sent(pdfs.form(pdf))) == "none"


def test_two_columns_are_not_read_across(ask: Desk) -> None:
    left = ["The specimen was sequenced on a panel.", "In this tumour there was no", "evidence of"]
    right = ["NTRK3 rearranged with ETV6 in RNA was", "reported here by the", "second laboratory."]
    left += ["a change of copy number of ALK or ROS1.", "The quality of the sample was good."]
    right += ["It is for the team to judge what this", "means for the care of the patient."]
    for row_by_row in (False, True):
        pdf = pdfs.columns(left, right, row_by_row=row_by_row)
        assert ask.fusion(sent(pdfs.form(pdf))) == "unconfirmed"


UNREADABLE = [
    pytest.param(pdfs.scanned(), id="scan"),
    pytest.param(pdfs.encrypted(FOUND), id="encrypted"),
    pytest.param(pdfs.written(FOUND)[:600], id="truncated"),
    pytest.param(b"%PDF-1.7\n" + bytes(range(256)) * 40, id="garbage"),
    pytest.param(b"%PDF-1.7", id="first line only"),
    pytest.param(pdfs.no_letters("NTRK1 fusion"), id="glyphs without letters"),
    pytest.param(pdfs.deep_tree(), id="deep page tree"),
    pytest.param(pdfs.nested(), id="nested arrays"),
    pytest.param(pdfs.circle(), id="page tree in a circle"),
    pytest.param(pdfs.forms_within_forms(), id="forms within forms"),
    pytest.param(pdfs.bomb(), id="decompression bomb"),
]


@pytest.mark.parametrize("pdf", UNREADABLE)
def test_a_pdf_that_cannot_be_read_is_named_and_never_a_none(ask: Desk, pdf: bytes) -> None:
    resource = sent(pdfs.form(pdf))
    assert why_unread(ask, resource) == [UnreadWhy.ATTACHMENT]
    assert ask.fusion(resource) == "not known"


PARTLY = [
    pytest.param(pdfs.scanned(said=NONE), NONE, id="second page scanned"),
    pytest.param(pdfs.written(NONE, pages=101), NONE, id="more pages than are read"),
]


@pytest.mark.parametrize(("pdf", "said"), PARTLY)
def test_no_none_rests_on_a_pdf_of_which_a_part_was_not_read(
    ask: Desk, pdf: bytes, said: str
) -> None:
    assert ask.fusion(sent(pdfs.form(pdf))) == "not known"
    assert ask.fusion(report(said, presentedForm=[pdfs.form(pdf)])) == "none"


def test_a_finding_stands_though_the_next_page_is_a_scan(ask: Desk) -> None:
    resource = sent(pdfs.form(pdfs.scanned(said=FOUND)))
    assert ask.certainties(resource) == UNSURE
    assert why_unread(ask, resource) == [UnreadWhy.ATTACHMENT]


def test_one_hostile_pdf_does_not_hide_the_next_report(ask: Desk) -> None:
    bad = sent(pdfs.form(pdfs.bomb()), id="r0")
    assert ask.certainties(bad, sent(pdfs.form(pdfs.written(FOUND)))) == UNSURE


# --- several attachments -------------------------------------------------------------------------


def test_an_unreadable_pdf_beside_the_same_report_in_text_hides_nothing(ask: Desk) -> None:
    forms = [attachment(NONE), pdfs.form(pdfs.scanned())]
    assert ask.fusion(sent(*forms)) == "none"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(pdfs.form(pdfs.written(NONE)), id="two of one type are two texts"),
        pytest.param(attachment(NONE) | {"title": "Comment"}, id="another title"),
        pytest.param(attachment("  "), id="a text that says nothing"),
    ],
)
def test_no_none_rests_on_one_attachment_while_another_was_not_read(
    ask: Desk, other: Resource
) -> None:
    scan = pdfs.form(pdfs.scanned(), title="Genomic report")
    assert ask.fusion(sent(other, scan)) == "not known"


def test_a_finding_in_one_attachment_stands_while_another_was_not_read(ask: Desk) -> None:
    forms = [pdfs.form(pdfs.written(FOUND)), pdfs.form(pdfs.scanned())]
    assert ask.fusion(sent(*forms)) == "unconfirmed"


# --- what an attachment calls itself --------------------------------------------------------------


@pytest.mark.parametrize("kind", ["", "text/plain", "application/octet-stream", "application/PDF"])
def test_a_pdf_is_known_by_its_first_bytes(ask: Desk, kind: str) -> None:
    assert ask.certainties(sent(pdfs.form(pdfs.written(FOUND), kind))) == UNSURE
    assert ask.fusion(sent(pdfs.form(pdfs.scanned(), kind))) == "not known"


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(attachment(FOUND, "application/pdf"), id="text called PDF"),
        pytest.param({"data": attachment(FOUND)["data"]}, id="no type"),
        pytest.param(attachment(r"{\rtf1 " + FOUND, "application/rtf"), id="RTF"),
        pytest.param(attachment(r"{\rtf1 Normal.}", "text/plain"), id="RTF called text"),
        pytest.param(
            attachment("PK\x03\x04\x00", "text/plain; charset=latin-1"), id="DOCX as text"
        ),
        pytest.param(attachment("\x89PNG", "image/png"), id="picture"),
        pytest.param({"contentType": "application/pdf", "url": "Binary/b1"}, id="elsewhere"),
    ],
)
def test_an_attachment_of_another_kind_is_named_and_never_a_none(ask: Desk, form: Resource) -> None:
    assert why_unread(ask, sent(form)) == [UnreadWhy.ATTACHMENT]
    assert ask.fusion(sent(form)) == "not known"


def test_size_and_hash_as_announced_are_no_doubt(ask: Desk) -> None:
    form = pdfs.announced(pdfs.written(NONE))
    assert ask.fusion(sent(form)) == "none"
    assert ask.fusion(sent(form | {"size": len(form["data"])})) == "none"


@pytest.mark.parametrize("wrong", [{"size": 7}, {"hash": "2jmj7l5rSw0yVb/vlWAYkK/YBwk="}])
def test_no_none_rests_on_an_attachment_that_is_not_the_one_announced(
    ask: Desk, wrong: Resource
) -> None:
    assert ask.fusion(sent(attachment(NONE) | wrong)) == "not known"
    assert ask.certainties(sent(attachment(FOUND) | wrong)) == UNSURE


# --- which resources ------------------------------------------------------------------------------


def test_a_scan_of_a_blood_count_is_no_gap(ask: Desk) -> None:
    bloods = sent(pdfs.form(pdfs.scanned()), code=concept(LOINC, "58410-2", "CBC"))
    assert ask.fusion(bloods) == "none"


def test_a_fusion_in_the_pdf_of_an_unnamed_report_is_found(ask: Desk) -> None:
    letter = sent(pdfs.form(pdfs.written(FOUND)), code={"text": "Letter"})
    assert ask.certainties(letter) == UNSURE


def observed(pdf: bytes) -> Resource:
    url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.valueAttachment"
    return spoken("", valueString=None) | {
        "extension": [{"url": url, "valueAttachment": pdfs.form(pdf)}]
    }


def test_an_observation_whose_value_is_a_pdf_is_read(ask: Desk) -> None:
    assert ask.certainties(observed(pdfs.written(FOUND))) == UNSURE


def test_an_observation_whose_value_is_a_scan_is_never_a_none(ask: Desk) -> None:
    resource = observed(pdfs.scanned()) | {"code": {"text": "Genomic report"}}
    assert why_unread(ask, resource) == [UnreadWhy.ATTACHMENT]
    assert ask.fusion(observed(pdfs.written(NONE))) == "none"
