"""Quotas: who goes over one is told when to come again, and nobody else notices."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from cds_service.clients import ANYBODY, NOBODY, Client
from cds_service.doors.answer import Desk
from cds_service.doors.limits import Limiter, Limits
from cds_service.errors import NotAuthenticated, TooManyRequests
from tests.doors.bodies import SERVICE, chart_opening
from tests.doors.conftest import outcome_of
from tests.security.conftest import Service, service_of, trust, vendor
from tests.security.makers import TENANTS_ISSUER, bearer, claims, ec_key, forged, header, token
from tests.security.test_times import Clock

REFUSED = NotAuthenticated("signature")
BUSY = Client(site="trust-a", iss="a", quota=60)
CALM = Client(site="trust-b", iss="b", quota=60)


def calls(limits: Limits, client: Client, times: int) -> int:
    """How many of so many calls were let through."""
    through = 0
    for _ in range(times):
        try:
            limits.call(client)
        except TooManyRequests:
            continue
        through += 1
    return through


def test_a_minute_has_room_for_the_quota_and_no_more() -> None:
    limits = Limits(Clock(0))
    assert calls(limits, BUSY, 600) == 60
    with pytest.raises(TooManyRequests) as over:
        limits.call(BUSY)
    assert over.value.retry_after == 1


def test_a_client_at_ten_times_its_quota_takes_nothing_from_another() -> None:
    clock = Clock(0)
    limits = Limits(clock)
    through = {BUSY: 0, CALM: 0}
    for second in range(120):
        clock.now = second
        through[BUSY] += calls(limits, BUSY, 10)
        through[CALM] += calls(limits, CALM, 1)
    assert through == {BUSY: 60 + 119, CALM: 120}


def test_who_comes_again_when_told_to_is_let_in() -> None:
    clock = Clock(0)
    limits = Limits(clock)
    slow = replace(BUSY, quota=2)
    assert calls(limits, slow, 3) == 2
    with pytest.raises(TooManyRequests) as over:
        limits.call(slow)
    assert over.value.retry_after == 30
    clock.now = 29.9
    assert calls(limits, slow, 1) == 0
    clock.now = 30
    assert calls(limits, slow, 2) == 1


def test_time_that_nobody_used_is_not_saved_up_beyond_a_minute() -> None:
    clock = Clock(0)
    limits = Limits(clock)
    assert calls(limits, BUSY, 60) == 60
    clock.now = 100_000
    assert calls(limits, BUSY, 100) == 60


@pytest.mark.parametrize("client", [replace(BUSY, quota=0), ANYBODY, NOBODY])
def test_a_client_without_a_quota_is_not_counted(client: Client) -> None:
    assert calls(Limits(Clock(0)), client, 10_000) == 10_000


def test_clients_of_one_site_have_quotas_of_their_own() -> None:
    limits = Limits(Clock(0))
    assert calls(limits, BUSY, 61) == 60
    assert calls(limits, replace(BUSY, iss="another"), 61) == 60
    assert calls(limits, replace(BUSY, tenants=("t",)), 61) == 60


def test_many_threads_share_one_quota() -> None:
    limits = Limits(Clock(0))
    through: list[int] = []
    threads = [
        threading.Thread(target=lambda: through.append(calls(limits, BUSY, 50))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(through) == 60


def refusals(limits: Limits, remote: str, times: int) -> int:
    """How many refused calls of an address were over the limit."""
    over = 0
    for _ in range(times):
        try:
            limits.refusal(remote, REFUSED)
        except TooManyRequests:
            over += 1
    return over


def test_refused_calls_are_counted_by_the_address_that_they_come_from() -> None:
    limits = Limits(Clock(0), refusals=5)
    assert refusals(limits, "192.0.2.1", 7) == 2
    assert refusals(limits, "192.0.2.2", 5) == 0
    assert refusals(limits, "", 7) == 2
    assert refusals(limits, "not an address", 1) == 1, "they share one counter"


def test_a_network_of_many_addresses_counts_as_one() -> None:
    limits = Limits(Clock(0), refusals=5)
    over = [refusals(limits, f"2001:db8:1:2::{number:x}", 1) for number in range(7)]
    assert over == [0] * 5 + [1, 1]
    assert refusals(limits, "2001:db8:1:3::1", 1) == 0


def test_however_many_addresses_come_the_counters_are_few() -> None:
    limiter = Limiter(Clock(0))
    limits = Limits(Clock(0))
    limits._refused = limiter
    for number in range(10_000):
        limits.refusal(f"10.{number >> 8 & 255}.{number & 255}.1", REFUSED)
    assert len(limiter._buckets) <= 4096


# Through the door


def post(service: Service, text: str) -> int:
    return service.door.post(SERVICE, json=chart_opening(), headers=bearer(text)).status_code


def test_over_its_quota_a_client_gets_a_429_and_never_an_empty_list(desk: Desk) -> None:
    service = service_of(desk, trust(quota=2), vendor("trust-b", "b"))
    assert [post(service, token(jti=str(number))) for number in range(2)] == [200, 200]
    answer = service.door.post(SERVICE, json=chart_opening(), headers=bearer(token(jti="2")))
    (issue,) = outcome_of(answer, 429)["issue"]
    assert issue["code"] == "throttled"
    assert answer.headers["Retry-After"] == "30"
    event = service.events.kept[-1]
    assert (event.site, event.refused) == ("trust-a", "over-quota")
    other = forged(header(kid="cloud"), claims(iss=TENANTS_ISSUER, tenant="b"), ec_key("cloud"))
    assert post(service, other) == 200, "another client does not notice"


def test_a_call_over_the_quota_is_not_read(desk: Desk) -> None:
    service = service_of(desk, trust(quota=1))
    assert post(service, token()) == 200
    answer = service.door.post(SERVICE, data=b"{", headers=bearer(token(jti="2")))
    assert answer.status_code == 429


def test_too_many_refused_calls_are_429_and_a_good_token_still_counts(desk: Desk) -> None:
    service = service_of(desk, trust())
    assert all(post(service, "bad") == 401 for _ in range(300))
    over = (post(service, "bad") == 429 for _ in range(5000))
    assert any(over), "room for five more comes every second"
    assert service.reason == "not-a-compact-token", "the log still says why"
    assert post(service, token()) == 200, "all clients may come from the address of one proxy"
