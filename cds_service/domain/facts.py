"""What was read in one patient's record: plain, frozen, printable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cds_service.domain.states import (
    Assay,
    Certainty,
    CriterionKind,
    DataKey,
    Origin,
    Presence,
)
from cds_service.domain.why import GapWhy, UnreadWhy, Why


@dataclass(frozen=True)
class Source:
    """The resource behind a fact."""

    reference: str  # 'Observation/o1', relative
    status: str = ""  # as sent
    date: str = ""  # ISO 8601 date, possibly partial; '' when not stated
    recorded: datetime | None = None  # meta.lastUpdated, else issued: which version is newer
    identifiers: frozenset[tuple[str, str]] = frozenset()  # (system, value)
    laboratory: str = ""  # performer's display, as sent: sanitise before showing
    version: str = ""  # meta.versionId


@dataclass(frozen=True)
class Gene:
    """A gene of a value set, or a family of which the member was not named ('NTRK')."""

    symbol: str
    members: frozenset[str]  # {'NTRK1'}; {'NTRK1', 'NTRK2', 'NTRK3'} for the family

    @property
    def is_family(self) -> bool:
        """True where the report does not say which member it is."""
        return len(self.members) > 1


@dataclass(frozen=True)
class Tie:
    """Which tumour the specimen, body site, focus or report of a result names."""

    diagnoses: frozenset[str] = frozenset()  # value sets whose disease or site is named
    another: str = ""  # what names a tumour of none of them, as sent; '' where nothing does


NO_TIE = Tie()


@dataclass(frozen=True)
class Cancer:
    """An active malignant disease on record, primary as far as the entry says."""

    source: Source
    name: str = ""  # as sent: sanitise before showing
    diagnoses: frozenset[str] = frozenset()  # value sets that name it


@dataclass(frozen=True)
class AssayedFusion:
    """What one result says of a fusion of one gene in this patient (VICC: AssayedFusion)."""

    gene: Gene
    presence: Presence
    source: Source
    certainty: Certainty | None = None  # None unless presence is detected or indeterminate
    partner: str = ""  # symbol as sent, sanitise before showing; '' when not identified
    five_prime: str = ""  # '' when the order is not stated
    three_prime: str = ""
    origin: Origin = Origin.NOT_STATED
    assays: frozenset[Assay] = frozenset()
    specimen: str = ""  # reference or identifier of the stated specimen; '' when not stated
    why: tuple[Why, ...] = ()  # why not stronger
    shape: str = ""  # which way it was written: 'shape-4', 'shape-13', ...
    frame: str = ""  # 'in frame', 'out of frame' or '' when not stated
    outcome_alternative: bool = False  # NHS outcome code 412 on its report
    sentence: str = ""  # for facts read from text: the sentence, for explain only
    tie: Tie = NO_TIE  # which tumour it is from, as far as stated


@dataclass(frozen=True)
class OtherVariant:
    """An alteration of a gene of interest that is not a fusion."""

    gene: Gene
    change: str  # protein change such as 'G595R', or '' when only the kind is known
    kind: str  # 'other variant', ...
    presence: Presence
    source: Source
    origin: Origin = Origin.NOT_STATED


class Match(StrEnum):
    """How a Condition or Observation names a diagnosis of a value set."""

    INCLUDE = "include"  # a code of the include list
    REVIEW = "review"  # a code of the review list
    TEXT = "text"  # named in text or display only
    DENY = "deny"  # a code of the deny list, and nothing stronger


@dataclass(frozen=True)
class Diagnosis:
    """A Condition (or histology Observation) that names a diagnosis of a value set."""

    value_set: str
    match: Match
    source: Source
    clinical: str = ""  # clinicalStatus code, '' when missing, 'invalid' when no FHIR code
    verification: str = ""  # verificationStatus code, likewise
    qualifiers: frozenset[str] = frozenset()  # 'suspected', 'history', 'family', 'negated', ...
    contradiction: bool = False  # code and display disagree
    name: str = ""  # our own display of the matched code, or 'mesothelioma'
    histology: bool = False  # an Observation, not a Condition


@dataclass(frozen=True)
class Therapy:
    """A medication of a value set, requested, stated or administered."""

    value_set: str
    drug: str  # our own display
    status: str
    intent: str  # '' except for requests
    source: Source
    started: str = ""  # ISO 8601 date, possibly partial: given, taken or ordered from this day
    ended: str = ""  # '' when not stated


@dataclass(frozen=True)
class Unread:
    """A resource that looked relevant and could not be read, and why."""

    source: Source
    criterion: CriterionKind  # what it could have told us about
    why: UnreadWhy


@dataclass(frozen=True)
class Silent:
    """A readable result that looked relevant and states nothing of a fusion."""

    reference: str
    why: str  # for explain: 'karyotype only', 'another person's sample', ...


@dataclass(frozen=True)
class Gap:
    """Data that was asked for and did not come, or came in part."""

    key: DataKey
    why: GapWhy


@dataclass(frozen=True)
class PatientRecord:
    """Everything that the rules may know of one patient."""

    alive: str
    fusions: tuple[AssayedFusion, ...] = ()
    variants: tuple[OtherVariant, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    therapies: tuple[Therapy, ...] = ()
    cancers: tuple[Cancer, ...] = ()  # every active cancer, the disease of a guideline included
    unread: tuple[Unread, ...] = ()
    gaps: tuple[Gap, ...] = ()
    conditions_read: int = 0  # Conditions of this patient, relevant or not
    genomic_results: int = 0  # genomic results that could be read, whatever they say
    silent: tuple[Silent, ...] = ()  # results that concern us and state no finding, and why
    broken: int = 0  # unreadable resources that were not relevant: counted only
    patient_source: Source | None = None
