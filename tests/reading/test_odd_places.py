"""A result in a place that few senders use: labelled components, full URLs, codes as values."""

from __future__ import annotations

import pytest

from cds_service.domain import Complete, DataKey, DataState, Origin, Presence, Received
from tests.builders import (
    FUSION,
    LOINC,
    OUTCOME,
    SOMATIC,
    Resource,
    attachment,
    coding,
    concept,
    condition,
    fusion,
    gene,
    origin,
    part,
    report,
    result,
    spoken,
)
from tests.desk import Desk


def labelled(name: str, value: object) -> Resource:
    """A component of which the code itself names the gene, as some laboratories write."""
    made = part("x", value, "http://local.example/tests")
    return result({**made, "code": {"text": name}}, value=None)


# --- components whose code names the gene ---------------------------------------------------------


@pytest.mark.parametrize("value", ["Detected", concept(LOINC, "LA9633-4", "Present")])
def test_a_labelled_component_states_a_finding(ask: Desk, value: object) -> None:
    assert ask.fusion(labelled("NTRK1 fusion", value)) == "unconfirmed"


@pytest.mark.parametrize("value", ["Not detected", concept(LOINC, "LA9634-2", "Absent")])
def test_a_labelled_component_states_a_negative(ask: Desk, value: object) -> None:
    found = ask.record(labelled("NTRK1 fusion", value)).fusions
    assert {fact.presence for fact in found} == {Presence.NOT_DETECTED}


def test_a_labelled_component_of_another_gene_says_nothing(ask: Desk) -> None:
    assert ask.record(labelled("ALK fusion", "Detected")).fusions == ()


def test_a_coding_as_the_value_of_a_component_is_read(ask: Desk) -> None:
    # valueCoding is not R4 in a component: the result is named, and not believed.
    named = gene("NTRK1")
    named["valueCoding"] = coding("http://www.genenames.org", "HGNC:8031", "NTRK1")
    del named["valueCodeableConcept"]
    record = ask.record(result(named, FUSION, SOMATIC))
    assert (record.fusions, len(record.unread)) == ((), 1)


def test_a_fusion_component_that_is_no_pair_is_only_words(ask: Desk) -> None:
    single = part("95123-6", concept("http://www.genenames.org", "HGNC:8031", "NTRK1"))
    assert ask.fusion(result(single, SOMATIC)) == "unconfirmed"


# --- outcome codes as the value -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "state"),
    [("421", "confirmed"), ("322", "none"), ("971", "none"), ("992", "unconfirmed")],
)
def test_an_outcome_code_as_the_value_is_read(ask: Desk, code: str, state: str) -> None:
    assert ask.fusion(fusion(value=concept(OUTCOME, code))) == state


# --- origins --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "read_as"),
    [
        (part("48002-0", {"text": "Somatic"}), Origin.SOMATIC),
        (part("48002-0", {"text": "germline"}), Origin.GERMLINE),
        (part("48002-0", "somatic"), Origin.UNCERTAIN),
        (origin("LA6684-0", "Germline"), Origin.UNCERTAIN),
        (origin("LA0000-0", "who knows"), Origin.UNCERTAIN),
    ],
    ids=["word", "another word", "string", "code and word disagree", "unknown code"],
)
def test_an_origin_is_never_guessed(ask: Desk, stated: Resource, read_as: Origin) -> None:
    (found,) = ask.record(result(gene("NTRK1"), FUSION, stated)).fusions
    assert found.origin is read_as


# --- full URLs ------------------------------------------------------------------------------------


def test_a_reference_to_a_full_url_is_resolved(ask: Desk) -> None:
    focus = [{"reference": "urn:uuid:c1"}]
    finding = Received(result(gene("NTRK1"), FUSION, focus=focus))
    disease = Received(condition(id=None), "urn:uuid:c1")
    states: dict[DataKey, DataState] = {key: Complete() for key in DataKey}
    states[DataKey.OBSERVATIONS] = Complete((finding,))
    states[DataKey.CONDITIONS] = Complete((disease,))
    assert ask.of_states(states).recommendation == "trk-inhibitor-option"


