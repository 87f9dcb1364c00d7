"""A guideline -> assessments with ordinary and extreme values, to prove templates at start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

from cds_service.cards import facts_for_trial as facts
from cds_service.domain import (
    NOT_KNOWN,
    STATES,
    AccessPosition,
    Assessment,
    Criterion,
    CriterionKind,
    DataKey,
    Doubt,
    Gap,
    GapWhy,
    Guideline,
    Nation,
    Note,
    Reason,
    Row,
)

Positions = Callable[[Guideline, Nation, date], tuple[AccessPosition, ...]]
States = Mapping[CriterionKind, str]

_FAR = date(2099, 12, 31)


def trials(guideline: Guideline, positions: Positions) -> Iterable[Assessment]:
    """Every row of the table, and its extremes in every nation on days with each position."""
    for row in guideline.table:
        known = _bare(guideline, row, _states(guideline, row, unknown_first=False))
        access = positions(guideline, known.nation, known.today)
        yield replace(known, access=access)
        yield replace(_ordinary(known), access=access)
        open_ = _bare(guideline, row, _states(guideline, row, unknown_first=True))
        yield replace(_crowded(open_), access=access, gaps=_scattered_gaps())
    for row, nation in product(guideline.table, Nation):
        crowded = _crowded(_bare(guideline, row, _states(guideline, row, unknown_first=True)))
        for today, access in _days(guideline, nation, positions):
            yield replace(crowded, today=today, nation=nation, access=access)


def _days(
    guideline: Guideline, nation: Nation, positions: Positions
) -> Iterable[tuple[date, tuple[AccessPosition, ...]]]:
    """One day for each position that differs from the others."""
    days = [_FAR, guideline.source.last_reviewed]
    for position in positions(guideline, nation, _FAR):
        days += [event.happened - timedelta(days=1) for event in position.events]
    seen = {positions(guideline, nation, day): day for day in reversed(days)}
    return ((day, access) for access, day in seen.items())


def _bare(guideline: Guideline, row: Row, states: States) -> Assessment:
    """As little as a row can come with: the deciding facts, nothing stated beside them."""
    fusion, diagnosis = states.get(CriterionKind.GENE_FUSION), states.get(CriterionKind.DIAGNOSIS)
    return Assessment(
        guideline=guideline,
        reasons=tuple(
            Reason(criterion, states[criterion.kind], (), ()) for criterion in guideline.criteria
        ),
        row=row.id,
        recommendation=row.recommendation,
        indicator=row.indicator,
        today=_FAR,
        nation=Nation.ENGLAND,
        fusions=facts.fusions(fusion, facts.BARE),
        diagnoses=facts.diagnoses(diagnosis, facts.BARE),
        therapies=facts.therapies(states.get(CriterionKind.PRIOR_THERAPY), facts.BARE),
    )


def _ordinary(bare: Assessment) -> Assessment:
    states = {reason.criterion.kind: reason.state for reason in bare.reasons}
    diagnosis = states.get(CriterionKind.DIAGNOSIS)
    gaps = {
        CriterionKind.GENE_FUSION: Gap(DataKey.REPORTS, GapWhy.NEXT_PAGE),
        CriterionKind.DIAGNOSIS: Gap(DataKey.CONDITIONS, GapWhy.NOT_SENT),
    }
    return replace(
        bare,
        fusions=facts.fusions(states.get(CriterionKind.GENE_FUSION), facts.ORDINARY),
        diagnoses=facts.diagnoses(diagnosis, facts.ORDINARY),
        therapies=facts.therapies(states.get(CriterionKind.PRIOR_THERAPY), facts.ORDINARY),
        treatments=facts.treatments(facts.ORDINARY),
        gaps=tuple(gap for kind, gap in gaps.items() if states.get(kind) == NOT_KNOWN),
        doubts=(Doubt.PROVISIONAL,) if diagnosis == "unconfirmed" else (),
    )


def _crowded(bare: Assessment) -> Assessment:
    """Everything at once and as long as it gets."""
    states = {reason.criterion.kind: reason.state for reason in bare.reasons}
    diagnosis = states.get(CriterionKind.DIAGNOSIS)
    prior = states.get(CriterionKind.PRIOR_THERAPY)
    return replace(
        bare,
        fusions=facts.fusions(states.get(CriterionKind.GENE_FUSION), facts.CROWDED),
        diagnoses=facts.diagnoses(diagnosis, facts.CROWDED),
        therapies=facts.therapies(prior, facts.CROWDED),
        treatments=facts.treatments(facts.CROWDED),
        cancers=facts.cancers(facts.CROWDED),
        resistance=facts.resistance(prior),
        gaps=tuple(Gap(key, why) for key in DataKey for why in GapWhy),
        unread=facts.unread(),
        doubts=tuple(Doubt) if diagnosis == "unconfirmed" else (),
        notes=tuple(Note),
    )


def _scattered_gaps() -> tuple[Gap, ...]:
    """Gaps that cannot be told together: each key with reasons of its own."""
    whys = tuple(GapWhy)
    return tuple(
        Gap(key, whys[(number + step) % len(whys)])
        for number, key in enumerate(DataKey)
        for step in (0, 3)
    )


def _states(guideline: Guideline, row: Row, *, unknown_first: bool) -> dict[CriterionKind, str]:
    return {c.kind: _state(c, row, unknown_first) for c in guideline.criteria}


def _state(criterion: Criterion, row: Row, unknown_first: bool) -> str:
    """A state that fits the row; the one that puts most, or least, on the card."""
    every = STATES[criterion.kind]
    fitting = [state for state in every if state in row.when.get(criterion.id, frozenset(every))]
    unknown = [state for state in fitting if state == NOT_KNOWN]
    known = [state for state in fitting if state not in (NOT_KNOWN, "deceased")]
    order = unknown + known if unknown_first else known + unknown
    return (order or fitting)[0]
