"""Who may call this service: CDS_CLIENTS -> Registry of clients, read once at the start."""

from cds_service.clients.bases import Base
from cds_service.clients.loading import SANDBOX, load_registry
from cds_service.clients.registry import (
    ANYBODY,
    LOCAL_SITE,
    NOBODY,
    Client,
    Registry,
    open_registry,
)

__all__ = [
    "ANYBODY",
    "LOCAL_SITE",
    "NOBODY",
    "SANDBOX",
    "Base",
    "Client",
    "Registry",
    "load_registry",
    "open_registry",
]
