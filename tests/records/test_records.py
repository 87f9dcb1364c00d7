"""A record exists of each decision that somebody may ask about, and says all that it has to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from cds_service.clients import Client, Registry
from cds_service.domain import Approval, Complete, DataKey, Received
from cds_service.doors.app import open_desk
from cds_service.doors.records import Circumstances, Recorder, secret_id
from cds_service.knowledge import Knowledge
from cds_service.settings import Settings
from tests.doors.bodies import PATIENT, arrival, chart_opening, fusion, mesothelioma
from tests.examples.scenarios import folders, scenario
from tests.records.conftest import BOTH, SECRET, Site, card_of, decided, noon

# The members that the architecture names; two of them are the chain's.
MEMBERS = {
    *("id", "time", "today", "site", "nation", "door", "caller", "patientKey", "guideline"),
    *("version", "contentHash", "accessEvents", "states", "references", "gaps", "recommendation"),
    *("decisionKey", "cardUuid", "heldBack", "durationMs", "secretId", "userId", "namespace"),
    *("hooksVersion", "approved", "service", "input"),
}
OURS = {"call", "unread"}
NUMBER = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}


def test_a_record_has_every_member(site: Site) -> None:
    card = card_of(site, BOTH)
    (record,) = site.shelf.records
    extension = card["extension"]["org.example.decision"]
    assert set(record) == MEMBERS | OURS
    assert str(UUID(record["id"])) == record["id"]
    assert (
        record
        | {
            "time": "2026-11-22T12:00:00.000+00:00",
            "today": "2026-11-22",
            "site": "local",
            "nation": "england",
            "door": "hook",
            "caller": "",
            "patientKey": PATIENT,
            "userId": "Practitioner/synthetic-2",
            "guideline": extension["guideline"],
            "version": extension["version"],
            "contentHash": extension["contentHash"],
            "states": extension["states"],
            "recommendation": "trk-inhibitor-option",
            "decisionKey": extension["decision"],
            "cardUuid": card["uuid"],
            "heldBack": False,
            "secretId": hashlib.sha256(SECRET).hexdigest()[:8],
            "namespace": "org.example",
            "hooksVersion": "2.0.1",
            "approved": False,
            "service": extension["service"],
            "gaps": [],
            "unread": [],
        }
        == record
    )
    assert record["durationMs"] >= 0
    assert record["call"] == site.shelf.events[-1].correlation


def test_a_record_names_each_resource_with_version_and_digest(site: Site) -> None:
    observation = fusion(meta={"versionId": "7"})
    body = chart_opening(observations=[observation], conditions=[mesothelioma()])
    found = {item["ref"]: item for item in site.record(body)["references"]}
    canonical = json.dumps(observation, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert found["Observation/synthetic-observation"] == {
        "ref": "Observation/synthetic-observation",
        "version": "7",
        "digest": hashlib.sha256(canonical.encode()).hexdigest(),
    }
    assert found["Condition/synthetic-condition"]["version"] == ""
    changed = chart_opening(observations=[fusion(id="x")], conditions=[mesothelioma(note=[])])
    again = {item["ref"]: item for item in site.record(changed)["references"]}
    condition = "Condition/synthetic-condition"
    assert again[condition]["digest"] != found[condition]["digest"]


def test_a_record_tells_of_what_was_not_checked(site: Site) -> None:
    half = chart_opening(
        observations=[fusion(), fusion(id="unknown", status="unknown")], conditions=None
    )
    del half["prefetch"]["laboratory"]
    record = site.record(half)
    assert record["gaps"] == [{"key": "laboratory", "why": "not-sent"}]
    assert record["unread"] == [
        {"ref": "Observation/unknown", "about": "gene-fusion", "why": "status-unreadable"}
    ]
    assert "Observation/unknown" in [item["ref"] for item in record["references"]]


def test_a_record_names_the_access_events_of_its_day_and_nation(
    site: Site, knowledge: Knowledge
) -> None:
    events = {event.id: event for event in knowledge.access}
    shown = [events[name] for name in site.record(BOTH)["accessEvents"]]
    assert {(e.nation.value, e.happened <= date(2026, 11, 22)) for e in shown} == {
        ("england", True)
    }
    assert {event.drug for event in shown} == {"larotrectinib", "entrectinib"}


def test_the_patient_key_is_the_nhs_number_where_one_came(site: Site) -> None:
    patient = {"resourceType": "Patient", "id": PATIENT, "identifier": [NUMBER]}
    body = chart_opening(observations=[fusion()], conditions=[mesothelioma()], patient=patient)
    assert site.record(body)["patientKey"] == "9990000018"


@pytest.mark.parametrize(
    ("body", "recommendation"),
    [
        (chart_opening(observations=[fusion()]), "could-not-check"),
        (chart_opening(conditions=[mesothelioma()]), "nothing"),
        (
            chart_opening(
                observations=[fusion()],
                patient={"resourceType": "Patient", "id": PATIENT, "deceasedBoolean": True},
            ),
            "nothing",
        ),
        (arrival(fusion(), conditions=[mesothelioma()]), "trk-inhibitor-option"),
    ],
    ids=["fusion alone", "diagnosis alone", "deceased", "a result arrives"],
)
def test_whoever_has_a_finding_or_a_diagnosis_has_a_record(
    site: Site, body: dict[str, Any], recommendation: str
) -> None:
    record = site.record(body)
    assert record["recommendation"] == recommendation
    assert bool(record["cardUuid"]) == (recommendation != "nothing")
    assert len(record["decisionKey"]) == 64


def test_no_record_is_made_of_a_patient_who_has_neither(site: Site) -> None:
    assert site.call(chart_opening()).get_json() == {"cards": []}
    assert site.shelf.records == []
    assert len(site.shelf.events) == 1


def test_no_record_is_made_of_a_request_that_is_refused(site: Site) -> None:
    assert site.call({}).status_code == 400
    assert site.shelf.records == []


def test_the_caller_is_named_by_its_issuer(site: Site) -> None:
    client = Client(site="a-trust", iss="https://ehr.trust.example")
    other = replace(client, site="another-trust")
    registry = Registry((client,), open=False)

    def record(named: Client) -> dict[str, Any]:
        desk = replace(site.desk, registry=registry)
        said = decided(desk, BOTH, client=named)
        call = Circumstances(named, "an-id", 3)
        Recorder(desk, site.shelf, noon).keep(said.decided, said.learned, call)
        return site.shelf.records[-1]

    found = record(client)
    assert (found["site"], found["caller"]) == ("a-trust", "https://ehr.trust.example")
    assert (found["call"], found["durationMs"]) == ("an-id", 3)
    assert record(other)["decisionKey"] != found["decisionKey"]


def test_an_approval_is_recorded_where_it_is_of_this_very_content(site: Site) -> None:
    (guideline,) = site.desk.knowledge.guidelines
    approval = Approval(
        guideline=guideline.id,
        version=guideline.version,
        content_hash=guideline.content_hash,
        approved_by="A. Name",
        role="lead",
        approved_on=date(2026, 11, 1),
        site="a site",
    )
    assert site.with_(approvals=(approval,)).record(BOTH)["approved"] is True
    other = replace(approval, content_hash="0" * 64)
    assert site.with_(approvals=(other,)).record(BOTH)["approved"] is False


def test_what_was_read_from_a_server_is_in_the_record(site: Site) -> None:
    def fetch(server: Any, wanted: Mapping[Any, str], seconds: float) -> dict[Any, Any]:
        held = {DataKey.OBSERVATIONS: Complete((Received(fusion(meta={"versionId": "3"})),))}
        return {key: held.get(key, Complete()) for key in wanted}

    body = chart_opening(conditions=[mesothelioma()]) | {"fhirServer": "http://127.0.0.1:9/r4"}
    del body["prefetch"]["observations"]
    reading = site.with_(fetch=fetch)
    record = reading.record(body)
    assert record["recommendation"] == "trk-inhibitor-option"
    versions = {item["ref"]: item["version"] for item in record["references"]}
    assert versions["Observation/synthetic-observation"] == "3"


def test_nothing_is_kept_of_the_input_unless_a_site_asks(site: Site, knowledge: Knowledge) -> None:
    plain = Site(open_desk(Settings(secret=SECRET), knowledge))
    assert "input" not in plain.record(BOTH)
    assert [content for _, content in plain.shelf.decisions] == [b""]
    record = site.record(BOTH)
    ((_, content),) = site.shelf.decisions
    assert record["input"] == hashlib.sha256(content).hexdigest()


def test_the_request_event_says_nothing_of_the_patient(site: Site) -> None:
    patient = {"resourceType": "Patient", "id": PATIENT, "identifier": [NUMBER]}
    site.record(
        chart_opening(observations=[fusion()], conditions=[mesothelioma()], patient=patient)
    )
    (event,) = site.shelf.events
    for word in (PATIENT, "9990000018", "synthetic", "Practitioner"):
        assert word not in repr(event)


def test_a_secret_is_told_by_eight_digits_that_give_nothing_away() -> None:
    assert secret_id(b"x" * 32) == hashlib.sha256(b"x" * 32).hexdigest()[:8]
    assert secret_id(b"x" * 32) != secret_id(b"x" * 33)


def test_every_example_with_a_state_other_than_none_leaves_a_record(site: Site) -> None:
    for folder in folders():
        asked = scenario(folder)
        before = len(site.shelf.records)
        response = site.call(asked.request())
        new = site.shelf.records[before:]
        cards = response.get_json().get("cards", ())
        assert len(new) == 1, asked.name  # no example is of a patient who has neither
        assert [card["uuid"] for card in cards] == [r["cardUuid"] for r in new if r["cardUuid"]]
