"""Whatever was special of a call is repeated too: approvals, 412, what was held back or fetched."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cds_service.domain import Complete, DataKey, Received
from cds_service.doors.app import open_desk
from cds_service.doors.replaying import Replayer
from tests.doors.bodies import chart_opening, fusion, mesothelioma
from tests.records.conftest import BOTH, Shelf, Site, told

Record = dict[str, Any]


def replayed_of(site: Site, replayer: Replayer, body: Mapping[str, Any]) -> str:
    assert site.call(body).status_code in (200, 412)
    return told(replayer.replay(*site.shelf.decisions[-1]))


def _as_card(site: Site) -> Site:
    return site.with_(settings=replace(site.desk.settings, unavailable_as_card=True))


def _holding(site: Site) -> Site:
    class Dismissed(Shelf):
        def dismissed(self, site: str, cards: Any) -> frozenset[str]:
            return frozenset(cards)

    settings = replace(site.desk.settings, hold_back=True)
    return Site(replace(site.desk, settings=settings), Dismissed())


def _knowing(site: Site) -> Site:
    class Remembering(Shelf):
        def nhs_number(self, site: str, patient_id: str) -> str:
            return "9990000018"

    return Site(site.desk, Remembering())


def _reading(site: Site) -> Site:
    def fetch(server: Any, wanted: Mapping[Any, str], seconds: float) -> dict[Any, Any]:
        held = {DataKey.OBSERVATIONS: Complete((Received(fusion()),))}
        return {key: held.get(key, Complete()) for key in wanted}

    return site.with_(fetch=fetch)


SPARSE = chart_opening() | {"prefetch": {}}
WITHOUT_PATIENT = BOTH | {"prefetch": {k: v for k, v in BOTH["prefetch"].items() if k != "patient"}}
FETCHED = chart_opening(conditions=[mesothelioma()]) | {"fhirServer": "http://127.0.0.1:9/r4"}
FETCHED |= {"prefetch": {k: v for k, v in FETCHED["prefetch"].items() if k != "observations"}}


@pytest.mark.parametrize(
    ("service", "body", "said"),
    [
        (_as_card, SPARSE, {"assessed": "insufficient-data", "recommendation": "could-not-check"}),
        (Site.with_, SPARSE, {"recommendation": "insufficient-data", "cardUuid": ""}),
        (_holding, BOTH, {"heldBack": True}),
        (_knowing, WITHOUT_PATIENT, {"patientKey": "9990000018"}),
        (_reading, FETCHED, {"recommendation": "trk-inhibitor-option"}),
    ],
    ids=["412 as card", "412", "held back", "number known", "read from a server"],
)
def test_whatever_was_special_of_a_call_is_repeated_too(
    site: Site,
    replayer: Replayer,
    service: Callable[[Site], Site],
    body: Mapping[str, Any],
    said: Record,
) -> None:
    here = service(site)
    assert replayed_of(here, replayer, body).startswith("same: ")
    (record,) = here.shelf.records
    assert {name: record[name] for name in said} == said


def test_an_approval_of_that_day_is_repeated_when_it_is_withdrawn(
    site: Site, replayer: Replayer, tmp_path: Path
) -> None:
    (guideline,) = site.desk.knowledge.guidelines
    members = {
        "guideline": guideline.id,
        "version": guideline.version,
        "contentHash": guideline.content_hash,
        "approvedBy": "A. Name",
        "role": "lead",
        "site": "a-site",
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in members.items()]
    approvals = tmp_path / "approvals.toml"
    approvals.write_text("\n".join([*lines, "date = 2026-11-01"]), "utf-8")
    settings = replace(site.desk.settings, approvals=approvals)
    approved = Site(open_desk(settings, site.desk.knowledge))
    assert replayed_of(approved, replayer, BOTH).startswith("same: ")
    assert approved.shelf.records[0]["approved"] is True
