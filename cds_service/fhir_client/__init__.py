"""Searches of a FHIR server -> data states by prefetch key, inside one wall-clock budget."""

from cds_service.fhir_client.breaker import Breakers
from cds_service.fhir_client.client import FhirClient
from cds_service.fhir_client.documents import Documents
from cds_service.fhir_client.literal import below
from cds_service.fhir_client.server import Fetch, Key, Server
from cds_service.fhir_client.transport import Document

__all__ = ["Breakers", "Document", "Documents", "Fetch", "FhirClient", "Key", "Server", "below"]
