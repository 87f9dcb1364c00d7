"""One card of every recommendation, through the real door; and the count of what is open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.cards import ResponseSchema
from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of
from cds_service.knowledge import data_dir
from tests.conformance.shapes import Card, Judge
from tests.conformance.table import Table
from tests.doors.bodies import SERVICE, SUBJECT, chart_opening, coded, fusion, mesothelioma
from tests.doors.conftest import Events, noon

_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def _rearrangement() -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "id": "synthetic-report",
        "status": "final",
        "subject": SUBJECT,
        "code": {"text": "Solid tumour gene panel"},
        "conclusion": "The panel has revealed an NTRK rearrangement.",
    }


def _larotrectinib() -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": "synthetic-request",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "medicationCodeableConcept": coded("http://www.whocc.no/atc", "L01EX12", "larotrectinib"),
    }


def requests() -> dict[str, dict[str, Any]]:
    """A synthetic patient for every recommendation that shows a card."""
    provisional = mesothelioma(
        verificationStatus=coded(_VERIFICATION, "provisional", "Provisional")
    )
    both: dict[str, Any] = {"observations": [fusion()], "conditions": [mesothelioma()]}
    return {
        "trk-inhibitor-option": chart_opening(**both),
        "prior-trk-inhibitor": chart_opening(**both, medicationRequests=[_larotrectinib()]),
        "confirm-diagnosis": chart_opening(observations=[fusion()], conditions=[provisional]),
        "confirm-fusion": chart_opening(
            diagnosticReports=[_rearrangement()], conditions=[mesothelioma()]
        ),
        "could-not-check": chart_opening(observations=[fusion()], conditions="<html>"),
    }


@pytest.fixture(scope="session")
def door(desk: Desk) -> FlaskClient:
    return app_of(desk, Events(), noon).test_client()


@pytest.fixture(scope="session")
def services(door: FlaskClient) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = door.get("/cds-services").get_json()["services"]
    return listed


@pytest.fixture(scope="session")
def card_of(door: FlaskClient) -> dict[str, Card]:
    """The card by recommendation; each request must give the one that it is for."""
    found: dict[str, Card] = {}
    for body in requests().values():
        (card,) = door.post(SERVICE, json=body).get_json()["cards"]
        found[card["extension"]["org.example.decision"]["recommendation"]] = card
    assert set(found) == set(requests())
    return found


@pytest.fixture(scope="session")
def cards(card_of: dict[str, Card]) -> list[Card]:
    return list(card_of.values())


@pytest.fixture(scope="session")
def suggestions(cards: list[Card]) -> list[dict[str, Any]]:
    found = [item for card in cards for item in card.get("suggestions", ())]
    assert found
    return found


@pytest.fixture(scope="session")
def actions(suggestions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [action for suggestion in suggestions for action in suggestion["actions"]]


@pytest.fixture(scope="session")
def links(cards: list[Card]) -> list[dict[str, Any]]:
    found = [link for card in cards for link in card.get("links", ())]
    assert found
    return found


@pytest.fixture(scope="session")
def judge(card_of: dict[str, Card]) -> Judge:
    """Our schema, with a card that has suggestions and links."""
    return Judge(ResponseSchema(data_dir("cards")), card_of["trk-inhibitor-option"])


@pytest.fixture(scope="session")
def table() -> Table:
    return Table.read()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the count, so that nobody has to look for it."""
    if Path(__file__).with_name("requirements.toml").is_file():
        for line in Table.read().summary():
            terminalreporter.write_line(line)
