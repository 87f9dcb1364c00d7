"""Knowledge and a day -> how old every guideline and access event is, and what is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cds_service.domain import AccessEvent, Guideline
from cds_service.knowledge.access import in_force
from cds_service.knowledge.loaded import Knowledge


@dataclass(frozen=True)
class ReportLine:
    """One dated piece of knowledge on one day."""

    kind: str  # 'guideline', 'review' or 'access'
    id: str
    title: str
    dated: date  # last reviewed, or the day of the event
    age_days: int
    checked: date | None  # when this project last looked; None for our own review
    next_review: date | None  # None: not stated
    overdue: bool
    replaced: bool = False

    def text(self) -> str:
        """The line as printed."""
        due = self.next_review.isoformat() if self.next_review else "not stated"
        checked = f", checked {self.checked.isoformat()}" if self.checked else ""
        flag = "OVERDUE" if self.overdue else "replaced" if self.replaced else "ok"
        dated = f"dated {self.dated.isoformat()} ({self.age_days} days)"
        return f"{flag:8} {self.kind:9} {self.title}: {dated}{checked}, next review {due}"


@dataclass(frozen=True)
class Report:
    """What `knowledge report` prints."""

    today: date
    lines: tuple[ReportLine, ...]

    @property
    def overdue(self) -> tuple[ReportLine, ...]:
        """The lines that are past their review date."""
        return tuple(line for line in self.lines if line.overdue)


def report(knowledge: Knowledge, today: date) -> Report:
    """Every guideline and every access event that has happened, with age and overdue flag."""
    lines: list[ReportLine] = []
    for guideline in knowledge.guidelines:
        lines += _guideline_lines(guideline, today)
    happened = [event for event in knowledge.access if event.happened <= today]
    current = {event.id for event in in_force(happened)}
    lines += [_event_line(event, today, event.id in current) for event in happened]
    return Report(today, tuple(lines))


def _guideline_lines(guideline: Guideline, today: date) -> list[ReportLine]:
    source, review = guideline.source, guideline.review
    lines = [
        ReportLine(
            kind="guideline",
            id=guideline.id,
            title=f"{source.publisher}: {source.title}",
            dated=source.last_reviewed,
            age_days=(today - source.last_reviewed).days,
            checked=source.last_checked,
            next_review=source.next_review_due,
            overdue=guideline.overdue(today),
        )
    ]
    if review.last_reviewed:
        due = review.next_review_due
        lines.append(
            ReportLine(
                kind="review",
                id=guideline.id,
                title=f"our review of {guideline.id} {guideline.version}",
                dated=review.last_reviewed,
                age_days=(today - review.last_reviewed).days,
                checked=None,
                next_review=due,
                overdue=due is not None and today > due,
            )
        )
    return lines


def _event_line(event: AccessEvent, today: date, in_force_today: bool) -> ReportLine:
    return ReportLine(
        kind="access",
        id=event.id,
        title=f"{event.drug}, {event.nation}: {event.body} {event.document} ({event.kind})",
        dated=event.happened,
        age_days=(today - event.happened).days,
        checked=event.last_checked,
        next_review=event.next_review,
        overdue=in_force_today and event.overdue(today),
        replaced=not in_force_today,
    )
