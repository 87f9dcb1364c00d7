"""Assessments built by hand: synthetic patients for the tests of cards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from cds_service import tasks
from cds_service.cards import CardWriter, Names
from cds_service.cards.phrases import load_phrases
from cds_service.domain import (
    NONE,
    NOT_KNOWN,
    Approval,
    AssayedFusion,
    Assessment,
    Certainty,
    Criterion,
    CriterionKind,
    Diagnosis,
    Document,
    Gene,
    Guideline,
    Link,
    Match,
    Nation,
    Origin,
    Presence,
    Reason,
    Review,
    Row,
    Source,
    Therapy,
    Why,
)
from tests.cards.access import TODAY, positions

CARDS = Path(__file__).resolve().parents[2] / "cards"
NAMES = Names(decision="ab" * 32, uuid="5f0c7a54-6f1e-8c57-9d1a-0c5e9f0a1b2c")
SYSTEMS = {
    "recommendations": "urn:uuid:0ea73287-3ad0-4bfc-adaf-839778ac54e7",
    "task-code": "urn:uuid:5deba840-86e9-4417-b772-2728099400e0",
}
LINKS = {
    link.id: link
    for link in (
        Link("page", "GeNotes page", "https://example.org/genotes/page/", "example"),
        Link("home", "GeNotes", "https://example.org/genotes/", "example"),
        Link("directory", "Test Directory", "https://example.org/directory/", "example"),
        Link("nowhere", "A document without an address", "", "address not found"),
        Link("new", "Newer advice", "https://example.org/new/", "example"),
        Link("old", "Older advice", "https://example.org/old/", "example"),
    )
}
NTRK1 = Gene("NTRK1", frozenset({"NTRK1"}))
NTRK = Gene("NTRK", frozenset({"NTRK1", "NTRK2", "NTRK3"}))

_CRITERIA = (
    Criterion("alive", CriterionKind.ALIVE, "Alive"),
    Criterion("fusion", CriterionKind.GENE_FUSION, "NTRK fusion", "ntrk-genes"),
    Criterion("diagnosis", CriterionKind.DIAGNOSIS, "Mesothelioma", "mesothelioma"),
    Criterion("prior", CriterionKind.PRIOR_THERAPY, "Earlier NTRK inhibitor", "trk-inhibitors"),
)


def _row(
    number: str, fusion: str, diagnosis: str, prior: str, recommendation: str, indicator: str
) -> Row:
    columns = {"alive": "yes|not known", "fusion": fusion, "diagnosis": diagnosis, "prior": prior}
    when = {name: frozenset(text.split("|")) for name, text in columns.items() if text}
    return Row(number, when, recommendation, indicator)


TABLE = (
    Row("1", {"alive": frozenset({"deceased"})}, "nothing", ""),
    _row("2", "none", "", "", "nothing", ""),
    _row("3", "", "none", "", "nothing", ""),
    _row("4", "confirmed", "established", "recorded", "prior-trk-inhibitor", "info"),
    _row("5", "confirmed", "established", "none|not known", "trk-inhibitor-option", "warning"),
    _row("6", "confirmed", "unconfirmed", "", "confirm-diagnosis", "info"),
    _row("7", "unconfirmed|screening", "established|unconfirmed", "", "confirm-fusion", "info"),
    _row("8a", "confirmed|unconfirmed", "not known", "", "could-not-check", "warning"),
    _row("8b", "screening", "not known", "", "could-not-check", "info"),
    _row("9", "not known", "established|unconfirmed", "", "could-not-check", "info"),
    _row("10", "not known", "not known", "", "insufficient-data", ""),
)

GUIDELINE = Guideline(
    id="genotes-ntrk-mesothelioma",
    version="0.1.0",
    title="NTRK fusion and mesothelioma",
    topic="NTRK",
    source=Document(
        publisher="NHS GeNotes",
        title="Results page",
        link="page",
        home="home",
        last_reviewed=date(2024, 1, 27),
        next_review_due=date(2025, 1, 27),
        last_checked=date(2026, 11, 22),
        authors=("Author",),
        reviewers=("Reviewer",),
    ),
    review=Review("draft"),
    criteria=_CRITERIA,
    table=TABLE,
    drugs=("entrectinib", "larotrectinib"),
    links=("page", "directory", "nowhere"),
    clinician_judges=(
        "no satisfactory treatment options",
        "locally advanced or metastatic disease, or surgery likely to cause severe harm",
        "fusion confirmed by a validated test",
        "no prior NTRK inhibitor",
    ),
    content_hash="c" * 64,
)
# Proved quickly: enough for whatever is not about the other templates.
ONE_ROW = replace(
    GUIDELINE, table=tuple(row for row in TABLE if row.recommendation == "trk-inhibitor-option")
)


def fusion(**values: Any) -> AssayedFusion:
    """LMNA::NTRK1 as a laboratory reported it in October 2026."""
    given: dict[str, Any] = {
        "gene": NTRK1,
        "presence": Presence.DETECTED,
        "source": source("Observation/result"),
        "certainty": Certainty.CONFIRMED,
        "partner": "LMNA",
        "five_prime": "LMNA",
        "three_prime": "NTRK1",
        "origin": Origin.SOMATIC,
    }
    return AssayedFusion(**(given | values))


def rearrangement(**values: Any) -> AssayedFusion:
    """The bare 'NTRK rearrangement' of the source page's own patient."""
    given: dict[str, Any] = {
        "gene": NTRK,
        "certainty": Certainty.UNCONFIRMED,
        "partner": "",
        "five_prime": "",
        "three_prime": "",
        "why": (Why.REARRANGEMENT, Why.NOT_NUMBERED),
    }
    return fusion(**(given | values))


