"""A call and its client -> the FHIR server that may be read with its token, or why none may."""

from __future__ import annotations

from cds_service.clients import Base, Client, Registry
from cds_service.domain import GapWhy
from cds_service.doors.envelope import Call
from cds_service.errors import NotAllowed
from cds_service.fhir_client import Server


def readable(call: Call, client: Client, registry: Registry) -> Server | GapWhy:
    """The server to read from, or the name of the gap.

    Raises NotAllowed where the issuer is bound to other servers.
    """
    try:
        base = Base.parse(call.fhir_server)
    except ValueError:
        base = None
    if base is None or not registry.may_read(client, base):
        if client.fhir_servers:
            raise NotAllowed("fhirServer: not a server that is registered for this client.")
        return GapWhy.NOT_REGISTERED
    grant = call.grant
    if grant.patient and grant.patient.removeprefix("Patient/") != call.patient_id:
        return GapWhy.TOKEN_OF_ANOTHER
    if not grant.access_token and not registry.open:
        return GapWhy.NO_TOKEN
    return Server(call.fhir_server, grant.access_token, grant.scope, client.ca)
