"""The numbers for Prometheus: what happened is counted, and no label comes from a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from cds_service.clients import Registry
from cds_service.domain import Assessment, Complete, DataKey, DataState, GapWhy, Missing
from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of
from cds_service.doors.events import NOTHING_KEPT, RequestEvent, StoreHealth
from cds_service.doors.metrics import Metrics
from cds_service.fhir_client import Server
from tests.docs.repository import page
from tests.doors.bodies import SERVICE, chart_opening, fusion, mesothelioma
from tests.doors.conftest import Events, client_of, noon

OTHERS = {"resourceType": "Condition", "id": "c9", "subject": {"reference": "Patient/somebody"}}
Labels = Mapping[str, str]


def numbers(client: FlaskClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by its name and labels."""
    found = [
        s for f in text_string_to_metric_families(client.get("/metrics").text) for s in f.samples
    ]
    by_name = {(s.name, frozenset(s.labels.items())): s.value for s in found}
    assert len(by_name) == len(found)
    return by_name


def number(client: FlaskClient, name: str, **labels: str) -> float:
    return numbers(client).get((name, frozenset(labels.items())), 0)


def positive() -> dict[str, Any]:
    return chart_opening(conditions=[mesothelioma()], observations=[fusion()])


def test_calls_are_counted_by_door_status_and_site(client: FlaskClient) -> None:
    client.post(SERVICE, json=positive())
    client.post(SERVICE, json={})
    client.get("/Patient/canary?name=Canary")
    assert number(client, "cds_calls_total", door=SERVICE, status="200", site="local") == 1
    assert number(client, "cds_calls_total", door=SERVICE, status="400", site="local") == 1
    assert number(client, "cds_calls_total", door="-", status="404", site="-") == 1
    assert number(client, "cds_call_seconds_count", door=SERVICE) == 2


def test_cards_and_their_absence_are_counted_by_recommendation(client: FlaskClient) -> None:
    for body in (positive(), positive(), chart_opening()):
        client.post(SERVICE, json=body)
    named = "cds_recommendations_total"
    assert number(client, named, recommendation="trk-inhibitor-option", site="local") == 2
    assert number(client, named, recommendation="nothing", site="local") == 1


def test_what_could_not_be_checked_is_counted_by_cause(client: FlaskClient) -> None:
    half = positive()
    del half["prefetch"]["conditions"]
    client.post(SERVICE, json=half)
    client.post(SERVICE, json=positive() | {"prefetch": {}})
    for recommendation in ("could-not-check", "insufficient-data"):
        told = {"recommendation": recommendation, "cause": "not-sent", "site": "local"}
        assert number(client, "cds_not_checked_total", **told) == 1


def test_a_call_that_was_answered_has_no_cause(client: FlaskClient) -> None:
    client.post(SERVICE, json=positive())
    assert not [name for name, _ in numbers(client) if name == "cds_not_checked_total"]


def test_a_chart_without_any_diagnosis_is_a_cause_of_its_own(client: FlaskClient) -> None:
    client.post(SERVICE, json=chart_opening(observations=[fusion()]))
    told = {"recommendation": "could-not-check", "cause": "no-condition-on-record"}
    assert number(client, "cds_not_checked_total", site="local", **told) == 1


def test_a_failure_after_a_fact_was_known_is_counted_as_such(desk: Desk) -> None:
    class Failing:
        def card(self, *_: object, **__: object) -> None:
            raise KeyError("Canary")

        def replacement(self, assessment: Assessment, names: Any) -> Any:
            return desk.cards.replacement(assessment, names)

        def failures(self) -> int:
            return 7

    client = client_of(desk, cards=Failing())
    assert client.post(SERVICE, json=positive()).get_json()["cards"]
    told = {"recommendation": "could-not-check", "cause": "internal-error", "site": "local"}
    assert number(client, "cds_not_checked_total", **told) == 1
    assert number(client, "cds_card_failures_total") == 7


def test_queries_of_a_fhir_server_are_counted_by_how_they_ended(desk: Desk) -> None:
    def fetch(_: Server, wanted: Mapping[DataKey, str], __: float) -> dict[DataKey, DataState]:
        states: dict[DataKey, DataState] = dict.fromkeys(wanted, Complete())
        return states | {DataKey.CONDITIONS: Missing(GapWhy.TOO_SLOW)}

    client = client_of(desk, fetch=fetch)
    body = chart_opening() | {"fhirServer": "http://127.0.0.1:9/fhir", "prefetch": {}}
    client.post(SERVICE, json=body)
    assert number(client, "cds_fhir_queries_total", outcome="complete", site="local") == 6
    assert number(client, "cds_fhir_queries_total", outcome="server-too-slow", site="local") == 1


