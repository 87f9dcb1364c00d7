"""The memory of used tokens: it forgets in time, never early, and never grows without end."""

from __future__ import annotations

import threading

import pytest

from cds_service.errors import Unavailable
from cds_service.security import SeenTokens
from tests.security.test_times import Clock


def test_an_id_counts_once_for_each_issuer() -> None:
    seen = SeenTokens(Clock(0))
    assert [seen.first(iss, "1", 9) for iss in ("a", "b", "a")] == [True, True, False]


@pytest.mark.parametrize(("one", "other"), [(("ab", "c"), ("a", "bc")), (("", "ab"), ("a", "b"))])
def test_issuer_and_id_do_not_run_into_each_other(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    seen = SeenTokens(Clock(0))
    assert seen.first(*one, 9)
    assert seen.first(*other, 9)


def test_a_text_that_no_encoding_knows_is_an_id_like_any_other() -> None:
    seen = SeenTokens(Clock(0))
    assert [seen.first("a", "\ud800", 9), seen.first("a", "\ud800", 9)] == [True, False]


def test_an_id_is_kept_until_its_time_and_forgotten_after_it() -> None:
    clock = Clock(0)
    seen = SeenTokens(clock)
    assert seen.first("a", "1", 9)
    clock.now = 9
    assert not seen.first("a", "1", 9)
    clock.now = 9.1
    assert seen.first("a", "1", 20)


def test_a_short_token_does_not_wait_behind_a_long_one() -> None:
    clock = Clock(0)
    seen = SeenTokens(clock, most=2)
    assert seen.first("a", "long", 100)
    assert seen.first("a", "short", 5)
    clock.now = 6
    assert seen.first("a", "another", 100)
    assert not seen.first("a", "long", 100)


def test_a_full_memory_is_a_503_and_not_an_open_door() -> None:
    clock = Clock(0)
    seen = SeenTokens(clock, most=2)
    assert seen.first("a", "1", 9)
    assert seen.first("a", "2", 9)
    with pytest.raises(Unavailable) as full:
        seen.first("a", "3", 9)
    assert full.value.retry_after == 60
    assert not seen.first("a", "1", 9), "what is known is still known"
    clock.now = 10
    assert seen.first("a", "3", 19)


def test_of_many_threads_with_one_token_one_is_first() -> None:
    seen = SeenTokens(Clock(0))
    start = threading.Barrier(8)
    first: list[bool] = []

    def use() -> None:
        start.wait()
        first.append(seen.first("a", "1", 9))

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(first) == [False] * 7 + [True]
