"""Hostile text in every field of a record never leaves its place on a card."""

from __future__ import annotations

import json
import re

import pytest

from cds_service.cards import CardWriter
from cds_service.domain import (
    Assessment,
    CriterionKind,
    Gene,
    OtherVariant,
    Presence,
    Source,
    Unread,
    UnreadWhy,
)
from tests.cards import builders as make
from tests.cards.hostile import HOSTILE

FORBIDDEN = re.compile(
    r"[<>\[\]`\\|&@#*_~{}\x00-\x09\x0b-\x1f\u202e\u200b]|://|www\.", re.IGNORECASE
)
# What the templates themselves write: bold lead-ins, list items, a fusion's double colon.
OWN_MARKS = re.compile(r"\*\*[A-Z][^*\n]*\*\*")


@pytest.fixture(scope="module")
def writer() -> CardWriter:
    return make.shipped()


def hostile(text: str, *states: str) -> Assessment:
    """An assessment with the text wherever a record can put text."""
    source = Source(text, status=text, date=text, laboratory=text, version=text)
    result = make.fusion(
        gene=Gene(text, frozenset({"NTRK1"})),
        source=source,
        partner=text,
        five_prime=text,
        three_prime=text,
        specimen=text,
        frame=text,
        sentence=text,
        shape=text,
    )
    variant = OtherVariant(Gene(text, frozenset({text})), text, text, Presence.DETECTED, source)
    return make.assessment(
        *states,
        fusions=(result, result),
        diagnoses=(make.diagnosis(source=source, clinical=text, verification=text, name=text),),
        therapies=(make.therapy(drug=text, status=text, intent=text, source=source),),
        resistance=(variant,),
        unread=(Unread(source, CriterionKind.GENE_FUSION, UnreadWhy.INVALID),),
    )


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "states",
    [
        ("confirmed", "established"),
        ("confirmed", "unconfirmed"),
        ("unconfirmed", "established"),
        ("confirmed", "established", "recorded"),
        ("confirmed", "not known"),
        ("not known", "established"),
    ],
    ids="-".join,
)
def test_a_card_holds_no_markup_that_the_templates_did_not_write(
    writer: CardWriter, text: str, states: tuple[str, ...]
) -> None:
    card = make.card(writer, hostile(text, *states))
    plain = OWN_MARKS.sub("", card["detail"])
    assert not FORBIDDEN.search(plain), plain
    assert not FORBIDDEN.search(card["summary"])
    assert not re.search(r"^\s*(#|>|\d+[.)]|[+*=-]{2,})", plain, re.MULTILINE)
    del card["overrideReasons"]  # HL7's words, for the clinician to say
    assert "eligib" not in json.dumps(card).lower()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_card_links_to_nothing_that_a_record_named(writer: CardWriter, text: str) -> None:
    card = make.card(writer, hostile(text))
    known = {link.url for link in make.LINKS.values()}
    assert {link["url"] for link in card["links"]} <= known
    assert card["source"]["url"] in known


@pytest.mark.parametrize("text", HOSTILE)
def test_the_task_and_the_extension_are_as_harmless_as_the_card(
    writer: CardWriter, text: str
) -> None:
    card = make.card(writer, hostile(text))
    task = card["suggestions"][0]["actions"][0]["resource"]
    assert "focus" not in task
    assert not FORBIDDEN.search(task["description"])
    assert "references" not in card["extension"]["org.example.decision"] or all(
        re.fullmatch(r"[A-Za-z]+/[A-Za-z0-9.-]+", name)
        for name in card["extension"]["org.example.decision"]["references"]
    )


def test_the_check_for_markup_can_fail() -> None:
    assert FORBIDDEN.search("<b>")
    assert FORBIDDEN.search("[a](b)")
    assert FORBIDDEN.search(OWN_MARKS.sub("", "**Found:** *x*"))
