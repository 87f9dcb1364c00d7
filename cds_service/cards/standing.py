"""Guidance, access positions and approval -> how old they are and what they say today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cds_service.cards import view
from cds_service.cards.findings import Length, listed
from cds_service.cards.phrases import Phrases
from cds_service.cards.sanitise import line, written
from cds_service.domain import AccessEvent, AccessPosition, Approval, Assessment, Guideline


def guidance(assessment: Assessment) -> view.Guidance:
    """The source document with its own dates."""
    source = assessment.guideline.source
    return view.Guidance(
        publisher=source.publisher,
        reviewed=written(source.last_reviewed),
        due=written(source.next_review_due),
        overdue=assessment.guideline.overdue(assessment.today),
        judge="; ".join(assessment.guideline.clinician_judges),
    )


def access(assessment: Assessment, length: Length) -> tuple[view.Access, ...]:
    """The positions of the day, the drug with the newest event first, unknown ones last."""
    newest_first = sorted(assessment.access, key=_newest, reverse=True)
    return tuple(_position(position, length.terse) for position in newest_first)


def approval_of(guideline: Guideline, approvals: Sequence[Approval]) -> Approval | None:
    """The site's approval of exactly this version with exactly this content."""
    wanted = (guideline.id, guideline.version, guideline.content_hash)
    found = (a for a in approvals if (a.guideline, a.version, a.content_hash) == wanted)
    return next(found, None)


def approval_line(approval: Approval | None, phrases: Phrases, length: Length) -> str:
    """The last line of every card; without who approved where a card is full."""
    if approval is None:
        return phrases.of("approval", "missing")
    given = phrases.of("approval", "given")
    if length.terse:
        return f"{given}: {approval.approved_on.isoformat()}."
    who = f"{line(approval.role)}, {line(approval.site)}"
    return f"{given}: {who}, {written(approval.approved_on)}."


def _newest(position: AccessPosition) -> date:
    return max((event.happened for event in position.events), default=date.min)


def _position(position: AccessPosition, terse: bool) -> view.Access:
    events = sorted(position.events, key=lambda event: event.happened, reverse=True)
    later = position.disagreement
    return view.Access(
        drug=position.drug,
        events=listed([_event(event, terse) for event in events], 1 if terse else 3),
        overdue=position.overdue,
        disagrees=later.body if later is not None else "",
    )


def _event(event: AccessEvent, terse: bool) -> str:
    text = event.text.rstrip(".")
    # One word instead of three.
    when = event.happened.isoformat() if terse else written(event.happened)
    named = event.document.startswith(event.body)  # 'SMC2295' says whose it is
    return f"{when}, {event.document if named else f'{event.body} {event.document}'}: {text}"
