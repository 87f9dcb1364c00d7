"""Literal references: which of them mean a resource of this very server."""

from __future__ import annotations

import pytest

from cds_service.clients import Base
from cds_service.fhir_client import below

BASE = Base.parse("https://ehr.example/fhir/r4")


@pytest.mark.parametrize(
    "reference",
    [
        "Medication/m-1.a",
        "Medication/m-1.a/_history/3",
        "https://ehr.example/fhir/r4/Medication/m-1.a",
        "https://EHR.example:443/fhir/r4/Medication/m-1.a/_history/3",
    ],
)
def test_a_resource_of_this_server_is_known_by_type_and_id(reference: str) -> None:
    assert below(BASE, reference) == "Medication/m-1.a"


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "#contained",
        "Medication",
        "Medication/",
        "Medication/..",
        "Medication/.",
        "medication/1",
        "/Medication/1",
        "../Medication/1",
        "x/Medication/1",
        "Medication/1/2",
        "Medication/1?x=y",
        "Medication?identifier=1",
        "Medication/%2e%2e",
        "Medication/1\r\nHost: elsewhere.example",
        "Medication/" + "a" * 129,
        "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
        "//elsewhere.example/fhir/r4/Medication/1",
        "http://ehr.example/fhir/r4/Medication/1",
        "https://ehr.example:8443/fhir/r4/Medication/1",
        "https://ehr.example.org/fhir/r4/Medication/1",
        "https://ehr.example@elsewhere.example/fhir/r4/Medication/1",
        "https://ehr.example/fhir/r4x/Medication/1",
        "https://ehr.example/fhir/r4/../r4/Medication/1",
        "https://ehr.example/fhir/r4/deeper/Medication/1",
        "https://ehr.example/fhir/Medication/1",
        "https://[ehr.example/fhir/r4/Medication/1",
        "file:///fhir/r4/Medication/1",
    ],
)
def test_a_reference_to_anywhere_else_is_none(reference: str) -> None:
    assert below(BASE, reference) == ""
