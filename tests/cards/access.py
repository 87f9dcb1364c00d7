"""Access events that belong to no real body's list: England has some, no other nation has any."""

from __future__ import annotations

from datetime import date
from typing import Any

from cds_service.domain import AccessEvent, AccessPosition, Guideline, Nation

TODAY = date(2026, 11, 22)


def event(name: str, drug: str, nation: Nation, happened: date, **values: Any) -> AccessEvent:
    """A dated event of a drug; what a test does not care about is filled in."""
    given: dict[str, Any] = {
        "kind": "recommended",
        "body": "NICE",
        "document": name.upper(),
        "link": "",
        "text": "Recommended under managed access conditions.",
        "last_checked": TODAY,
    }
    return AccessEvent(name, drug, nation, happened, **(given | values))


NEW_EVENT = event(
    "new1",
    "entrectinib",
    Nation.ENGLAND,
    date(2026, 1, 7),
    link="new",
    text="No recommendation could be made; people already on it may continue.",
    disagrees=("genotes-ntrk-mesothelioma",),
)
OLD_EVENT = event("old1", "larotrectinib", Nation.ENGLAND, date(2020, 5, 27), link="old")
REVIEW_EVENT = event(
    "review1",
    "larotrectinib",
    Nation.ENGLAND,
    date(2025, 8, 4),
    text="Review announced; outcome unknown to this service.",
    next_review=date(2026, 5, 21),
)


def positions(guideline: Guideline, nation: Nation, today: date) -> tuple[AccessPosition, ...]:
    """England has events for both drugs, no other nation has any."""
    found = []
    for drug in guideline.drugs:
        events = [
            item
            for item in (NEW_EVENT, REVIEW_EVENT, OLD_EVENT)
            if (item.drug, item.nation) == (drug, nation) and item.happened <= today
        ]
        events.sort(key=lambda item: item.happened, reverse=True)
        overdue = any(item.overdue(today) for item in events)
        disagreement = next((item for item in events if guideline.id in item.disagrees), None)
        found.append(AccessPosition(drug, nation, tuple(events), overdue, disagreement))
    return tuple(found)
