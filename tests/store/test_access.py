"""What a call waits for at most, and what it costs while the store is in trouble."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from cds_service.errors import Unavailable
from cds_service.store.access import PAUSE, Access
from cds_service.store.engine import Engines
from cds_service.store.errands import Errands, TookTooLong
from cds_service.store.tables import SEEN_TOKENS
from cds_service.store.trouble import NOT_UPGRADED, SLOW


class Clock:
    """Seconds that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def one(link: Connection) -> Any:
    return link.execute(text("SELECT 1")).scalar()


def breaks(_: Engine) -> None:
    raise OperationalError("a statement", {"a": "value"}, Exception("a secret"))


def test_work_is_done_and_committed(engines: Engines) -> None:
    access = Access("calls", engines.quick, 5.0)
    access.write(lambda link: link.execute(SEEN_TOKENS.insert().values(digest="t", until=1)))
    assert access.read(lambda link: link.execute(text("SELECT digest FROM seen_token")).scalar())
    assert access.trouble == ""


def test_work_that_fails_leaves_nothing_behind(engines: Engines) -> None:
    access = Access("calls", engines.quick, 5.0)

    def half(link: Connection) -> None:
        link.execute(SEEN_TOKENS.insert().values(digest="t", until=1))
        link.execute(text("SELECT * FROM no_such_table"))

    with pytest.raises(Unavailable):
        access.write(half)
    assert access.trouble == NOT_UPGRADED
    with engines.reading.begin() as link:
        assert link.execute(text("SELECT count(*) FROM seen_token")).scalar() == 0


def test_after_a_failure_nobody_tries_for_a_moment_and_then_one(engines: Engines) -> None:
    clock, tried = Clock(), []
    access = Access("calls", engines.quick, 5.0, clock=clock)

    def fails(engine: Engine) -> None:
        tried.append(clock.now)
        breaks(engine)

    for clock.now in (0.0, 0.1, PAUSE - 0.1, PAUSE, PAUSE + 0.1, 2 * PAUSE):
        with pytest.raises(Unavailable):
            access.run(fails)
    assert tried == [0.0, PAUSE, 2 * PAUSE]


def test_while_one_tries_again_the_others_do_not_wait_for_it(engines: Engines) -> None:
    clock, trying, end = Clock(), threading.Event(), threading.Event()
    access = Access("calls", engines.quick, 5.0, clock=clock)
    with pytest.raises(Unavailable):
        access.run(breaks)
    clock.now = PAUSE

    def slow(_: Engine) -> str:
        trying.set()
        end.wait(10)
        return "done"

    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(access.run(slow)))
    thread.start()
    assert trying.wait(10)
    with pytest.raises(Unavailable):
        access.read(one)
    end.set()
    thread.join()
    assert found == ["done"]
    assert access.read(one) == 1, "after one success everybody may"


def test_a_store_that_comes_back_is_used_again_and_both_are_logged_once(
    engines: Engines, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    access = Access("calls", engines.quick, 5.0, clock=clock)
    with caplog.at_level(logging.WARNING):
        for clock.now in (0.0, PAUSE, 2 * PAUSE):
            with pytest.raises(Unavailable):
                access.run(breaks)
        clock.now = 3 * PAUSE
        assert access.read(one) == 1
        assert access.read(one) == 1
    assert [record.message for record in caplog.records] == ["store trouble", "the store is back"]
    told = "".join(str(vars(record)) for record in caplog.records)
    assert "secret" not in told
    assert "value" not in told


def test_a_failure_that_nobody_tried_again_is_forgotten(engines: Engines) -> None:
    clock = Clock()
    access = Access("feedback", engines.durable, 5.0, clock=clock)
    with pytest.raises(Unavailable):
        access.run(breaks)
    for clock.now, known in ((5 * PAUSE - 0.1, True), (5 * PAUSE, False)):
        assert bool(access.trouble) is known


def test_work_that_hangs_is_left_behind(engines: Engines) -> None:
    access = Access("calls", engines.quick, 0.2)
    end = threading.Event()
    began = time.monotonic()
    with pytest.raises(Unavailable):
        access.run(lambda _: end.wait(60))
    assert time.monotonic() - began < 2.5  # what a hook call may take
    assert access.trouble == SLOW
    end.set()


def test_a_value_that_is_refused_is_no_trouble_of_the_store(engines: Engines) -> None:
    access = Access("calls", engines.quick, 5.0)
    row = {"digest": "t", "until": 1.0}
    for _ in range(2):
        with pytest.raises(Unavailable):
            access.write(lambda link: link.execute(SEEN_TOKENS.insert(), [row, row]))
    assert access.trouble == ""
    assert access.read(one) == 1


def test_a_store_that_must_not_be_used_is_not_tried() -> None:
    access = Access("calls", None, 5.0, usable=lambda: "not-upgraded")  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        access.read(one)


@pytest.mark.parametrize("error", [ValueError, KeyError, RuntimeError, RecursionError])
def test_an_error_of_the_work_is_the_callers(error: type[Exception]) -> None:
    def wrong() -> None:
        raise error("x")

    with pytest.raises(error, match="x"):
        Errands("test", 1).run(wrong, 5.0)


def test_a_thread_that_saw_an_error_works_on() -> None:
    errands = Errands("test", 1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            errands.run(lambda: 1 // 0, 5.0)
    assert errands.run(lambda: 2, 5.0) == 2


def test_threads_are_made_when_they_are_needed_and_no_more_than_allowed() -> None:
    name, end = "errands-of-a-test", threading.Event()
    errands = Errands(name, 3)
    assert _threads(name) == 0
    for _ in range(5):
        errands.run(lambda: None, 5.0)
    assert _threads(name) <= 2, "one that is back is taken again"
    for _ in range(6):
        with pytest.raises(TookTooLong):
            errands.run(lambda: end.wait(60), 0.05)
    assert _threads(name) == 3
    end.set()
    assert errands.run(lambda: "free again", 10.0) == "free again"


def test_work_that_nobody_waits_for_any_more_is_not_begun() -> None:
    errands, end, done = Errands("test", 1), threading.Event(), []
    with pytest.raises(TookTooLong):
        errands.run(lambda: end.wait(60), 0.05)
    with pytest.raises(TookTooLong):
        errands.run(lambda: done.append("late"), 0.05)
    end.set()
    assert errands.run(lambda: "next", 10.0) == "next"
    assert done == []


def test_many_threads_get_their_own_results() -> None:
    errands, found = Errands("test", 4), {}

    def ask(number: int) -> None:
        found[number] = errands.run(lambda: number * number, 30.0)

    run_all([partial(ask, n) for n in range(50)])
    assert found == {n: n * n for n in range(50)}


def run_all(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _threads(name: str) -> int:
    return sum(thread.name == name for thread in threading.enumerate())
