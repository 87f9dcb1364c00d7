"""Why something is not surer, not read or not there: ids whose words are in cards/phrases.toml."""

from __future__ import annotations

from enum import StrEnum


class Why(StrEnum):
    """Why a fusion is not confirmed; several may hold."""

    REARRANGEMENT = "rearrangement-term"
    TWO_GENES = "two-genes-without-term"
    WORDS_ONLY = "fusion-in-words-only"
    WRONG_PLACE = "gene-or-term-in-wrong-place"
    VALUE_MISSING = "value-missing"
    INDETERMINATE = "indeterminate"
    CODE_DISPLAY = "code-and-display-disagree"
    INTERPRETATION = "value-and-interpretation-disagree"
    NOT_TIED = "not-tied-to-a-tumour"
    ORIGIN_UNCERTAIN = "origin-uncertain"
    NOT_NUMBERED = "gene-not-numbered"
    OUT_OF_FRAME = "out-of-frame"
    ANTISENSE = "antisense"
    NOT_FUNCTIONAL = "not-functional"
    BREAK_APART = "break-apart-fish"
    SELF_FUSION = "self-fusion"
    FIVE_PRIME = "ntrk-is-five-prime"
    TEXT = "read-from-text"
    HEDGED = "hedged-in-text"
    UNCLEAR = "context-not-understood"
    HISTORICAL = "reported-as-history"
    OUTCOME_REVIEW = "outcome-code-asks-review"
    OUTCOME_SUPPRESS = "outcome-code-says-not-detected"
    SCREENING = "screening-test"
    DISAGREE = "results-disagree"
    WHICH_TUMOUR = "which-tumour"


class Doubt(StrEnum):
    """Why a diagnosis is not established; several may hold."""

    PROVISIONAL = "provisional"
    DIFFERENTIAL = "differential"
    UNCONFIRMED = "unconfirmed"
    SUSPECTED = "suspected"
    WORDS_ONLY = "named-in-words-only"
    STATUS_INVALID = "status-not-a-fhir-code"
    REVIEW_LIST = "code-of-the-review-list"
    REMISSION = "remission"
    RESOLVED = "resolved"
    INACTIVE = "inactive"
    HISTORY = "own-history"
    REFUTED_LATER = "refuted-in-a-later-condition"
    ALTERNATIVE = "report-suggests-another-diagnosis"
    CODE_DISPLAY = "code-and-display-disagree"


class UnreadWhy(StrEnum):
    """Why a resource that looked relevant could not be read."""

    STATUS = "status-unreadable"
    NO_SUBJECT = "no-subject"
    SUBJECT_UNCLEAR = "subject-unclear"
    INVALID = "not-valid-fhir"
    FHIR_VERSION = "fhir-version-not-read"
    NO_RESULT = "no-result-stated"
    TOO_DEEP = "nested-too-deep"
    REPEATED_KEY = "repeated-key"
    ATTACHMENT = "attachment-unreadable"
    NO_DRUG = "medication-not-resolved"


class GapWhy(StrEnum):
    """Why data that was asked for is missing or partial."""

    NOT_SENT = "not-sent"
    NOT_FETCHED = "not-fetched"
    NO_TOKEN = "no-token-for-the-server"
    TOKEN_OF_ANOTHER = "token-of-another-patient"
    NOT_REGISTERED = "server-not-registered"
    SCOPE = "scope-does-not-cover"
    REFUSED = "server-refused"
    NOT_REACHABLE = "server-not-reachable"
    TOO_SLOW = "server-too-slow"
    ANSWER_UNREADABLE = "answer-unreadable"
    ANSWER_TOO_LARGE = "answer-too-large"
    SERVER_PAUSED = "server-paused-after-failures"
    NOT_A_RESOURCE = "not-a-resource"
    OUTCOME = "server-answered-with-an-error"
    OUTCOME_ENTRY = "server-warned"
    NEXT_PAGE = "more-pages"
    FEWER_THAN_TOTAL = "fewer-than-total"
    OTHER_PATIENT = "held-another-patient"
    UNRESOLVED = "reference-not-resolved"
    NO_FILE = "no-file-of-this-type"


class Note(StrEnum):
    """Further facts that change words on the card, never the recommendation."""

    LIKELY_SOMATIC = "likely-somatic"
    PRIOR_DRUG = "prior-trk-inhibitor"
    PRIOR_RESISTANCE = "resistance-mutation"
    NO_CONDITION = "no-condition-on-record"
