"""The state of the criterion prior-therapy: a drug of the class, or a resistance mutation."""

from __future__ import annotations

from dataclasses import dataclass

from cds_service.assess.fusion import SOURCES
from cds_service.domain import (
    COUNTABLE,
    NONE,
    NOT_KNOWN,
    CriterionKind,
    DataKey,
    Origin,
    OtherVariant,
    PatientRecord,
    Presence,
    Therapy,
    ValueSet,
)

# 'recorded' is all that an R5 statement says; R5's 'ended' does not say whether it ever began
STATUSES = frozenset({"active", "on-hold", "stopped", "completed", "in-progress", "recorded"})
_UNCLEAR = frozenset({"", "unknown", "ended"})
INTENTS = frozenset(
    {"", "order", "original-order", "reflex-order", "filler-order", "instance-order"}
)
_KEYS = frozenset({DataKey.REQUESTS, DataKey.STATEMENTS}) | SOURCES


@dataclass(frozen=True)
class Prior:
    """State, what was found, and why."""

    state: str
    therapies: tuple[Therapy, ...]
    resistance: tuple[OtherVariant, ...]
    because: tuple[str, ...]
    why: tuple[str, ...]


def prior_state(record: PatientRecord, drugs: str, mutations: ValueSet) -> Prior:
    """Recorded on the strength of either; 'none' needs every source complete."""
    of_class = [t for t in record.therapies if t.value_set == drugs and t.intent in INTENTS]
    therapies = tuple(t for t in of_class if t.status in STATUSES)
    resistance = tuple(v for v in record.variants if _resists(v, mutations))
    if therapies or resistance:
        because = [t.source.reference for t in therapies]
        because += [v.source.reference for v in resistance]
        why = _found(therapies, resistance)
        return Prior("recorded", therapies, resistance, tuple(dict.fromkeys(because)), why)
    missing = [f"{g.key} is not complete: {g.why}" for g in record.gaps if g.key in _KEYS]
    missing += [
        f"{u.source.reference} could not be read: {u.why}"
        for u in record.unread
        if u.criterion is CriterionKind.PRIOR_THERAPY
    ]
    missing += [
        f"{t.source.reference}: {t.drug}, status {t.status or 'not stated'}"
        for t in of_class
        if t.status in _UNCLEAR
    ]
    if missing:
        return Prior(NOT_KNOWN, (), (), (), tuple(missing))
    silent = [
        f"{t.source.reference}: {t.drug} does not count (status {t.status})" for t in of_class
    ]
    return Prior(NONE, (), (), (), tuple(silent) or ("No drug of the class is recorded.",))


def _resists(variant: OtherVariant, mutations: ValueSet) -> bool:
    """A listed kinase-domain change; an entry without its last letter stands for any."""
    counts = variant.source.status in COUNTABLE and variant.presence is Presence.DETECTED
    if not counts or variant.origin is Origin.GERMLINE or not variant.change:
        return False
    named = {f"{gene}:{variant.change}" for gene in variant.gene.members}
    listed = {entry.code.code for entry in mutations.listed("include")}
    return bool(named & listed) or bool({name[:-1] for name in named} & listed)


def _found(therapies: tuple[Therapy, ...], resistance: tuple[OtherVariant, ...]) -> tuple[str, ...]:
    drugs = [f"{t.source.reference}: {t.drug}, status {t.status}" for t in therapies]
    changes = [f"{v.source.reference}: {v.gene.symbol} {v.change}" for v in resistance]
    return (*drugs, *changes)
