"""Whose resource is it? Nothing of another patient is read; nothing unclear is read as a no."""

from __future__ import annotations

import pytest

from cds_service.domain import Complete, DataKey, DataState, Received, UnreadWhy
from cds_service.reading.bundle import Patient, Selected, select
from tests.builders import NHS_NUMBER, Resource, fusion, patient, specimen

SERVER = "https://ehr.example/fhir"
NUMBER = {"system": NHS_NUMBER, "value": "999 000 0018"}
WITH_NUMBER = patient(identifier=[NUMBER])

MINE, ANOTHERS = "mine", "another's"
UNCLEAR, NO_SUBJECT = str(UnreadWhy.SUBJECT_UNCLEAR), str(UnreadWhy.NO_SUBJECT)


def chosen(*received: Received, server: str = SERVER, who: str = "p1") -> Selected:
    states: dict[DataKey, DataState] = {DataKey.OBSERVATIONS: Complete(received)}
    return select(states, Patient(who, server))


def whose(subject: object, *others: Received, **settings: str) -> str:
    """Whose a result is, beside a Patient with an NHS number unless others are given."""
    beside = others or (Received(WITH_NUMBER),)
    found = chosen(Received(fusion(subject=subject)), *beside, **settings)
    mine = [item for item in found.resources if item.json["resourceType"] == "Observation"]
    if not mine:
        return ANOTHERS
    return str(mine[0].doubt) if mine[0].doubt else MINE


def to(reference: str, **more: object) -> Resource:
    return {"reference": reference, **more}


# --- references ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "owner"),
    [
        ("Patient/p1", MINE),
        ("Patient/p1/_history/7", MINE),
        ("Patient/p2", ANOTHERS),
        ("Patient/P1", ANOTHERS),
        ("Patient/p11", ANOTHERS),
        ("Group/p1", ANOTHERS),
        ("Patient/", ANOTHERS),
        ("Patient/p1/x", ANOTHERS),
        ("p1", UNCLEAR),
        (f"{SERVER}/Patient/p1", MINE),
        (f"{SERVER}/Patient/p1/_history/7", MINE),
        ("https://EHR.example:443/fhir/Patient/p1", MINE),
        (f"{SERVER}/Patient/p2", ANOTHERS),
        ("https://other.example/fhir/Patient/p1", ANOTHERS),
        ("http://ehr.example/fhir/Patient/p1", ANOTHERS),
        ("https://ehr.example/other/Patient/p1", ANOTHERS),
        ("https://ehr.example:8443/fhir/Patient/p1", ANOTHERS),
        ("https://ehr.example:port/fhir/Patient/p1", ANOTHERS),
        ("urn:uuid:0b1f7a55-0000-4000-8000-000000000001", UNCLEAR),
        ("#pat", UNCLEAR),
    ],
)
def test_a_reference_names_the_patient_of_the_call_or_another(reference: str, owner: str) -> None:
    assert whose(to(reference)) == owner


def test_an_absolute_reference_is_unclear_where_the_call_names_no_server() -> None:
    assert whose(to(f"{SERVER}/Patient/p1"), server="") == UNCLEAR
    assert whose(to(f"{SERVER}/Patient/p2"), server="") == ANOTHERS


def test_a_trailing_slash_of_the_server_means_nothing() -> None:
    assert whose(to(f"{SERVER}/Patient/p1"), server=f"{SERVER}/") == MINE


@pytest.mark.parametrize("url", ["urn:uuid:1", "https://elsewhere.example/Patient/p1"])
def test_the_full_url_of_the_patient_sent_is_the_patient(url: str) -> None:
    assert whose(to(url), Received(patient(), url)) == MINE
    assert whose(to(url), Received(patient("p2"), url)) != MINE


def test_a_patient_without_an_id_is_known_by_its_full_url() -> None:
    bare = Received({"resourceType": "Patient"}, "urn:uuid:1")
    assert whose(to("urn:uuid:1"), bare, who="urn:uuid:1") == MINE


# --- nothing, or not a reference -----------------------------------------------------------------


@pytest.mark.parametrize(
    "subject", [None, {}, {"display": "Jo"}, "Patient/p1", [], {"reference": 7}]
)
def test_a_result_without_a_reference_has_no_subject(subject: object) -> None:
    assert whose(subject) == NO_SUBJECT


def test_the_older_name_of_the_element_is_read() -> None:
    older = {key: value for key, value in fusion().items() if key != "subject"}
    found = chosen(Received(older | {"patient": to("Patient/p1")}), Received(patient()))
    assert [item.doubt for item in found.resources] == [None, None]


# --- identifiers ---------------------------------------------------------------------------------


def by(value: str, system: str = NHS_NUMBER) -> Resource:
    return {"identifier": {"system": system, "value": value}}


