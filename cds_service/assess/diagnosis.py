"""The state of the criterion diagnosis: established, unconfirmed, none, or not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cds_service.assess.fusion import FusionFound
from cds_service.domain import (
    NONE,
    NOT_KNOWN,
    CriterionKind,
    DataKey,
    Diagnosis,
    Doubt,
    Match,
    PatientRecord,
)

_VERIFICATION = {
    "provisional": Doubt.PROVISIONAL,
    "differential": Doubt.DIFFERENTIAL,
    "unconfirmed": Doubt.UNCONFIRMED,
    "invalid": Doubt.STATUS_INVALID,
}
_CLINICAL = {
    "remission": Doubt.REMISSION,
    "resolved": Doubt.RESOLVED,
    "inactive": Doubt.INACTIVE,
    "invalid": Doubt.STATUS_INVALID,
}
_QUALIFIERS = {"suspected": Doubt.SUSPECTED, "history": Doubt.HISTORY}
_MATCHES = {Match.TEXT: Doubt.WORDS_ONLY, Match.REVIEW: Doubt.REVIEW_LIST}
_DENYING = frozenset({"family", "negated", "benign"})


@dataclass(frozen=True)
class Diagnosed:
    """State, the Conditions behind it, what speaks against it, and why."""

    state: str
    shown: tuple[Diagnosis, ...]
    doubts: tuple[Doubt, ...]
    because: tuple[str, ...]
    why: tuple[str, ...]


def diagnosis_state(record: PatientRecord, value_set: str, fusion: FusionFound) -> Diagnosed:
    """A diagnosis stands on partial data; a 'none' needs complete Conditions."""
    about = [d for d in record.diagnoses if d.value_set == value_set]
    refuted = [d for d in about if d.verification == "refuted" and not _is_other(d)]
    stated = [d for d in about if not _is_none(d)]
    judged = sorted(((d, _doubts(d, refuted, fusion)) for d in stated), key=lambda p: len(p[1]) > 0)
    if judged:
        best, doubts = judged[0]
        shown = (best, *(d for d, _ in judged[1:]))
        state = "unconfirmed" if doubts else "established"
        why = tuple(_describe(d, found) for d, found in judged)
        because = tuple(dict.fromkeys(d.source.reference for d in shown))
        return Diagnosed(state, shown, doubts, because, why)
    missing = _missing(record, fusion)
    because = tuple(dict.fromkeys(d.source.reference for d in about))
    if missing:
        return Diagnosed(NOT_KNOWN, (), (), because, missing)
    return Diagnosed(NONE, (), (), because, _none(about))


def _is_none(diagnosis: Diagnosis) -> bool:
    """Refuted, entered in error, family history, denied or benign."""
    if diagnosis.verification in ("refuted", "entered-in-error"):
        return True
    return _is_other(diagnosis)


def _is_other(diagnosis: Diagnosis) -> bool:
    """Another disease, another person's, or denied in words; to refute that refutes nothing."""
    return diagnosis.match is Match.DENY or bool(diagnosis.qualifiers & _DENYING)


def _doubts(
    diagnosis: Diagnosis, refuted: Sequence[Diagnosis], fusion: FusionFound
) -> tuple[Doubt, ...]:
    found: list[Doubt | None] = [
        doubt for name, doubt in _QUALIFIERS.items() if name in diagnosis.qualifiers
    ]
    found += [_VERIFICATION.get(diagnosis.verification), _CLINICAL.get(diagnosis.clinical)]
    found.append(_MATCHES.get(diagnosis.match))
    if diagnosis.contradiction:
        found.append(Doubt.CODE_DISPLAY)
    if any(not _is_earlier(other, diagnosis) for other in refuted):
        found.append(Doubt.REFUTED_LATER)
    if any(result.outcome_alternative for result in fusion.shown):
        found.append(Doubt.ALTERNATIVE)
    return tuple(dict.fromkeys(doubt for doubt in found if doubt is not None))


def _is_earlier(refuted: Diagnosis, diagnosis: Diagnosis) -> bool:
    """Provably earlier; where a date is missing the refutation is taken as later."""
    before, after = refuted.source.date, diagnosis.source.date
    shared = min(len(before), len(after))
    return before[:shared] < after[:shared]


def _missing(record: PatientRecord, fusion: FusionFound) -> tuple[str, ...]:
    gaps = [
        f"{gap.key} is not complete: {gap.why}"
        for gap in record.gaps
        if gap.key is DataKey.CONDITIONS
    ]
    unread = [
        f"{u.source.reference} could not be read: {u.why}"
        for u in record.unread
        if u.criterion is CriterionKind.DIAGNOSIS
    ]
    if not record.conditions_read and fusion.shown and not gaps:
        unread.append("No Condition at all: a chart without any diagnosis is not evidence.")
    return (*gaps, *unread)


def _describe(diagnosis: Diagnosis, doubts: Sequence[Doubt]) -> str:
    because = f"; unconfirmed because: {', '.join(doubts)}" if doubts else ""
    status = f"clinical status {diagnosis.clinical or 'not stated'}"
    verified = f"verification {diagnosis.verification or 'not stated'}"
    return f"{diagnosis.source.reference}: {diagnosis.name}; {status}, {verified}{because}"


def _none(about: Sequence[Diagnosis]) -> tuple[str, ...]:
    if not about:
        return ("No Condition names the diagnosis.",)
    return tuple(f"{d.source.reference}: does not count ({_why_none(d)})" for d in about)


def _why_none(diagnosis: Diagnosis) -> str:
    if diagnosis.verification in ("refuted", "entered-in-error"):
        return diagnosis.verification
    return (
        ", ".join(sorted(diagnosis.qualifiers & _DENYING)) or "a code or words of another disease"
    )
