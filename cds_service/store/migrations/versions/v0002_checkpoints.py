"""The first tables -> checkpoints of purges, patients' numbers, feedback that knows its card."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# Of answers that are there already: whether a decision of their site made the card.
_KNOWN = """
UPDATE feedback SET known_card = :yes WHERE EXISTS (
    SELECT 1 FROM decision
    WHERE decision.card_uuid = feedback.card AND decision.site = feedback.site
)
"""


def upgrade() -> None:
    """Add two tables and a column."""
    op.create_table(
        "checkpoint",
        sa.Column("writer", sa.String(64), primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("purged_at", sa.String(40), nullable=False),
    )
    op.create_table(
        "patient",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("patient_id", sa.Text, primary_key=True),
        sa.Column("nhs_number", sa.Text, nullable=False),
        sa.Column("seen_at", sa.String(40), nullable=False),
    )
    known = sa.Column("known_card", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("feedback", known)
    op.execute(sa.text(_KNOWN).bindparams(yes=True))
