"""A connection, given by 'upgrade' -> the changes that are due, in the transaction that is open."""

from __future__ import annotations

from alembic import context

from cds_service.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
