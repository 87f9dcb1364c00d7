"""Assessment -> every criterion with state, resources and reasons; also where no card results."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from cds_service.domain import (
    NOT_KNOWN,
    STATES,
    Assessment,
    Criterion,
    Reason,
    Row,
)

WIDTH = 88

_NO_CARD = {
    "nothing": "no card is shown: what was read rules this guideline out",
    "insufficient-data": "nothing can be said: too little could be read",
}


def explain(assessment: Assessment) -> dict[str, Any]:
    """The whole reasoning as plain JSON; sentences may hold text of the record."""
    guideline = assessment.guideline
    return {
        "guideline": guideline.id,
        "version": guideline.version,
        "title": guideline.title,
        "today": assessment.today.isoformat(),
        "nation": assessment.nation.value,
        "recommendation": assessment.recommendation,
        "row": assessment.row,
        "conclusion": _conclusion(assessment),
        "criteria": [_criterion(reason) for reason in assessment.reasons],
        "notChecked": list(_not_checked(assessment)),
        "overdue": list(_overdue(assessment)),
    }


def explain_text(assessment: Assessment) -> str:
    """The same for a terminal; control characters of the record are taken out."""
    told = explain(assessment)
    blocks = [
        [f"{told['title']} ({told['guideline']} {told['version']})"],
        [f"On {told['today']}, {told['nation']}: {told['recommendation']}."],
        *(_criterion_lines(criterion) for criterion in told["criteria"]),
        [told["conclusion"]],
        _list_lines("Not checked:", told["notChecked"], "everything that was asked for was read"),
        _list_lines("Past its review date:", told["overdue"], "nothing"),
    ]
    return "\n\n".join("\n".join(_wrapped(block)) for block in blocks) + "\n"


def _criterion(reason: Reason) -> dict[str, Any]:
    return {
        "id": reason.criterion.id,
        "title": reason.criterion.title,
        "state": reason.state,
        "because": list(reason.because),
        "why": list(reason.why),
    }


def _conclusion(assessment: Assessment) -> str:
    """Which row fired, on what, and what follows."""
    row = next((row for row in assessment.guideline.table if row.id == assessment.row), None)
    decisive = _decisive(assessment, row) if row is not None else []
    grounds = f", because {' and '.join(decisive)}" if decisive else ""
    follows = _NO_CARD.get(
        assessment.recommendation, f"the recommendation is {assessment.recommendation}"
    )
    return f"Row {assessment.row} of the decision table is the first that fits{grounds}: {follows}."


def _decisive(assessment: Assessment, row: Row) -> list[str]:
    """The criteria that this row asks about, with the states that were found."""
    states = assessment.states
    return [
        f"{criterion.id} is {states[criterion.id]!r}"
        for criterion in assessment.guideline.criteria
        if _asks(row, criterion)
    ]


def _asks(row: Row, criterion: Criterion) -> bool:
    return row.when.get(criterion.id, frozenset(STATES[criterion.kind])) != frozenset(
        STATES[criterion.kind]
    )


def _not_checked(assessment: Assessment) -> Iterable[str]:
    for gap in assessment.gaps:
        yield f"{gap.key.value}: {_plain(gap.why.value)}"
    for item in assessment.unread:
        yield f"{item.source.reference} ({item.criterion.value}): {_plain(item.why.value)}"
    for reason in assessment.reasons:
        if reason.state == NOT_KNOWN:
            yield f"{reason.criterion.id}: {NOT_KNOWN}"


def _overdue(assessment: Assessment) -> Iterable[str]:
    source = assessment.guideline.source
    if assessment.guideline.overdue(assessment.today):
        yield f"{source.publisher}, {source.title}: review was due {source.next_review_due}"
    for position in assessment.access:
        for event in position.events:
            if event.overdue(assessment.today):
                yield f"{position.drug}, {event.body} {event.document}: due {event.next_review}"


def _criterion_lines(criterion: dict[str, Any]) -> list[str]:
    lines = [f"{criterion['title']}: {criterion['state']}"]
    lines += [f"  - {sentence}" for sentence in criterion["why"]]
    if criterion["because"]:
        lines.append(f"  resources: {', '.join(criterion['because'])}")
    return lines


def _list_lines(heading: str, items: list[str], otherwise: str) -> list[str]:
    if not items:
        return [f"{heading} {otherwise}."]
    return [heading, *(f"  - {item}" for item in items)]


def _wrapped(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        shown = "".join(character if character.isprintable() else " " for character in line)
        indent = " " * (len(shown) - len(shown.lstrip()) + 2)
        yield from textwrap.wrap(shown, WIDTH, subsequent_indent=indent) or [""]


def _plain(name: str) -> str:
    return name.replace("-", " ")
