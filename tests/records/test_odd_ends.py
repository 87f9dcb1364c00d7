"""Calls that do not end with an ordinary card leave a record of what was shown all the same."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from cds_service.doors.answer import Cards
from tests.doors.bodies import PATIENT, chart_opening
from tests.records.conftest import BOTH, Shelf, Site, card_of


class Broken:
    """Cards whose writing fails in a way that nobody foresaw."""

    def __init__(self, cards: Cards) -> None:
        self.replacement = cards.replacement
        self.failures = cards.failures

    def card(self, *_: Any, **__: Any) -> None:
        raise RuntimeError("words of the record")


def test_an_answer_412_leaves_a_record_without_a_card(site: Site) -> None:
    body = chart_opening() | {"prefetch": {}}
    assert site.call(body).status_code == 412
    (record,) = site.shelf.records
    assert (record["recommendation"], record["cardUuid"]) == ("insufficient-data", "")
    assert {gap["why"] for gap in record["gaps"]} == {"not-sent"}


def test_a_412_as_a_card_is_recorded_as_what_it_says(site: Site) -> None:
    settings = replace(site.desk.settings, unavailable_as_card=True)
    said = site.with_(settings=settings)
    card = card_of(said, chart_opening() | {"prefetch": {}})
    (record,) = said.shelf.records
    assert record["recommendation"] == "could-not-check"
    assert record["assessed"] == "insufficient-data"
    assert record["cardUuid"] == card["uuid"]


def test_a_failure_after_a_fact_was_known_leaves_a_record_of_the_card_that_was_shown(
    site: Site,
) -> None:
    failing = site.with_(cards=Broken(site.desk.cards))
    card = card_of(failing, BOTH)
    (record,) = failing.shelf.records
    assert record["failed"] == "internal-error"
    assert record["recommendation"] == "could-not-check"
    assert record["assessed"] == "trk-inhibitor-option"
    assert record["cardUuid"] == card["uuid"]
    assert record["decisionKey"] == card["extension"]["org.example.decision"]["decision"]
    assert record["states"]["fusion"] == "confirmed"


def test_a_card_that_could_not_be_written_is_recorded_as_what_was_shown(site: Site) -> None:
    class Replacing:
        def card(self, assessment: Any, names: Any, *_: Any, **__: Any) -> Any:
            return site.desk.cards.replacement(assessment, names)

        replacement = site.desk.cards.replacement
        failures = site.desk.cards.failures

    record = site.with_(cards=Replacing()).record(BOTH)
    assert record["recommendation"] == "could-not-check"
    assert record["assessed"] == "trk-inhibitor-option"
    assert "failed" not in record


def test_a_card_that_is_held_back_is_recorded(site: Site) -> None:
    uuid = card_of(site, BOTH)["uuid"]

    class Dismissed(Shelf):
        def dismissed(self, site: str, cards: Any) -> frozenset[str]:
            return frozenset(cards)

    settings = replace(site.desk.settings, hold_back=True)
    holding = Site(replace(site.desk, settings=settings), Dismissed())
    assert holding.call(BOTH).get_json() == {"cards": []}
    (record,) = holding.shelf.records
    assert (record["heldBack"], record["cardUuid"]) == (True, uuid)


def test_a_record_that_cannot_be_written_costs_no_answer(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    class Refusing(Shelf):
        def decision(self, record: Any, content: bytes = b"") -> None:
            raise ValueError(f"words of the record: {PATIENT}")

    refused = Site(site.desk, Refusing())
    with caplog.at_level(logging.ERROR, "cds_service"):
        assert card_of(refused, BOTH)["indicator"] == "warning"
    (line,) = caplog.messages
    assert line.startswith("decision not recorded id=")
    assert "ValueError" in line
    assert PATIENT not in line
