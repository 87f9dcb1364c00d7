"""The states in which a prefetch value arrives: what can be believed, and what is then missing."""

from __future__ import annotations

import pytest

from cds_service.domain import (
    Complete,
    DataKey,
    DataState,
    Gap,
    GapWhy,
    Missing,
    Partial,
    Received,
    RepeatedKeys,
)
from cds_service.reading.bundle import Patient, patient_ids, select, state_of, whole_record
from tests.builders import (
    Resource,
    bundle,
    condition,
    fusion,
    larotrectinib,
    negative,
    patient,
    request,
)
from tests.desk import Desk, complete, states_of

NEXT: Resource = {"link": [{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]}


def outcome_of(severity: str) -> Resource:
    issue = [{"severity": severity, "code": "processing"}]
    return {"resourceType": "OperationOutcome", "issue": issue}


def one(resource: Resource) -> Resource:
    return {"resource": resource}


# --- the nine states -----------------------------------------------------------------------------


def test_a_key_that_was_not_sent_is_a_gap(ask: Desk) -> None:
    found = ask.about(condition(), missing=[DataKey.OBSERVATIONS])
    assert found.gaps == (Gap(DataKey.OBSERVATIONS, GapWhy.NOT_SENT),)


def test_null_is_known_to_be_empty() -> None:
    assert state_of(None) == Complete()


@pytest.mark.parametrize("value", ["", "Observation/1", 7, True, [], {}, [fusion()], {"id": "x"}])
def test_a_value_that_is_no_resource_is_missing(value: object) -> None:
    assert state_of(value) == Missing(GapWhy.NOT_A_RESOURCE)


@pytest.mark.parametrize("severity", ["information", "warning", "error", "fatal"])
def test_an_operation_outcome_is_missing(severity: str) -> None:
    assert state_of(outcome_of(severity)) == Missing(GapWhy.OUTCOME)


def test_a_bundle_with_a_next_page_is_partial() -> None:
    assert state_of(bundle(fusion(), **NEXT)) == Partial((Received(fusion()),), GapWhy.NEXT_PAGE)


def test_a_bundle_with_other_links_is_complete() -> None:
    links = [{"relation": "self", "url": "x"}, {"relation": "prev", "url": "y"}]
    assert state_of(bundle(fusion(), link=links)) == complete(fusion())


def test_a_bundle_with_fewer_entries_than_its_total_is_partial() -> None:
    state = state_of(bundle(fusion(), total=2))
    assert state == Partial((Received(fusion()),), GapWhy.FEWER_THAN_TOTAL)


@pytest.mark.parametrize("total", [0, 1, "2", None, True, 1.5])
def test_a_total_that_does_not_speak_of_more_is_complete(total: object) -> None:
    assert state_of(bundle(fusion(), total=total)) == complete(fusion())


def test_included_resources_are_not_counted_against_the_total() -> None:
    included = {"resource": patient(), "search": {"mode": "include"}}
    entries = [{"resource": fusion(), "search": {"mode": "match"}}, included]
    state = state_of({"resourceType": "Bundle", "total": 2, "entry": entries})
    assert isinstance(state, Partial)


def test_a_servers_remark_is_not_counted_against_the_total() -> None:
    remark = {"resource": outcome_of("information"), "search": {"mode": "outcome"}}
    state = state_of({"resourceType": "Bundle", "total": 2, "entry": [one(fusion()), remark]})
    assert state == Partial((Received(fusion()),), GapWhy.FEWER_THAN_TOTAL)


@pytest.mark.parametrize("severity", ["warning", "error", "fatal"])
def test_a_bundle_with_a_warning_inside_is_partial(severity: str) -> None:
    state = state_of(bundle(fusion(), outcome_of(severity)))
    assert state == Partial((Received(fusion()),), GapWhy.OUTCOME_ENTRY)


def test_a_bundle_with_information_inside_is_complete() -> None:
    assert state_of(bundle(fusion(), outcome_of("information"))) == complete(fusion())


def test_a_bundle_with_an_outcome_that_says_nothing_is_partial() -> None:
    silent = {"resourceType": "OperationOutcome"}
    assert state_of(bundle(silent)) == Partial((), GapWhy.OUTCOME_ENTRY)


def test_a_resource_of_another_patient_is_dropped_and_its_key_is_a_gap() -> None:
    theirs = fusion(subject={"reference": "Patient/p2"})
    chosen = select({DataKey.OBSERVATIONS: complete(theirs, negative(id="o2"))}, Patient("p1"))
    assert [item.json["id"] for item in chosen.resources] == ["o2"]
    assert chosen.gaps == (Gap(DataKey.OBSERVATIONS, GapWhy.OTHER_PATIENT),)
    assert chosen.dropped == 1


def test_what_came_unasked_of_another_patient_is_a_gap_where_it_would_stand() -> None:
    theirs = Received(condition(subject={"reference": "Patient/p2"}))
    chosen = select({DataKey.OBSERVATIONS: complete(fusion())}, Patient("p1"), unasked=[theirs])
    assert chosen.gaps == (Gap(DataKey.CONDITIONS, GapWhy.OTHER_PATIENT),)


@pytest.mark.parametrize("empty", [bundle(), {"resourceType": "Bundle"}, bundle(total=0)])
def test_an_empty_bundle_is_known_to_be_empty(empty: Resource) -> None:
    assert state_of(empty) == Complete()


def test_a_single_resource_stands_for_itself() -> None:
    assert state_of(patient()) == complete(patient())


# --- damaged bundles -----------------------------------------------------------------------------


@pytest.mark.parametrize("entries", ["x", 7, {"resource": {}}, True])
def test_entries_that_are_no_list_are_missing(entries: object) -> None:
    damaged = {"resourceType": "Bundle", "entry": entries}
    assert state_of(damaged) == Missing(GapWhy.NOT_A_RESOURCE)


@pytest.mark.parametrize("entry", [None, "x", {}, {"resource": None}, {"resource": {"id": "x"}}])
def test_an_entry_that_is_no_resource_makes_the_bundle_partial(entry: object) -> None:
    state = state_of({"resourceType": "Bundle", "entry": [{"resource": fusion()}, entry]})
    assert state == Partial((Received(fusion()),), GapWhy.NOT_A_RESOURCE)


def test_a_deletion_is_no_damage() -> None:
    deletion = {"request": {"method": "DELETE", "url": "Observation/x"}}
    entries = [{"resource": fusion()}, deletion]
    assert state_of({"resourceType": "Bundle", "entry": entries}) == complete(fusion())


def test_a_deletion_of_something_that_is_there_is_damage() -> None:
    entry = {"request": {"method": "DELETE", "url": "Observation/x"}, **one({"id": "x"})}
    state = state_of({"resourceType": "Bundle", "entry": [one(fusion()), entry]})
    assert state == Partial((Received(fusion()),), GapWhy.NOT_A_RESOURCE)


def test_a_bundle_whose_link_has_two_relations_is_not_whole() -> None:
    doubled = RepeatedKeys(relation="self", url="https://ehr.example/fhir")
    state = state_of(bundle(fusion(), link=[doubled]))
    assert state == Partial((Received(fusion()),), GapWhy.NOT_A_RESOURCE)


def test_the_bundles_in_a_batch_response_are_read() -> None:
    assert state_of(bundle(bundle(fusion()), bundle(condition()))) == complete(
        fusion(), condition()
    )


def test_a_next_page_inside_a_batch_response_is_seen() -> None:
    state = state_of(bundle(bundle(fusion(), **NEXT)))
    assert state == Partial((Received(fusion()),), GapWhy.NEXT_PAGE)


def test_bundles_without_end_are_not_a_record() -> None:
    nested = bundle(fusion())
    for _ in range(20):
        nested = bundle(nested)
    assert state_of(nested) == Partial((), GapWhy.NOT_A_RESOURCE)


def test_a_bundle_with_two_lists_of_entries_is_not_whole() -> None:
    doubled = RepeatedKeys(bundle(fusion()))
    assert state_of(doubled) == Partial((Received(fusion()),), GapWhy.NOT_A_RESOURCE)


def test_an_entry_with_two_resources_is_not_read() -> None:
    doubled = RepeatedKeys(resource=fusion())
    state = state_of({"resourceType": "Bundle", "entry": [doubled]})
    assert state == Partial((), GapWhy.NOT_A_RESOURCE)


def test_an_answer_to_another_question_is_a_gap() -> None:
    chosen = select({DataKey.OBSERVATIONS: complete(condition())}, Patient("p1"))
    assert chosen.gaps == (Gap(DataKey.OBSERVATIONS, GapWhy.NOT_A_RESOURCE),)


def test_observations_may_come_under_either_of_their_keys(ask: Desk) -> None:
    states: dict[DataKey, DataState] = {
        **states_of(condition()),
        DataKey.LABORATORY: complete(fusion()),
    }
    assert ask.of_states(states).recommendation == "trk-inhibitor-option"


def test_the_full_url_of_an_entry_is_kept() -> None:
    entries = [{"fullUrl": "urn:uuid:1", "resource": patient()}]
    assert state_of({"resourceType": "Bundle", "entry": entries}) == Complete(
        (Received(patient(), "urn:uuid:1"),)
    )


# --- a file as the whole record ------------------------------------------------------------------


def test_a_file_is_the_whole_record() -> None:
    states = whole_record([fusion(), condition(), patient(), request(larotrectinib())])
    assert set(states) == set(DataKey)
    assert states[DataKey.OBSERVATIONS] == complete(fusion())
    assert states[DataKey.REPORTS] == Complete()


@pytest.mark.parametrize("kind", ["MedicationAdministration", "MedicationStatement"])
def test_administrations_stand_beside_statements(kind: str) -> None:
    given = {"resourceType": kind, "id": "x"}
    assert whole_record([given])[DataKey.STATEMENTS] == complete(given)


@pytest.mark.parametrize(
    ("damaged", "why"),
    [
        (bundle(fusion(), **NEXT), GapWhy.NEXT_PAGE),
        (bundle(fusion(), total=9), GapWhy.FEWER_THAN_TOTAL),
        (bundle(fusion(), outcome_of("error")), GapWhy.OUTCOME_ENTRY),
        (outcome_of("error"), GapWhy.OUTCOME),
    ],
    ids=["next page", "total", "warning inside", "outcome"],
)
def test_a_file_that_is_not_whole_makes_every_key_partial(damaged: Resource, why: GapWhy) -> None:
    states = whole_record([damaged, condition()])
    assert {state.why for state in states.values() if isinstance(state, Partial)} == {why}
    assert all(isinstance(state, Partial) for state in states.values())


def test_a_file_of_several_bundles_is_one_record() -> None:
    states = whole_record([bundle(fusion()), bundle(condition())])
    assert states[DataKey.CONDITIONS] == complete(condition())


def test_a_type_that_nobody_asks_for_is_kept_with_the_observations() -> None:
    other = {"resourceType": "Specimen", "id": "s1"}
    assert whole_record([other])[DataKey.OBSERVATIONS] == complete(other)


# --- which patients ------------------------------------------------------------------------------


def test_the_patients_of_a_record_are_its_patient_resources() -> None:
    assert patient_ids(states_of(patient("p2"), patient("p1"), fusion())) == ("p1", "p2")


def test_without_a_patient_resource_they_are_the_subjects_named() -> None:
    states = whole_record([fusion(), condition(subject={"reference": "Patient/p2/_history/1"})])
    assert patient_ids(states) == ("p1", "p2")


def test_a_subject_may_be_called_patient_and_stand_on_a_server_of_patients() -> None:
    named = {"patient": {"reference": "https://ehr.example/Patient/r4/Patient/p3"}}
    given = {"resourceType": "MedicationStatement", "id": "x", **named}  # as in DSTU2
    assert patient_ids(whole_record([given])) == ("p3",)


def test_a_patient_without_an_id_is_known_by_its_full_url() -> None:
    entries = [{"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient"}}]
    assert patient_ids(whole_record([{"resourceType": "Bundle", "entry": entries}])) == (
        "urn:uuid:1",
    )


def test_a_record_that_names_nobody_has_no_patients() -> None:
    group = condition(subject={"reference": "Group/g1"})
    assert patient_ids(whole_record([fusion(subject=None), group])) == ()
