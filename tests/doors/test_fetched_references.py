"""What a record only refers to is read from the FHIR server, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cds_service.doors.answer import Desk
from cds_service.fhir_client import FhirClient
from tests.doors.bodies import PATIENT, SERVICE, SUBJECT, chart_opening, fusion, mesothelioma
from tests.doors.conftest import client_of
from tests.faults.faults import OUTCOME, json_body, status, then_hang
from tests.faults.record import STRANGER, TOKEN, encoded, honest
from tests.faults.server import Asked, Behaviour, Listener, Wire

Resource = dict[str, Any]
OPTION, PRIOR, CONFIRM = "trk-inhibitor-option", "prior-trk-inhibitor", "confirm-fusion"
NOT_CHECKED, UNREAD_DRUG = "could-not-check", "prior-therapy:medication-not-resolved"
LAROTRECTINIB = {"resourceType": "Medication", "id": "m", "code": {"text": "Larotrectinib 100 mg"}}
PARACETAMOL = LAROTRECTINIB | {"code": {"text": "Paracetamol 500 mg"}}
ORDER: Resource = {
    "resourceType": "MedicationRequest",
    "id": "order",
    "status": "active",
    "intent": "order",
    "subject": SUBJECT,
    "medicationReference": {"reference": "Medication/m"},
}
pytestmark = pytest.mark.timeout(60)


class Ehr:
    """A FHIR server that holds resources by Type/id, and a client that calls about the patient."""

    def __init__(self, desk: Desk) -> None:
        self.held: dict[str, Resource] = {}
        self.faults: dict[str, Behaviour] = {}
        self.listener = Listener(self._answer).start()
        self.base = f"http://127.0.0.1:{self.listener.port}/r4"
        self._client = client_of(desk, fetch=FhirClient().fetch)

    @property
    def asked(self) -> list[str]:
        """What was read, as Type/id."""
        return ["/".join(asked.segments[1:]) for asked in self.listener.seen]

    def hold(self, *resources: Resource) -> Ehr:
        self.held |= {f"{r['resourceType']}/{r['id']}": r for r in resources}
        return self

    def say(self, scope: str = "", server: str | None = None, **sent: Any) -> list[Resource]:
        """The cards of a call whose prefetch is complete."""
        body = chart_opening(**{"conditions": [mesothelioma()]} | sent)
        body["fhirServer"] = self.base if server is None else server
        body["fhirAuthorization"] = {"access_token": TOKEN, "scope": scope, "patient": PATIENT}
        response = self._client.post(SERVICE, json=body)
        assert response.status_code == 200
        cards: list[Resource] = response.get_json()["cards"]
        return cards

    def _answer(self, wire: Wire, asked: Asked) -> bool:
        name = "/".join(asked.segments[1:])
        if name in self.faults:
            return self.faults[name](wire, asked)
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            wire.answer(401)
        elif name in self.held:
            wire.answer(200, encoded(self.held[name]))
        else:
            wire.answer(404)
        return True


@pytest.fixture
def ehr(desk: Desk) -> Iterator[Ehr]:
    made = Ehr(desk)
    yield made
    made.listener.stop()


def said(cards: list[Resource]) -> list[str]:
    return [card["extension"]["org.example.decision"]["recommendation"] for card in cards]


def unchecked(cards: list[Resource]) -> Any:
    return [card["extension"]["org.example.decision"].get("notChecked") for card in cards]


def panel(*names: str, **more: Any) -> Resource:
    """A genomic panel that says nothing itself."""
    panel = fusion(id="panel", component=[], hasMember=[{"reference": name} for name in names])
    del panel["valueCodeableConcept"]
    return panel | more


def member(named: str = "a", **more: Any) -> Resource:
    return fusion(id=named, **more)


def negative(named: str = "a") -> Resource:
    absent = {"coding": [{"system": "http://loinc.org", "code": "LA9634-2", "display": "Absent"}]}
    return member(named, valueCodeableConcept=absent)


def report(**more: Any) -> Resource:
    body = {"resourceType": "DiagnosticReport", "id": "report", "status": "final"}
    return body | {"subject": SUBJECT, "code": {"text": "Genomic report"}} | more


# --- results ------------------------------------------------------------------------------------


def test_a_panel_whose_members_are_only_on_the_server_gives_the_card(ehr: Ehr) -> None:
    ehr.hold(member("a"), member("b"))
    sent = [panel("Observation/a", f"{ehr.base}/Observation/b")]
    assert said(ehr.say(observations=sent)) == [OPTION]
    assert sorted(ehr.asked) == ["Observation/a", "Observation/b"]


def test_a_panel_whose_members_are_negative_rules_the_guidance_out(ehr: Ehr) -> None:
    ehr.hold(negative())
    assert ehr.say(observations=[panel("Observation/a")]) == []


def test_the_result_of_a_report_is_read(ehr: Ehr) -> None:
    ehr.hold(member())
    sent = [report(result=[{"reference": "Observation/a"}])]
    assert said(ehr.say(diagnosticReports=sent)) == [OPTION]


def test_panels_are_followed_two_levels_and_no_further(ehr: Ehr) -> None:
    inner = panel("Observation/a") | {"id": "inner"}
    ehr.hold(member(), inner, panel("Observation/inner") | {"id": "outer"})
    assert said(ehr.say(observations=[panel("Observation/inner")])) == [OPTION]
    assert ehr.asked == ["Observation/inner", "Observation/a"]
    assert said(ehr.say(observations=[panel("Observation/outer")])) == [NOT_CHECKED]
    assert ehr.asked[2:] == ["Observation/outer", "Observation/inner"]


@pytest.mark.parametrize(
    "answer",
    [
        status(404),
        status(403),
        status(500),
        then_hang(b""),
        json_body(OUTCOME),
        json_body(member("another-id")),
        json_body(LAROTRECTINIB),
        json_body([member()]),
        json_body({"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": {}}]}),
    ],
)
def test_a_member_that_does_not_come_stays_a_gap(ehr: Ehr, answer: Behaviour) -> None:
    ehr.faults["Observation/a"] = answer
    without = ehr.say(observations=[panel("Observation/a")], server="http://127.0.0.1:9/r4")
    cards = ehr.say(observations=[panel("Observation/a")])
    assert said(cards) == said(without) == [NOT_CHECKED]
    assert unchecked(cards) == unchecked(without)
    assert ehr.asked == ["Observation/a"]


def test_a_member_of_another_patient_is_left_out_and_named(ehr: Ehr) -> None:
    ehr.hold(member(subject=STRANGER))
    cards = ehr.say(observations=[panel("Observation/a")])
    assert said(cards) == [NOT_CHECKED]
    assert "another-patient" in str(unchecked(cards))


def test_a_specimen_on_the_server_ties_a_fusion_to_a_tumour(ehr: Ehr) -> None:
    parts = [part for part in fusion()["component"] if "48002-0" not in str(part)]
    sent = fusion(component=parts, specimen={"reference": "Specimen/s"})
    tumour = {"resourceType": "Specimen", "id": "s", "type": {"text": "tumour tissue"}}
    assert said(ehr.say(observations=[sent])) == [CONFIRM]
    assert said(ehr.hold(tumour | {"type": {"text": "EDTA blood"}}).say(observations=[sent])) == [
        CONFIRM
    ]
    assert said(ehr.hold(tumour).say(observations=[sent])) == [OPTION]
    assert ehr.asked == ["Specimen/s"] * 3


def test_a_neoplasm_in_focus_ties_a_fusion_to_a_tumour(ehr: Ehr) -> None:
    parts = [part for part in fusion()["component"] if "48002-0" not in str(part)]
    sent = fusion(component=parts, focus=[{"reference": "Condition/c"}])
    assert said(ehr.say(observations=[sent])) == [CONFIRM]
    assert said(ehr.hold(mesothelioma(id="c")).say(observations=[sent])) == [OPTION]


# --- drugs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"medicationReference": {"reference": "Medication/m/_history/4"}},
        {"medicationReference": {"reference": "Medication/m", "type": "Medication"}},
    ],
)
@pytest.mark.parametrize(
    ("drug", "card"), [(LAROTRECTINIB, PRIOR), (PARACETAMOL, OPTION)], ids=["trk", "other"]
)
def test_the_drug_of_a_request_is_read(ehr: Ehr, more: Resource, drug: Resource, card: str) -> None:
    sent = [fusion(), ORDER | more]
    cards = ehr.hold(drug).say(observations=sent)
    assert said(cards) == [card]
    assert UNREAD_DRUG not in str(unchecked(cards))


def test_the_drug_of_a_request_in_r5_is_asked_for(ehr: Ehr) -> None:
    order = {name: value for name, value in ORDER.items() if name != "medicationReference"}
    order["medication"] = {"reference": ORDER["medicationReference"]}
    cards = ehr.hold(PARACETAMOL).say(observations=[fusion(), order])
    assert (said(cards), unchecked(cards), ehr.asked) == ([OPTION], [None], ["Medication/m"])


@pytest.mark.parametrize("answer", [status(404), status(401), then_hang(b""), json_body(OUTCOME)])
def test_a_drug_that_does_not_come_stays_unread(ehr: Ehr, answer: Behaviour) -> None:
    sent = [fusion(), ORDER]
    ehr.faults["Medication/m"] = answer
    without = ehr.say(observations=sent, server="http://127.0.0.1:9/r4")
    cards = ehr.say(observations=sent)
    assert said(cards) == said(without) == [OPTION]
    assert unchecked(cards) == unchecked(without)
    assert UNREAD_DRUG in str(unchecked(cards))
    assert ehr.asked == ["Medication/m"]


@pytest.mark.parametrize(
    ("scope", "card"),
    [
        ("patient/Medication.r", PRIOR),
        ("user/*.read", PRIOR),
        ("patient/Observation.rs patient/MedicationRequest.rs", OPTION),
        ("patient/Medication.s", OPTION),
        ("openid", OPTION),
    ],
)
def test_a_drug_is_read_where_the_scope_covers_its_type(ehr: Ehr, scope: str, card: str) -> None:
    ehr.hold(LAROTRECTINIB)
    cards = ehr.say(scope, observations=[fusion()], medicationRequests=[ORDER])
    assert said(cards) == [card]
    assert ehr.asked == (["Medication/m"] if card == PRIOR else [])


# --- what is not asked --------------------------------------------------------------------------


def test_a_reference_to_another_host_or_place_is_never_followed(ehr: Ehr) -> None:
    with_other_port = Listener(honest).start()
    away = f"http://127.0.0.1:{with_other_port.port}/r4"
    elsewhere = [
        f"{away}/Observation/a",
        f"{ehr.base}@{away.partition('//')[2]}/Observation/a",
        f"{ehr.base}x/Observation/a",
        f"{ehr.base}/../other/Observation/a",
        f"{ehr.base.removesuffix('/r4')}/Observation/a",
        f"//127.0.0.1:{with_other_port.port}/r4/Observation/a",
        "Observation/..",
        "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
    ]
    assert said(ehr.say(observations=[panel(*elsewhere)])) == [NOT_CHECKED]
    with_other_port.stop()
    assert with_other_port.connections == ehr.listener.connections == 0


def test_a_thousand_references_ask_for_twenty_at_most(ehr: Ehr) -> None:
    ehr.hold(LAROTRECTINIB, *(member(f"o{n}") for n in range(1000)))
    ehr.hold(*(panel("Observation/never") | {"id": f"o{n}"} for n in range(5)))
    sent = [fusion(), panel(*(f"Observation/o{n}" for n in range(1000)))]
    cards = ehr.say(observations=sent, medicationRequests=[ORDER])
    assert said(cards) == [PRIOR]  # the drug is not crowded out
    assert len(ehr.asked) == len(set(ehr.asked)) == 20


def test_a_reference_that_was_asked_for_once_is_not_asked_for_again(ehr: Ehr) -> None:
    ehr.hold(panel("Observation/b", "Observation/gone") | {"id": "a"}, member("b"))
    assert said(ehr.say(observations=[panel("Observation/a", "Observation/gone")])) == [OPTION]
    assert sorted(ehr.asked) == ["Observation/a", "Observation/b", "Observation/gone"]


def test_nothing_is_asked_where_everything_resolves(ehr: Ehr) -> None:
    sent = [panel("Observation/a"), member(specimen={"reference": "Specimen/s"})]
    specimen = {"resourceType": "Specimen", "id": "s", "type": {"text": "tumour"}}
    cards = ehr.say(
        observations=sent, medicationRequests=[ORDER], drugs=PARACETAMOL, specimens=specimen
    )
    assert said(cards) == [OPTION]
    assert ehr.listener.connections == 0


def test_nothing_is_asked_of_a_server_that_is_not_registered(ehr: Ehr, desk: Desk) -> None:
    """In open development only this machine is: here a name that would resolve to it."""
    server = f"http://ehr.example:{ehr.listener.port}/r4"
    cards = ehr.hold(member()).say(observations=[panel("Observation/a")], server=server)
    assert said(cards) == [NOT_CHECKED]
    assert ehr.listener.connections == 0
