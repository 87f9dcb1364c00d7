"""Authorization headers -> Client; every refusal says why to the log and nothing to the caller."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cds_service.clients import ANYBODY, NOBODY, Client, Registry
from cds_service.errors import NotAuthenticated

_SCHEME = "Bearer "  # as the standard writes it

Headers = Sequence[str]  # every Authorization header, in order


class Verifier(Protocol):
    """What checks a compact JWT."""

    def client(self, token: str, path: str) -> Client:
        """The client whose token this is; raises NotAuthenticated with the reason."""
        ...


class Gate:
    """Lets registered clients in; an open registry lets everybody in."""

    def __init__(self, registry: Registry, verifier: Verifier) -> None:
        self.registry = registry
        self._verifier = verifier

    def caller(self, headers: Headers, path: str, *, required: bool = True) -> Client:
        """Who calls this path: its client, or nobody where no token is required and none came."""
        if self.registry.open:
            return ANYBODY
        if not headers and not required:
            return NOBODY
        if len(headers) != 1:
            raise NotAuthenticated("no-token" if not headers else "several-authorization-headers")
        token = headers[0].removeprefix(_SCHEME)
        if token == headers[0] or not token:
            raise NotAuthenticated("not-a-bearer-token")
        return self._verifier.client(token, path)
