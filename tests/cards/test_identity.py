"""The same facts give the same names; every deciding fact gives new ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import RFC_4122, UUID

import pytest

from cds_service.domain import (
    NOT_KNOWN,
    Assessment,
    Certainty,
    CriterionKind,
    DataKey,
    Doubt,
    Gap,
    GapWhy,
    Nation,
    Origin,
    OtherVariant,
    Presence,
    Reason,
    Source,
    Unread,
    UnreadWhy,
)
from cds_service.identity import Caller, card_uuid, decision_key
from tests.cards import builders as make
from tests.cards.access import NEW_EVENT, TODAY

CALLER = Caller(secret=b"s" * 32, site="local", patient_key="p1", user_id="Practitioner/1")
TOLD = make.assessment()
KEY = decision_key(TOLD, CALLER)


def with_fusion(**values: Any) -> Assessment:
    return replace(TOLD, fusions=(make.fusion(**values),))


def with_alive(state: str) -> tuple[Reason, ...]:
    """The reasons, with another state of the criterion that asks whether the patient lives."""
    return tuple(
        replace(r, state=state) if r.criterion.kind is CriterionKind.ALIVE else r
        for r in TOLD.reasons
    )


CHANGED = {
    "deceased": replace(TOLD, reasons=with_alive("deceased")),
    "another state that is not known": make.assessment(diagnosis_state=NOT_KNOWN),
    "gene": with_fusion(gene=make.NTRK),
    "partner": with_fusion(partner="TPM3"),
    "presence": with_fusion(presence=Presence.INDETERMINATE),
    "certainty": with_fusion(certainty=Certainty.UNCONFIRMED),
    "origin": with_fusion(origin=Origin.NOT_STATED),
    "status": with_fusion(source=make.source("Observation/result", status="amended")),
    "date": with_fusion(source=make.source("Observation/result", date="2026-10-03")),
    "a second result": replace(TOLD, fusions=(*TOLD.fusions, make.fusion(partner="TPM3"))),
    "diagnosis state": make.assessment(diagnosis_state="unconfirmed"),
    "doubt": replace(TOLD, doubts=(Doubt.REMISSION,)),
    "gap": replace(TOLD, gaps=(Gap(DataKey.REPORTS, GapWhy.NOT_SENT),)),
    "unread report": replace(
        TOLD,
        unread=(Unread(Source("Observation/x"), CriterionKind.GENE_FUSION, UnreadWhy.STATUS),),
    ),
    "recommendation": replace(TOLD, recommendation="confirm-fusion"),
    "nation": replace(TOLD, nation=Nation.WALES),
    "access events": make.assessment(today=NEW_EVENT.happened.replace(day=6)),
    "guideline": replace(TOLD, guideline=replace(make.GUIDELINE, id="another")),
    "guideline version": replace(TOLD, guideline=replace(make.GUIDELINE, version="0.2.0")),
    "drug": replace(TOLD, therapies=(make.therapy(),)),
    "resistance": replace(
        TOLD,
        resistance=(OtherVariant(make.NTRK1, "G595R", "", Presence.DETECTED, Source("O/1")),),
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_fact_is_a_new_decision(name: str) -> None:
    assert decision_key(CHANGED[name], CALLER) != KEY


SAME = {
    "resource id": with_fusion(source=make.source("Observation/copy")),
    "version id": with_fusion(source=make.source("Observation/result", version="7")),
    "laboratory name": with_fusion(source=make.source("Observation/result", laboratory="Other")),
    "a copy of the result": replace(
        TOLD, fusions=(*TOLD.fusions, make.fusion(source=make.source("Observation/copy")))
    ),
    "the day of the call": replace(TOLD, today=TODAY.replace(day=23)),
    "sentences of the record": with_fusion(sentence="another sentence"),
    "the Patient was not sent": replace(
        TOLD,
        gaps=(Gap(DataKey.PATIENT, GapWhy.NOT_SENT),),
        reasons=with_alive(NOT_KNOWN),
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_what_is_no_deciding_fact_leaves_the_decision_alone(name: str) -> None:
    assert decision_key(SAME[name], CALLER) == KEY


def test_the_order_of_results_and_gaps_means_nothing() -> None:
    gaps = tuple(Gap(key, GapWhy.NOT_SENT) for key in DataKey)
    results = (make.fusion(), make.fusion(partner="TPM3"))
    one = replace(TOLD, gaps=gaps, fusions=results)
    other = replace(TOLD, gaps=gaps[::-1], fusions=results[::-1])
    assert decision_key(one, CALLER) == decision_key(other, CALLER)


@pytest.mark.parametrize(
    "changed",
    [{"site": "trust"}, {"patient_key": "p2"}, {"secret": b"t" * 32}],
    ids=["site", "patient", "secret"],
)
def test_another_site_patient_or_secret_is_another_decision(changed: dict[str, Any]) -> None:
    assert decision_key(TOLD, replace(CALLER, **changed)) != KEY


def test_another_user_has_another_card_of_the_same_decision() -> None:
    other = replace(CALLER, user_id="Practitioner/2")
    assert decision_key(TOLD, other) == KEY
    assert card_uuid(KEY, other) != card_uuid(KEY, CALLER)


def test_a_call_without_a_user_has_a_card_of_its_own() -> None:
    nobody = replace(CALLER, user_id="")
    assert UUID(card_uuid(KEY, nobody)).version == 8


def test_the_card_is_named_by_a_uuid_of_version_eight() -> None:
    named = UUID(card_uuid(KEY, CALLER))
    assert (named.version, named.variant) == (8, RFC_4122)
    assert str(named) == card_uuid(KEY, CALLER)


def test_the_decision_key_is_a_keyed_hash_in_hex() -> None:
    assert len(KEY) == 64
    assert set(KEY) <= set("0123456789abcdef")


def test_facts_cannot_slide_from_one_field_into_the_next() -> None:
    one = replace(CALLER, site="ab", patient_key="c")
    other = replace(CALLER, site="a", patient_key="bc")
    assert decision_key(TOLD, one) != decision_key(TOLD, other)


def test_the_secret_is_not_printed_with_the_caller() -> None:
    assert "ssss" not in repr(CALLER)
