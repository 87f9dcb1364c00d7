"""A FHIR server that no one here wrote answers our queries, with no prefetch at all."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.domain import Complete, DataKey, GapWhy, Partial
from cds_service.doors.app import create_app
from cds_service.doors.discovery import queries
from cds_service.doors.events import LogStore
from cds_service.fhir_client import FhirClient, Server
from cds_service.knowledge import Knowledge
from cds_service.settings import Settings
from tests.doors.bodies import SERVICE, chart_opening, fusion, mesothelioma
from tests.doors.conftest import noon
from tests.medplum.conftest import HERE, Medplum

pytestmark = pytest.mark.timeout(180)
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def door(knowledge: Knowledge) -> FlaskClient:
    """The service as it ships, whose reader of FHIR servers is the real one."""
    settings = Settings(fetch_budget=20.0)  # a busy machine is not the matter here
    return create_app(settings, knowledge=knowledge, store=LogStore(), clock=noon).test_client()


@pytest.fixture
def patient(medplum: Medplum) -> str:
    """A new patient."""
    ident = f"patient-{next(_numbers)}"
    medplum.put({"resourceType": "Patient", "id": ident})
    return ident


def put(medplum: Medplum, patient: str, *resources: dict[str, Any]) -> None:
    for number, resource in enumerate(resources):
        subject = {"reference": f"Patient/{patient}"}
        medplum.put(resource | {"id": f"{patient}-{number}", "subject": subject})


def cards(door: FlaskClient, medplum: Medplum, patient: str) -> list[str]:
    body = chart_opening() | {
        "context": {"patientId": patient, "userId": "Practitioner/synthetic-2"},
        "fhirServer": medplum.base,
    }
    del body["prefetch"]
    response = door.post(SERVICE, json=body)
    assert response.status_code == 200
    decisions = [card["extension"]["org.example.decision"] for card in response.get_json()["cards"]]
    return [decision["recommendation"] for decision in decisions]


def test_a_fusion_and_a_mesothelioma_are_found_and_the_card_is_right(
    door: FlaskClient, medplum: Medplum, patient: str
) -> None:
    put(medplum, patient, fusion(), mesothelioma())
    assert cards(door, medplum, patient) == ["trk-inhibitor-option"]


def test_a_rearrangement_in_the_words_of_a_report_is_found(
    door: FlaskClient, medplum: Medplum, patient: str
) -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"text": "Solid tumour gene panel"},
        "conclusion": "The panel has revealed an NTRK rearrangement.",
    }
    put(medplum, patient, report, mesothelioma())
    assert cards(door, medplum, patient) == ["confirm-fusion"]


def test_a_record_without_a_fusion_is_read_to_its_end_and_gives_no_card(
    door: FlaskClient, medplum: Medplum, patient: str
) -> None:
    put(medplum, patient, mesothelioma())
    assert cards(door, medplum, patient) == []


def test_a_fusion_of_another_patient_of_the_same_server_is_not_found(
    door: FlaskClient, medplum: Medplum, patient: str
) -> None:
    put(medplum, f"{patient}-other", fusion())
    put(medplum, patient, mesothelioma())
    assert cards(door, medplum, patient) == []


def test_every_query_of_discovery_is_answered_whole(medplum: Medplum, patient: str) -> None:
    put(medplum, patient, fusion(), mesothelioma())
    states = FhirClient().fetch(Server(medplum.base), queries(Settings(), patient), 20)
    held = {
        key: [item.json["resourceType"] for item in state.resources]
        for key, state in states.items()
        if isinstance(state, Complete)
    }
    assert held == {
        DataKey.PATIENT: ["Patient"],
        DataKey.CONDITIONS: ["Condition"],
        DataKey.OBSERVATIONS: ["Observation"],
        DataKey.LABORATORY: ["Observation"],
        DataKey.REPORTS: [],
        DataKey.REQUESTS: [],
        DataKey.STATEMENTS: [],
    }


def test_fewer_entries_than_its_total_are_not_the_whole_answer(
    medplum: Medplum, patient: str
) -> None:
    """This server counts all matches and has no next pages."""
    put(medplum, patient, *[mesothelioma()] * 3)
    wanted = {DataKey.CONDITIONS: f"Condition?patient={patient}&_count=2"}
    state = FhirClient().fetch(Server(medplum.base), wanted, 20)[DataKey.CONDITIONS]
    assert isinstance(state, Partial)
    assert (len(state.resources), state.why) == (2, GapWhy.FEWER_THAN_TOTAL)


def test_the_glue_is_ours_and_short() -> None:
    assert len((HERE / "our_glue.mjs").read_text("utf-8").splitlines()) <= 60
