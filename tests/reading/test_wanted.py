"""What the rules look for in vain is named, and nothing else."""

from __future__ import annotations

import pytest

from cds_service.domain import Received
from cds_service.knowledge import Knowledge
from cds_service.reading.wanted import unresolved
from tests.builders import (
    MINE,
    Resource,
    condition,
    fusion,
    larotrectinib,
    report,
    request,
    result,
    results,
    specimen,
)

TABLET: Resource = {"reference": "Medication/m"}
PANEL = result(value=None, id="panel", hasMember=results("a"))
BLOOD_COUNT: Resource = {
    "resourceType": "DiagnosticReport",
    "id": "fbc",
    "status": "final",
    "subject": MINE,
    "code": {"text": "Full blood count"},
    "result": results("haemoglobin"),
    "specimen": [{"reference": "Specimen/blood"}],
}


def ordered(**more: object) -> Resource:
    return request(None, medicationReference=TABLET) | more


def names(knowledge: Knowledge, *resources: Resource) -> tuple[str, ...]:
    return unresolved([Received(resource) for resource in resources], knowledge.vocabulary)


@pytest.mark.parametrize(
    ("resource", "wanted"),
    [
        (PANEL, "Observation/a"),
        (fusion(derivedFrom=results("a")), "Observation/a"),
        (report(result=results("a")), "Observation/a"),
        (fusion(specimen={"reference": "Specimen/s/_history/2"}), "Specimen/s"),
        (fusion(focus=[{"reference": "Condition/c"}]), "Condition/c"),
        (ordered(), "Medication/m"),
        (ordered(resourceType="MedicationStatement", status="completed"), "Medication/m"),
        (ordered(resourceType="MedicationStatement", taken="y"), "Medication/m"),  # STU3
        (request(None, medication={"reference": TABLET}), "Medication/m"),  # R5
        (fusion(derivedFrom=[{"reference": "http://a.example/Observation/a"}]), None),
    ],
)
def test_what_a_rule_needs_and_was_not_sent_is_named(
    knowledge: Knowledge, resource: Resource, wanted: str | None
) -> None:
    assert names(knowledge, resource) == (wanted or "http://a.example/Observation/a",)


@pytest.mark.parametrize(
    "resource",
    [
        BLOOD_COUNT,
        fusion(status="entered-in-error", derivedFrom=results("a")),
        fusion(derivedFrom=[{"reference": "MolecularSequence/a"}]),
        fusion(specimen={"reference": "#s"}),
        fusion(specimen={"reference": "Specimen"}),  # a type, and no resource of it
        fusion(specimen={"identifier": {"value": "s"}}),
        ordered(status="cancelled"),
        ordered(medicationReference=TABLET | {"display": "paracetamol"}),
        request(larotrectinib()),
        fusion(hasMember="Observation/a", specimen=[None], focus=5),
    ],
)
def test_what_no_rule_needs_is_not_named(knowledge: Knowledge, resource: Resource) -> None:
    assert names(knowledge, resource) == ()


def test_what_was_sent_is_not_wanted(knowledge: Knowledge) -> None:
    tablet: Resource = {"resourceType": "Medication", "id": "m", "code": {"text": "paracetamol"}}
    linked = fusion(
        hasMember=results("a"),
        specimen={"reference": "Specimen/s1"},
        focus=[{"reference": "Condition/c1"}],
    )
    sent = (linked, fusion(id="a"), specimen(), condition(), ordered(), tablet)
    assert names(knowledge, *sent) == ()


def test_the_types_take_turns_and_each_reference_stands_once(knowledge: Knowledge) -> None:
    panel = PANEL | {"hasMember": results("a", "b", "a", "c"), "focus": results("b")}
    wanted = names(knowledge, panel, ordered(), ordered(id="again"))
    assert wanted == ("Observation/a", "Medication/m", "Observation/b", "Observation/c")
