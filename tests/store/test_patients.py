"""Which NHS number belongs to a patient id: of this site only, the newest, never a failure."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from cds_service.errors import Unavailable
from cds_service.store.access import Access
from cds_service.store.engine import Engines
from cds_service.store.patients import Patients
from cds_service.store.tables import PATIENTS
from tests.store.test_tokens import started

ONE, OTHER = "9990000018", "9990000026"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Day:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def patients_of(engines: Engines, clock: Day | None = None) -> Patients:
    return Patients(Access("calls", engines.quick, 5.0), clock or Day())


def rows(engines: Engines) -> list[tuple[str, str, str, str]]:
    with engines.reading.begin() as link:
        return [tuple(row) for row in link.execute(select(PATIENTS).order_by(PATIENTS.c.site))]


def test_a_number_is_found_again_by_another_process(engines: Engines) -> None:
    patients_of(engines).remember("trust-a", "p", ONE)
    assert patients_of(engines).number("trust-a", "p") == ONE
    assert patients_of(engines).number("trust-a", "another") == ""


def test_the_same_id_at_another_site_is_another_patient(engines: Engines) -> None:
    patients = patients_of(engines)
    patients.remember("trust-a", "p", ONE)
    assert patients.number("trust-b", "p") == ""
    patients.remember("trust-b", "p", OTHER)
    assert (patients.number("trust-a", "p"), patients.number("trust-b", "p")) == (ONE, OTHER)


def test_the_newest_number_wins_and_the_log_names_neither(
    engines: Engines, caplog: pytest.LogCaptureFixture
) -> None:
    early, late = patients_of(engines), patients_of(engines)
    early.remember("trust-a", "p", ONE)
    with caplog.at_level(logging.DEBUG):
        late.remember("trust-a", "p", OTHER)
    assert early.number("trust-a", "p") == OTHER
    assert "a patient id has another NHS number" in caplog.text
    told = "".join(str(vars(record)) for record in caplog.records)
    assert ONE not in told
    assert OTHER not in told


def test_the_same_number_again_is_neither_written_nor_logged(
    engines: Engines, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Day()
    patients = patients_of(engines, clock)
    patients.remember("trust-a", "p", ONE)
    before = rows(engines)
    clock.now += timedelta(hours=1)
    patients.remember("trust-a", "p", ONE)
    assert rows(engines) == before
    assert caplog.records == []


def test_a_patient_who_comes_again_on_another_day_is_kept_for_longer(engines: Engines) -> None:
    clock = Day()
    patients = patients_of(engines, clock)
    patients.remember("trust-a", "p", ONE)
    clock.now += timedelta(days=2)
    patients.remember("trust-a", "p", ONE)
    assert [row[3] for row in rows(engines)] == ["2026-11-24T12:00:00.000000+00:00"]


def away(seconds: float = 1.0) -> Access:
    return Access("calls", None, seconds, usable=lambda: "away")  # type: ignore[arg-type]


def test_without_the_store_this_process_remembers_by_itself() -> None:
    patients = Patients(away(), Day())
    patients.remember("trust-a", "p", ONE)
    assert patients.number("trust-a", "p") == ONE
    assert patients.number("trust-b", "p") == ""


def test_what_is_in_memory_has_an_end() -> None:
    patients = Patients(away(), Day(), most=2)
    for name in ("a", "b", "c"):
        patients.remember("trust-a", name, ONE)
    assert [patients.number("trust-a", name) for name in ("a", "b", "c")] == ["", ONE, ONE]


def test_what_came_while_the_store_was_away_is_stored_when_the_patient_comes_again(
    engines: Engines,
) -> None:
    trouble = ["away"]
    access = Access("calls", engines.quick, 5.0, usable=lambda: trouble[0])
    patients = Patients(access, Day())
    patients.remember("trust-a", "p", ONE)
    trouble[0] = ""
    assert rows(engines) == []
    patients.remember("trust-a", "p", ONE)
    assert [row[:3] for row in rows(engines)] == [("trust-a", "p", ONE)]


ODD = ["", "\x00", "a\x00b", "\ud800", "x" * 300, "a\nb"]


@pytest.mark.parametrize("odd", ODD)
def test_an_id_that_no_database_takes_is_not_kept_and_harms_nobody(
    odd: str, engines: Engines
) -> None:
    access = Access("calls", engines.quick, 5.0)
    patients = Patients(access, Day())
    patients.remember("trust-a", odd, ONE)
    patients.remember("trust-a", "p", odd)
    assert patients.number("trust-a", odd) == ""
    assert rows(engines) == []
    assert access.trouble == ""


def test_an_id_that_looks_like_sql_is_an_id(engines: Engines) -> None:
    patients = patients_of(engines)
    patients.remember("trust-a", "'; DROP TABLE patient; --", ONE)
    assert patients_of(engines).number("trust-a", "'; DROP TABLE patient; --") == ONE


def test_the_store_hands_it_on(store_url: str, tmp_path: Path) -> None:
    with started(store_url, tmp_path) as store:
        assert store.nhs_number("trust-a", "p") == ""
        store.remember_patient("trust-a", "p", ONE)
    with started(store_url, tmp_path) as store:
        assert store.nhs_number("trust-a", "p") == ONE


def test_the_table_that_is_missing_is_no_error_of_a_call(
    store_url: str, open_engines: Callable[[str], Engines]
) -> None:
    access = Access("calls", open_engines(store_url).quick, 5.0)
    patients = Patients(access, Day())
    patients.remember("trust-a", "p", ONE)
    assert patients.number("trust-a", "p") == ONE
    assert access.trouble
    with pytest.raises(Unavailable):
        access.read(lambda link: None)
