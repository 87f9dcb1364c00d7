"""Sentences of reports that differ by a word, and every fact that each of them is read as."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cds_service.domain import AssayedFusion, Origin
from tests.builders import report
from tests.desk import Desk

TABLE: dict[str, list[list[str]]] = tomllib.loads(
    Path(__file__).with_name("facts_of_sentences.toml").read_text(encoding="utf-8")
)


def facts_in(ask: Desk, sentence: str) -> list[str]:
    """Everything that a report with this conclusion is read as, in words."""
    record = ask.record(report(sentence))
    variants = [f"{variant.gene.symbol} {variant.change}" for variant in record.variants]
    return [*map(_in_words, record.fusions), *variants]


def _in_words(fact: AssayedFusion) -> str:
    words = [fact.gene.symbol, fact.presence.value]
    words += [f"with {fact.partner}"] if fact.partner else []
    order = fact.five_prime, fact.three_prime
    words += [">".join(order)] if any(order) else []
    words += [*sorted(assay.value for assay in fact.assays), fact.frame]
    words += [fact.origin.value] if fact.origin is not Origin.NOT_STATED else []
    said = " ".join(filter(None, words))
    return f"{said}: {', '.join(sorted(fact.why))}" if fact.why else said


@pytest.mark.parametrize(("sentence", "facts"), [(row[0], row[1:]) for row in TABLE["found"]])
def test_a_sentence_that_states_a_fusion_says_no_more_and_no_less(
    ask: Desk, sentence: str, facts: list[str]
) -> None:
    assert facts_in(ask, sentence) == facts


@pytest.mark.parametrize(("sentence", "facts"), [(row[0], row[1:]) for row in TABLE["doubted"]])
def test_a_sentence_with_a_reservation_says_what_is_doubted(
    ask: Desk, sentence: str, facts: list[str]
) -> None:
    assert facts_in(ask, sentence) == facts


@pytest.mark.parametrize(("sentence", "facts"), [(row[0], row[1:]) for row in TABLE["denied"]])
def test_a_sentence_that_denies_names_every_gene_that_it_denies(
    ask: Desk, sentence: str, facts: list[str]
) -> None:
    assert facts_in(ask, sentence) == facts


@pytest.mark.parametrize(("sentence", "facts"), [(row[0], row[1:]) for row in TABLE["silent"]])
def test_a_sentence_that_is_only_talk_states_no_fusion(
    ask: Desk, sentence: str, facts: list[str]
) -> None:
    assert not ask.record(report(sentence)).fusions
    assert facts_in(ask, sentence) == facts


@pytest.mark.parametrize(("text", "facts"), [(row[0], row[1:]) for row in TABLE["laid_out"]])
def test_lines_boxes_and_markup_of_a_report_change_nothing_of_what_it_says(
    ask: Desk, text: str, facts: list[str]
) -> None:
    assert facts_in(ask, text) == facts


@pytest.mark.parametrize(("text", "facts"), [(row[0], row[1:]) for row in TABLE["shouted"]])
def test_a_report_in_capitals_names_the_same_partners(
    ask: Desk, text: str, facts: list[str]
) -> None:
    assert facts_in(ask, text) == facts
