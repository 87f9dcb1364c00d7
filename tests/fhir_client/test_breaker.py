"""A server that is down rests, one call tries it, and no server takes every thread."""

from __future__ import annotations

import threading

from cds_service.fhir_client.breaker import FAILURES, PAUSE, Breakers, Entry


class Clock:
    """Seconds that pass when told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def called(breakers: Breakers, server: str, *, down: bool) -> Entry:
    entry = breakers.enter(server, 0)
    if entry is Entry.GO:
        breakers.verdict(server, down=down)
        breakers.leave(server)
    return entry


def failing(clock: Clock) -> Breakers:
    breakers = Breakers(clock)
    for _ in range(FAILURES):
        assert called(breakers, "a", down=True) is Entry.GO
    return breakers


def test_a_server_that_was_down_three_times_in_a_row_rests() -> None:
    breakers = failing(Clock())
    assert breakers.enter("a", 0) is Entry.PAUSED
    assert breakers.enter("b", 0) is Entry.GO


def test_one_good_answer_between_failures_starts_the_count_anew() -> None:
    breakers = Breakers(Clock())
    for down in (True, True, False, True, True):
        assert called(breakers, "a", down=down) is Entry.GO
    assert breakers.enter("a", 0) is Entry.GO


def test_after_the_rest_one_call_tries_and_the_others_wait_for_its_end() -> None:
    clock = Clock()
    breakers = failing(clock)
    clock.now += PAUSE
    assert breakers.enter("a", 0) is Entry.GO
    assert breakers.enter("a", 0) is Entry.PAUSED
    breakers.verdict("a", down=False)
    breakers.leave("a")
    assert breakers.enter("a", 0) is Entry.GO


def test_a_trial_that_fails_is_another_rest() -> None:
    clock = Clock()
    breakers = failing(clock)
    clock.now += PAUSE
    assert called(breakers, "a", down=True) is Entry.GO
    clock.now += PAUSE - 0.1
    assert breakers.enter("a", 0) is Entry.PAUSED
    clock.now += 0.1
    assert breakers.enter("a", 0) is Entry.GO


def test_a_server_holds_no_more_calls_than_its_share() -> None:
    breakers = Breakers(Clock(), at_once=2, in_all=10)
    assert [breakers.enter("a", 0) for _ in range(3)] == [Entry.GO, Entry.GO, Entry.CROWDED]
    assert breakers.enter("b", 0) is Entry.GO
    breakers.leave("a")
    assert breakers.enter("a", 0) is Entry.GO


def test_all_servers_together_hold_no_more_calls_than_there_is_room() -> None:
    breakers = Breakers(Clock(), at_once=2, in_all=3)
    assert [breakers.enter(name, 0) for name in "abc"] == [Entry.GO] * 3
    assert breakers.enter("d", 0) is Entry.CROWDED
    breakers.leave("a")
    assert breakers.enter("d", 0) is Entry.GO


def test_a_call_waits_for_a_place_that_becomes_free() -> None:
    breakers = Breakers(Clock(), at_once=1, in_all=5)
    assert breakers.enter("a", 0) is Entry.GO
    told: list[Entry] = []
    waiting = threading.Thread(target=lambda: told.append(breakers.enter("a", 30)))
    waiting.start()
    breakers.verdict("a", down=False)
    breakers.leave("a")
    waiting.join(10)
    assert told == [Entry.GO]


def test_servers_beyond_number_are_forgotten_but_not_those_in_use() -> None:
    breakers = Breakers(Clock(), at_once=1, in_all=1000)
    assert breakers.enter("kept", 0) is Entry.GO
    for number in range(1000):
        assert called(breakers, f"server {number}", down=True) is Entry.GO
    assert breakers.enter("kept", 0) is Entry.CROWDED
