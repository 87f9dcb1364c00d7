"""Each earlier schema, with data in it -> the newest, with all of it; on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import insert, select, text

from cds_service.store import chain, migrations
from cds_service.store.answers import keep
from cds_service.store.append import append
from cds_service.store.engine import Engines, make_file
from cds_service.store.lines import DECISION, entry
from cds_service.store.purge import purge
from cds_service.store.tables import FEEDBACK, INPUTS, METADATA, SEEN_TOKENS
from cds_service.store.upgrade import VERSIONS, state_of, upgrade
from tests.store.made import decision
from tests.store.test_engine import Open

NOON = "2026-11-22T12:00:00.000000+00:00"
CARD = "a172b90f-e2fc-8256-a38d-bd7c3c4038b2"
STRANGE = "00000000-0000-4000-8000-000000000000"

# What each version could hold, in the words of that version: never changed once it was released.
HELD: Mapping[str, list[tuple[str, dict[str, Any]]]] = {
    "0001": [
        (
            "decision",
            {
                "id": "d1",
                "writer": "w",
                "seq": 1,
                "time": NOON,
                "stored_at": NOON,
                "site": "local",
                "guideline": "genotes-ntrk-mesothelioma",
                "recommendation": "trk-inhibitor-option",
                "decision_key": "0" * 64,
                "card_uuid": CARD,
                "held_back": False,
            },
        ),
        ("decision_input", {"decision": "d1", "content": b"\x00\xff"}),
        (
            "request_event",
            {
                "id": "e1",
                "time": NOON,
                "stored_at": NOON,
                "site": "local",
                "route": "/cds-services/ntrk-mesothelioma",
                "status": 200,
                "duration_ms": 3,
                "event": "{}",
            },
        ),
        *(
            (
                "feedback",
                {
                    "digest": card,
                    "site": site,
                    "service": "ntrk-mesothelioma",
                    "card": card,
                    "outcome": "overridden",
                    "outcome_timestamp": NOON,
                    "received_at": NOON,
                    "reason_system": "",
                    "reason_code": "",
                    "item": "{}",
                },
            )
            for card, site in ((CARD, "local"), (STRANGE, "local"))
        ),
        ("seen_token", {"digest": "t", "until": 1.5}),
    ],
    "0002": [
        ("checkpoint", {"writer": "w", "seq": 0, "hash": chain.START, "purged_at": NOON}),
        (
            "patient",
            {"site": "local", "patient_id": "p", "nhs_number": "9990000018", "seen_at": NOON},
        ),
    ],
}


def at_version(engines: Engines, wanted: str) -> None:
    """A store as that release left it, with what it could hold."""
    if engines.file:
        make_file(engines.file)
    for version in VERSIONS[: VERSIONS.index(wanted) + 1]:
        with engines.slow.begin() as link:
            config = Config()
            config.set_main_option("script_location", str(Path(str(migrations.__file__)).parent))
            config.set_main_option("path_separator", "os")
            config.attributes["connection"] = link
            command.upgrade(config, version)
            for table, row in HELD[version]:
                whole = _chained(row) if table == "decision" else row
                names, values = ", ".join(whole), ", ".join(f":{name}" for name in whole)
                link.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), whole)
            if version == "0001":
                head = link.execute(text("SELECT hash FROM decision")).scalar()
                link.execute(text("INSERT INTO chain VALUES ('w', 1, :hash)"), {"hash": head})


def _chained(row: dict[str, Any]) -> dict[str, Any]:
    columns = {"decision_key": "decisionKey", "card_uuid": "cardUuid", "held_back": "heldBack"}
    members = ("id", "time", "site", "guideline", "recommendation", *columns)
    link = chain.link({columns.get(name, name): row[name] for name in members}, chain.Head())
    return row | {"record": link.text, "previous_hash": link.previous, "hash": link.hash}


@pytest.mark.parametrize("version", VERSIONS)
def test_an_earlier_store_is_upgraded_with_all_that_is_in_it(
    version: str, store_url: str, open_engines: Open
) -> None:
    engines = open_engines(store_url)
    at_version(engines, version)
    before = _rows(engines)
    upgrade(engines)
    assert state_of(engines) == ""
    after = _rows(engines)
    for table, rows in before.items():
        assert [_subset(row, rows[0]) for row in after[table]] == rows
    verified = chain.verify(engines.reading)
    assert (verified.records, verified.faults) == (1, [])


def _rows(engines: Engines) -> dict[str, list[dict[str, Any]]]:
    with engines.reading.begin() as link:
        there = [t for t in METADATA.tables if link.dialect.has_table(link, t)]
        return {
            table: [
                dict(row)
                for row in link.execute(text(f"SELECT * FROM {table} ORDER BY 1")).mappings()
            ]
            for table in there
            if link.execute(text(f"SELECT count(*) FROM {table}")).scalar()
        }


def _subset(row: dict[str, Any], like: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in like}


def test_answers_that_were_there_learn_which_cards_are_known(
    store_url: str, open_engines: Open
) -> None:
    engines = open_engines(store_url)
    at_version(engines, "0001")
    upgrade(engines)
    with engines.reading.begin() as link:
        known = {row.card: row.known_card for row in link.execute(select(FEEDBACK))}
    assert known == {CARD: True, STRANGE: False}


@pytest.mark.parametrize("version", VERSIONS)
def test_an_upgraded_store_goes_on_where_it_was(
    version: str, store_url: str, open_engines: Open
) -> None:
    engines = open_engines(store_url)
    at_version(engines, version)
    upgrade(engines)
    append(engines.durable, "w", [entry(DECISION, 0, decision(id="d2"), b"input")], NOON)
    item = {"card": CARD, "outcome": "accepted", "outcomeTimestamp": NOON}
    keep(engines.durable, "local", "ntrk-mesothelioma", [item], NOON)
    assert chain.verify(engines.reading).faults == []
    later = "2026-11-23T00:00:00.000000+00:00"
    purged = purge(engines.slow, later, later, seconds=2.0)
    assert (purged.decisions, purged.feedback, purged.tokens, purged.left) == (2, 3, 1, ())
    assert chain.verify(engines.reading).faults == []


def test_the_migrations_make_the_tables_that_the_code_works_with(engines: Engines) -> None:
    with engines.slow.begin() as link:
        options = {"compare_type": True}
        context = MigrationContext.configure(link, opts=options)
        assert compare_metadata(context, METADATA) == []


def test_the_comparison_of_tables_finds_a_difference(engines: Engines) -> None:
    with engines.slow.begin() as link:
        link.execute(text("ALTER TABLE feedback DROP COLUMN known_card"))
        found = compare_metadata(MigrationContext.configure(link), METADATA)
    assert [change[0] for change in found] == ["add_column"]


def test_every_column_takes_what_it_is_for(engines: Engines) -> None:
    with engines.durable.begin() as link:
        link.execute(insert(INPUTS), {"decision": "d", "content": bytes(range(256))})
        link.execute(insert(SEEN_TOKENS), {"digest": "t", "until": 1_795_000_000.123})
        assert link.execute(select(INPUTS.c.content)).scalar() == bytes(range(256))
        assert link.execute(select(SEEN_TOKENS.c.until)).scalar() == 1_795_000_000.123
