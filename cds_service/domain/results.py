"""One guideline held against one patient: reasons, recommendation, what was not checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cds_service.domain.facts import (
    AssayedFusion,
    Cancer,
    Diagnosis,
    Gap,
    OtherVariant,
    Therapy,
    Unread,
)
from cds_service.domain.guidance import AccessPosition, Criterion, Guideline
from cds_service.domain.states import CriterionKind, Nation
from cds_service.domain.why import Doubt, Note


@dataclass(frozen=True)
class Reason:
    """What was found for one criterion, with the resources behind it."""

    criterion: Criterion
    state: str
    because: tuple[str, ...]  # references of resources
    why: tuple[str, ...]  # sentences for explain; may hold text of the record


@dataclass(frozen=True)
class Assessment:
    """One guideline held against one patient."""

    guideline: Guideline
    reasons: tuple[Reason, ...]
    row: str
    recommendation: str
    indicator: str
    today: date
    nation: Nation
    fusions: tuple[AssayedFusion, ...] = ()  # the deciding result first, then what disagrees
    diagnoses: tuple[Diagnosis, ...] = ()
    therapies: tuple[Therapy, ...] = ()
    treatments: tuple[Therapy, ...] = ()  # other treatments on record, newest first; they decide
    # nothing: a clinician judges whether a satisfactory option is left
    cancers: tuple[Cancer, ...] = ()  # other active cancers on record
    resistance: tuple[OtherVariant, ...] = ()
    gaps: tuple[Gap, ...] = ()
    unread: tuple[Unread, ...] = ()  # the relevant ones
    doubts: tuple[Doubt, ...] = ()  # why the diagnosis is not established
    notes: tuple[Note, ...] = ()
    access: tuple[AccessPosition, ...] = ()

    @property
    def states(self) -> dict[str, str]:
        """State by criterion id."""
        return {reason.criterion.id: reason.state for reason in self.reasons}

    def state(self, kind: CriterionKind) -> str:
        """State of the criterion of a kind."""
        return next(r.state for r in self.reasons if r.criterion.kind is kind)
