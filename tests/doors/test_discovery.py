"""Discovery, in full: what is asked for, and what a site can change in it."""

from __future__ import annotations

from flask.testing import FlaskClient

from cds_service.doors.answer import Desk
from cds_service.settings import Settings
from tests.doors.conftest import client_of


def test_both_hooks_are_listed_under_one_id(client: FlaskClient) -> None:
    services = client.get("/cds-services").get_json()["services"]
    assert [service["hook"] for service in services] == [
        "patient-view",
        "org.example.genomic-result-available",
    ]
    assert {service["id"] for service in services} == {"ntrk-mesothelioma"}


def test_the_prefetch_templates_are_the_published_ones(client: FlaskClient) -> None:
    (first, second) = client.get("/cds-services").get_json()["services"]
    assert first["prefetch"] == second["prefetch"]
    p = "patient={{context.patientId}}"
    assert first["prefetch"] == {
        "patient": "Patient/{{context.patientId}}",
        "conditions": f"Condition?{p}&_count=500",
        "observations": (
            f"Observation?{p}&code=http://loinc.org|69548-6,http://loinc.org|95123-6,"
            "http://loinc.org|81247-9,http://loinc.org|51969-4,http://loinc.org|55233-1,"
            "http://loinc.org|84413-4,http://loinc.org|84414-2,http://loinc.org|53041-0,"
            "http://loinc.org|31206-6,http://snomed.info/sct|1098951000119108&_count=500"
        ),
        "laboratory": f"Observation?{p}&category=laboratory&_sort=-date&_count=2000",
        "diagnosticReports": f"DiagnosticReport?{p}&_count=500",
        "medicationRequests": f"MedicationRequest?{p}&_count=500",
        "medicationStatements": f"MedicationStatement?{p}&_count=500",
    }


def test_a_site_can_ask_for_its_own_codes_and_leave_the_laboratory_out(desk: Desk) -> None:
    settings = Settings(observation_codes=("urn:local|NGS",), prefetch_laboratory=False)
    services = client_of(desk, settings=settings).get("/cds-services").get_json()["services"]
    asked = services[0]["prefetch"]
    assert "code=urn:local|NGS&" in asked["observations"]
    assert "laboratory" not in asked


def test_the_fields_of_version_3_are_sent_by_setting_only(desk: Desk, client: FlaskClient) -> None:
    for service in client.get("/cds-services").get_json()["services"]:
        assert not {"version", "hookVersion"} & set(service)
    newer = client_of(desk, settings=Settings(hooks_version="3.0.0"))
    first, second = newer.get("/cds-services").get_json()["services"]
    assert (first["version"], first["hookVersion"]) == ("3.0.0", "1.0")
    assert (second["version"], second["hookVersion"]) == ("3.0.0", "0.1.0")
