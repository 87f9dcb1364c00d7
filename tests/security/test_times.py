"""When a token counts: the edges of the leeway, on a clock that stands still."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.clients import Client, Registry
from cds_service.errors import NotAuthenticated
from cds_service.security import LEEWAY, KeySets, SeenTokens, Tokens
from tests.doors.bodies import SERVICE
from tests.security.conftest import KeySet, trust
from tests.security.makers import NOW, PUBLIC, ec_key, named_after, public, token


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def tokens_of(clock: Clock, *clients: Client) -> Tokens:
    registered = clients or (trust(),)
    keys = KeySets(registered, KeySet(public(ec_key())), clock)
    return Tokens(Registry(registered), keys, SeenTokens(clock), clock, (PUBLIC,))


def reason(**changes: Any) -> str:
    """Why a token is refused at noon; '' where it is not."""
    try:
        tokens_of(Clock(NOW)).client(token(**changes), SERVICE)
    except NotAuthenticated as error:
        return error.reason
    return ""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"iat": NOW - 300, "exp": NOW - 59}, ""),
        ({"iat": NOW - 300, "exp": NOW - 60}, "expired"),
        ({"iat": NOW - 300, "exp": NOW - 61}, "expired"),
        ({"iat": NOW - 300, "exp": NOW - 59.9}, ""),
        ({"iat": NOW + 59, "exp": NOW + 90}, ""),
        ({"iat": NOW + 60, "exp": NOW + 90}, ""),
        ({"iat": NOW + 61, "exp": NOW + 90}, "issued-in-the-future"),
        ({"iat": NOW + 60.1, "exp": NOW + 90}, "issued-in-the-future"),
        ({"nbf": NOW + 60}, ""),
        ({"nbf": NOW + 61}, "not-yet-valid"),
        ({"nbf": 0}, ""),
        ({"exp": NOW + 300}, ""),
        ({"exp": NOW + 300.1}, "lifetime"),
        ({"iat": NOW, "exp": NOW}, "lifetime"),
        ({"iat": NOW, "exp": NOW + 1}, ""),
    ],
)
def test_two_clocks_may_differ_by_a_minute_and_no_more(
    changes: dict[str, float], expected: str
) -> None:
    assert reason(**changes) == expected


def test_the_leeway_is_a_minute() -> None:
    assert LEEWAY == 60


def test_a_token_is_refused_as_a_copy_for_as_long_as_it_would_be_good() -> None:
    clock = Clock(NOW)
    tokens = tokens_of(clock)
    once = token(exp=NOW + 100)
    assert tokens.client(once, SERVICE).site == "trust-a"
    for later, expected in (
        (0, "replayed"),
        (159.9, "replayed"),
        (160, "expired"),
        (9999, "expired"),
    ):
        clock.now = NOW + later
        with pytest.raises(NotAuthenticated) as refused:
            tokens.client(once, SERVICE)
        assert refused.value.reason == expected


@pytest.mark.parametrize(
    ("faults", "first"),
    [
        ({"iss": "x", "aud": "x", "exp": 0, "jti": ""}, "issuer-not-registered"),
        ({"aud": "x", "exp": 0, "iat": 0, "tenant": "x", "jti": ""}, "audience"),
        ({"exp": 2, "iat": 1, "tenant": "x", "jti": ""}, "expired"),
        ({"exp": NOW + 9999, "tenant": "x", "jti": ""}, "lifetime"),
        ({"nbf": NOW + 9999, "tenant": "x", "jti": ""}, "not-yet-valid"),
        ({"tenant": "x", "jti": ""}, "tenant-not-registered"),
        ({"jti": ""}, "jti"),
    ],
)
def test_the_order_is_issuer_audience_times_tenant_signature_and_last_the_id(
    faults: dict[str, Any], first: str
) -> None:
    assert reason(**faults) == first


def test_a_forged_token_does_not_use_up_the_id_of_a_real_one() -> None:
    tokens = tokens_of(Clock(NOW))
    real = token()
    forged = real[:-8] + ("A" * 8 if real[-8:] != "A" * 8 else "B" * 8)
    with pytest.raises(NotAuthenticated, match="valid token"):
        tokens.client(forged, SERVICE)
    assert tokens.client(real, SERVICE).site == "trust-a"


def test_many_tokens_of_one_client_are_many_calls() -> None:
    tokens = tokens_of(Clock(NOW))
    for number in range(50):
        jti = named_after(str(number))
        assert tokens.client(token(jti=jti), SERVICE).site == "trust-a"
