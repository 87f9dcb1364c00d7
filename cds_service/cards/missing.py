"""Gaps, unread resources and unknown states -> what the card says was not checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cds_service.cards import view
from cds_service.cards.findings import Length, listed, unique
from cds_service.cards.phrases import Phrases
from cds_service.cards.sanitise import NOT_STATED, day
from cds_service.domain import (
    NOT_KNOWN,
    Assessment,
    CriterionKind,
    DataKey,
    Gap,
    GapWhy,
    Unread,
)

_REASONS = 2  # of each gap; the gap itself is never cut
# What could not be read of the findings that decide is named before the rest.
_WEIGHT = (
    CriterionKind.GENE_FUSION,
    CriterionKind.DIAGNOSIS,
    CriterionKind.PRIOR_THERAPY,
    CriterionKind.ALIVE,
)
_QUESTIONS = (CriterionKind.ALIVE, CriterionKind.PRIOR_THERAPY)


def not_checked(assessment: Assessment, phrases: Phrases, length: Length) -> view.NotChecked:
    """Every gap, the first unread resources, and the questions left open."""
    by_weight = sorted(assessment.unread, key=lambda item: _WEIGHT.index(item.criterion))
    unread = [_unread(item, phrases) for item in by_weight]
    # On a terse card several are only counted, so that no gap has to go.
    named = 0 if length.terse and len(unread) > 1 else length.items
    open_questions = {r.criterion.kind for r in assessment.reasons if r.state == NOT_KNOWN}
    return view.NotChecked(
        gaps=_gaps(assessment.gaps, phrases, together=length.terse),
        unread=tuple(unread[:named]),
        unread_more=max(0, len(unread) - named),
        questions=tuple(kind.value for kind in _QUESTIONS if kind in open_questions),
    )


def _gaps(gaps: Sequence[Gap], phrases: Phrases, *, together: bool) -> str:
    """Every key by name; those that are missing for the same reasons, or all of them, together."""
    by_reasons: dict[tuple[GapWhy, ...], list[str]] = {}
    for key in DataKey:
        reasons = _reasons(gap for gap in gaps if gap.key is key)
        if reasons:
            group = _reasons(gaps) if together else reasons
            by_reasons.setdefault(group, []).append(phrases.of("data", key))
    return "; ".join(
        f"{', '.join(keys)} ({_words(reasons, phrases, 1 if together else _REASONS)})"
        for reasons, keys in by_reasons.items()
    )


def _words(reasons: Sequence[GapWhy], phrases: Phrases, shown: int) -> str:
    return listed([phrases.of("gap-why", why) for why in reasons], shown, ", ")


def _reasons(gaps: Iterable[Gap]) -> tuple[GapWhy, ...]:
    """Each reason once; another patient's data first, for it is always named."""
    found = dict.fromkeys(gap.why for gap in gaps)
    return tuple(sorted(found, key=lambda why: why is not GapWhy.OTHER_PATIENT))


def _unread(item: Unread, phrases: Phrases) -> view.UnreadItem:
    named = phrases.of("unread-about", item.criterion)
    when = day(item.source.date)
    return view.UnreadItem(
        about=item.criterion.value,
        name=f"an undated {named}" if when == NOT_STATED else f"a {named} of {when}",
        why=phrases.of("unread-why", item.why),
    )


def names(assessment: Assessment) -> list[str]:
    """What was not checked, as fixed ids for machines: 'conditions:not-sent', 'alive'."""
    gaps = [f"{gap.key.value}:{gap.why.value}" for gap in assessment.gaps]
    unread = [f"{item.criterion.value}:{item.why.value}" for item in assessment.unread]
    questions = [reason.criterion.id for reason in assessment.reasons if reason.state == NOT_KNOWN]
    return unique(gaps + unread + questions)
