"""What a template may see: strings that are already harmless, and yes or no."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """The deciding genomic result."""

    gene: str  # 'NTRK1', 'NTRK'
    partner: str  # '' when not identified
    term: str  # 'fusion', 'rearrangement', ...
    short: str  # for the summary: 'NTRK1 fusion (partner LMNA)'
    name: str  # for the detail: 'LMNA::NTRK1'
    reported_as_fusion: bool
    frame: str  # 'stated (in frame)' or 'not stated'; '' where the test cannot show one
    date: str
    laboratory: str
    status: str
    origin: str
    why: str  # why not surer; '' where nothing speaks against it
    disputed: bool  # another result says the opposite
    which_tumour: bool  # it is open which tumour it comes from
    otherwise_sure: bool  # and nothing else speaks against it


@dataclass(frozen=True)
class Diagnosis:
    """The deciding diagnosis."""

    name: str
    recorded: str  # 'active, confirmed'
    doubts: str  # 'recorded as provisional; ...', '' where established
    first_doubt: str
    more: int  # how many further entries name it


@dataclass(frozen=True)
class UnreadItem:
    """A relevant resource that could not be read."""

    about: str  # kind of the criterion: 'gene-fusion', 'diagnosis', ...
    name: str  # 'a genomic report of 2 October 2026'
    why: str


@dataclass(frozen=True)
class NotChecked:
    """What was not checked; gaps are never cut."""

    gaps: str  # '' when everything that was asked for came
    unread: tuple[UnreadItem, ...]  # the first of them
    unread_more: int
    questions: tuple[str, ...]  # criteria whose state is not known: 'alive', 'prior-therapy'

    @property
    def nothing(self) -> bool:
        """True when there is nothing to name."""
        return not (self.gaps or self.unread or self.questions)


@dataclass(frozen=True)
class Guidance:
    """The source document and its age."""

    publisher: str
    reviewed: str
    due: str
    overdue: bool
    judge: str  # what only a clinician can judge, in the guideline's words


@dataclass(frozen=True)
class Access:
    """The position on one drug."""

    drug: str
    events: str  # newest first: '7 January 2026, NICE TA1118: ...'; '' where none is known
    overdue: bool
    disagrees: str  # the body that now differs from the guidance, '' where none does


@dataclass(frozen=True)
class Prior:
    """What speaks for earlier treatment."""

    drug: bool
    resistance: bool
    said: tuple[tuple[str, str], ...]  # ('NTRK inhibitor already recorded', 'larotrectinib ...')


@dataclass(frozen=True)
class View:
    """Everything that a card template may use."""

    fusion: Finding | None
    others: str  # further results, '' where none
    diagnosis: Diagnosis | None
    states: dict[str, str]  # by kind of criterion
    no_condition: str  # a sentence, '' where a Condition is on record
    prior: Prior
    treatments: str  # other treatments on record, newest first; '' where none
    cancers: str  # other active cancers on record, '' where none
    not_checked: NotChecked
    guidance: Guidance
    nation: str
    access: tuple[Access, ...]
    approval: str
