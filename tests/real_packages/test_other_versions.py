"""HL7's own examples of STU3 and R5: all are read, none breaks reading, none is a finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from cds_service.domain import Match, Received
from cds_service.knowledge import Knowledge
from cds_service.reading import read
from cds_service.reading.validation import fault
from tests.real_packages import packages
from tests.real_packages.packages import Package

STU3 = Package(
    "hl7.fhir.r3.examples",
    "3.0.2",
    "HhSNNmBZKvqzfEpSdPaAmbZB4mphC7rDZNOS7OjwQaupS0PoV/SZNdoppLKFr4Q0TKxVV0UY8Hl0e0o7qSXWRw==",
)
R5 = Package(
    "hl7.fhir.r5.examples",
    "5.0.0",
    "+fOu1d5DqAQMorvTVx0bYrnTPl+Z2YovBkLMcJf6E+jMh61+SbeAEWqzxyO/wE7LBots7hBXwy8tN7n6iBRjOw==",
)
VALIDATED = (
    "Observation",
    "DiagnosticReport",
    "Condition",
    "Patient",
    "MedicationRequest",
    "MedicationStatement",
    "MedicationAdministration",
)
ALSO = ("MolecularSequence", "Sequence", "GenomicStudy")


def resources(package: Package) -> Iterator[dict[str, Any]]:
    """Every resource of a type that is read, alone or inside a Bundle."""
    try:
        archive = packages.fetch(package)
    except packages.PackageUnavailableError as why:
        pytest.skip(f"NOT TESTED against published resources: {why}")
    waiting = [body for _, body in packages.json_files(archive)]
    for body in waiting:
        waiting += [entry.get("resource", {}) for entry in body.get("entry", ())]
        if body.get("resourceType") in (*VALIDATED, *ALSO):
            yield body


@pytest.mark.parametrize(("package", "number", "refused"), [(STU3, 215, 2), (R5, 957, 2)])
def test_every_example_of_another_version_is_read_and_none_is_a_finding(
    package: Package,
    number: int,
    refused: int,
    knowledge: Knowledge,
    counts: dict[str, Counter[str]],
) -> None:
    counted = counts.setdefault(f"{package.name} {package.version}, read", Counter())
    for resource in resources(package):
        record = read([Received(resource)], [], knowledge.vocabulary)
        assert (record.fusions, record.therapies) == ((), ()), resource.get("id")
        assert all(found.match is Match.DENY for found in record.diagnoses), resource.get("id")
        kind = resource["resourceType"]
        bad = kind in VALIDATED and fault(resource) is not None
        counted[f"{kind}: {'not valid' if bad else 'read'}"] += 1
    assert sum(counted[name] for name in counted if name.endswith("not valid")) == refused
    assert counted.total() == number