# --- reports that are not called genetic ----------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        {"conclusion": "TPM3::NTRK1 fusion detected."},
        {"presentedForm": [attachment("TPM3::NTRK1 fusion detected.")]},
        {"presentedForm": [attachment("<p>TPM3::NTRK1 fusion detected.</p>", "text/html")]},
    ],
    ids=["conclusion", "text", "html"],
)
def test_a_report_of_any_name_is_read_for_the_gene(ask: Desk, said: Resource) -> None:
    assert ask.fusion(report(code={"text": "Letter"}, **said)) == "unconfirmed"


def test_the_script_of_an_html_report_is_no_text(ask: Desk) -> None:
    page = "<html><head><script>var x='NTRK1 fusion detected'</script></head>Normal.</html>"
    assert ask.fusion(report(presentedForm=[attachment(page, "text/html")])) == "none"


@pytest.mark.parametrize("page", ["<td>NTRK1</td><td>fusion detected</td>", "<p>NTRK1 fusion"])
def test_the_cells_of_an_html_report_are_one_line(ask: Desk, page: str) -> None:
    assert ask.fusion(report(presentedForm=[attachment(page, "text/html")])) == "unconfirmed"


@pytest.mark.parametrize("code", ["PAT", "SP", "CP", "CG", "GE"])
def test_a_pathology_report_that_is_only_a_scan_is_not_a_none(ask: Desk, code: str) -> None:
    scan = {"contentType": "application/pdf", "data": "JVBERi0xLjQ="}
    category = [concept("http://terminology.hl7.org/CodeSystem/v2-0074", code)]
    scanned = report(code={"text": "Letter"}, category=category, presentedForm=[scan])
    assert ask.fusion(scanned) == "not known"


@pytest.mark.parametrize("code", ["RAD", "HM"])
def test_another_report_that_is_only_a_scan_hides_nothing(ask: Desk, code: str) -> None:
    scan = {"contentType": "application/pdf", "data": "JVBERi0xLjQ="}
    category = [concept("http://terminology.hl7.org/CodeSystem/v2-0074", code)]
    scanned = report(code={"text": "Letter"}, category=category, presentedForm=[scan])
    assert ask.fusion(scanned) == "none"


@pytest.mark.parametrize("title", ["Histopathology report", "Molecular genetics"])
def test_a_scan_is_known_by_its_title(ask: Desk, title: str) -> None:
    scan = {"contentType": "application/pdf", "data": "JVBERi0xLjQ=", "title": title}
    assert ask.fusion(report(code={"text": "Letter"}, presentedForm=[scan])) == "not known"


# --- headings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("NTRK1/2/3 fusions:\nDetected", "unconfirmed"),
        ("NTRK1/2/3 fusions:\nNot detected", "none"),
        ("NTRK1/2/3 fusions:\n\nDetected", "none"),
        ("EGFR:\nDetected\nNTRK1 fusion: Not detected", "none"),
        ("ALK fusions:\nDetected", "none"),
    ],
)
def test_a_line_that_only_answers_belongs_to_its_heading(ask: Desk, said: str, state: str) -> None:
    assert ask.fusion(spoken(said)) == state


@pytest.mark.parametrize(
    ("code", "value", "state"),
    [
        ("NTRK1 fusion", "Detected", "unconfirmed"),
        ("NTRK1 fusion", "Not detected", "none"),
        ("NTRK1 fusion", "Failed", "none"),
        ("ALK fusion", "Detected", "none"),
    ],
)
def test_a_bare_answer_belongs_to_the_name_of_its_test(
    ask: Desk, code: str, value: str, state: str
) -> None:
    assert ask.fusion(spoken(value, code={"text": code})) == state


# --- what an exception leaves open ----------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "No fusions were detected apart from ETV6::NTRK3.",
        "NTRK1 fusion not detected by DNA but detected by RNA.",
        "NTRK1: detected",
    ],
)
def test_what_is_denied_and_found_is_not_a_no(ask: Desk, said: str) -> None:
    assert ask.fusion(spoken(said)) == "unconfirmed"


def test_a_gene_without_a_fusion_word_may_be_not_tested(ask: Desk) -> None:
    (found,) = ask.record(spoken("NTRK1: not tested")).fusions
    assert found.presence is Presence.NOT_ASSESSED
