"""knowledge/access/<drug>.toml -> dated events, and the position that they give on one day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from cds_service.domain import AccessEvent, AccessPosition, Guideline, Link, Nation
from cds_service.knowledge.files import Document, Problems, entries, read_toml
from cds_service.knowledge.links import refuse_unknown_link
from cds_service.knowledge.places import Folder
from cds_service.knowledge.schemas import fits

FOLDER = "access"
NOT_STATED = "not stated"


def read_access(
    root: Folder, links: Mapping[str, Link], problems: Problems
) -> tuple[tuple[AccessEvent, ...], frozenset[str]]:
    """All events, and the drugs of which a file exists (which may hold no event)."""
    events: list[AccessEvent] = []
    drugs = []
    for name in entries(root / FOLDER, ".toml"):
        file = f"{FOLDER}/{name}"
        drugs.append(name.removesuffix(".toml"))
        document = read_toml(root, file, problems)
        if document is None or not fits(document, "access", file, problems):
            continue
        if document["drug"] != drugs[-1]:
            problems.add(file, "drug", f"{document['drug']!r}: expected the name of the file")
        found = _events(document, file, problems)
        _refuse_misfits(found, events, links, file, problems)
        events += found
    return tuple(events), frozenset(drugs)


def _events(document: Document, file: str, problems: Problems) -> list[AccessEvent]:
    found = []
    for number, event in enumerate(document["events"]):
        stated = event["next_review"]
        try:
            review = None if stated == NOT_STATED else date.fromisoformat(stated)
        except ValueError:
            problems.add(file, f"events[{number}].next_review", f"{stated!r}: no such day")
            review = None
        found.append(_event(document, event, review))
    return found


def _event(document: Document, event: Document, review: date | None) -> AccessEvent:
    return AccessEvent(
        id=event["id"],
        drug=document["drug"],
        nation=Nation(event["nation"]),
        happened=date.fromisoformat(event["happened"]),
        kind=event["kind"],
        body=event["body"],
        document=event["document"],
        link=event["link"],
        text=event["text"],
        last_checked=date.fromisoformat(document["last_checked"]),
        replaces=tuple(event.get("replaces", ())),
        next_review=review,
        disagrees=tuple(event.get("disagrees", ())),
    )


def _refuse_misfits(
    found: Sequence[AccessEvent],
    others: Sequence[AccessEvent],
    links: Mapping[str, Link],
    file: str,
    problems: Problems,
) -> None:
    seen = {event.id for event in others}
    for number, event in enumerate(found):
        field = f"events[{number}]"
        refuse_unknown_link(event.link, links, file, f"{field}.link", problems)
        if event.id in seen:
            problems.add(file, f"{field}.id", f"{event.id!r} stands twice; expected once")
        seen.add(event.id)
        if event.happened > event.last_checked:
            problems.add(file, f"{field}.happened", "expected a day not after last_checked")
        if event.next_review is not None and event.next_review < event.happened:
            problems.add(file, f"{field}.next_review", "expected a day not before happened")
        _refuse_replacement(event, found, file, field, problems)


def _refuse_replacement(
    event: AccessEvent, found: Sequence[AccessEvent], file: str, field: str, problems: Problems
) -> None:
    ended = {
        other.id
        for other in found
        if other.nation is event.nation and other.happened < event.happened
    }
    for name in event.replaces:
        if name not in ended:
            message = f"{name!r}: expected an earlier event of this drug and nation"
            problems.add(file, f"{field}.replaces", message)


def refuse_unknown_guidelines(
    events: Sequence[AccessEvent], guidelines: Sequence[str], problems: Problems
) -> None:
    """Note an event that says it disagrees with a guideline which does not exist."""
    for event in events:
        for name in event.disagrees:
            if name not in guidelines:
                file = f"{FOLDER}/{event.drug}.toml"
                problems.add(file, f"{event.id}.disagrees", f"{name!r}: expected a guideline id")


def position(
    events: Sequence[AccessEvent], drug: str, guideline: str, nation: Nation, today: date
) -> AccessPosition:
    """What is in force for a drug in a nation on a day, newest first."""
    happened = [
        event
        for event in events
        if event.drug == drug and event.nation is nation and event.happened <= today
    ]
    current = in_force(happened)
    return AccessPosition(
        drug=drug,
        nation=nation,
        events=current,
        overdue=any(event.overdue(today) for event in current),
        disagreement=next((event for event in current if guideline in event.disagrees), None),
    )


def in_force(happened: Sequence[AccessEvent]) -> tuple[AccessEvent, ...]:
    """Events that no other of them replaces, newest first."""
    ended = {name for event in happened for name in event.replaces}
    current = [event for event in happened if event.id not in ended]
    return tuple(sorted(current, key=lambda event: event.happened, reverse=True))


def positions(
    events: Sequence[AccessEvent], guideline: Guideline, nation: Nation, today: date
) -> tuple[AccessPosition, ...]:
    """One position for each drug of a guideline, in the guideline's order."""
    return tuple(position(events, drug, guideline.id, nation, today) for drug in guideline.drugs)
