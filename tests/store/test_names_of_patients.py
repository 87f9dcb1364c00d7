"""A decision has one name for a patient, with and without the Patient in the call."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cds_service.clients import ANYBODY
from cds_service.domain import Nation
from cds_service.doors.answer import Answer, Desk, answer
from cds_service.doors.app import open_desk
from cds_service.doors.envelope import read_call
from cds_service.doors.events import LogStore
from cds_service.doors.keeping import Keeping
from cds_service.knowledge import Knowledge
from cds_service.settings import Settings
from tests.doors.bodies import PATIENT
from tests.doors.commands import positive
from tests.doors.conftest import noon
from tests.store.test_patients import ONE, OTHER
from tests.store.test_tokens import started

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"


@pytest.fixture(scope="session")
def desk(knowledge: Knowledge) -> Desk:
    return open_desk(Settings(), knowledge)


@pytest.fixture
def stores(store_url: str, tmp_path: Path) -> Iterator[tuple[Keeping, Keeping]]:
    """The store as two processes see it."""
    with ExitStack() as stack:
        one, other = (stack.enter_context(started(store_url, tmp_path)) for _ in range(2))
        yield Keeping(one), Keeping(other)


def asked(patient: object) -> dict[str, Any]:
    """The same results, with this Patient; a call without one where it is None."""
    body = positive()
    if patient is None:
        del body["prefetch"]["patient"]
    else:
        body["prefetch"]["patient"] = patient
    return body


def with_number(number: str) -> dict[str, Any]:
    identifier = [{"system": NHS_NUMBER, "value": number}]
    return {"resourceType": "Patient", "id": PATIENT, "identifier": identifier}


def said(desk: Desk, store: LogStore | None, body: dict[str, Any], site: str = "trust-a") -> Answer:
    client = replace(ANYBODY, site=site)
    call = read_call(body, desk.settings)
    return answer(call, desk, noon().date(), Nation.ENGLAND, client=client, memory=store)


def name(answered: Answer) -> str:
    """The decision key of the one decision."""
    (decided,) = answered.decided
    return decided.names.decision


def test_the_key_is_the_same_with_and_without_the_patient(
    desk: Desk, stores: tuple[Keeping, Keeping]
) -> None:
    here, elsewhere = stores
    unknown = said(desk, here, asked(None))
    known = said(desk, here, asked(with_number(ONE)))
    assert unknown.learned.caller.patient_key == PATIENT
    assert known.learned.caller.patient_key == ONE
    assert name(known) != name(unknown)
    for store in (here, elsewhere):
        without = said(desk, store, asked(None))
        assert without.learned.selected.gaps, "the Patient is named as missing all the same"
        assert name(without) == name(known)
        assert uuids(without) == uuids(known)
    assert name(said(desk, None, asked(None))) == name(unknown)


def uuids(answered: Answer) -> list[str]:
    return [card["uuid"] for card in answered.body["cards"]]


def test_another_sites_number_is_never_used(desk: Desk, stores: tuple[Keeping, Keeping]) -> None:
    store = stores[0]
    said(desk, store, asked(with_number(ONE)), site="trust-a")
    stranger = said(desk, store, asked(None), site="trust-b")
    assert stranger.learned.caller.patient_key == PATIENT
    said(desk, store, asked(with_number(OTHER)), site="trust-b")
    for site, number in (("trust-a", ONE), ("trust-b", OTHER)):
        assert said(desk, store, asked(None), site=site).learned.caller.patient_key == number


def test_a_number_that_changed_counts_from_then_on(
    desk: Desk, stores: tuple[Keeping, Keeping], caplog: pytest.LogCaptureFixture
) -> None:
    here, elsewhere = stores
    said(desk, here, asked(with_number(ONE)))
    with caplog.at_level(logging.DEBUG):
        said(desk, elsewhere, asked(with_number(OTHER)))
    assert said(desk, here, asked(None)).learned.caller.patient_key == OTHER
    assert "another NHS number" in caplog.text
    assert ONE not in caplog.text
    assert OTHER not in caplog.text


def test_a_patient_without_a_number_is_known_by_the_id(
    desk: Desk, stores: tuple[Keeping, Keeping]
) -> None:
    said(desk, stores[0], asked(with_number(ONE)))
    bare = {"resourceType": "Patient", "id": PATIENT}
    assert said(desk, stores[0], asked(bare)).learned.caller.patient_key == PATIENT


def test_the_number_of_another_patient_is_not_taken_for_this_ones(
    desk: Desk, stores: tuple[Keeping, Keeping]
) -> None:
    stranger = with_number(ONE) | {"id": "somebody-else"}
    assert said(desk, stores[0], asked(stranger)).learned.caller.patient_key == PATIENT
    assert said(desk, stores[0], asked(None)).learned.caller.patient_key == PATIENT


def test_blanks_in_a_number_make_no_other_patient(
    desk: Desk, stores: tuple[Keeping, Keeping]
) -> None:
    spaced = f"{ONE[:3]} {ONE[3:6]} {ONE[6:]}"
    assert name(said(desk, stores[0], asked(with_number(spaced)))) == name(
        said(desk, stores[0], asked(with_number(ONE)))
    )
    assert said(desk, stores[1], asked(None)).learned.caller.patient_key == ONE


def test_without_a_store_that_answers_the_card_comes_all_the_same(
    desk: Desk, tmp_path: Path
) -> None:
    with started("postgresql://nobody@127.0.0.1:1/none", tmp_path) as away:
        store = Keeping(away)
        assert said(desk, store, asked(with_number(ONE))).body["cards"]
        assert said(desk, store, asked(None)).learned.caller.patient_key == ONE
