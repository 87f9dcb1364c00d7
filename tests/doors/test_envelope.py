"""The envelope of a call: what it needs is checked by name, what it does not know is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.domain import (
    Complete,
    DataKey,
    GapWhy,
    Missing,
    Partial,
    Received,
    RepeatedKeys,
)
from cds_service.doors.envelope import read_call
from cds_service.errors import NotAllowed, RequestError
from cds_service.settings import Mode, Settings

RESULT_HOOK = "org.example.genomic-result-available"
REPORT = {"resourceType": "DiagnosticReport", "id": "r1"}


def request(**changes: Any) -> dict[str, Any]:
    """A legal chart opening, with fields changed; None leaves a field out."""
    body: dict[str, Any] = {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"patientId": "p1", "userId": "Practitioner/u1"},
        "prefetch": {},
    }
    return {name: value for name, value in (body | changes).items() if value is not None}


def context(**changes: Any) -> dict[str, Any]:
    return request(context={"patientId": "p1", "userId": "Practitioner/u1"} | changes)


def arrival(**changes: Any) -> dict[str, Any]:
    return request(hook=RESULT_HOOK, context={"patientId": "p1"} | changes)


def refusal(body: object, settings: Settings | None = None) -> str:
    with pytest.raises(RequestError) as refused:
        read_call(body, settings or Settings())
    return str(refused.value).split(":")[0]


def test_a_chart_opening_is_read() -> None:
    call = read_call(request(), Settings())
    assert (call.patient_id, call.user_id, call.fhir_server) == ("p1", "Practitioner/u1", "")
    assert call.newer == ()


@pytest.mark.parametrize("body", [None, [], "text", 7])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    assert refusal(body) == "The body"


@pytest.mark.parametrize("hook", [None, "", 7, "order-sign", "genomic-result-available"])
def test_a_hook_that_the_service_does_not_list_is_refused(hook: object) -> None:
    assert refusal(request(hook=hook)) == "hook"


def test_the_result_hook_has_the_name_of_the_site() -> None:
    settings = Settings(namespace="uk.nhs.trust")
    body = request(hook="uk.nhs.trust.genomic-result-available")
    assert read_call(body, settings).patient_id == "p1"
    assert refusal(arrival(), settings) == "hook"


@pytest.mark.parametrize(
    "instance",
    [None, 7, "", "d1577c69", "{d1577c69-dfbe-44ad-ba6d-3e05e953b2ea}", "d1577c69" * 4],
)
def test_a_hook_instance_that_is_no_uuid_is_refused(instance: object) -> None:
    assert refusal(request(hookInstance=instance)) == "hookInstance"


def test_a_hook_instance_in_capitals_and_of_any_version_is_read() -> None:
    body = request(hookInstance="D1577C69-DFBE-04AD-0A6D-3E05E953B2EA")
    assert read_call(body, Settings()).patient_id == "p1"


@pytest.mark.parametrize("value", [None, [], "p1"])
def test_a_context_that_is_no_object_is_refused(value: object) -> None:
    assert refusal(request(context=value)) == "context"


@pytest.mark.parametrize(
    "patient",
    [None, "", 456, ["p1"], "Patient/456", "p 1", "p\n1", "p\u202e1", "p\u00a01", "x" * 129],
)
def test_a_patient_id_that_is_no_bare_id_is_refused(patient: object) -> None:
    assert refusal(context(patientId=patient)) == "context.patientId"


@pytest.mark.parametrize("patient", ["1288992", "smart-1288992", "a_b~c", "x" * 128])
def test_the_patient_ids_of_real_servers_are_read(patient: str) -> None:
    assert read_call(context(patientId=patient), Settings()).patient_id == patient


@pytest.mark.parametrize(
    "user",
    [
        None,
        "",
        7,
        "u1",
        "Practitioner/",
        "/u1",
        "Device/d1",
        "Practitioner/u1/_history/1",
        "https://ehr.example.org/Practitioner/u1",
        "Practitioner/u 1",
    ],
)
def test_a_user_that_is_no_type_and_id_is_refused(user: object) -> None:
    assert refusal(context(userId=user)) == "context.userId"


@pytest.mark.parametrize("kind", ["Practitioner", "PractitionerRole", "Patient", "RelatedPerson"])
def test_every_kind_of_user_of_the_standard_is_read_in_development(kind: str) -> None:
    assert read_call(context(userId=f"{kind}/426"), Settings()).user_id == f"{kind}/426"


@pytest.mark.parametrize("kind", ["Patient", "RelatedPerson"])
def test_patients_and_their_relatives_are_turned_away_where_the_site_wants_that(kind: str) -> None:
    with pytest.raises(NotAllowed):
        read_call(context(userId=f"{kind}/426"), Settings(patient_users=False))


@pytest.mark.parametrize("kind", ["Practitioner", "PractitionerRole"])
def test_practitioners_are_never_turned_away(kind: str) -> None:
    assert read_call(context(userId=f"{kind}/1"), Settings(patient_users=False)).user_id


def test_an_arriving_result_needs_nobody_at_the_screen() -> None:
    assert read_call(arrival(), Settings(patient_users=False)).user_id == ""


def test_an_arriving_result_with_a_wrong_user_is_refused_all_the_same() -> None:
    assert refusal(arrival(userId="u1")) == "context.userId"


def test_the_arriving_results_are_read() -> None:
    entry = {"fullUrl": "urn:uuid:1", "resource": REPORT}
    results = {"resourceType": "Bundle", "type": "collection", "entry": [entry]}
    call = read_call(arrival(results=results), Settings())
    assert call.newer == (Received(REPORT, "urn:uuid:1"),)


@pytest.mark.parametrize("results", [None, {"resourceType": "Bundle", "type": "collection"}])
def test_an_arrival_without_results_is_read_with_the_prefetch_alone(results: object) -> None:
    assert read_call(arrival(results=results), Settings()).newer == ()


@pytest.mark.parametrize(
    "results",
    [
        [],
        "text",
        REPORT,
        {"resourceType": "Bundle", "type": "searchset"},
        {"resourceType": "Bundle"},
        {"resourceType": "Bundle", "type": "collection", "entry": "text"},
        {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "urn:uuid:1"}]},
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": "text"}]},
        RepeatedKeys({"resourceType": "Bundle", "type": "collection"}),
    ],
)
def test_arriving_results_that_cannot_all_be_read_are_refused(results: object) -> None:
    assert refusal(arrival(results=results)) == "context.results"


def test_results_beside_a_chart_opening_are_a_field_that_is_not_known() -> None:
    assert read_call(context(results="text"), Settings()).newer == ()


@pytest.mark.parametrize("value", [[], "text", 7, False])
@pytest.mark.parametrize("name", ["prefetch", "extension", "fhirAuthorization"])
def test_an_optional_object_that_is_something_else_is_refused(name: str, value: object) -> None:
    assert refusal(request(**{name: value})) == name


@pytest.mark.parametrize("name", ["prefetch", "extension", "fhirAuthorization", "fhirServer"])
def test_an_optional_field_that_is_null_counts_as_absent(name: str) -> None:
    assert read_call(request() | {name: None}, Settings()) == read_call(
        {k: v for k, v in request().items() if k != name}, Settings()
    )


def test_fields_that_nobody_knows_are_left_alone() -> None:
    body = context(encounterId="e1", selections=[None]) | {"extension": {"a": [1]}, "b": None}
    assert read_call(body, Settings()) == read_call(request(), Settings())


@pytest.mark.parametrize("name", ["context", "prefetch", "extension"])
def test_a_key_that_stands_twice_in_the_envelope_is_refused(name: str) -> None:
    inner = request().get(name, {})
    assert refusal(request(**{name: RepeatedKeys(inner)})) == name


def test_a_key_that_stands_twice_at_the_top_is_refused() -> None:
    assert refusal(RepeatedKeys(request())) == "The body"


def test_a_key_that_stands_twice_in_a_resource_is_left_for_the_reader_to_judge() -> None:
    patient = RepeatedKeys({"resourceType": "Patient", "id": "p1"})
    state = read_call(request(prefetch={"patient": patient}), Settings()).states[DataKey.PATIENT]
    assert isinstance(state, Complete)
    assert isinstance(state.resources[0].json, RepeatedKeys)


def test_a_token_without_a_server_to_use_it_at_is_refused() -> None:
    assert refusal(request(fhirAuthorization={"access_token": "secret"})) == "fhirServer"


def test_a_token_is_kept_for_its_server_and_never_shown() -> None:
    body = request(
        fhirServer="https://ehr.example.org/r4", fhirAuthorization={"access_token": "s3cret"}
    )
    call = read_call(body, Settings())
    assert (call.fhir_server, call.grant.access_token) == ("https://ehr.example.org/r4", "s3cret")
    assert "s3cret" not in repr(call)


@pytest.mark.parametrize("server", ["", 7, "ehr.example.org", "ftp://e.example", "http://[half"])
def test_a_server_that_is_no_address_is_refused(server: object) -> None:
    assert refusal(request(fhirServer=server)) == "fhirServer"


def test_a_server_without_tls_is_for_development_only() -> None:
    body = request(fhirServer="http://localhost:8080/fhir")
    assert read_call(body, Settings()).fhir_server == "http://localhost:8080/fhir"
    assert refusal(body, Settings(mode=Mode.PRODUCTION)) == "fhirServer"


def test_no_prefetch_at_all_means_that_nothing_was_sent() -> None:
    states = read_call(request(prefetch=None), Settings()).states
    assert states == dict.fromkeys(DataKey, Missing(GapWhy.NOT_SENT))


def test_an_absent_key_was_not_sent_but_null_is_an_answer() -> None:
    states = read_call(request(prefetch={"conditions": None}), Settings()).states
    assert states[DataKey.CONDITIONS] == Complete()
    assert states[DataKey.OBSERVATIONS] == Missing(GapWhy.NOT_SENT)


@pytest.mark.parametrize(
    ("value", "state"),
    [
        ("<html>", Missing(GapWhy.NOT_A_RESOURCE)),
        ({"resourceType": "OperationOutcome"}, Missing(GapWhy.OUTCOME)),
        ({"resourceType": "Bundle", "total": 0}, Complete()),
        ({"resourceType": "Bundle", "total": 1}, Partial((), GapWhy.FEWER_THAN_TOTAL)),
        (
            {"resourceType": "Bundle", "link": [{"relation": "next", "url": "x"}]},
            Partial((), GapWhy.NEXT_PAGE),
        ),
    ],
)
def test_every_prefetch_value_is_held_for_what_it_is(value: object, state: object) -> None:
    states = read_call(request(prefetch={"observations": value}), Settings()).states
    assert states[DataKey.OBSERVATIONS] == state


def test_a_laboratory_key_that_is_not_asked_for_is_not_missed() -> None:
    states = read_call(request(), Settings(prefetch_laboratory=False)).states
    assert DataKey.LABORATORY not in states


def test_a_laboratory_key_that_was_sent_unasked_is_read() -> None:
    body = request(prefetch={"laboratory": {"resourceType": "Bundle"}, "other": "text"})
    states = read_call(body, Settings(prefetch_laboratory=False)).states
    assert states[DataKey.LABORATORY] == Complete()
    assert set(states) == set(DataKey)
