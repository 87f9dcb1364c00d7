"""A table of what laboratories write, and what must not be read into it."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from cds_service.domain import AssayedFusion, Certainty, Origin, Presence, Why
from tests.builders import report, spoken
from tests.desk import Desk

TABLE: dict[str, list[tuple[str, str]]] = tomllib.loads(
    Path(__file__).with_name("sentences.toml").read_text(encoding="utf-8")
)
ROWS = [
    pytest.param(sentence, label, id=f"{label}-{number}-{reason}")
    for label, rows in TABLE.items()
    for number, (sentence, reason) in enumerate(rows)
]
STATES = {"finding": "unconfirmed", "hedged": "unconfirmed", "screening": "screening"}


def label_of(facts: tuple[AssayedFusion, ...]) -> str:
    """The one label of everything that a text was read as."""
    labels = {_label(fact) for fact in facts}
    if "finding" in labels:
        labels -= {"negative"}  # 'NTRK1 fusion detected. NTRK2: not detected.'
    return "+".join(sorted(labels)) or "talk"


def _label(fact: AssayedFusion) -> str:
    if fact.origin is Origin.GERMLINE:
        return "germline"
    if fact.presence is Presence.NOT_DETECTED:
        return "negative"
    if fact.presence is Presence.NOT_ASSESSED:
        return "failed"
    if fact.certainty is Certainty.SCREENING:
        return "screening"
    return "hedged" if Why.HEDGED in fact.why else "finding"


@pytest.mark.parametrize(("sentence", "label"), ROWS)
def test_a_sentence_of_an_observation_means_what_it_says(
    ask: Desk, sentence: str, label: str
) -> None:
    assert label_of(ask.record(spoken(sentence)).fusions) == label


@pytest.mark.parametrize(("sentence", "label"), ROWS)
def test_a_sentence_of_a_report_means_the_same(ask: Desk, sentence: str, label: str) -> None:
    assert ask.fusion(report(sentence)) == STATES.get(label, "none")


def test_the_table_is_large_and_half_of_it_is_no_finding() -> None:
    sizes = Counter({label: len(rows) for label, rows in TABLE.items()})
    assert sizes.total() >= 150
    assert 2 * (sizes.total() - sizes["finding"]) >= sizes.total()


def test_no_sentence_stands_twice() -> None:
    sentences = [sentence for rows in TABLE.values() for sentence, _ in rows]
    assert len(sentences) == len(set(sentences))
