"""Who calls: the token of a request, the registry and the limits -> the client, or a refusal."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import g, request

from cds_service.clients import Client, Registry
from cds_service.doors.limits import Limits
from cds_service.errors import NotAuthenticated, TooManyRequests
from cds_service.security import FirstUse, Gate, Get, KeySets, SeenTokens, Tokens
from cds_service.settings import Settings

OVER_QUOTA = "over-quota"


class Callers:
    """Asked once by every address of the standard, before anything else is read."""

    def __init__(self, gate: Gate, limits: Limits) -> None:
        self._gate = gate
        self._limits = limits

    def caller(self, *, required: bool = True) -> Client:
        """The client of this request; it and the reason of a refusal are kept for the event.

        Raises NotAuthenticated, TooManyRequests, and Unavailable where keys cannot be read.
        """
        headers = request.headers.getlist("Authorization")
        try:
            g.client = self._gate.caller(headers, request.path, required=required)
        except NotAuthenticated as error:
            g.refused = error.reason
            self._limits.refusal(request.remote_addr or "", error)
            raise
        return self._within_quota(g.client)

    def _within_quota(self, client: Client) -> Client:
        try:
            self._limits.call(client)
        except TooManyRequests:
            g.refused = OVER_QUOTA
            raise
        return client


def key_sets(registry: Registry, get: Get) -> KeySets:
    """The keys of all clients; raises SettingsError for a pinned key that is none."""
    return KeySets(registry.clients, get, time.monotonic)


def callers_of(
    settings: Settings,
    registry: Registry,
    keys: KeySets,
    seconds: Callable[[], float],
    first_use: FirstUse,
) -> Callers:
    """The callers of a registry; 'seconds' since 1970 tells how old a token is.

    'first_use' asks all who share the store whether a token was used before.
    """
    seen = SeenTokens(seconds, first_use, strict=settings.jti_strict)
    tokens = Tokens(registry, keys, seen, seconds, addresses(settings))
    return Callers(Gate(registry, tokens), Limits(time.monotonic))


def addresses(settings: Settings) -> tuple[str, ...]:
    """Under which base addresses a token may name this service: the public one, as it is written.

    In development also those of this machine, since nobody sets an address there.
    """
    public = (settings.public_url,) if settings.public_url else ()
    local = (f"http://127.0.0.1:{settings.port}", f"http://localhost:{settings.port}")
    return public if settings.production else (*public, *local)
