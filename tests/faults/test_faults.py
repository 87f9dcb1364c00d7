"""Faults of a FHIR server over real sockets: the right card or status, in time, none silent."""

from __future__ import annotations

import pytest

from tests.faults.calls import Caller
from tests.faults.conftest import RIGHT, Case, Run, read_cases

CASES = read_cases()
LIMIT = 2.5  # seconds for a call
RECOVERY = 10.0  # seconds from the mending to the right card
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(params=CASES, ids=lambda case: case.id)
def case(request: pytest.FixtureRequest) -> Case:
    asked: Case = request.param
    return asked


@pytest.mark.parametrize("sent", ["diagnosis", "nothing", "fusion"])
def test_a_fault_leads_to_the_card_or_status_that_was_worked_out(
    run: Run, case: Case, sent: str
) -> None:
    assert run.told[case.id].by_sent[sent].shown == case.expected(sent)


def test_a_412_names_the_cause(run: Run, case: Case) -> None:
    said = run.told[case.id].by_sent["nothing"]
    assert bool(case.gap) <= (said.status == 412)
    assert not case.gap or f"conditions: {case.gap}" in said.gaps


def test_no_answer_about_this_patient_is_an_empty_list(run: Run) -> None:
    answers = [s for told in run.told.values() for s in (*told.by_sent.values(), told.afterwards)]
    answers += [*run.prefetched, *run.fetched]
    assert len(run.told) == len(CASES) >= 40
    assert not [said for said in answers if said.status == 200 and not said.cards]


def test_every_answer_comes_within_two_and_a_half_seconds(run: Run) -> None:
    slow = {
        told.case.id: slowest
        for told in run.told.values()
        if (slowest := max(s.seconds for s in (*told.by_sent.values(), told.afterwards))) > LIMIT
    }
    assert slow == {}


def test_a_mended_server_gives_the_right_card_within_ten_seconds(run: Run) -> None:
    late = {t.case.id: t.mended_after for t in run.told.values() if t.mended_after > RECOVERY}
    assert late == {}


def test_neighbours_get_their_cards_and_never_wait_as_long_as_the_faults(run: Run) -> None:
    assert {said.cards for said in run.prefetched} == {(RIGHT,)}
    assert {said.cards for said in run.fetched} == {(RIGHT,)}
    assert max(said.seconds for said in run.prefetched) < 1.5


def test_no_address_that_an_answer_pointed_to_was_asked(run: Run) -> None:
    assert run.town.stranger.connections == 0
    asked = [item for item in run.town.plain.seen if "elsewhere" in item.segments]
    assert asked == []


def test_every_request_to_a_fhir_server_carried_the_token(run: Run, caller: Caller) -> None:
    assert caller.call("healthy", "nothing").cards == (RIGHT,)
    carried = {item.headers.get("authorization", "") for item in run.town.plain.seen}
    assert carried == {"Bearer a-token-of-the-fault-tests"}
