"""Searches of a FHIR server -> data states by prefetch key, inside one wall-clock budget."""

from cds_service.fhir_client.server import Fetch, Server

__all__ = ["Fetch", "Server"]