@pytest.mark.parametrize(
    ("subject", "owner"),
    [
        (by("9990000018"), MINE),
        (by("999 000 0018"), MINE),
        (by("9990000026"), ANOTHERS),
        (by("9990000018", "urn:other-system"), UNCLEAR),
        (by("", NHS_NUMBER), NO_SUBJECT),
        (by("9990000018", ""), NO_SUBJECT),
    ],
)
def test_an_identifier_is_compared_with_the_patient_sent(subject: Resource, owner: str) -> None:
    assert whose(subject) == owner


def test_an_identifier_is_unclear_while_no_patient_was_sent() -> None:
    assert whose(by("9990000018"), Received(specimen())) == UNCLEAR


def test_an_identifier_is_not_compared_with_another_patient_sent() -> None:
    other = Received(patient("p2", identifier=[NUMBER]))
    assert whose(by("9990000018"), other) == UNCLEAR


def test_a_reference_and_an_identifier_that_disagree_are_unclear() -> None:
    assert whose(to("Patient/p1", **by("9990000026"))) == UNCLEAR
    assert whose(to("Patient/p1", **by("9990000018"))) == MINE
    assert whose(to("Patient/p1", **by("5", "urn:other-system"))) == MINE


@pytest.mark.parametrize(
    ("query", "owner"),
    [
        (f"identifier={NHS_NUMBER}|9990000018", MINE),
        ("identifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C9990000018", MINE),
        (f"identifier={NHS_NUMBER}|9990000026", ANOTHERS),
        ("identifier=urn:other|1", UNCLEAR),
        ("identifier=9990000018", UNCLEAR),
        ("name=jo", UNCLEAR),
        ("", UNCLEAR),
    ],
)
def test_a_conditional_reference_is_compared_by_its_identifier(query: str, owner: str) -> None:
    assert whose(to(f"Patient?{query}")) == owner


@pytest.mark.parametrize(
    ("inside", "owner"),
    [
        ({"resourceType": "Patient", "id": "pat", "identifier": [NUMBER]}, MINE),
        (
            {"resourceType": "Patient", "id": "pat", "identifier": [{**NUMBER, "value": "1"}]},
            ANOTHERS,
        ),
        ({"resourceType": "Patient", "id": "pat"}, UNCLEAR),
        ({"resourceType": "Group", "id": "pat", "identifier": [NUMBER]}, UNCLEAR),
        ({"resourceType": "Patient", "id": "other", "identifier": [NUMBER]}, UNCLEAR),
    ],
    ids=["this patient", "another", "no identifier", "a group", "another contained"],
)
def test_a_contained_patient_is_compared_by_its_identifier(inside: Resource, owner: str) -> None:
    held = Received(fusion(subject=to("#pat"), contained=[inside]))
    found = [r for r in chosen(held, Received(WITH_NUMBER)).resources if r.json["id"] == "o1"]
    told = ANOTHERS if not found else str(found[0].doubt) if found[0].doubt else MINE
    assert told == owner


# --- resources that are nobody's, and patients ----------------------------------------------------


@pytest.mark.parametrize("kind", ["Medication", "Organization", "Practitioner"])
def test_a_resource_that_belongs_to_nobody_is_kept(kind: str) -> None:
    (kept,) = chosen(Received({"resourceType": kind, "id": "x"})).resources
    assert kept.doubt is None


def test_a_specimen_without_a_subject_is_kept_and_anothers_is_not() -> None:
    mine = Received({"resourceType": "Specimen", "id": "s1"})
    theirs = Received(specimen("s2", subject=to("Patient/p2")))
    assert [item.json["id"] for item in chosen(mine, theirs).resources] == ["s1"]


def test_another_patient_is_dropped() -> None:
    found = chosen(Received(patient()), Received(patient("p2")))
    assert [item.json["id"] for item in found.resources] == ["p1"]
    assert found.dropped == 1


def test_a_patient_without_any_id_is_unclear() -> None:
    (kept,) = chosen(Received({"resourceType": "Patient"})).resources
    assert kept.doubt is UnreadWhy.SUBJECT_UNCLEAR


def test_the_nhs_number_of_the_patient_is_passed_on() -> None:
    assert chosen(Received(WITH_NUMBER)).nhs_number == "9990000018"
    assert chosen(Received(patient())).nhs_number == ""
    assert chosen(Received(patient("p2", identifier=[NUMBER]))).nhs_number == ""


def test_what_arrives_with_a_call_is_sorted_the_same_way() -> None:
    theirs = Received(fusion(subject=to("Patient/p2")))
    found = select({}, Patient("p1"), [theirs, Received(fusion(id="o2"))])
    assert [item.json["id"] for item in found.resources] == ["o2"]
    assert found.dropped == 1
