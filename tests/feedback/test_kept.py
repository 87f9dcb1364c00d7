"""Answers in a real store: each once, whoever sends it again; nothing of a refused body."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import SQLAlchemyError

from cds_service.errors import Unavailable
from cds_service.store.answers import keep, recognise_all
from cds_service.store.engine import Engines
from cds_service.store.tables import FEEDBACK as ROWS
from tests.doors.bodies import SERVICE, chart_opening, fusion, mesothelioma
from tests.feedback.bodies import (
    CARD,
    FEEDBACK,
    MOMENT,
    SYSTEM,
    accepted,
    feedback,
    overridden,
    reason,
)
from tests.feedback.conftest import House, Open

RECEIVED = "2026-11-22T12:00:00.000000+00:00"


def test_an_answer_is_stored_as_it_came_and_by_what_queries_ask_for(house: House) -> None:
    item = overridden(CARD.upper(), **reason(comment="Zoë said\x00 'no'")) | {"more": [None]}
    item["outcomeTimestamp"] = "2026-11-22T14:45:30.5+05:30"
    assert house.door().post(FEEDBACK, json=feedback(item)).status_code == 200
    (row,) = house.rows()
    assert json.loads(row.pop("item")) == item
    assert len(row.pop("digest")) == 64
    assert row.pop("id") > 0
    assert row == {
        "site": "local",
        "service": "ntrk-mesothelioma",
        "card": CARD,
        "known_card": False,
        "outcome": "overridden",
        "outcome_timestamp": "2026-11-22T09:15:30.500000+00:00",
        "received_at": RECEIVED,
        "reason_system": SYSTEM,
        "reason_code": "patient-refuses",
    }


def test_a_retry_adds_nothing_and_one_among_new_ones_only_the_new(house: House) -> None:
    door = house.door()
    first = [accepted(), overridden(), overridden("b")]
    for body in (first, first, first[1:], [*first, accepted("c"), first[0]]):
        assert door.post(FEEDBACK, json=feedback(*body)).status_code == 200
    assert sorted(row["card"] for row in house.rows()) == sorted([CARD, CARD, "b", "c"])


@pytest.mark.parametrize(
    "other",
    [
        overridden(outcomeTimestamp="2026-11-22T10:15:30.125+01:00"),
        overridden(outcomeTimestamp="2026-11-22T09:15:30.125000z"),
        overridden(CARD.upper()),
        overridden(**reason()),
        overridden() | {"more": 1},
    ],
)
def test_the_same_answer_told_otherwise_is_the_same(house: House, other: dict[str, Any]) -> None:
    """The same card, outcome, moment and suggestions; the first telling stays."""
    door = house.door()
    for item in (overridden(), other):
        assert door.post(FEEDBACK, json=feedback(item)).status_code == 200
    (row,) = house.rows()
    assert json.loads(row["item"]) == overridden()


def test_the_order_of_suggestions_makes_no_other_answer(house: House) -> None:
    both = accepted(CARD, "a", "b"), accepted(CARD, "b", "a")
    assert house.door().post(FEEDBACK, json=feedback(*both)).status_code == 200
    assert len(house.rows()) == 1


def test_several_answers_to_one_card_are_all_kept(house: House) -> None:
    items = [
        accepted(),
        accepted(CARD, "another suggestion"),
        overridden(),
        overridden(outcomeTimestamp="2026-11-22T09:15:31Z"),
        overridden(outcomeTimestamp="2026-11-22T09:15:30.1250001Z"),
    ]
    assert house.door().post(FEEDBACK, json=feedback(*items)).status_code == 200
    kept = [json.loads(row["item"]) for row in house.rows()]
    assert sorted(map(str, kept)) == sorted(map(str, items))


def test_the_same_answer_at_another_site_or_service_is_another(engines: Engines) -> None:
    for site, service in (("a", "s"), ("b", "s"), ("a", "t"), ("as", ""), ("a", "s")):
        keep(engines.durable, site, service, [overridden()], RECEIVED)
    with engines.reading.begin() as connection:
        assert len(connection.execute(select(ROWS)).all()) == 4


def test_nothing_to_keep_is_no_row(engines: Engines) -> None:
    keep(engines.durable, "a", "s", [], RECEIVED)
    with engines.reading.begin() as connection:
        assert connection.execute(select(ROWS)).all() == []


def test_nothing_of_a_refused_body_is_stored(house: House) -> None:
    response = house.door().post(FEEDBACK, json=feedback(accepted(), overridden(card="")))
    assert response.status_code == 400
    assert house.rows() == []


def test_a_store_that_fails_half_way_keeps_nothing(engines: Engines) -> None:
    """A trigger refuses one of the rows."""
    _refuse(engines.durable, "bad")
    items = [overridden("good"), overridden("bad", **reason(comment="Zoë")), overridden("fine")]
    with pytest.raises(SQLAlchemyError, match="no such card") as failed:
        keep(engines.durable, "a", "s", items, RECEIVED)
    assert "Zo" not in str(failed.value)  # nor does an error tell what was written
    with engines.reading.begin() as connection:
        assert connection.execute(select(ROWS)).all() == []


def _refuse(engine: Engine, card: str) -> None:
    if engine.dialect.name == "sqlite":
        statements = [
            f"CREATE TRIGGER no BEFORE INSERT ON feedback WHEN NEW.card = '{card}'"
            " BEGIN SELECT RAISE(ABORT, 'no such card'); END"
        ]
    else:
        statements = [
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN IF NEW.card = '{card}' THEN RAISE 'no such card'; END IF;"
            " RETURN NEW; END $$",
            "CREATE TRIGGER no BEFORE INSERT ON feedback FOR EACH ROW EXECUTE FUNCTION no()",
        ]
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_two_processes_that_get_the_same_keep_it_once(opened: Open) -> None:
    houses = [opened(), opened()]
    items = [overridden(f"card-{number}") for number in range(60)]
    statuses: list[int] = []

    def send(number: int) -> None:
        mine = items if number % 2 else items[::-1]
        response = houses[number % 2].door().post(FEEDBACK, json=feedback(*mine))
        statuses.append(response.status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Some may be asked to come again where the writers are many; what was told to be kept is.
    assert set(statuses) <= {200, 503}
    assert houses[0].door().post(FEEDBACK, json=feedback(*items)).status_code == 200
    assert sorted(row["card"] for row in houses[1].rows()) == sorted(i["card"] for i in items)


def test_an_answer_to_a_card_of_this_site_is_known(house: House) -> None:
    card = shown(house)
    assert house.records()
    house.door().post(FEEDBACK, json=feedback(overridden(card), overridden("nobody's")))
    assert {row["card"]: row["known_card"] for row in house.rows()} == {
        card: True,
        "nobody's": False,
    }


def test_an_answer_that_comes_before_the_decision_is_filed_is_known_afterwards(
    house: House, opened: Open
) -> None:
    card = shown(house)
    house.records()
    before = opened()  # a store in which the decision is made to be missing
    with before.store.engines.durable.begin() as connection:
        connection.exec_driver_sql("DELETE FROM decision")
        connection.exec_driver_sql("DELETE FROM chain")
    house.door().post(FEEDBACK, json=feedback(overridden(card), overridden("nobody's")))
    assert not any(row["known_card"] for row in house.rows())
    assert shown(before) == card
    assert before.records()
    known = {row["card"]: row["known_card"] for row in house.rows()}
    assert known == {card: True, "nobody's": False}


def test_before_a_purge_every_answer_to_a_card_of_ours_is_marked(house: House) -> None:
    card = shown(house)
    house.records()
    keep(house.store.engines.durable, "another-site", "s", [overridden(card)], RECEIVED)
    keep(house.store.engines.durable, "local", "s", [overridden(card)], RECEIVED)
    with house.store.engines.durable.begin() as connection:
        connection.exec_driver_sql("UPDATE feedback SET known_card = false")
        recognise_all(connection)
    assert {row["site"]: row["known_card"] for row in house.rows()} == {
        "another-site": False,
        "local": True,
    }


def shown(house: House) -> str:
    """The uuid of the card of the positive patient."""
    body = chart_opening(conditions=[mesothelioma()], observations=[fusion()])
    (card,) = house.door().post(SERVICE, json=body).get_json()["cards"]
    return str(card["uuid"])


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_commit_of_feedback_waits_for_the_disk_in_sqlite(engines: Engines) -> None:
    with engines.durable.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("server", "mine"), [("off", "on"), ("local", "local"), ("on", "on")])
def test_a_commit_of_feedback_waits_for_the_disk_whatever_postgresql_is_set_to(
    engines: Engines, server: str, mine: str
) -> None:
    told: list[str] = []

    def look(connection: Any, *_: Any) -> None:
        cursor = connection.connection.cursor()
        cursor.execute("SHOW synchronous_commit")
        told.append(cursor.fetchone()[0])

    with engines.durable.connect() as connection:
        connection.exec_driver_sql(
            f"ALTER DATABASE {connection.engine.url.database} SET synchronous_commit = {server}"
        )
        connection.commit()
    engines.dispose()
    event.listen(engines.durable, "commit", look)
    keep(engines.durable, "a", "s", [overridden()], RECEIVED)
    assert told == [mine]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_store_that_another_process_holds_is_a_503_and_takes_the_answer_later(
    house: House, engines: Engines
) -> None:
    with engines.slow.begin():
        response = house.door().post(FEEDBACK, json=feedback(overridden()))
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) > 0
        with pytest.raises(Unavailable):
            house.store.feedback("local", "s", [overridden()])
    house.store._sure._closed_until = 0.0
    assert house.door().post(FEEDBACK, json=feedback(overridden())).status_code == 200
    assert len(house.rows()) == 1


def test_the_event_in_the_store_has_counts_only(house: House) -> None:
    items = accepted(), overridden(**reason("our-own", "Zyxcanarius"))
    house.door().post(FEEDBACK, json=feedback(*items))
    (row,) = house.events()
    told = json.loads(row["event"])
    assert (told["accepted"], told["overridden"], told["status"]) == (1, 1, 200)
    for text in (CARD, "our-own", "Zyxcanarius", MOMENT):
        assert text not in row["event"]