def test_refused_callers_are_counted_by_reason(desk: Desk) -> None:
    client = client_of(desk, registry=Registry())
    assert client.post(SERVICE, json=positive()).status_code == 401
    assert number(client, "cds_refused_callers_total", reason="no-token") == 1
    assert number(client, "cds_calls_total", door=SERVICE, status="401", site="-") == 1


@pytest.mark.parametrize("reason", ["Mr Canary", "x" * 61, "é", 'a"b'])
def test_a_reason_that_is_no_id_is_counted_without_its_words(desk: Desk, reason: str) -> None:
    metrics = Metrics(desk, lambda: noon().date())
    event = RequestEvent(noon(), "id", "POST", SERVICE, 401, 1, refused=reason)
    metrics.request_event(event)
    assert metrics.registry.get_sample_value("cds_refused_callers_total", {"reason": "other"}) == 1


def test_resources_of_other_patients_are_counted(client: FlaskClient) -> None:
    client.post(SERVICE, json=chart_opening(conditions=[OTHERS, OTHERS | {"id": "c8"}]))
    assert number(client, "cds_other_patients_resources_total", site="local") == 2


def test_the_age_of_the_knowledge_is_that_of_the_day(desk: Desk) -> None:
    told = {"kind": "guideline", "id": "genotes-ntrk-mesothelioma"}
    now = app_of(desk, Events(), noon).test_client()
    then = app_of(desk, Events(), lambda: datetime(2024, 1, 28, tzinfo=UTC)).test_client()
    assert number(now, "cds_knowledge_age_days", **told) == 1030
    assert number(now, "cds_knowledge_overdue", **told) == 1
    assert number(then, "cds_knowledge_age_days", **told) == 1
    assert number(then, "cds_knowledge_overdue", **told) == 0


def test_what_waits_for_the_store_and_what_is_lost_are_numbers(desk: Desk) -> None:
    state = StoreHealth("degraded", "away", 7, 12.5, failures=3, damaged=2, lost=1)
    registry = Metrics(desk, lambda: noon().date(), lambda: state).registry
    found = {
        name: registry.get_sample_value(f"cds_store_{name}")
        for name in (
            "degraded",
            "waiting_records",
            "oldest_waiting_seconds",
            "failures_total",
            "damaged_records_total",
            "lost_records_total",
        )
    }
    assert list(found.values()) == [1, 7, 12.5, 3, 2, 1]


@pytest.mark.parametrize("state", [NOTHING_KEPT, StoreHealth("ok")])
def test_a_store_that_is_well_or_not_meant_is_not_degraded(desk: Desk, state: StoreHealth) -> None:
    registry = Metrics(desk, lambda: noon().date(), lambda: state).registry
    assert registry.get_sample_value("cds_store_degraded") == 0


def test_two_applications_in_one_process_do_not_count_for_each_other(desk: Desk) -> None:
    one, other = client_of(desk), client_of(desk)
    one.post(SERVICE, json=positive())
    told = {"door": SERVICE, "status": "200", "site": "local"}
    assert number(one, "cds_calls_total", **told) == 1
    assert number(other, "cds_calls_total", **told) == 0


def test_every_metric_is_on_its_page_and_no_other(desk: Desk) -> None:
    """Name, kind and labels."""
    families = Metrics(desk, lambda: noon().date()).registry.collect()
    ours = [family for family in families if not family.name.startswith("process_")]
    kinds = {family.name + "_total" * (family.type == "counter"): family.type for family in ours}
    rows = re.findall(r"^\| `(cds_\w+)` \| (\w+) \| ([^|]*)\|", page("docs/metrics.md").text, re.M)
    assert {name: kind for name, kind, _ in rows} == kinds


def test_the_labels_of_every_metric_are_on_its_page(desk: Desk) -> None:
    client = client_of(replace(desk, registry=Registry()))
    refused = client.post(SERVICE, json=positive())
    assert refused.status_code == 401
    rows = re.findall(r"^\| `(cds_\w+)` \| \w+ \| ([^|]*)\|", page("docs/metrics.md").text, re.M)
    written = {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}
    for name, labels in numbers(client):
        told = written.get(re.sub(r"_(bucket|count|sum)$", "", name))
        if told is not None:
            assert {label for label, _ in labels} - {"le"} == told, name
