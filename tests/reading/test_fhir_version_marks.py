"""What shows the version of a synthetic patient's resource, and what only looks like a sign."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cds_service.domain import UnreadWhy
from cds_service.reading.fhir_version import FhirVersion, versions_shown
from cds_service.reading.validation import fault
from tests.builders import Resource, condition, fusion, part

STU3, R4, R5 = FhirVersion.STU3, FhirVersion.R4, FhirVersion.R5


def test_a_unit_in_braces_is_no_json_that_was_sent_as_text() -> None:
    reads = part("82121-5", {"text": "depth"}) | {"valueQuantity": {"value": 5, "code": "{reads}"}}
    reads.pop("valueCodeableConcept")
    assert fault(fusion(component=[*fusion()["component"], reads])) is None
    assert fault(fusion(code='{"text": "Genetic variant"}')) is UnreadWhy.INVALID


@pytest.mark.parametrize(
    ("profile", "shown"),
    [
        ("http://hl7.org/fhir/3.0/StructureDefinition/Observation", {STU3}),
        ("http://hl7.org/fhir/StructureDefinition/Observation|3.0.2", {STU3}),
        ("http://hl7.org/fhir/StructureDefinition/Observation|4.0.1", {R4}),
        ("http://hl7.org/fhir/R5/observation", {R5}),
        ("http://hl7.org/fhir/StructureDefinition/Observation", set()),
        ("http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|3.0.2", set()),
        ("http://example.org/fhir/3.0/x", set()),
        ("http://hl7.org/fhir/9.9/x", set()),
        (7, set()),
    ],
)
def test_a_core_profile_names_a_version_and_a_guide_does_not(
    profile: object, shown: set[FhirVersion]
) -> None:
    assert versions_shown(fusion(meta={"profile": [profile]})) == shown
    assert versions_shown(fusion(meta={"profile": profile})) == set()


@pytest.mark.parametrize(
    ("resource", "shown"),
    [
        (condition(clinical="", clinicalStatus="active"), {STU3}),
        (condition(clinical="", clinicalStatus={"text": "active"}), set()),
        (condition(evidence=[{"concept": {"text": "biopsy"}}]), {R5}),
        (condition(evidence=[{"reference": {"reference": "DiagnosticReport/r1"}}]), {R5}),
        (condition(evidence=[{"code": [{"text": "biopsy"}]}]), set()),
        (fusion(component=[{"valueAttachment": {"title": "figure"}}]), {R5}),
        (fusion(component=[{"valueReference": {"display": "figure"}}]), {R5}),
    ],
)
def test_an_element_that_only_one_version_has_shows_it(
    resource: Resource, shown: set[FhirVersion]
) -> None:
    assert versions_shown(resource) == shown


def test_models_of_other_versions_are_imported_only_when_they_are_needed() -> None:
    program = (
        "import sys, cds_service.reading\n"
        "assert 'fhir.resources.R4B.observation' in sys.modules\n"
        "loaded = [m for m in sys.modules if m.startswith('fhir.resources.STU3.')]\n"
        "assert not loaded and 'fhir.resources.observation' not in sys.modules, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
