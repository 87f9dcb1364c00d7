"""References and identifiers that differ by one sign from those of the patient of the call."""

from __future__ import annotations

import pytest

from cds_service.domain import Complete, DataKey, DataState, Received, UnreadWhy
from cds_service.reading.bundle import Patient, select
from tests.builders import NHS_NUMBER, Resource, fusion, patient, specimen

NUMBER = {"system": NHS_NUMBER, "value": "9990000018"}
MINE, ANOTHERS = "mine", "another's"
UNCLEAR, NO_SUBJECT = str(UnreadWhy.SUBJECT_UNCLEAR), str(UnreadWhy.NO_SUBJECT)


def whose(subject: object, *others: Resource, server: str = "", who: str = "p1") -> str:
    """Whose a result is, beside a Patient with an NHS number and what else came."""
    sent = [fusion(subject=subject), patient(identifier=[NUMBER]), *others]
    states: dict[DataKey, DataState] = {
        DataKey.OBSERVATIONS: Complete(tuple(Received(item) for item in sent))
    }
    kept = select(states, Patient(who, server)).resources
    mine = [item for item in kept if item.json["id"] == "o1"]
    if not mine:
        return ANOTHERS
    return str(mine[0].doubt) if mine[0].doubt else MINE


@pytest.mark.parametrize(
    ("reference", "server", "owner"),
    [
        ("http://ehr.example:80/fhir/Patient/p1", "http://ehr.example/fhir", MINE),
        ("http://ehr.example:81/fhir/Patient/p1", "http://ehr.example/fhir", ANOTHERS),
        ("https://ehr.example:80/fhir/Patient/p1", "https://ehr.example/fhir", ANOTHERS),
        ("https://ehr.example/fhir/Patient/p1", "https://ehr.example/fhirX", ANOTHERS),
        ("https://ehr.example/Patient/r4/Patient/p1", "https://ehr.example/Patient/r4", MINE),
        ("urn:example:Patient/p1", "https://ehr.example/fhir", UNCLEAR),
        ("URN:example:Patient/p1", "https://ehr.example/fhir", UNCLEAR),
    ],
)
def test_a_server_is_compared_in_all_its_parts(reference: str, server: str, owner: str) -> None:
    assert whose({"reference": reference}, server=server) == owner


def test_an_empty_id_is_nobodys() -> None:
    assert whose({"reference": "Patient/"}, who="") == ANOTHERS


@pytest.mark.parametrize(
    ("system", "query", "owner"),
    [
        ("urn:x?y", "identifier=urn:x?y|5", MINE),
        ("urn:x?y", "identifier=urn:x?y|6", ANOTHERS),
        ("urn:x|y", "identifier=urn:x|y|5", MINE),
        ("urn:x", "identifier=|5", UNCLEAR),
    ],
)
def test_a_conditional_reference_may_hold_its_own_signs(
    system: str, query: str, owner: str
) -> None:
    other = patient(identifier=[{"system": system, "value": "5"}])
    assert whose({"reference": f"Patient?{query}"}, other) == owner


def test_the_number_of_another_resource_is_not_the_patients() -> None:
    sample = specimen(identifier=[{"system": NHS_NUMBER, "value": "9990000026"}])
    subject = {"identifier": {"system": NHS_NUMBER, "value": "9990000026"}}
    assert whose(subject, sample) == ANOTHERS


@pytest.mark.parametrize(
    ("kind", "doubt"), [("Specimen", None), ("Condition", UnreadWhy.NO_SUBJECT)]
)
def test_only_a_specimen_may_lack_a_subject(kind: str, doubt: UnreadWhy | None) -> None:
    states: dict[DataKey, DataState] = {
        DataKey.OBSERVATIONS: Complete((Received({"resourceType": kind, "id": "x"}),))
    }
    (kept,) = select(states, Patient("p1")).resources
    assert kept.doubt is doubt


def test_a_specimen_with_an_empty_subject_has_no_subject() -> None:
    assert whose({}) == NO_SUBJECT
