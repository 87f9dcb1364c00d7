"""A report of which a picture is a part: what it says beside it, and which reports it is one of."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.domain import Received
from cds_service.knowledge import Knowledge
from cds_service.reading.recognisers import recognisers
from cds_service.reading.reports import forms
from tests.builders import (
    ABSENT,
    LOINC,
    OUTCOME,
    SNOMED,
    SOMATIC,
    Resource,
    concept,
    fusion,
    gene,
    negative,
    outcome,
    report,
    result,
    results,
    spoken,
)
from tests.desk import Desk

SERVICE = "http://terminology.hl7.org/CodeSystem/v2-0074"
VALUE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.valueAttachment"
SCAN: Resource = {"contentType": "image/png", "data": "iVBORw0KGgo="}
LETTER: Resource = {"code": {"text": "Letter"}}


def scanned(said: str = "", **more: Any) -> Resource:
    """A genetic report with a picture, which nobody reads."""
    return report(said, presentedForm=[SCAN], **more)


def pictured(observation: Resource) -> Resource:
    """A result with a picture as its value."""
    return observation | {"extension": [{"url": VALUE, "valueAttachment": SCAN}]}


# --- is the picture all that there is? ------------------------------------------------------------


@pytest.mark.parametrize(
    "records",
    [
        pytest.param([scanned("Normal.")], id="conclusion"),
        pytest.param([scanned(conclusionCode=[{"text": "Normal."}])], id="coded conclusion"),
        pytest.param([scanned(codedDiagnosis=[{"text": "Normal."}])], id="STU3"),
        pytest.param([scanned(result=results("o1")), negative()], id="result"),
        pytest.param([pictured(spoken("Normal."))], id="text beside it"),
        pytest.param([pictured(result(value=ABSENT))], id="value beside it"),
        pytest.param([pictured(result(gene("ALK"), SOMATIC, value=None))], id="components"),
    ],
)
def test_a_picture_beside_something_that_is_said_hides_nothing(
    ask: Desk, records: list[Resource]
) -> None:
    assert ask.fusion(*records) == "none"


@pytest.mark.parametrize(
    "resource",
    [
        pytest.param(scanned(), id="report"),
        pytest.param(pictured(result(value=None)), id="value"),
        pytest.param(scanned("Please see the attached report."), id="it points to the picture"),
        pytest.param(
            scanned(conclusionCode=[concept(OUTCOME, "311", "Result consistent with referral")]),
            id="how the test ended, in a code",
        ),
    ],
)
def test_a_picture_alone_is_never_a_none(ask: Desk, resource: Resource) -> None:
    assert ask.fusion(resource) == "not known"


@pytest.mark.parametrize(("length", "state"), [(119, "not known"), (120, "none")])
def test_a_long_text_does_not_only_point_to_the_picture(ask: Desk, length: int, state: str) -> None:
    assert ask.fusion(scanned("Please see the attached report".ljust(length, "."))) == state


# --- is it a report of ours? ----------------------------------------------------------------------


GENETIC = [
    pytest.param({"code": {"text": "Molecular studies"}}, id="name"),
    pytest.param(LETTER | {"category": [{"text": "Genetics"}]}, id="category"),
]
CODED = [
    pytest.param(LETTER | {"category": [concept(SNOMED, "1236877003")]}, id="coded category"),
    pytest.param(LETTER | {"category": [concept(SERVICE, "GE")]}, id="genetics service"),
]
OURS = [
    *GENETIC,
    *CODED,
    pytest.param({"code": concept(LOINC, "51969-4")}, id="code of a report"),
    pytest.param({"code": concept(LOINC, "69548-6")}, id="code of a variant"),
    pytest.param({"code": concept(LOINC, "51968-6")}, id="code of an interpretation"),
    pytest.param(LETTER | {"category": [concept(SERVICE, "SP")]}, id="pathology service"),
    pytest.param({"code": {"text": "Histology"}}, id="pathology by name"),
    pytest.param(
        LETTER | {"presentedForm": [SCAN | {"title": "Cytology"}]}, id="title of the picture"
    ),
]


@pytest.mark.parametrize("called", OURS)
def test_what_is_attached_to_reports_of_genetics_or_pathology_is_read_first(
    knowledge: Knowledge, called: Resource
) -> None:
    ours = scanned() | {"presentedForm": [dict(SCAN)]} | called
    sent = [Received(scanned() | LETTER), Received(ours), Received(report(**LETTER))]
    found = forms(sent, recognisers(knowledge.vocabulary).roles)
    assert [id(form) for form in found] == [id(ours["presentedForm"][0]), id(SCAN)]


def test_what_is_attached_to_a_report_without_end_is_not_opened(knowledge: Knowledge) -> None:
    deep: Resource = {}
    for _ in range(70):
        deep = {"extension": [deep]}
    sent = [Received(scanned(**deep)), Received(scanned())]
    assert forms(sent, recognisers(knowledge.vocabulary).roles) == [SCAN]


@pytest.mark.parametrize("called", OURS)
def test_a_picture_that_may_be_of_a_genetic_report_is_never_a_none(
    ask: Desk, called: Resource
) -> None:
    assert ask.fusion(scanned() | called) == "not known"


@pytest.mark.parametrize(("said", "state"), [("Normal.", "none"), ("See report", "not known")])
def test_a_pathology_report_with_a_coded_conclusion_says_something_beside_its_picture(
    ask: Desk, said: str, state: str
) -> None:
    called = LETTER | {"category": [concept(SERVICE, "SP")]}
    assert ask.fusion(scanned(conclusionCode=[{"text": said}], **called)) == state


@pytest.mark.parametrize("called", [*GENETIC, *CODED])
def test_a_report_that_is_called_genetic_counts_whatever_it_says(
    ask: Desk, called: Resource
) -> None:
    assert ask.record(report("Normal.", **called)).genomic_results == 1
    damaged = report("Normal.", **called, issued="yesterday")
    assert ask.fusion(damaged) == "not known"


@pytest.mark.parametrize("name", ["Letter", "Histology"])
def test_a_report_that_is_not_called_genetic_counts_only_for_what_it_says(
    ask: Desk, name: str
) -> None:
    assert ask.record(report("Normal.", code={"text": name})).genomic_results == 0
    assert ask.fusion(report("Normal.", code={"text": name}, issued="yesterday")) == "none"


# --- outcome codes --------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "state"), [("323", "none"), ("992", "unconfirmed")])
def test_an_outcome_code_counts_wherever_a_report_carries_it(
    ask: Desk, code: str, state: str
) -> None:
    held = {"url": "http://example.org/outcome", "valueCodeableConcept": outcome(code)[0]}
    for place in ("conclusionCode", "codedDiagnosis", "extension"):
        told = outcome(code) if place != "extension" else [held]
        above = report(result=results("o1")) | {place: told}
        assert ask.fusion(fusion(), above) == state, place
