"""What a card says where it is open which tumour a fusion is from, and of treatments on record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds_service.cards import CardWriter
from cds_service.domain import Assessment, Cancer, Source, Therapy, Why
from cds_service.identity import Caller, decision_key
from tests.cards import builders as make

LUNG = Cancer(Source("Condition/lung"), "Lung [cancer](https://evil.example)")
CALLER = Caller(b"k" * 32, "local", "p1", "")


@pytest.fixture(scope="module")
def writer() -> CardWriter:
    return make.shipped()


def treatment(drug: str, **values: str) -> Therapy:
    source = Source(f"MedicationRequest/{drug}")
    return Therapy("trial", drug, "completed", "order", source, **values)


def open_(*more: Why, **values: Any) -> Assessment:
    found = make.assessment("unconfirmed", **values)
    asked = make.fusion(certainty=found.fusions[0].certainty, why=(Why.WHICH_TUMOUR, *more))
    return replace(found, fusions=(asked,))


def test_the_card_asks_which_tumour_and_names_the_other(writer: CardWriter) -> None:
    card = make.card(writer, open_(cancers=(LUNG,)))
    assert "which tumour is it from?" in card["summary"]
    assert "**Which tumour?** Other active cancer on record: Lung cancer" in card["detail"]
    assert "Check in the pathology report" in card["detail"]
    assert "evil.example" not in card["detail"]


def test_a_fusion_that_is_sure_otherwise_needs_no_second_test(writer: CardWriter) -> None:
    detail = make.card(writer, open_())["detail"]
    assert "Reported by the laboratory as a gene fusion." in detail
    assert "What would settle it" not in detail


def test_a_fusion_that_is_not_sure_otherwise_needs_both(writer: CardWriter) -> None:
    detail = make.card(writer, open_(Why.TEXT))["detail"]
    assert "Reported by the laboratory as a gene fusion." not in detail
    assert "**Which tumour?**" in detail
    assert "What would settle it" in detail


def test_where_it_is_not_open_nothing_is_asked(writer: CardWriter) -> None:
    card = make.card(writer, make.assessment("unconfirmed", cancers=(LUNG,)))
    assert "hich tumour" not in card["summary"] + card["detail"]


def test_treatments_stand_beside_what_the_clinician_judges(writer: CardWriter) -> None:
    given = (
        treatment("nivolumab", started="2025-01", ended="2025-06-30"),
        treatment("cisplatin"),
    )
    detail = make.card(writer, make.assessment(treatments=given))["detail"]
    said = "for any disease: nivolumab (completed, 2025-01 to 2025-06-30); cisplatin (completed, u"
    assert said in detail
    assert detail.index("Clinician to judge") < detail.index("Treatments on record")


@pytest.mark.parametrize("started", ["2025-13-45", "soon", "www.evil.example"])
def test_a_date_that_is_none_is_undated(writer: CardWriter, started: str) -> None:
    given = (treatment("cisplatin", started=started),)
    detail = make.card(writer, make.assessment(treatments=given))["detail"]
    assert "cisplatin (completed, undated)" in detail


def test_without_treatments_the_card_does_not_speak_of_them(writer: CardWriter) -> None:
    assert "Treatments" not in make.card(writer, make.assessment())["detail"]


def test_treatments_are_no_part_of_the_decision(writer: CardWriter) -> None:
    without = make.assessment()
    beside = replace(without, treatments=(treatment("cisplatin"),))
    assert decision_key(without, CALLER) == decision_key(beside, CALLER)
    card = make.card(writer, beside)
    assert "MedicationRequest/cisplatin" not in str(card["extension"])
