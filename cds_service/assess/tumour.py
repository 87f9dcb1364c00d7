"""Fusions and cancers of one patient -> the fusions, asking which tumour where that is open.

A fusion that its specimen, site, focus or report ties to another cancer is no finding of the
guideline's disease; nor is one that nothing ties to it while another cancer is active.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cds_service.domain import AssayedFusion, Cancer, Certainty, PatientRecord, Presence, Why

_FOUND = frozenset({Presence.DETECTED, Presence.INDETERMINATE})


def other_cancers(record: PatientRecord, value_set: str) -> tuple[Cancer, ...]:
    """Active cancers that are not the disease of a guideline."""
    return tuple(cancer for cancer in record.cancers if value_set not in cancer.diagnoses)


def asked_which_tumour(
    results: Sequence[AssayedFusion], others: Sequence[Cancer], value_set: str
) -> list[AssayedFusion]:
    """The results; a finding of an open tumour is at most unconfirmed and says so."""
    found = [result for result in results if result.presence in _FOUND]
    tied = [result for result in found if _is_tied(result, value_set)]
    return [
        _doubted(result)
        if result in found and _is_open(result, tied, others, value_set)
        else result
        for result in results
    ]


def _is_tied(result: AssayedFusion, value_set: str) -> bool:
    return value_set in result.tie.diagnoses and not _is_elsewhere(result, value_set)


def _is_elsewhere(result: AssayedFusion, value_set: str) -> bool:
    return bool(result.tie.another) or bool(result.tie.diagnoses - {value_set})


def _is_open(
    result: AssayedFusion,
    tied: Sequence[AssayedFusion],
    others: Sequence[Cancer],
    value_set: str,
) -> bool:
    if _is_elsewhere(result, value_set):
        return True
    return bool(others) and not any(_same(result, other) for other in tied)


def _same(result: AssayedFusion, other: AssayedFusion) -> bool:
    """One finding told twice: what ties one of them ties the other."""
    partners = {result.partner, other.partner} - {""}
    specimens = {result.specimen, other.specimen} - {""}
    shared = result.gene.members & other.gene.members
    return bool(shared) and len(partners) < 2 and len(specimens) < 2


def _doubted(result: AssayedFusion) -> AssayedFusion:
    weaker = result.certainty
    if weaker is Certainty.CONFIRMED:
        weaker = Certainty.UNCONFIRMED
    # First of the reasons, so that no card cuts it.
    return replace(result, certainty=weaker, why=(Why.WHICH_TUMOUR, *result.why))
