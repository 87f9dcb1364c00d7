"""The states and closed lists of words that facts and rules are made of."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Presence(StrEnum):
    """Whether the laboratory found it (LOINC LL1971-2, NHS outcome codes)."""

    DETECTED = "detected"
    NOT_DETECTED = "not detected"
    INDETERMINATE = "indeterminate"
    NOT_ASSESSED = "not assessed"


class Certainty(StrEnum):
    """How sure a reported fusion is, strongest first."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    SCREENING = "screening"


class Origin(StrEnum):
    """Genomic source class (LOINC 48002-0); never guessed."""

    SOMATIC = "somatic"
    LIKELY_SOMATIC = "likely somatic"
    GERMLINE = "germline"
    UNCERTAIN = "uncertain"  # de novo, unknown origin
    NOT_STATED = "not stated"


class Assay(StrEnum):
    """Class of the test; recognised by words, never guessed."""

    RNA = "rna"
    DNA = "dna"
    FISH = "fish"
    IHC = "ihc"


class DataKey(StrEnum):
    """The prefetch keys; also the names of what could not be checked."""

    PATIENT = "patient"
    CONDITIONS = "conditions"
    OBSERVATIONS = "observations"
    LABORATORY = "laboratory"
    REPORTS = "diagnosticReports"
    REQUESTS = "medicationRequests"
    STATEMENTS = "medicationStatements"


class CriterionKind(StrEnum):
    """The closed list of what a guideline can ask; a new kind is a change in Python."""

    ALIVE = "alive"
    GENE_FUSION = "gene-fusion"
    DIAGNOSIS = "diagnosis"
    PRIOR_THERAPY = "prior-therapy"


# Statuses of results that count; a result of any other status is named, never believed
COUNTABLE = frozenset({"final", "amended", "corrected", "appended"})
RESULT_STATUSES = COUNTABLE | {
    "registered",
    "preliminary",
    "partial",
    "modified",
    "specimen-in-process",
    "cancelled",
    "entered-in-error",
}

NOT_KNOWN = "not known"
NONE = "none"

STATES: Mapping[CriterionKind, tuple[str, ...]] = {
    CriterionKind.ALIVE: ("deceased", "yes", NOT_KNOWN),
    CriterionKind.GENE_FUSION: ("confirmed", "unconfirmed", "screening", NONE, NOT_KNOWN),
    CriterionKind.DIAGNOSIS: ("established", "unconfirmed", NONE, NOT_KNOWN),
    CriterionKind.PRIOR_THERAPY: ("recorded", NONE, NOT_KNOWN),
}


class Nation(StrEnum):
    """Nation of the United Kingdom whose access positions are shown."""

    ENGLAND = "england"
    SCOTLAND = "scotland"
    WALES = "wales"
    NORTHERN_IRELAND = "northern-ireland"
