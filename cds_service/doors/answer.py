"""A Call -> the CDS Hooks answer: the one way that the hook door and the command line share."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from cds_service.cards import Names
from cds_service.clients import ANYBODY, Client, Registry, open_registry
from cds_service.domain import (
    NONE,
    NOT_KNOWN,
    Approval,
    Assessment,
    CriterionKind,
    DataState,
    Gap,
    GapWhy,
    Missing,
    Nation,
    Received,
)
from cds_service.doors import outcome
from cds_service.doors.envelope import Call
from cds_service.doors.fetching import Arrived, Fetching
from cds_service.doors.rights import readable
from cds_service.fhir_client import Fetch, Key, Server
from cds_service.identity import Caller, card_uuid, decision_key
from cds_service.knowledge import Knowledge
from cds_service.reading.bundle import Selected
from cds_service.reading.fhir_json import kind
from cds_service.service import assess_patient
from cds_service.settings import Settings

NOT_ENOUGH = "insufficient-data"
COULD_NOT_CHECK = "could-not-check"
Assess = Callable[
    [Sequence[Received], Sequence[Gap], date, Nation, Knowledge], tuple[Assessment, ...]
]


def fetch_nothing(
    server: Server, wanted: Mapping[Key, str], seconds: float
) -> dict[Key, DataState]:
    """A door that reads no FHIR server, such as a file's, says so of every key."""
    return {key: Missing(GapWhy.NOT_FETCHED) for key in wanted}


class Cards(Protocol):
    """What turns an assessment into a card (cds_service.cards.CardWriter)."""

    def card(
        self,
        assessment: Assessment,
        names: Names,
        patient_id: str,
        *,
        unavailable_as_card: bool = False,
    ) -> dict[str, Any] | None:
        """A card, or None where none is shown."""
        ...

    def replacement(self, assessment: Assessment, names: Names) -> dict[str, Any] | None:
        """The fixed could-not-check card, None where no card would be shown."""
        ...

    def failures(self) -> int:
        """How many cards were replaced because they could not be written."""
        ...


class Memory(Protocol):
    """What is remembered of earlier calls and answers, and counts in this one."""

    def dismissed(self, site: str, cards: Sequence[str]) -> frozenset[str]:
        """Those of the cards that their user dismissed with a reason; none where unknown."""
        ...

    def nhs_number(self, site: str, patient_id: str) -> str:
        """The NHS number that came with this patient id before; '' where none is known."""
        ...

    def remember_patient(self, site: str, patient_id: str, nhs_number: str) -> None:
        """Keep which number a patient id belongs to."""
        ...


@dataclass(frozen=True)
class Desk:
    """Everything that is the same for every call."""

    settings: Settings
    knowledge: Knowledge
    cards: Cards
    fetch: Fetch = fetch_nothing
    assess: Assess = assess_patient
    approvals: tuple[Approval, ...] = ()
    registry: Registry = field(default_factory=open_registry)


@dataclass(frozen=True)
class Learned:
    """What is known once the rules were held against a patient, before a word is written."""

    arrived: Arrived
    selected: Selected
    caller: Caller
    assessments: tuple[Assessment, ...]


@dataclass(frozen=True)
class Decided:
    """One assessment, and what was said of it."""

    assessment: Assessment
    names: Names
    card: dict[str, Any] | None = None  # None where none was made
    held_back: bool = False  # the card was made, and this user had dismissed it


@dataclass(frozen=True)
class Answer:
    """What goes back, and what is behind it."""

    status: int
    body: dict[str, Any]
    learned: Learned
    decided: tuple[Decided, ...]
    fetched: tuple[str, ...] = ()  # how each query and read of the FHIR server ended

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """One for each guideline."""
        return self.learned.assessments

    @property
    def left_out(self) -> int:
        """Resources of other patients: dropped, named on the card, audited."""
        return self.learned.selected.dropped


