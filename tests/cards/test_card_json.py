"""The members of a card: source, links, suggestion, extension."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID

import pytest
from fhir.resources.R4B.task import Task

from cds_service.cards import CardWriter
from cds_service.domain import (
    NOT_KNOWN,
    Assessment,
    CriterionKind,
    DataKey,
    Gap,
    GapWhy,
    Source,
    Unread,
    UnreadWhy,
)
from tests.cards import builders as make

EXTENSION = "org.example.decision"


@pytest.fixture(scope="module")
def writer() -> CardWriter:
    return make.shipped()


def test_a_guidance_card_names_genotes_as_its_source(writer: CardWriter) -> None:
    source = make.card(writer, make.assessment())["source"]
    assert source["label"] == "NHS GeNotes"
    assert source["url"] == make.LINKS["home"].url
    assert source["topic"] == {
        "system": make.SYSTEMS["recommendations"],
        "code": "trk-inhibitor-option",
        "display": "trk inhibitor option",
    }


def test_links_lead_to_the_guidance_and_the_positions_behind_the_card(writer: CardWriter) -> None:
    links = make.card(writer, make.assessment())["links"]
    found = [link["url"] for link in links]
    assert found == [make.LINKS[name].url for name in ("page", "directory", "new", "old")]
    assert all(link["type"] == "absolute" and "appContext" not in link for link in links)


def test_a_document_without_an_address_is_not_linked(writer: CardWriter) -> None:
    labels = [link["label"] for link in make.card(writer, make.assessment())["links"]]
    assert make.LINKS["nowhere"].label not in labels


def test_a_card_without_access_section_links_no_position(writer: CardWriter) -> None:
    links = make.card(writer, make.assessment("unconfirmed"))["links"]
    assert [link["url"] for link in links] == [
        make.LINKS["page"].url,
        make.LINKS["directory"].url,
    ]


@pytest.mark.parametrize(
    "told",
    [
        make.assessment(),
        make.assessment(diagnosis_state="unconfirmed"),
        make.assessment("unconfirmed"),
    ],
    ids=lambda told: str(told.recommendation),
)
def test_the_suggestion_is_a_valid_task_about_this_patient(
    writer: CardWriter, told: Assessment
) -> None:
    card = make.card(writer, told)
    assert card["selectionBehavior"] == "at-most-one"
    (suggestion,) = card["suggestions"]
    (action,) = suggestion["actions"]
    assert (action["type"], bool(action["description"])) == ("create", True)
    task = Task.model_validate(action["resource"])
    assert (task.status, task.intent) == ("draft", "proposal")
    assert action["resource"]["for"] == {"reference": "Patient/synthetic-1"}
    assert action["resource"]["focus"] == {"reference": "Observation/result"}
    assert action["resource"]["reasonReference"] == {"reference": "Condition/meso"}
    assert action["resource"]["code"]["coding"][0]["system"] == make.SYSTEMS["task-code"]
    assert action["resource"]["description"] == card["summary"]


@pytest.mark.parametrize(
    "told",
    [make.assessment(prior_state="recorded"), make.assessment(NOT_KNOWN)],
    ids=lambda told: str(told.recommendation),
)
def test_other_cards_suggest_nothing(writer: CardWriter, told: Assessment) -> None:
    card = make.card(writer, told)
    assert "suggestions" not in card
    assert "selectionBehavior" not in card


def test_a_result_with_an_unusable_id_is_no_focus(writer: CardWriter) -> None:
    odd = make.fusion(source=Source("Observation/not legal!"))
    card = make.card(writer, make.assessment(fusions=(odd,)))
    task = card["suggestions"][0]["actions"][0]["resource"]
    assert "focus" not in task
    assert Task.model_validate(task).description


def test_a_patient_id_that_is_no_fhir_id_is_not_referenced(writer: CardWriter) -> None:
    card = writer.card(make.assessment(), make.NAMES, "id with spaces")
    assert card is not None
    assert "for" not in card["suggestions"][0]["actions"][0]["resource"]


def test_the_suggestion_keeps_its_uuid_as_long_as_the_card_does(writer: CardWriter) -> None:
    first = make.card(writer, make.assessment())["suggestions"][0]["uuid"]
    assert first == make.card(writer, make.assessment())["suggestions"][0]["uuid"]
    names = replace(make.NAMES, uuid="00000000-0000-8000-8000-000000000001")
    other = writer.card(make.assessment(), names, "synthetic-1")
    assert other is not None
    assert other["suggestions"][0]["uuid"] != first
    assert UUID(first).version == 5


def test_the_extension_tells_machines_what_was_decided(writer: CardWriter) -> None:
    gap = Gap(DataKey.REPORTS, GapWhy.NEXT_PAGE)
    unread = Unread(Source("DiagnosticReport/x"), CriterionKind.GENE_FUSION, UnreadWhy.ATTACHMENT)
    told = make.assessment(alive=NOT_KNOWN, gaps=(gap,), unread=(unread,))
    card = make.card(writer, told)
    assert card["extension"] == {
        EXTENSION: {
            "decision": make.NAMES.decision,
            "guideline": "genotes-ntrk-mesothelioma",
            "version": "0.1.0",
            "contentHash": "c" * 64,
            "recommendation": "trk-inhibitor-option",
            "states": {
                "alive": "not known",
                "fusion": "confirmed",
                "diagnosis": "established",
                "prior": "none",
            },
            "references": ["Observation/result", "Condition/meso"],
            "notChecked": [
                "diagnosticReports:more-pages",
                "gene-fusion:attachment-unreadable",
                "alive",
            ],
            "approved": False,
            "service": "0.1.0",
        }
    }


def test_an_empty_list_is_left_out_of_the_extension(writer: CardWriter) -> None:
    told = make.assessment(
        fusions=(make.fusion(source=Source("")),), diagnoses=(), reasons=make.no_references()
    )
    told = replace(told, diagnoses=(make.diagnosis(source=Source("bad reference")),))
    extension = make.card(writer, told)["extension"][EXTENSION]
    assert "references" not in extension
    assert "notChecked" not in extension


def test_references_that_fhir_does_not_allow_are_left_out(writer: CardWriter) -> None:
    odd = make.fusion(source=Source("Observation/<script>"))
    card = make.card(writer, make.assessment(fusions=(odd, make.fusion())))
    references = card["extension"][EXTENSION]["references"]
    assert "Observation/result" in references
    assert all(re.fullmatch(r"[A-Za-z]+/[A-Za-z0-9.-]{1,64}", name) for name in references)


def test_the_namespace_of_the_site_names_the_extension() -> None:
    own = make.writer(namespace="uk.nhs.trust", guidelines=(make.ONE_ROW,))
    assert list(make.card(own, make.assessment())["extension"]) == ["uk.nhs.trust.decision"]
