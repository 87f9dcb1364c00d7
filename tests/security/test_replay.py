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


class Others:
    """All who share a store, as one process sees them."""

    def __init__(self) -> None:
        self.used: set[tuple[str, str]] = set()
        self.away = False
        self.asked = 0

    def __call__(self, iss: str, jti: str, until: float) -> bool:
        self.asked += 1
        if self.away:
            raise Unavailable("The store is away.", 5)
        first = (iss, jti) not in self.used
        self.used.add((iss, jti))
        return first


def test_a_token_that_another_process_saw_is_refused() -> None:
    others = Others()
    one, other = SeenTokens(Clock(0), others), SeenTokens(Clock(0), others)
    assert one.first("a", "1", 9)
    assert not other.first("a", "1", 9)
    assert not other.first("a", "1", 9), "and stays refused"


def test_what_this_process_knows_the_others_are_not_asked() -> None:
    others = Others()
    seen = SeenTokens(Clock(0), others)
    assert [seen.first("a", "1", 9) for _ in range(5)] == [True, *[False] * 4]
    assert others.asked == 1


def test_where_the_others_cannot_be_asked_this_process_decides_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    others = Others()
    others.away = True
    seen = SeenTokens(Clock(0), others)
    with caplog.at_level("WARNING"):
        assert [seen.first("a", jti, 9) for jti in ("1", "2", "1", "2")] == [
            True,
            True,
            False,
            False,
        ]
        others.away = False
        assert seen.first("a", "3", 9)
        assert seen.first("a", "4", 9)
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


def test_a_strict_site_answers_nobody_whose_token_cannot_be_told() -> None:
    others = Others()
    others.away = True
    seen = SeenTokens(Clock(0), others, strict=True)
    for _ in range(2):
        with pytest.raises(Unavailable) as away:
            seen.first("a", "1", 9)
        assert away.value.retry_after == 5
    others.away = False
    assert seen.first("a", "1", 9), "it was not answered, so it was not used"
    assert not seen.first("a", "1", 9)


def test_a_token_that_came_again_for_longer_is_kept_for_longer() -> None:
    clock, others = Clock(0), Others()
    others.away = True
    seen = SeenTokens(clock, others, strict=True)
    with pytest.raises(Unavailable):
        seen.first("a", "1", 5)
    others.away = False
    assert seen.first("a", "1", 9)
    clock.now = 6
    assert not seen.first("a", "1", 9)
    assert others.asked == 2
