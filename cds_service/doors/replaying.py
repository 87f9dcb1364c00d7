"""A decision record and the input kept for it -> the same decision once more, or why not.

The rules and templates are found by their content hash: those that are loaded, else a release.
Day, nation, namespace, approval and access events are those of the record, never today's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from cds_service.cards import CardWriter
from cds_service.domain import Approval, Assessment, Link, Nation
from cds_service.doors import kept_input
from cds_service.doors.about import service_version
from cds_service.doors.answer import NOT_ENOUGH, Decided, names_of
from cds_service.doors.kept_input import Kept, spelled
from cds_service.doors.records import said, secret_id
from cds_service.errors import InputError, KnowledgeError
from cds_service.identity import Caller
from cds_service.knowledge import Folder, Knowledge, load, releases
from cds_service.service import assess_patient
from cds_service.settings import Settings
from cds_service.strict_json import parse
from cds_service.tasks import task

Record = Mapping[str, Any]


class Verdict(StrEnum):
    """How a replay ended."""

    SAME = "same"
    DIFFERS = "differs"
    NOT_REPEATABLE = "cannot be repeated"


@dataclass(frozen=True)
class Replayed:
    """One line for people, and what was decided anew where that was possible."""

    verdict: Verdict
    why: str
    assessment: Assessment | None = None


class _Stuck(Exception):
    """Why a decision cannot be repeated."""


@dataclass(frozen=True)
class _Rules:
    """One guideline with all that decides what it says."""

    knowledge: Knowledge
    cards: Folder
    found: str


class Replayer:
    """Repeats decisions; what one needed is kept for the next."""

    def __init__(self, settings: Settings, knowledge: Folder, cards: Folder) -> None:
        self._settings = settings
        self._folder = knowledge
        self._loaded = _Rules(load(knowledge, cards), cards, "as loaded")
        self._rules: dict[tuple[str, str], _Rules] = {}
        self._writers: dict[tuple[Any, ...], CardWriter] = {}

    def replay(self, record: Record, content: bytes) -> Replayed:
        """The decision anew, held against its record and the card that was sent."""
        try:
            kept = self._kept(record, content)
            rules = self._rules_of(record)
            decided, again = self._decided(record, kept, rules)
        except _Stuck as stuck:
            return Replayed(Verdict.NOT_REPEATABLE, str(stuck))
        except (LookupError, TypeError, ValueError):
            return Replayed(Verdict.NOT_REPEATABLE, "the record lacks what is needed")
        places = [*_differences(record, again, ""), *_card_differences(kept.card, decided.card)]
        if places:
            why = f"the decision differs at {places[0]}"
            return Replayed(Verdict.DIFFERS, why, decided.assessment)
        what = "no card was made" if not kept.card else "the card is the same, byte for byte"
        why = f"{what}; {record['guideline']} {record['version']} {rules.found}"
        return Replayed(Verdict.SAME, why, decided.assessment)

    def _kept(self, record: Record, content: bytes) -> Kept:
        for why in _obstacles(record, content, self._settings.secret):
            raise _Stuck(why)
        try:
            return kept_input.read(content)
        except InputError as error:
            raise _Stuck(str(error)) from None

    def _rules_of(self, record: Record) -> _Rules:
        wanted = str(record["guideline"]), str(record["contentHash"])
        if wanted not in self._rules:
            self._rules[wanted] = self._find(*wanted)
        return self._rules[wanted]

    def _find(self, guideline: str, content_hash: str) -> _Rules:
        found = _only(self._loaded, guideline, content_hash)
        if found:
            return found
        try:
            for old in releases(self._folder):
                if (old.guideline, old.content_hash) == (guideline, content_hash):
                    return _Rules(old.load(), old.cards, "as released")
        except KnowledgeError as error:
            raise _Stuck(f"a release cannot be read: {error.problems[0]}") from None
        raise _Stuck(f"neither loaded nor released: {guideline} with content hash {content_hash}")

    def _decided(self, record: Record, kept: Kept, rules: _Rules) -> tuple[Decided, Record]:
        knowledge = replace(rules.knowledge, access=kept.access)
        selected = kept.arrived.selected()
        today, nation = date.fromisoformat(record["today"]), Nation(record["nation"])
        parts = (selected.resources, selected.gaps, today, nation, knowledge)
        (assessment,) = assess_patient(*parts)
        names = names_of(assessment, self._caller(record, selected.nhs_number))
        card = None
        if assessment.recommendation != NOT_ENOUGH or kept.card:  # else the answer was a 412
            patient = kept.arrived.patient.id
            writer = self._writer(record, kept, rules)
            card = writer.card(assessment, names, patient, unavailable_as_card=True)
        decided = Decided(assessment, names, card)
        return decided, said(decided, selected.resources, _approvals(kept))

    def _caller(self, record: Record, nhs_number: str) -> Caller:
        """The store may have known the number of a patient whose Patient did not come."""
        return Caller(
            secret=self._settings.secret,
            site=record["site"],
            patient_key=nhs_number or record["patientKey"],
            user_id=record["userId"],
        )

    def _writer(self, record: Record, kept: Kept, rules: _Rules) -> CardWriter:
        links = {**rules.knowledge.links, **kept.links}
        shown = tuple(sorted(links.items()))
        key = (record["contentHash"], record["namespace"], kept.approval, shown)
        if key not in self._writers:
            self._writers[key] = self._new_writer(record, kept, rules, links)
        return self._writers[key]

    def _new_writer(
        self, record: Record, kept: Kept, rules: _Rules, links: Mapping[str, Link]
    ) -> CardWriter:
        try:
            return CardWriter(
                rules.cards,
                guidelines=rules.knowledge.guidelines,
                links=links,
                systems=rules.knowledge.systems,
                positions=rules.knowledge.positions,
                namespace=record["namespace"],
                approvals=_approvals(kept),
                service_version=record["service"],
                task=task,
            )
        except KnowledgeError as error:
            raise _Stuck(f"its card templates are refused: {error.problems[0]}") from None


def _obstacles(record: Record, content: bytes, secret: bytes) -> Iterator[str]:
    """What no knowledge could mend."""
    if record.get("failed"):
        yield "the service failed in this call, and showed a card that says so"
    if "input" not in record:
        yield "its input was not kept (CDS_KEEP_INPUT)"
    elif not content:
        yield "the input that was kept for it is gone"
    elif kept_input.digest(content) != record["input"]:
        yield "the kept input is not the one that the record names: its digest differs"
    if record["service"] != service_version():
        yield f"it was made by version {record['service']}; this is {service_version()}"
    if record["secretId"] != secret_id(secret):
        yield f"it was made with another secret ({record['secretId']}) than CDS_SECRET"


def _only(rules: _Rules, guideline: str, content_hash: str) -> _Rules | None:
    """The rules without the other guidelines that are loaded beside this one."""
    mine = (guideline, content_hash)
    found = [g for g in rules.knowledge.guidelines if (g.id, g.content_hash) == mine]
    if not found:
        return None
    return replace(rules, knowledge=replace(rules.knowledge, guidelines=tuple(found)))


def _approvals(kept: Kept) -> tuple[Approval, ...]:
    return (kept.approval,) if kept.approval else ()


def _card_differences(sent: str, card: Mapping[str, Any] | None) -> Iterator[str]:
    """Where the letters differ, by the place in the card; the values are nobody's business here."""
    made = spelled(card) if card else ""
    if made == sent:
        return
    if not made or not sent:
        yield "card"
        return
    places = list(_differences(parse(sent.encode()), card, "card"))
    yield from places or ["card (the order of its members)"]


def _differences(before: object, after: object, place: str) -> Iterator[str]:
    """Every place of 'after' that is not so in 'before'; further members of a record are not."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        names = [*after, *(name for name in before if place and name not in after)]
        for name in names:
            pair = before.get(name), after.get(name)
            yield from _differences(*pair, f"{place}.{name}".removeprefix("."))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, pair in enumerate(zip(before, after, strict=True)):
            yield from _differences(*pair, f"{place}[{number}]")
    elif before != after or type(before) is not type(after):
        yield place