def answer(
    call: Call,
    desk: Desk,
    today: date,
    nation: Nation,
    learned: Callable[[Learned], None] = lambda _: None,
    client: Client = ANYBODY,
    memory: Memory | None = None,
) -> Answer:
    """Read, assess and speak; nothing in here decides what is said of a patient.

    What was learned is told before anything is written, so that the door still has it if writing
    fails.
    """
    server = readable(call, client, desk.registry) if call.fhir_server else None
    fetching = Fetching(call, server, desk.fetch, desk.settings)
    arrived, selected, endings = fetching.record(desk.knowledge.vocabulary)
    assessments = desk.assess(selected.resources, selected.gaps, today, nation, desk.knowledge)
    caller = Caller(
        secret=desk.settings.secret,
        site=client.site,
        patient_key=_patient_key(call.patient_id, selected, client.site, memory),
        user_id=call.user_id,
    )
    known = Learned(arrived, selected, caller, assessments)
    learned(known)
    nothing_known = all(a.recommendation == NOT_ENOUGH for a in assessments)
    if assessments and nothing_known and not desk.settings.unavailable_as_card:
        status, body = outcome.of_insufficient(assessments)
        decided = tuple(Decided(a, names_of(a, caller)) for a in assessments)
        return Answer(status, body, known, decided, endings)
    # Past the 412, a guideline for which nothing could be read says so on a card.
    decided = tuple(_decided(a, desk, caller, call.patient_id) for a in assessments)
    if desk.settings.hold_back and caller.user_id and memory:
        decided = _without_dismissed(decided, caller.site, memory)
    body = {"cards": [item.card for item in decided if item.card and not item.held_back]}
    return Answer(200, body, known, decided, endings)


def _patient_key(patient_id: str, selected: Selected, site: str, memory: Memory | None) -> str:
    """The NHS number, or the id; a call without the Patient names its decision like one with it."""
    number = selected.nhs_number
    if memory and number:
        memory.remember_patient(site, patient_id, number)
    elif memory and not any(kind(item.json) == "Patient" for item in selected.resources):
        number = memory.nhs_number(site, patient_id)
    return number or patient_id


def _decided(assessment: Assessment, desk: Desk, caller: Caller, patient_id: str) -> Decided:
    names = names_of(assessment, caller)
    card = desk.cards.card(assessment, names, patient_id, unavailable_as_card=True)
    return Decided(assessment, names, card)


def _without_dismissed(
    decided: Sequence[Decided], site: str, memory: Memory
) -> tuple[Decided, ...]:
    """A card has the name of its facts and its user: new facts are a card nobody dismissed."""
    named = {item.card["uuid"]: item for item in decided if item.card and _may_wait(item)}
    gone = memory.dismissed(site, tuple(named)) if named else frozenset()
    away = [named[card] for card in gone]
    return tuple(replace(item, held_back=True) if item in away else item for item in decided)


def _may_wait(decided: Decided) -> bool:
    """A fusion that could not be followed up is told every time, whoever dismissed it."""
    says = decided.card["source"]["topic"]["code"] if decided.card else ""
    found = decided.assessment.state(CriterionKind.GENE_FUSION) not in (NONE, NOT_KNOWN)
    return not (says == COULD_NOT_CHECK and found)


def replacements(learned: Learned, desk: Desk) -> tuple[Decided, ...]:
    """Fixed could-not-check cards for facts that were known when the service failed."""
    named = ((a, Names(uuid.uuid4().hex, str(uuid.uuid4()))) for a in learned.assessments)
    written = (Decided(a, names, desk.cards.replacement(a, names)) for a, names in named)
    return tuple(decided for decided in written if decided.card)


def names_of(assessment: Assessment, caller: Caller) -> Names:
    """Decision key and card uuid of an assessment for this caller."""
    key = decision_key(assessment, caller)
    return Names(decision=key, uuid=card_uuid(key, caller))