def source(reference: str, **values: Any) -> Source:
    """A final result of October 2026 from a synthetic laboratory."""
    given: dict[str, Any] = {
        "status": "final",
        "date": "2026-10-02",
        "laboratory": "Synthetic Genomic Laboratory Hub",
    }
    return Source(reference, **(given | values))


def diagnosis(**values: Any) -> Diagnosis:
    """An active, confirmed mesothelioma."""
    given: dict[str, Any] = {
        "value_set": "mesothelioma",
        "match": Match.INCLUDE,
        "source": Source("Condition/meso"),
        "clinical": "active",
        "verification": "confirmed",
        "name": "Malignant mesothelioma of pleura",
    }
    return Diagnosis(**(given | values))


def therapy(**values: Any) -> Therapy:
    """Larotrectinib on record."""
    given: dict[str, Any] = {
        "value_set": "trk-inhibitors",
        "drug": "larotrectinib",
        "status": "completed",
        "intent": "order",
        "source": Source("MedicationRequest/laro"),
    }
    return Therapy(**(given | values))


def assessment(
    fusion_state: str = "confirmed",
    diagnosis_state: str = "established",
    prior_state: str = NONE,
    alive: str = "yes",
    **values: Any,
) -> Assessment:
    """What the table says of the states, with the facts that a test gives."""
    states = {
        "alive": alive,
        "fusion": fusion_state,
        "diagnosis": diagnosis_state,
        "prior": prior_state,
    }
    row = next(row for row in TABLE if row.fits(states))
    nation = values.get("nation", Nation.ENGLAND)
    today = values.get("today", TODAY)
    found = {
        "confirmed": (fusion(),),
        "unconfirmed": (rearrangement(),),
        "screening": (rearrangement(certainty=Certainty.SCREENING, why=(Why.SCREENING,)),),
    }
    given: dict[str, Any] = {
        "guideline": GUIDELINE,
        "reasons": tuple(
            Reason(criterion, states[criterion.id], _because(criterion, states), ())
            for criterion in _CRITERIA
        ),
        "row": row.id,
        "recommendation": row.recommendation,
        "indicator": row.indicator,
        "today": today,
        "nation": nation,
        "fusions": found.get(fusion_state, ()),
        "diagnoses": () if diagnosis_state in (NONE, NOT_KNOWN) else (diagnosis(),),
        "therapies": (therapy(),) if prior_state == "recorded" else (),
        "access": positions(GUIDELINE, nation, today),
    }
    return Assessment(**(given | values))


def _because(criterion: Criterion, states: dict[str, str]) -> tuple[str, ...]:
    if states[criterion.id] in (NONE, NOT_KNOWN):
        return ()
    references = {"fusion": ("Observation/result",), "diagnosis": ("Condition/meso",)}
    return references.get(criterion.id, ())


def option(**values: Any) -> Assessment:
    """A reported fusion and an active mesothelioma."""
    return assessment(**values)


def writer(cards: Path = CARDS, **values: Any) -> CardWriter:
    """A writer over the shipped cards, or over a damaged copy of them."""
    given: dict[str, Any] = {
        "guidelines": (GUIDELINE,),
        "links": LINKS,
        "systems": SYSTEMS,
        "positions": positions,
        "namespace": "org.example",
        "approvals": (),
        "service_version": "0.1.0",
        "task": tasks.task,
    }
    return CardWriter(cards, **(given | values))


@cache
def shipped() -> CardWriter:
    """The writer of most tests: proving the shipped cards takes long, and once is enough."""
    return writer()


def approval(**values: Any) -> Approval:
    """An approval that matches the guideline of these tests."""
    given = Approval(
        guideline=GUIDELINE.id,
        version=GUIDELINE.version,
        content_hash=GUIDELINE.content_hash,
        approved_by="Named Person",
        role="Clinical safety officer",
        approved_on=date(2026, 11, 1),
        site="Synthetic Trust",
    )
    return replace(given, **values)


PHRASES = load_phrases(CARDS)


def card(writing: CardWriter, told: Assessment, **values: Any) -> dict[str, Any]:
    """The card of an assessment; the test fails where none, or only the fixed one, is written."""
    before = writing.failures()
    found = writing.card(told, NAMES, "synthetic-1", **values)
    assert found is not None
    assert writing.failures() == before
    return found


def detail(writing: CardWriter, told: Assessment, **values: Any) -> str:
    """The detail of the card of an assessment."""
    text: str = card(writing, told, **values)["detail"]
    return text


def no_references() -> tuple[Reason, ...]:
    """The reasons of an ordinary assessment, each without a resource behind it."""
    return tuple(replace(reason, because=()) for reason in assessment().reasons)
