"""The measuring itself: a busy moment is forgiven, a service that is too slow or wrong is not."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest

from cds_service.doors.answer import Desk
from cds_service.fhir_client import FhirClient
from tests.faults.calls import Said
from tests.faults.city import Surveyor
from tests.faults.measuring import AT_ONCE, RIGHT, Case, Limits, Neighbours, Run, Told, settled

CASES = [Case("first", "one"), Case("second", "another", gap="too-slow")]
NOTHING = Said(412, (), ("conditions: too-slow",), 0.1)


def answer(shown: str = "could-not-check", seconds: float = 0.1, began: float = 0) -> Said:
    return Said(200, (shown,), (), seconds, began)


def told(case: Case, seconds: float = 0.1, mended: float = 0.1, **changes: Said) -> Told:
    said = {"diagnosis": answer(), "nothing": NOTHING, "fusion": answer()} | changes
    return Told(case, said, answer(seconds=seconds), mended)


class Service:
    """Answers well, but for what one case is told in the first so many measurements."""

    def __init__(self, times: int, bad: Told | None = None, waits: float = 0.1) -> None:
        self.times = times
        self.bad = bad
        self.waits = waits
        self.measured: list[tuple[list[str], int, bool]] = []

    def measure(self, cases: Sequence[Case], at_once: int, beside: bool) -> Run:
        self.measured.append(([case.id for case in cases], at_once, beside))
        busy = len(self.measured) <= self.times
        found = {case.id: told(case) for case in cases}
        if busy and self.bad is not None and self.bad.case.id in found:
            found[self.bad.case.id] = self.bad
        beside_them = answer(RIGHT, self.waits if busy else 0.1)
        return Run.of(found.values(), Neighbours((beside_them,), (answer(RIGHT),)))


BAD = {
    "too slow": told(CASES[1], seconds=2.6),
    "mended too late": told(CASES[1], mended=10.1),
    "another cause": told(CASES[1], nothing=Said(412, (), ("conditions: unreadable",), 0.1)),
    "another card": told(CASES[1], fusion=answer(RIGHT)),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_case_that_is_bad_each_time_stays_bad(bad: Told) -> None:
    service = Service(99, bad)
    run = settled(CASES, service.measure)
    assert run.told == {"first": told(CASES[0]), "second": bad}
    assert service.measured[1:] == [(["second"], 1, False)] * 2


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
@pytest.mark.parametrize("times", [1, 2])
def test_a_case_that_was_bad_in_a_busy_moment_is_measured_again(bad: Told, times: int) -> None:
    service = Service(times, bad)
    run = settled(CASES, service.measure)
    assert run.told["second"] == told(CASES[1])
    assert len(service.measured) == 1 + times
    assert run.again == ["second"] * times


def test_what_is_good_is_measured_once() -> None:
    service = Service(0)
    assert settled(CASES, service.measure).again == []
    assert service.measured == [(["first", "second"], AT_ONCE, True)]


def test_neighbours_that_wait_each_time_stay_held_up() -> None:
    service = Service(99, waits=1.6)
    run = settled(CASES, service.measure)
    assert run.neighbours.held_up()
    assert service.measured == [(["first", "second"], AT_ONCE, True)] * 3


def test_neighbours_that_waited_once_are_measured_beside_the_same_faults() -> None:
    service = Service(1, waits=1.6)
    run = settled(CASES, service.measure)
    assert not run.neighbours.held_up()
    assert service.measured == [(["first", "second"], AT_ONCE, True)] * 2


def test_only_faults_of_that_time_are_suspected() -> None:
    later = told(CASES[1])
    later = Told(later.case, {"nothing": answer(began=50)}, answer(began=51), 0.1)
    slow = Neighbours((answer(RIGHT, 2.0, began=0.05),))
    assert Run.of([told(CASES[0]), later], slow).suspects(Limits()) == [CASES[0]]


def test_an_empty_answer_is_kept_whatever_is_measured_later() -> None:
    empty = Said(200, (), (), 0.1)
    run = settled(CASES, Service(1, told(CASES[1], fusion=empty)).measure)
    assert run.told["second"].by_sent["fusion"] != empty
    assert empty in run.answers


@pytest.mark.timeout(120)
def test_a_real_service_that_is_too_slow_is_too_slow_each_time(
    tmp_path_factory: pytest.TempPathFactory, desk: Desk
) -> None:
    fetch = FhirClient().fetch

    def slow(*asked: Any, **named: Any) -> Any:
        time.sleep(0.3)
        return fetch(*asked, **named)

    surveyor = Surveyor(tmp_path_factory, desk, slow)
    healthy = Case("healthy", "none", right=True)
    run = settled([healthy], surveyor.measure, Limits(call=0.3))
    assert [said.shown for said in run.told["healthy"].by_sent.values()] == [RIGHT] * 3
    assert run.told["healthy"].slowest > 0.3
    assert run.again == ["healthy", "healthy"]
