"""Where no source class is stated: what ties a result to a tumour, and what does not."""

from __future__ import annotations

import pytest

from cds_service.domain import Why
from tests.builders import (
    FUSION,
    ICD10,
    ICDO3,
    SNOMED,
    Resource,
    concept,
    condition,
    gene,
    report,
    result,
    results,
    specimen,
)
from tests.desk import Desk


def untied(**more: object) -> Resource:
    """A fusion of which the source class is not stated."""
    return result(gene("TPM3"), gene("NTRK1"), FUSION, **more)


def state(ask: Desk, *resources: Resource) -> str:
    (found,) = ask.record(*resources).fusions
    assert (Why.NOT_TIED in found.why) == (str(found.certainty) == "unconfirmed")
    return str(found.certainty)


def of(display: str = "", **reference: object) -> Resource:
    shown = {"display": display} if display else {}
    return {"specimen": {**shown, **reference}}


def test_nothing_stated_leaves_it_unconfirmed(ask: Desk) -> None:
    assert state(ask, untied()) == "unconfirmed"


@pytest.mark.parametrize(
    "words", ["Tumour tissue", "lung tumor biopsy", "Mesothelioma, FFPE", "metastasis", "cancer"]
)
def test_a_tumour_specimen_that_was_sent_ties_it(ask: Desk, words: str) -> None:
    tied = untied(**of(reference="Specimen/s1"))
    assert state(ask, tied, specimen("s1", words)) == "confirmed"


@pytest.mark.parametrize(
    "words", ["Blood", "pleura", "normal tissue beside tumour", "non-tumour tissue", ""]
)
def test_another_specimen_does_not(ask: Desk, words: str) -> None:
    tied = untied(**of(reference="Specimen/s1"))
    assert state(ask, tied, specimen("s1", words)) == "unconfirmed"


def test_a_specimen_that_was_not_sent_does_not(ask: Desk) -> None:
    assert state(ask, untied(**of(reference="Specimen/s1"))) == "unconfirmed"


def test_a_specimen_that_is_displayed_ties_it(ask: Desk) -> None:
    assert state(ask, untied(**of("tumour biopsy", reference="Specimen/s1"))) == "confirmed"


def test_a_contained_specimen_ties_it(ask: Desk) -> None:
    tied = untied(**of(reference="#s1"), contained=[specimen("s1")])
    assert state(ask, tied) == "confirmed"


@pytest.mark.parametrize(
    "about",
    [
        pytest.param({"collection": {"bodySite": {"text": "tumour of pleura"}}}, id="body site"),
        pytest.param({"note": [{"text": "70% tumour cells"}]}, id="note"),
    ],
)
def test_what_a_specimen_says_elsewhere_ties_it(ask: Desk, about: Resource) -> None:
    tied = untied(**of(reference="Specimen/s1"))
    assert state(ask, tied, specimen("s1", "tissue", **about)) == "confirmed"


@pytest.mark.parametrize(
    ("site", "certainty"), [("pleural tumour", "confirmed"), ("pleura", "unconfirmed")]
)
def test_the_body_site_of_the_result_counts(ask: Desk, site: str, certainty: str) -> None:
    assert state(ask, untied(bodySite={"text": site})) == certainty


@pytest.mark.parametrize(
    ("code", "certainty"), [("Solid tumour panel", "confirmed"), ("Gene panel", "unconfirmed")]
)
def test_the_name_of_the_test_counts(ask: Desk, code: str, certainty: str) -> None:
    named = concept("http://loinc.org", "69548-6", text=code)
    assert state(ask, untied(code=named)) == certainty


@pytest.mark.parametrize(
    ("code", "certainty"), [("Tumour sequencing", "confirmed"), ("Sequencing", "unconfirmed")]
)
def test_the_name_of_its_report_counts(ask: Desk, code: str, certainty: str) -> None:
    named = report("See result.", code={"text": code}, result=results("o1"))
    assert state(ask, untied(), named) == certainty


def test_the_name_of_another_report_does_not(ask: Desk) -> None:
    assert state(ask, untied(), report("See result.", code={"text": "Tumour"})) == "unconfirmed"


def test_the_specimen_of_its_report_counts(ask: Desk) -> None:
    named = report("See.", result=results("o1"), specimen=[{"display": "tumour"}])
    assert state(ask, untied(), named) == "confirmed"


@pytest.mark.parametrize(
    "code",
    [
        concept(SNOMED, "254645002"),
        concept(ICD10, "C45.0"),
        concept(ICD10, "C34.1"),
        concept(ICDO3, "8140/3"),
        {"text": "lung cancer"},
    ],
    ids=["mesothelioma", "mesothelioma in ICD", "lung", "morphology", "words"],
)
def test_a_focus_on_a_neoplasm_ties_it(ask: Desk, code: Resource) -> None:
    focused = untied(focus=[{"reference": "Condition/c1"}])
    assert state(ask, focused, condition(code)) == "confirmed"


@pytest.mark.parametrize(
    "code",
    [concept(ICD10, "I10"), concept(ICDO3, "8140/0"), {"text": "pleural plaques"}],
    ids=["hypertension", "benign morphology", "plaques"],
)
def test_a_focus_on_another_condition_does_not(ask: Desk, code: Resource) -> None:
    focused = untied(focus=[{"reference": "Condition/c1"}])
    assert state(ask, focused, condition(code)) == "unconfirmed"


def test_a_focus_on_something_not_sent_does_not(ask: Desk) -> None:
    assert state(ask, untied(focus=[{"reference": "Condition/gone"}])) == "unconfirmed"


# --- the name of a specimen ----------------------------------------------------------------------


def name_of(ask: Desk, *resources: Resource) -> str:
    return ask.record(*resources).fusions[0].specimen


ACCESSION = {"identifier": [{"system": "urn:lab", "value": "A1"}]}


@pytest.mark.parametrize(
    ("stated", "sent", "name"),
    [
        (of(reference="Specimen/s1"), [], "Specimen/s1"),
        (of(reference="Specimen/s1/_history/3"), [], "Specimen/s1"),
        (of(reference="Specimen/s1"), [specimen("s1", **ACCESSION)], "urn:lab|A1"),
        (of(identifier={"system": "urn:lab", "value": "A1"}), [], "urn:lab|A1"),
        (of(reference="#s1"), [], "o1#s1"),
        ({}, [], ""),
        (of("tumour"), [], ""),
    ],
    ids=["reference", "history", "sent", "identifier", "contained", "none", "display"],
)
def test_a_specimen_has_one_name(
    ask: Desk, stated: Resource, sent: list[Resource], name: str
) -> None:
    assert name_of(ask, untied(**stated), *sent) == name


def test_a_report_of_two_specimens_names_none(ask: Desk) -> None:
    two = [{"reference": "Specimen/s1"}, {"reference": "Specimen/s2"}]
    assert name_of(ask, untied(), report("x", result=results("o1"), specimen=two)) == ""
    assert name_of(ask, untied(), report("x", result=results("o1"), specimen=two[:1])) != ""
