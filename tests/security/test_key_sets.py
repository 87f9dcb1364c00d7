"""The cache of key sets: rotation, outages, and nobody who can make it ask more often."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from cds_service.errors import SettingsError, Unavailable
from cds_service.security import KeySets
from cds_service.security.keys import LIMIT, SECONDS, WAITING
from tests.security.conftest import Answered, KeySet, trust, vendor
from tests.security.makers import KEY_SET, ec_key, public, rsa_key
from tests.security.test_times import Clock


def kids(keys: KeySets, kid: str = "ec") -> list[str]:
    return [key.kid for key in keys.of(trust(), kid)]


@pytest.fixture
def clock() -> Clock:
    return Clock(1000)


@pytest.fixture
def served() -> KeySet:
    return KeySet(public(ec_key()), public(rsa_key()))


@pytest.fixture
def keys(clock: Clock, served: KeySet) -> KeySets:
    return KeySets((trust(), vendor("trust-b", "b")), served, clock)


def wait_for_threads() -> None:
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and "_ask" in thread.name:
            thread.join(5)


def test_the_registered_address_is_asked_once_within_bounds(keys: KeySets, served: KeySet) -> None:
    asked: list[tuple[str, float, int]] = []

    def get(address: str, seconds: float, most: int) -> Answered | None:
        asked.append((address, seconds, most))
        return served(address, seconds, most)

    bounded = KeySets((trust(),), get, Clock(0))
    assert [kids(bounded), kids(bounded, "rsa"), kids(bounded)] == [["ec"], ["rsa"], ["ec"]]
    assert asked == [(KEY_SET, SECONDS, LIMIT)]
    assert (SECONDS, LIMIT) == (3.0, 65536)


def test_pinned_keys_are_never_asked_for(keys: KeySets, served: KeySet) -> None:
    assert [key.kid for key in keys.of(vendor("trust-b", "b"), "cloud")] == ["cloud"]
    assert keys.of(vendor("trust-b", "b"), "ec") == ()
    assert served.asked == []


def test_an_unknown_key_is_looked_for_once_a_minute(
    keys: KeySets, served: KeySet, clock: Clock
) -> None:
    assert kids(keys) == ["ec"]
    for second in range(59):
        clock.now = 1000 + second
        assert kids(keys, "new") == []
    assert len(served.asked) == 1, "the set was read less than a minute ago"
    clock.now = 1061
    assert [kids(keys, "new") for _ in range(9)] == [[]] * 9
    assert len(served.asked) == 2


def test_a_new_key_is_found_when_it_is_first_used(
    keys: KeySets, served: KeySet, clock: Clock
) -> None:
    assert kids(keys) == ["ec"]
    served.give(public(ec_key()), public(ec_key("new")))
    clock.now = 1061
    assert kids(keys, "new") == ["new"]
    assert kids(keys) == ["ec"]
    assert len(served.asked) == 2


def test_a_key_that_was_taken_out_is_gone_at_the_end_of_its_time(
    keys: KeySets, served: KeySet, clock: Clock
) -> None:
    served.give(public(ec_key()), headers={"Cache-Control": "max-age=100"})
    assert kids(keys) == ["ec"]
    served.give(public(ec_key("new")))
    clock.now = 1100
    assert kids(keys) == []
    assert kids(keys, "new") == ["new"]


BROKEN = {
    "nothing came": None,
    "500": Answered(500, b'{"keys": []}'),
    "404": Answered(404, b""),
    "a redirect": Answered(302, b"", {"Location": "https://evil.example"}),
    "HTML": Answered(200, b"<html>sign in</html>"),
    "nothing": Answered(200, b""),
    "no keys": Answered(200, b"{}"),
    "an empty set": Answered(200, b'{"keys": []}'),
    "a list": Answered(200, b'[{"keys": []}]'),
    "keys that are none": Answered(200, b'{"keys": [1, null, "a", {}]}'),
    "an object of keys": Answered(200, b'{"keys": {"ec": {}}}'),
    "keys twice": Answered(200, b'{"keys": [], "keys": []}'),
    "NaN": Answered(200, b'{"keys": NaN}'),
    "nested without end": Answered(200, b"[" * 5000),
    "not UTF-8": Answered(200, b'{"keys": "\xff"}'),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=list(BROKEN))
def test_without_keys_a_call_is_a_503_never_open_and_never_a_401(
    keys: KeySets, served: KeySet, clock: Clock, answer: Answered | None
) -> None:
    served.answer = answer
    for _ in range(5):
        with pytest.raises(Unavailable) as told:
            kids(keys)
        assert told.value.retry_after == 10
    assert len(served.asked) == 1, "it is not asked again at once"
    served.give(public(ec_key()))
    clock.now = 1010
    assert kids(keys) == ["ec"]


@pytest.mark.parametrize("answer", BROKEN.values(), ids=list(BROKEN))
def test_keys_that_were_read_are_used_to_the_end_of_their_time_and_no_longer(
    keys: KeySets, served: KeySet, clock: Clock, answer: Answered | None
) -> None:
    served.give(public(ec_key()), headers={"Cache-Control": "public, max-age=600"})
    assert kids(keys) == ["ec"]
    served.answer = answer
    for later in (299, 301, 599.9):
        clock.now = 1000 + later
        assert kids(keys) == ["ec"]
        wait_for_threads()
    assert 2 <= len(served.asked) <= 3, "half of the time over, it is asked by a thread of its own"
    clock.now = 1600
    with pytest.raises(Unavailable):
        kids(keys)


def test_an_old_set_is_read_anew_without_a_call_that_waits(
    keys: KeySets, served: KeySet, clock: Clock
) -> None:
    served.give(public(ec_key()), headers={"Cache-Control": "max-age=600"})
    assert kids(keys) == ["ec"]
    clock.now = 1301
    assert kids(keys) == ["ec"]
    wait_for_threads()
    clock.now = 1600.5
    assert kids(keys) == ["ec"]
    assert len(served.asked) == 2


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 300),
        ({"Cache-Control": "max-age=600"}, 600),
        ({"Cache-Control": 'MAX-AGE="600"'}, 600),
        ({"Cache-Control": "public,max-age=600,immutable"}, 600),
        ({"Cache-Control": "s-maxage=9, max-age=600"}, 600),
        ({"Cache-Control": "max-age=600", "Age": "200"}, 400),
        ({"Cache-Control": "max-age=600", "Age": "nonsense"}, 600),
        ({"Cache-Control": "max-age=0"}, 60),
        ({"Cache-Control": "max-age=5"}, 60),
        ({"Cache-Control": "no-store"}, 60),
        ({"Cache-Control": "no-cache, max-age=600"}, 60),
        ({"Cache-Control": "max-age=99999999"}, 86400),
        ({"Cache-Control": "max-age=9999999999999999"}, 300),
        ({"Cache-Control": "max-age=-5"}, 300),
        ({"Cache-Control": "max-age=1e9"}, 300),
        ({"Cache-Control": "nonsense"}, 300),
    ],
)
def test_a_set_is_kept_for_as_long_as_it_says_within_bounds(
    keys: KeySets, served: KeySet, clock: Clock, headers: dict[str, str], seconds: float
) -> None:
    served.give(public(ec_key()), headers=headers)
    assert kids(keys) == ["ec"]
    served.answer = None
    clock.now = 1000 + seconds - 0.1
    assert kids(keys) == ["ec"]
    wait_for_threads()
    clock.now = 1000 + seconds + 60
    with pytest.raises(Unavailable):
        kids(keys)


def test_a_set_may_hold_keys_that_are_not_for_signatures(keys: KeySets, served: KeySet) -> None:
    served.give(public(ec_key("enc"), use="enc"), {"kty": "oct", "kid": "ec", "k": "AA"}, {})
    served.give(public(ec_key("ec"), use="enc"), public(ec_key()), {"kty": "oct", "k": "AA"})
    assert kids(keys) == ["ec"]


class Slow:
    """A key set that answers when a test lets it."""

    def __init__(self, served: KeySet) -> None:
        self._served = served
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, *asked: Any) -> Answered | None:
        self.begun.set()
        assert self.go_on.wait(20)
        return self._served(*asked)


def test_a_slow_address_holds_a_few_threads_and_the_others_are_told_to_come_again(
    served: KeySet,
) -> None:
    slow = Slow(served)
    keys = KeySets((trust(),), slow, Clock(0))
    found: list[list[str]] = []
    waiting = [threading.Thread(target=lambda: found.append(kids(keys))) for _ in range(WAITING)]
    waiting[0].start()
    assert slow.begun.wait(20)
    for thread in waiting[1:]:
        thread.start()
    told = _until_unavailable(keys, waiting)
    slow.go_on.set()
    for thread in waiting:
        thread.join(20)
    assert told == 1
    assert found == [["ec"]] * WAITING
    assert len(served.asked) == 1


def _until_unavailable(keys: KeySets, waiting: list[threading.Thread]) -> int:
    """All places are taken, by then or by the thread that this starts: one more is refused."""
    taken = keys._places
    while taken._value:  # a thread that was started has not reached its place yet
        assert all(thread.is_alive() for thread in waiting)
        time.sleep(0.001)
    with pytest.raises(Unavailable) as refused:
        kids(keys)
    return refused.value.retry_after


def test_while_a_set_is_read_the_keys_that_are_known_are_used(served: KeySet) -> None:
    slow, clock = Slow(served), Clock(1000)
    slow.go_on.set()
    keys = KeySets((trust(),), slow, clock)
    assert kids(keys) == ["ec"]
    slow.begun.clear()
    slow.go_on.clear()
    clock.now = 1061
    looking = threading.Thread(target=lambda: kids(keys, "unknown"))
    looking.start()
    assert slow.begun.wait(20)
    assert kids(keys) == ["ec"], "nobody with a known key waits for somebody with an unknown one"
    slow.go_on.set()
    looking.join(20)


def test_all_sets_are_read_at_the_start(served: KeySet) -> None:
    other = trust(site="trust-d", iss="https://d.example", jwks="https://d.example/jwks.json")
    keys = KeySets((trust(), other, vendor("trust-b", "b")), served, Clock(0))
    keys.warm()
    assert sorted(served.asked) == ["https://d.example/jwks.json", KEY_SET]
    assert kids(keys) == ["ec"]
    assert len(served.asked) == 2


@pytest.mark.parametrize(
    "damaged",
    [
        public(ec_key(), kid=None),
        public(ec_key(), use="enc"),
        public(ec_key(), y="AAAA"),
        public(rsa_key("short", 1024)),
        {"kty": "oct", "kid": "a"},
    ],
)
def test_a_pinned_key_that_could_never_check_a_token_stops_the_start(
    damaged: dict[str, Any],
) -> None:
    with pytest.raises(SettingsError, match="CDS_CLIENTS: trust-a: keys: "):
        KeySets((trust(keys=(public(ec_key()), damaged)),), KeySet(), Clock(0))


def test_a_pinned_key_id_that_stands_there_twice_stops_the_start() -> None:
    twice = (public(ec_key()), public(ec_key("other"), kid="ec"))
    with pytest.raises(SettingsError, match="twice"):
        KeySets((replace(trust(), keys=twice),), KeySet(), Clock(0))
