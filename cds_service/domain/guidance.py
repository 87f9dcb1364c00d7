"""The rule, its sources and the words that reading recognises: knowledge/ as frozen types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cds_service.codes import Code
from cds_service.domain.states import CriterionKind, Nation


@dataclass(frozen=True)
class Entry:
    """One concept of a value set."""

    code: Code
    display: str
    listing: str  # 'include', 'review', 'deny', or the set's own list name
    source: str  # where the code was read
    verified: bool
    words: tuple[str, ...] = ()  # names to match as whole words


@dataclass(frozen=True)
class ValueSet:
    """A FHIR ValueSet: each code stands in one list only (loading refuses otherwise)."""

    id: str
    title: str
    entries: tuple[Entry, ...]
    _index: Mapping[Code, Entry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {entry.code: entry for entry in self.entries})

    def entry(self, code: Code) -> Entry | None:
        """The entry of a normalised code, whichever list it stands in."""
        return self._index.get(code)

    def listed(self, listing: str) -> tuple[Entry, ...]:
        """All entries of one list."""
        return tuple(entry for entry in self.entries if entry.listing == listing)


@dataclass(frozen=True, eq=False)  # compared by identity: what was compiled from it is kept
class Vocabulary:
    """What reading needs to recognise: the value sets of all guidelines and the lexicon."""

    genes: tuple[ValueSet, ...]
    diagnoses: tuple[ValueSet, ...]
    therapies: tuple[ValueSet, ...]
    resistance: tuple[ValueSet, ...]
    sets: Mapping[str, ValueSet]  # all value sets by id
    lexicon: Mapping[str, tuple[str, ...]]  # phrases by class (knowledge/lexicon.toml)
    treatments: tuple[ValueSet, ...] = ()  # listed on cards, deciding nothing


@dataclass(frozen=True)
class Link:
    """An address of knowledge/links.toml; '' where no verified address is known."""

    id: str
    label: str
    url: str
    status: str


@dataclass(frozen=True)
class Document:
    """The source document of a guideline."""

    publisher: str  # 'NHS GeNotes'
    title: str
    link: str  # id in links.toml
    home: str  # id in links.toml, for card.source.url
    last_reviewed: date
    next_review_due: date
    last_checked: date  # when this project last looked
    authors: tuple[str, ...]
    reviewers: tuple[str, ...]


@dataclass(frozen=True)
class Review:
    """Who stands behind the rule here. No person is invented: a draft names nobody."""

    status: str  # 'draft' or 'active'
    author: str = ""
    checker: str = ""
    last_reviewed: date | None = None
    next_review_due: date | None = None


@dataclass(frozen=True)
class Criterion:
    """One column of the decision table."""

    id: str
    kind: CriterionKind
    title: str
    value_set: str = ""
    resistance: str = ""


@dataclass(frozen=True)
class Row:
    """One row of the decision table; the first that fits wins."""

    id: str
    when: Mapping[str, frozenset[str]]  # criterion id -> states that fit
    recommendation: str
    indicator: str  # 'info', 'warning', 'critical'; '' where no card is shown

    def fits(self, states: Mapping[str, str]) -> bool:
        """True when every criterion is in a state of this row."""
        return all(states[criterion] in fitting for criterion, fitting in self.when.items())


@dataclass(frozen=True)
class Guideline:
    """A rule as data: source, criteria, table."""

    id: str
    version: str
    title: str
    topic: str
    source: Document
    review: Review
    criteria: tuple[Criterion, ...]
    table: tuple[Row, ...]
    drugs: tuple[str, ...]  # whose access positions the cards show
    links: tuple[str, ...]  # ids in links.toml shown on every card
    clinician_judges: tuple[str, ...]  # always left to the clinician, never computed
    content_hash: str  # SHA-256 of the canonical JSON of guideline, value sets and templates
    treatments: str = ""  # value set of treatments that a card lists; '' lists none

    def overdue(self, today: date) -> bool:
        """Past the source's own review date: words change, never the recommendation."""
        return today > self.source.next_review_due


@dataclass(frozen=True)
class AccessEvent:
    """What a national body said of a drug on a day."""

    id: str
    drug: str
    nation: Nation
    happened: date
    kind: str  # 'recommended', 'accepted', 'terminated', 'review'
    body: str  # 'NICE', 'SMC'
    document: str  # 'TA630'
    link: str  # id in links.toml
    text: str  # in our own words
    last_checked: date
    replaces: tuple[str, ...] = ()  # ids of events that it ends
    next_review: date | None = None  # None: not stated by the source, never overdue
    disagrees: tuple[str, ...] = ()  # ids of guidelines whose source it contradicts

    def overdue(self, today: date) -> bool:
        """Past a review date that the source states."""
        return self.next_review is not None and today > self.next_review


@dataclass(frozen=True)
class AccessPosition:
    """The position on one drug in one nation on one day, newest event first."""

    drug: str
    nation: Nation
    events: tuple[AccessEvent, ...]  # empty: position not known to this service
    overdue: bool
    disagreement: AccessEvent | None = None  # the later event that contradicts the guidance


@dataclass(frozen=True)
class Approval:
    """A site's statement that it approved one version of one guideline, by content."""

    guideline: str
    version: str
    content_hash: str
    approved_by: str
    role: str
    approved_on: date
    site: str
