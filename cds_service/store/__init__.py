"""What must survive: decisions, feedback, request events, used tokens and patients' numbers.

The only package that imports SQLAlchemy. Nothing here knows Flask, FHIR or a guideline: records
come as plain JSON, and go as plain JSON.
"""

from cds_service.store.store import DurableStore, open_store

__all__ = ["DurableStore", "open_store"]
