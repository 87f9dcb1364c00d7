"""The registered clients -> who may call, from where, about which FHIR servers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cds_service.clients.bases import Base

LOCAL_SITE = "local"
DEFAULT_ALGORITHMS = ("ES384", "RS384")
DEFAULT_LIFETIME = 300
DEFAULT_QUOTA = 6000


@dataclass(frozen=True)
class Client:
    """One registered client of one site."""

    site: str  # the name in identities, logs and metrics
    iss: str = ""  # as in its tokens; '' for the open registry's own client
    jwks: str = ""  # address of its key set, the only one that a token may name
    keys: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)  # pinned: nobody is asked
    algorithms: tuple[str, ...] = DEFAULT_ALGORITHMS
    audiences: tuple[str, ...] = ()  # accepted beside the exact address called
    max_lifetime: int = DEFAULT_LIFETIME  # seconds from iat to exp
    tenants: tuple[str, ...] = ()  # empty: only tokens that name no tenant
    fhir_servers: tuple[Base, ...] = ()
    origins: tuple[str, ...] = ()  # of browsers, for CORS
    quota: int = DEFAULT_QUOTA  # calls per minute; 0: no limit
    ca: str = ""  # PEM file of the authorities that its servers are trusted by; '': the system's


@dataclass(frozen=True)
class Registry:
    """Everybody who may call."""

    clients: tuple[Client, ...] = ()
    open: bool = False  # development: callers are not asked who they are
    token_on_discovery: bool = False

    def issued_by(self, iss: str) -> tuple[Client, ...]:
        """All clients of an issuer, by its exact name."""
        return tuple(client for client in self.clients if client.iss == iss)

    def of(self, iss: str, tenant: str = "") -> Client | None:
        """The client of an issuer and tenant: the exact strings, nothing alike.

        One issuer may sign for many hospitals, so a tenant is never taken for somebody else's: a
        token that names one belongs to the client that lists it, any other to the one without.
        """
        mine = self.issued_by(iss)
        return next((c for c in mine if tenant in (c.tenants or ("",))), None)

    def may_read(self, client: Client, server: Base) -> bool:
        """True where a FHIR server is registered for this client; loopback in the open one."""
        if self.open and server.loopback:
            return True
        return any(base.covers(server) for base in client.fhir_servers)

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins of all clients."""
        return tuple(dict.fromkeys(o for client in self.clients for o in client.origins))


def open_registry() -> Registry:
    """Development without a registry: nobody is asked, and only this machine's servers are read."""
    return Registry(open=True)


ANYBODY = Client(site=LOCAL_SITE, quota=0)  # whoever calls the open registry
NOBODY = Client(site="-", quota=0)  # a call that needs no token and brought none
