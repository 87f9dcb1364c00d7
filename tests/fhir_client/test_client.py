"""The queries of a call: together, within their seconds, and without holding others up."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cds_service.domain import Complete, DataKey, GapWhy, Missing, Partial, Received
from cds_service.fhir_client import Breakers, FhirClient, Server
from cds_service.fhir_client.client import SIDE_BY_SIDE
from tests.doors.bodies import PATIENT, fusion, mesothelioma
from tests.faults.faults import only_kind, status, then_hang
from tests.faults.record import TOKEN, encoded, honest
from tests.faults.server import Asked, Listener, Wire
from tests.fhir_client.conftest import Serve

WANTED = {
    DataKey.CONDITIONS: f"Condition?patient={PATIENT}",
    DataKey.OBSERVATIONS: f"Observation?patient={PATIENT}",
    DataKey.REPORTS: f"DiagnosticReport?patient={PATIENT}",
}
HUNG = then_hang(b"")
RIGHT = {
    DataKey.CONDITIONS: Complete((Received(mesothelioma()),)),
    DataKey.OBSERVATIONS: Complete((Received(fusion()),)),
    DataKey.REPORTS: Complete(),
}
pytestmark = pytest.mark.timeout(60)


def at(listener: Listener, scope: str = "") -> Server:
    return Server(f"http://127.0.0.1:{listener.port}/r4", TOKEN, scope)


def test_every_query_is_answered_by_its_key(serve: Serve) -> None:
    assert FhirClient().fetch(at(serve(honest)), WANTED, 10) == RIGHT


def test_the_queries_of_a_call_run_side_by_side(serve: Serve) -> None:
    """Each request waits until all have come: one after the other would never end."""
    together = threading.Barrier(len(WANTED))

    def behave(wire: Wire, asked: Asked) -> bool:
        together.wait(20)
        return honest(wire, asked)

    assert FhirClient().fetch(at(serve(behave)), WANTED, 20) == RIGHT


def test_a_query_that_hangs_does_not_cost_the_others(serve: Serve) -> None:
    states = FhirClient().fetch(at(serve(only_kind("Condition", HUNG))), WANTED, 1)
    assert states == RIGHT | {DataKey.CONDITIONS: Missing(GapWhy.TOO_SLOW)}


def test_a_key_that_the_scope_does_not_cover_is_named_and_not_asked_for(serve: Serve) -> None:
    server = serve(honest)
    states = FhirClient().fetch(at(server, "patient/Observation.rs"), WANTED, 10)
    refused = Missing(GapWhy.SCOPE)
    assert states == {
        DataKey.CONDITIONS: refused,
        DataKey.OBSERVATIONS: RIGHT[DataKey.OBSERVATIONS],
        DataKey.REPORTS: refused,
    }
    assert [asked.segments[1] for asked in server.seen] == ["Observation"]


def test_a_scope_for_a_part_makes_a_partial_answer(serve: Serve) -> None:
    scope = "patient/*.rs?category=laboratory"
    states = FhirClient().fetch(at(serve(honest), scope), WANTED, 10)
    assert states[DataKey.OBSERVATIONS] == Partial((Received(fusion()),), GapWhy.SCOPE)
    assert states[DataKey.REPORTS] == Partial((), GapWhy.SCOPE)


def test_with_no_right_at_all_no_server_is_contacted(serve: Serve) -> None:
    server = serve(honest)
    states = FhirClient().fetch(at(server, "openid launch"), WANTED, 10)
    assert set(states.values()) == {Missing(GapWhy.SCOPE)}
    assert server.connections == 0


@pytest.mark.parametrize("address", ["", "ftp://127.0.0.1/", "https://a b/", "http://u@127.0.0.1/"])
def test_what_is_no_address_is_not_reached(address: str) -> None:
    states = FhirClient().fetch(Server(address, TOKEN), WANTED, 1)
    assert set(states.values()) == {Missing(GapWhy.NOT_REACHABLE)}


def test_authorities_that_cannot_be_read_trust_nobody() -> None:
    server = Server("https://127.0.0.1:9/r4", TOKEN, ca="/no/such/file.pem")
    states = FhirClient().fetch(server, WANTED, 1)
    assert set(states.values()) == {Missing(GapWhy.NOT_REACHABLE)}


def test_a_query_that_would_lead_elsewhere_is_not_fetched(serve: Serve) -> None:
    server = serve(honest)
    states = FhirClient().fetch(at(server), {DataKey.PATIENT: "Patient/.."}, 1)
    assert states == {DataKey.PATIENT: Missing(GapWhy.NOT_FETCHED)}
    assert server.connections == 0


def test_a_server_that_is_down_is_left_alone_and_read_again_after_its_rest(serve: Serve) -> None:
    now = [0.0]
    mended = threading.Event()

    def behave(wire: Wire, asked: Asked) -> bool:
        return (honest if mended.is_set() else status(503))(wire, asked)

    server = serve(behave)
    client = FhirClient(clock=lambda: now[0])
    for _ in range(3):
        client.fetch(at(server), WANTED, 10)
    asked = len(server.seen)
    mended.set()
    states = client.fetch(at(server), WANTED, 10)
    assert set(states.values()) == {Missing(GapWhy.SERVER_PAUSED)}
    assert len(server.seen) == asked
    now[0] += 10
    assert client.fetch(at(server), WANTED, 10) == RIGHT


def test_a_server_that_answers_one_query_is_not_down(serve: Serve) -> None:
    server = at(serve(only_kind("Condition", status(500))))
    client = FhirClient()
    for _ in range(5):
        states = client.fetch(server, WANTED, 10)
        assert states == RIGHT | {DataKey.CONDITIONS: Missing(GapWhy.OUTCOME)}


def test_a_server_that_has_answered_this_call_is_slow_and_not_down(serve: Serve) -> None:
    listener = serve(HUNG)
    server = Server(f"http://127.0.0.1:{listener.port}/r4", TOKEN, answered=True)
    client = FhirClient()
    for _ in range(4):
        states = client.fetch(server, {DataKey.CONDITIONS: "Condition/a"}, 0.2)
        assert states == {DataKey.CONDITIONS: Missing(GapWhy.TOO_SLOW)}
    assert len(listener.seen) == 4


def test_many_reads_of_a_call_take_turns_on_a_few_connections(serve: Serve) -> None:
    """Eight wait for each other: with fewer at once none would end, and more are counted."""
    together = threading.Barrier(SIDE_BY_SIDE)
    lock, inside, most = threading.Lock(), 0, 0

    def behave(wire: Wire, asked: Asked) -> bool:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        together.wait(20)
        with lock:
            inside -= 1
        wire.answer(200, encoded(mesothelioma(id=asked.segments[-1])))
        return True

    wanted = {f"Condition/{n}": f"Condition/{n}" for n in range(3 * SIDE_BY_SIDE)}
    states = FhirClient().fetch(at(serve(behave)), wanted, 20)
    assert states == {
        name: Complete((Received(mesothelioma(id=name.partition("/")[2])),)) for name in wanted
    }
    assert most == SIDE_BY_SIDE


def test_many_calls_of_a_hung_server_hold_few_threads_and_nobody_elses_calls(
    serve: Serve,
) -> None:
    """While a hundred calls want a server that is silent, those of another one get through."""
    hung, good = at(serve(HUNG)), at(serve(honest))
    client = FhirClient(breakers=Breakers(time.monotonic, at_once=3, in_all=12))
    most = 0
    with ThreadPoolExecutor(10) as callers:
        waiting = [callers.submit(client.fetch, hung, WANTED, 1.0) for _ in range(100)]
        while not all(call.done() for call in waiting):
            assert client.fetch(good, WANTED, 10) == RIGHT
            most = max(most, len([t for t in threading.enumerate() if "fhir-" in t.name]))
            time.sleep(0.05)
        whys = {state.why for call in waiting for state in call.result().values()}  # type: ignore[union-attr]
    assert whys == {GapWhy.TOO_SLOW, GapWhy.SERVER_PAUSED}
    assert most <= 4 * len(WANTED)  # three calls of the one, one of the other
    left = [thread for thread in threading.enumerate() if "fhir-" in thread.name]
    for thread in left:
        thread.join(10)
    assert not any(thread.is_alive() for thread in left)
