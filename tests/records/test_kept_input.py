"""What is kept of a call is read again as it came, down to keys that stood twice."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cds_service.domain import (
    Approval,
    Complete,
    DataKey,
    GapWhy,
    Missing,
    Partial,
    Received,
    RepeatedKeys,
)
from cds_service.doors.fetching import Arrived
from cds_service.doors.kept_input import Kept, read, write
from cds_service.errors import InputError
from cds_service.knowledge import Knowledge
from cds_service.reading.bundle import Patient
from cds_service.strict_json import parse
from tests.doors.bodies import PATIENT, chart_opening, fusion, mesothelioma
from tests.examples.scenarios import scenarios
from tests.records.conftest import Site, decided

DEEP = b'{"resourceType":"Observation","x":' + b"[" * 510 + b"]" * 510 + b"}"
ODD = (
    b'{"resourceType":"Observation","id":"o1","id":"o2"}',
    b'{"a":{"b":1,"b":1},"c":[{"d":{"e":"x","e":{"f":1,"f":2}}}]}',
    b'{"":{"":0,"":1}}',
    b'{"z":1,"a":2,"m":{"y":1,"b":2}}',
    b'{"n":[1,1.0,-0.0,1e-7,1.10,12345678901234567890,1e300,0.1]}',
    b'{"n":' + b"9" * 308 + b"}",
    '{"t":"é \u2028 \\u0000 \\ud83d\\ude00 \\ud800 NTRK1\\n"}'.encode(),
    b'{"t":"\xe2\x80\xa8 \\" \\\\ \\u2029 \x7f","null":null,"true":true,"{}":{},"[]":[]}',
    DEEP,
)


def typed(value: object) -> list[object]:
    """Everything in a value with its type, in order; walks without recursion."""
    found: list[object] = []
    waiting: list[object] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            found.append((type(item).__name__, list(item)))
            waiting.extend(reversed(item.values()))
        elif isinstance(item, list):
            found.append(("list", len(item)))
            waiting.extend(reversed(item))
        else:
            found.append((type(item).__name__, repr(item)))
    return found


def kept(*resources: Any, **changes: Any) -> Kept:
    received = tuple(Received(resource) for resource in resources)
    arrived = Arrived(Patient("p1"), {DataKey.OBSERVATIONS: Complete(received)})
    return replace(Kept(arrived, (), {}, None, ""), **changes)


def observations(found: Kept) -> tuple[Received, ...]:
    state = found.arrived.states[DataKey.OBSERVATIONS]
    assert isinstance(state, Complete)
    return state.resources


@pytest.mark.parametrize("raw", ODD, ids=range(len(ODD)))
def test_a_resource_is_read_again_as_it_came(raw: bytes) -> None:
    resource = parse(raw)
    (again,) = observations(read(write(kept(resource))))
    assert typed(again.json) == typed(resource)


def test_what_is_kept_of_repeated_keys_is_a_repeated_key_and_no_other() -> None:
    inner = RepeatedKeys({"b": 1, "c": 2})
    (again,) = observations(read(write(kept({"a": inner, "d": {"e": 1}}))))
    assert isinstance(again.json["a"], RepeatedKeys)
    assert not isinstance(again.json, RepeatedKeys)
    assert not isinstance(again.json["d"], RepeatedKeys)
    assert type(inner) is RepeatedKeys  # what is read later in the call was not touched


def test_every_state_of_data_is_told_apart() -> None:
    one, two = Received({"id": "1"}, "urn:uuid:1"), Received({"id": "2"})
    arrived = Arrived(
        patient=Patient("p1", "http://127.0.0.1:1/r4"),
        states={
            DataKey.PATIENT: Complete((one,)),
            DataKey.CONDITIONS: Complete(),
            DataKey.OBSERVATIONS: Partial((two, one), GapWhy.NEXT_PAGE),
            DataKey.LABORATORY: Partial((), GapWhy.OUTCOME_ENTRY),
            DataKey.REPORTS: Missing(GapWhy.TOO_SLOW),
        },
        newer=(two,),
        unasked=(one, two),
    )
    assert read(write(kept(arrived=arrived))).arrived == arrived


def test_an_approval_and_the_access_events_are_read_again(knowledge: Knowledge) -> None:
    approval = Approval("g", "1.0.0", "0" * 64, "A. Name", "role", date(2026, 11, 1), "a site")
    whole = kept(access=knowledge.access, links=dict(knowledge.links), approval=approval, card="{}")
    assert read(write(whole)) == whole
    assert any(event.next_review for event in knowledge.access)  # both ways of writing a review
    assert any(event.next_review is None for event in knowledge.access)


def test_every_example_is_read_again_as_it_came(site: Site) -> None:
    for scenario in scenarios():
        said = decided(site.desk, scenario.request())
        again = read(write(kept(arrived=said.learned.arrived)))
        assert again.arrived == said.learned.arrived, scenario.name
        assert again.arrived.selected() == said.learned.selected


def test_no_token_is_kept(site: Site) -> None:
    body = chart_opening(observations=[fusion()], conditions=[mesothelioma()])
    body |= {
        "fhirServer": "http://127.0.0.1:9/r4",
        "fhirAuthorization": {
            "access_token": "a-token-of-the-ehr",
            "token_type": "Bearer",
            "scope": "patient/*.read launch-scope",
            "patient": PATIENT,
            "subject": "a-subject",
        },
    }
    site.call(body, headers={"Authorization": "Bearer a-token-of-the-client"})
    ((record, content),) = site.shelf.decisions
    everything = json.dumps(record).encode() + zlib.decompress(content)
    assert b"http://127.0.0.1:9/r4" in everything
    for secret in (b"a-token-of", b"launch-scope", b"a-subject", site.desk.settings.secret):
        assert secret not in everything


GOOD = zlib.decompress(write(kept({"id": "1"})))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not compressed",
        write(kept({"id": "1"}))[:-3],
        zlib.compress(b""),
        zlib.compress(b"[]"),
        zlib.compress(b"{}"),
        zlib.compress(GOOD.split(b"\n")[0]),
        zlib.compress(GOOD + b"\n{"),
        zlib.compress(GOOD.replace(b'"format": 1', b'"format": 2')),
        zlib.compress(GOOD.replace(b"observations", b"observation")),
        zlib.compress(GOOD.replace(b'"newer": []', b'"newer": [[7, ""]]')),
        zlib.compress(GOOD.replace(b'"access": []', b'"access": [{}]')),
        zlib.compress(GOOD.replace(b'"links": {}', b'"links": []')),
    ],
    ids=range(13),
)
def test_what_is_damaged_is_refused(content: bytes) -> None:
    assert GOOD.startswith(b'{"format": 1, ')
    with pytest.raises(InputError, match="the kept input"):
        read(content)
