"""Key sets that hold good keys in a damaged way: nothing of them is used."""

from __future__ import annotations

import json

import pytest

from cds_service.doors.answer import Desk
from cds_service.errors import Unavailable
from cds_service.security import KeySets
from tests.doors.bodies import SERVICE, chart_opening
from tests.security.conftest import Answered, KeySet, service_of, trust
from tests.security.makers import bearer, ec_key, public, token
from tests.security.test_times import Clock

KEY = json.dumps(public(ec_key()))


@pytest.mark.parametrize(
    "answer",
    [
        Answered(500, f'{{"keys": [{KEY}]}}'.encode()),
        Answered(302, f'{{"keys": [{KEY}]}}'.encode()),
        Answered(200, f'{{"keys": [], "keys": [{KEY}]}}'.encode()),
        Answered(200, f'{{"keys": [{{"kid": "x", {KEY[1:]}]}}'.encode()),
    ],
    ids=["500", "a redirect", "keys twice", "a member of the key twice"],
)
def test_a_good_key_in_a_damaged_answer_is_not_used(answer: Answered) -> None:
    keys = KeySet()
    keys.answer = answer
    with pytest.raises(Unavailable):
        KeySets((trust(),), keys, Clock(0)).of(trust(), "ec")


def test_two_keys_of_one_id_that_both_fit_are_no_key(desk: Desk) -> None:
    service = service_of(desk, trust())
    service.keys.give(public(ec_key()), public(ec_key("other"), kid="ec"))
    answer = service.door.post(SERVICE, json=chart_opening(), headers=bearer(token()))
    assert (answer.status_code, service.reason) == (401, "key-not-unique")
