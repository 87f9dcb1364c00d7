"""Request events and the state of the service -> numbers for Prometheus, of nobody in particular.

A registry for each application: two applications in one process do not count for each other. Every
label has few values, all of them from this service or its settings, none from a request.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from flask import Blueprint, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from cds_service.doors.about import service_version
from cds_service.doors.answer import Desk
from cds_service.doors.events import NOTHING_KEPT, RequestEvent, StoreHealth
from cds_service.knowledge import report

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0)
_ID = re.compile(r"[a-z0-9-]{1,60}")
_OTHER = "other"


class Metrics(Collector):
    """The numbers of one application; a store of events that keeps their counts only."""

    def __init__(
        self,
        desk: Desk,
        today: Callable[[], date],
        store: Callable[[], StoreHealth] = lambda: NOTHING_KEPT,
    ) -> None:
        self._desk = desk
        self._store = store
        self._today = today
        self.registry = CollectorRegistry()
        self._calls = self._counter(
            "cds_calls", "Answers by address, HTTP status and site.", "door", "status", "site"
        )
        self._seconds = Histogram(
            "cds_call_seconds",
            "Time to answer.",
            ["door"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._recommendations = self._counter(
            "cds_recommendations",
            "What calls ended in; all but nothing and insufficient-data are cards.",
            "recommendation",
            "site",
        )
        self._not_checked = self._counter(
            "cds_not_checked",
            "Why an assessment could not be made; one call may have several causes.",
            "recommendation",
            "cause",
            "site",
        )
        self._fetches = self._counter(
            "cds_fhir_queries", "Queries of FHIR servers by how they ended.", "outcome", "site"
        )
        self._refused = self._counter("cds_refused_callers", "Callers refused.", "reason")
        self._left_out = self._counter(
            "cds_other_patients_resources", "Resources of other patients, left out.", "site"
        )
        self._held_back = self._counter(
            "cds_cards_held_back",
            "Cards not shown again to the user who dismissed them.",
            "recommendation",
            "site",
        )
        self._answers = self._counter(
            "cds_feedback", "Answers to cards that were acknowledged.", "outcome", "site"
        )
        self.registry.register(self)
        ProcessCollector(registry=self.registry)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(name, words, labels, registry=self.registry)

    def request_event(self, event: RequestEvent) -> None:
        """Count one request."""
        self._calls.labels(event.route, str(event.status), event.site).inc()
        self._seconds.labels(event.route).observe(event.duration_ms / 1000)
        for recommendation in event.recommendations:
            self._recommendations.labels(recommendation, event.site).inc()
        for recommendation, why in event.causes:
            self._not_checked.labels(recommendation, why, event.site).inc()
        for ending in event.fetches:
            self._fetches.labels(ending, event.site).inc()
        if event.refused:
            self._refused.labels(_bounded(event.refused)).inc()
        if event.left_out:
            self._left_out.labels(event.site).inc(event.left_out)
        for recommendation in event.held_back:
            self._held_back.labels(recommendation, event.site).inc()
        for outcome, count in (("accepted", event.accepted), ("overridden", event.overridden)):
            if count:
                self._answers.labels(outcome, event.site).inc(count)

    def collect(self) -> Iterable[Metric]:
        """What is not counted but looked up when somebody asks."""
        failures = CounterMetricFamily(
            "cds_card_failures", "Cards that could not be written and were replaced."
        )
        failures.add_metric([], self._desk.cards.failures())
        about = GaugeMetricFamily("cds_service_info", "1, for the version.", labels=["version"])
        about.add_metric([service_version()], 1)
        return [failures, about, *self._knowledge(), *_kept(self._store())]

    def _knowledge(self) -> Iterator[Metric]:
        labels = ["kind", "id"]
        words = "Days since a guideline was reviewed, or a national body spoke."
        age = GaugeMetricFamily("cds_knowledge_age_days", words, labels=labels)
        words = "1 where the next review is past, else 0."
        overdue = GaugeMetricFamily("cds_knowledge_overdue", words, labels=labels)
        for line in report(self._desk.knowledge, self._today()).lines:
            if not line.replaced:
                age.add_metric([line.kind, line.id], line.age_days)
                overdue.add_metric([line.kind, line.id], int(line.overdue))
        yield age
        yield overdue


def _kept(store: StoreHealth) -> Iterator[Metric]:
    """How the records of what happened come to the store."""
    gauges = (
        ("cds_store_degraded", "1 where records or answers cannot be stored.", _degraded(store)),
        ("cds_store_waiting_records", "Records not yet in the store.", store.waiting),
        ("cds_store_oldest_waiting_seconds", "Since when the first of them waits.", store.oldest),
    )
    for name, words, value in gauges:
        yield GaugeMetricFamily(name, words, value=value)
    counters = (
        ("cds_store_failures", "Groups of records that could not be stored.", store.failures),
        ("cds_store_damaged_records", "Records set aside as damaged.", store.damaged),
        ("cds_store_lost_records", "Records that found no room anywhere.", store.lost),
    )
    for name, words, value in counters:
        yield CounterMetricFamily(name, words, value=value)


def _degraded(store: StoreHealth) -> int:
    return int(store.status == "degraded")


def _bounded(reason: str) -> str:
    """The id of a reason; anything else would be a label that somebody else can choose."""
    return reason if _ID.fullmatch(reason) else _OTHER


def blueprint(metrics: Metrics) -> Blueprint:
    """The address that a Prometheus server reads."""
    pages = Blueprint("metrics", __name__)

    @pages.get("/metrics")
    def show() -> Response:
        return Response(generate_latest(metrics.registry), content_type=CONTENT_TYPE_LATEST)

    return pages
