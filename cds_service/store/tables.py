"""The tables of the store, as the newest migration leaves them; docs/operations.md describes them.

Times are text in ISO 8601 with offset UTC, so that both databases sort and show them alike.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

# One row for each assessment in which fusion or diagnosis is not none. 'record' holds the hashed
# bytes as text; the columns beside it repeat what queries ask for.
DECISIONS = Table(
    "decision",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("writer", String(64), nullable=False),
    Column("seq", BigInteger, nullable=False),  # from 1, without a hole, in each chain
    Column("time", String(40), nullable=False),  # of the decision
    Column("stored_at", String(40), nullable=False),  # later where it waited in the spool
    Column("site", Text, nullable=False),
    Column("guideline", Text, nullable=False),
    Column("recommendation", Text, nullable=False),
    Column("decision_key", String(64), nullable=False),
    Column("card_uuid", String(36), nullable=False),  # '' where no card was made
    Column("held_back", Boolean, nullable=False),
    Column("record", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),  # 64 zeros at the start of a chain
    Column("hash", String(64), nullable=False),
    UniqueConstraint("writer", "seq", name="decision_of_a_chain"),
    Index("decision_by_card", "card_uuid"),
    Index("decision_by_time", "site", "time"),
)

# What a site chose to keep so that a decision can be repeated; its digest stands in the record.
INPUTS = Table(
    "decision_input",
    METADATA,
    Column("decision", String(36), primary_key=True),
    Column("content", LargeBinary, nullable=False),  # JSON, compressed with zlib
)

# The newest link of each chain: a chain that was cut short does not end in it.
CHAINS = Table(
    "chain",
    METADATA,
    Column("writer", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

# What a purge leaves of a chain: the last link that it took away.
CHECKPOINTS = Table(
    "checkpoint",
    METADATA,
    Column("writer", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("purged_at", String(40), nullable=False),
)

# One row for each call, without anything of the patient.
EVENTS = Table(
    "request_event",
    METADATA,
    Column("id", String(36), primary_key=True),  # the correlation id of the answer
    Column("time", String(40), nullable=False),
    Column("stored_at", String(40), nullable=False),
    Column("site", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("event", Text, nullable=False),  # all of it, as JSON
    Index("request_event_by_time", "site", "time"),
)

# What clinicians answered, as events: several answers to one card are several rows.
FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, unique=True),  # of what makes an answer the same
    Column("site", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("card", String(64), nullable=False),
    Column("known_card", Boolean, nullable=False),  # a decision of this site made it
    Column("outcome", String(16), nullable=False),
    Column("outcome_timestamp", String(64), nullable=False),
    Column("received_at", String(40), nullable=False),
    Column("reason_system", Text, nullable=False),
    Column("reason_code", Text, nullable=False),
    Column("item", Text, nullable=False),  # as it came, as JSON; a comment may speak of the patient
    Index("feedback_by_card", "card"),
    Index("feedback_by_time", "site", "received_at"),
)

# Ids of tokens that were used, until the tokens end.
SEEN_TOKENS = Table(
    "seen_token",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("until", Float, nullable=False),  # seconds since 1970
    Index("seen_token_by_end", "until"),
)

# Which patient id of a site belongs to which NHS number.
PATIENTS = Table(
    "patient",
    METADATA,
    Column("site", Text, primary_key=True),
    Column("patient_id", Text, primary_key=True),
    Column("nhs_number", Text, nullable=False),
    Column("seen_at", String(40), nullable=False),
)
