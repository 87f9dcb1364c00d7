"""Decisions are found by id, card and time; a store that cannot be read is an input error."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from cds_service.errors import InputError
from cds_service.store.append import append
from cds_service.store.engine import Engines, engines_of
from cds_service.store.ledger import Ledger, Span, open_ledger
from cds_service.store.lines import DECISION, EVENT, entry
from cds_service.store.tables import DECISIONS
from cds_service.store.trouble import READ_ONLY, trouble_of
from tests.store.made import decision, event

CARD = "5e1d1a5c-0f0f-8000-8000-00000000000a"
STORED = "2026-11-22T12:00:01.000000+00:00"
ALL = Span()


def keep(engines: Engines, content: bytes = b"", **changes: Any) -> None:
    append(engines.durable, "w1", [entry(DECISION, 0, decision(**changes), content)], STORED)


def ids(found: list[Any]) -> list[str]:
    return [kept.record["id"] for kept in found]


@pytest.fixture
def ledger(engines: Engines) -> Ledger:
    return Ledger(engines)


def test_a_decision_comes_back_as_it_was_kept_with_its_place(
    engines: Engines, ledger: Ledger
) -> None:
    record = decision(id="d1", states={"fusion": "confirmed"}, note="é")
    keep(engines)
    keep(engines, b"input", **record)
    found = ledger.decision("d1")
    assert found
    assert {k: v for k, v in found.record.items() if k not in ("previousHash", "hash")} == record
    assert (found.writer, found.seq, found.stored_at) == ("w1", 2, STORED)
    assert len(found.record["previousHash"]) == len(found.record["hash"]) == 64
    assert ledger.content_of("d1") == b"input"


def test_what_is_not_there_is_nothing(ledger: Ledger) -> None:
    assert ledger.decision("d1") is None
    assert ledger.content_of("d1") == b""
    assert ledger.decisions_of_card(CARD) == []
    assert (ledger.decisions(ALL, 5), ledger.events(ALL, 5)) == ([], [])


def test_every_decision_of_a_card_is_found_oldest_first(engines: Engines, ledger: Ledger) -> None:
    keep(engines, id="later", cardUuid=CARD, time="2026-11-23T00:00:00Z")
    keep(engines, id="earlier", cardUuid=CARD)
    keep(engines, id="other")
    keep(engines, id="none", cardUuid=None)
    assert ids(ledger.decisions_of_card(CARD.upper())) == ["earlier", "later"]
    assert ledger.decisions_of_card("") == []


@pytest.mark.parametrize(
    ("span", "found"),
    [
        (ALL, ["d3", "d2", "d1"]),
        (Span(since="2026-11-22T00:00:00Z"), ["d3", "d2"]),
        (Span(until="2026-11-22T00:00:00Z"), ["d1"]),
        (Span(since="2026-11-22T13:00:00+02:00", until="2026-11-22T14:00:00+02:00"), ["d2"]),
        (Span(site="other"), ["d3"]),
        (Span(site="nowhere"), []),
    ],
)
def test_decisions_and_events_of_a_time_come_newest_first(
    engines: Engines, ledger: Ledger, span: Span, found: list[str]
) -> None:
    for name, time, site in (
        ("d1", "2026-11-21T23:59:59.999999Z", "local"),
        ("d2", "2026-11-22T11:00:00Z", "local"),
        ("d3", "2026-11-22T12:00:00Z", "other"),
    ):
        keep(engines, id=name, time=time, site=site)
        called = event(id=name, time=time, site=site, causes=[])
        append(engines.durable, "w1", [entry(EVENT, 0, called)], STORED)
    assert ids(ledger.decisions(span, 10)) == found
    assert ids(ledger.decisions(span, 1)) == found[:1]
    told = ledger.events(span, 10)
    assert [called["id"] for called in told] == found
    assert all(called["stored_at"] == STORED and called["causes"] == [] for called in told)


@pytest.mark.parametrize("span", [{"since": "yesterday"}, {"until": "2026-11-22"}])
def test_a_time_that_is_none_is_refused(span: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="RFC 3339"):
        Span(**span)


def test_a_record_that_is_no_json_any_more_is_told_as_damaged(
    engines: Engines, ledger: Ledger
) -> None:
    keep(engines, id="d1")
    with engines.durable.begin() as connection:
        connection.execute(update(DECISIONS).values(record="{"))
    with pytest.raises(InputError, match="damaged"):
        ledger.decision("d1")
    assert ledger.verify({}).faults


def test_reading_writes_nothing(engines: Engines) -> None:
    with engines.reading.begin() as connection, pytest.raises(DBAPIError) as error:
        connection.execute(update(DECISIONS).values(record=""))
    assert trouble_of(error.value) == READ_ONLY


def test_a_store_that_was_never_made_cannot_be_read(sqlite_url: str) -> None:
    with open_ledger(sqlite_url) as ledger, pytest.raises(InputError, match="away"):
        ledger.decision("d1")


def test_a_store_of_another_release_cannot_be_read(postgresql_url: str) -> None:
    with open_ledger(postgresql_url) as ledger, pytest.raises(InputError, match="not-upgraded"):
        ledger.verify({})


def test_a_server_that_is_away_cannot_be_read() -> None:
    engines = engines_of("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(InputError, match="away"):
        Ledger(engines).events(ALL, 1)
