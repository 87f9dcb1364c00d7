"""Medications on record -> the treatments that a card lists, newest first; they decide nothing."""

from __future__ import annotations

from cds_service.assess.prior import INTENTS, STATUSES
from cds_service.domain import PatientRecord, Therapy


def treatments_on_record(record: PatientRecord, value_set: str) -> tuple[Therapy, ...]:
    """Those that were given or ordered, by the rule of earlier treatment; undated ones last."""
    given = [
        item
        for item in record.therapies
        if item.value_set == value_set and item.status in STATUSES and item.intent in INTENTS
    ]
    by_name = sorted(given, key=lambda item: (item.drug, item.status))
    return tuple(sorted(by_name, key=lambda item: item.started, reverse=True))
