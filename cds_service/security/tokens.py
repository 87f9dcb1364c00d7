"""A compact JWT and the address that was called -> the registered client that signed it.

The order is the one that the standard's best practices give: issuer, audience, times, tenant,
signature, and last the token's id, so that a forged token never uses up a real one's id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from joserfc import jws
from joserfc.errors import JoseError

from cds_service.clients import Client, Registry
from cds_service.errors import NotAuthenticated
from cds_service.security.compact import Claims, parts, seconds, text
from cds_service.security.public_keys import PublicKey

LEEWAY = 60  # seconds that two clocks may differ
# Any other name in the header is refused: a key or key address that the token brings along (jwk,
# x5u, x5c), or a rule that would change how the rest is read (crit, b64, zip, enc).
_HEADERS = frozenset({"alg", "kid", "typ", "jku", "x5t", "x5t#S256"})

Clock = Callable[[], float]  # seconds since 1970


class Keys(Protocol):
    """Where the public keys of a client come from."""

    def of(self, client: Client, kid: str) -> tuple[PublicKey, ...]:
        """Keys of this id; raises Unavailable where they cannot be had for the moment."""
        ...


class Seen(Protocol):
    """Which tokens were used."""

    def first(self, iss: str, jti: str, until: float) -> bool:
        """True for the first use of a token's id; it is kept until this time."""
        ...


@dataclass(frozen=True)
class Tokens:
    """Checks tokens against the registry; built once."""

    registry: Registry
    keys: Keys
    seen: Seen
    clock: Clock
    addresses: tuple[str, ...]  # base addresses under which this service is reached

    def client(self, token: str, path: str) -> Client:
        """The client whose token this is; raises NotAuthenticated with the reason."""
        header, claims = parts(token)
        iss, tenant = text(claims, "iss"), _tenant(claims)
        issued_by = self.registry.issued_by(iss)
        if not issued_by:
            raise NotAuthenticated("issuer-not-registered")
        # Where no client has the tenant, the token is refused for it in its turn, after the times.
        client = self.registry.of(iss, tenant)
        clients = (client,) if client else issued_by
        _audience(claims, {base + path for base in self.addresses}, clients)
        expires = self._times(claims, max(c.max_lifetime for c in clients))
        if client is None:
            raise NotAuthenticated("tenant-not-registered")
        self._signature(token, header, client)
        if not self.seen.first(iss, text(claims, "jti"), expires + LEEWAY):
            raise NotAuthenticated("replayed")
        return client

    def _times(self, claims: Claims, lifetime: float) -> float:
        """Every time is a finite number; returns when the token ends."""
        now, issued, ends = self.clock(), seconds(claims, "iat"), seconds(claims, "exp")
        if ends <= now - LEEWAY:
            raise NotAuthenticated("expired")
        if issued > now + LEEWAY:
            raise NotAuthenticated("issued-in-the-future")
        if not 0 < ends - issued <= lifetime:
            raise NotAuthenticated("lifetime")
        if "nbf" in claims and seconds(claims, "nbf") > now + LEEWAY:
            raise NotAuthenticated("not-yet-valid")
        return ends

    def _signature(self, token: str, header: Claims, client: Client) -> None:
        algorithm, kid = _header(header, client)
        keys = [key for key in self.keys.of(client, kid) if algorithm in key.algorithms]
        if len(keys) != 1:
            raise NotAuthenticated("key-not-unique" if keys else "key-not-known")
        try:
            jws.deserialize_compact(token, keys[0].key, registry=_Rules(algorithms=[algorithm]))
        except (JoseError, ValueError):
            raise NotAuthenticated("signature") from None


def _tenant(claims: Claims) -> str:
    return text(claims, "tenant") if "tenant" in claims else ""


def _audience(claims: Claims, addresses: set[str], clients: Sequence[Client]) -> None:
    """The exact address, as a text or as one of a list of texts."""
    accepted = addresses.union(*(client.audiences for client in clients))
    said = claims.get("aud")
    named = said if isinstance(said, list) else [said]
    if not all(isinstance(item, str) for item in named) or accepted.isdisjoint(named):
        raise NotAuthenticated("audience")


def _header(header: Claims, client: Client) -> tuple[str, str]:
    """Algorithm and key id: the client's algorithms only, and no key that the token brings."""
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in client.algorithms:
        raise NotAuthenticated("algorithm")
    if header.get("typ") != "JWT":
        raise NotAuthenticated("type")
    if header.keys() - _HEADERS:
        raise NotAuthenticated("header-not-understood")
    if "jku" in header and (not client.jwks or header["jku"] != client.jwks):
        raise NotAuthenticated("key-address-not-registered")
    return algorithm, text(header, "kid")


class _Rules(jws.JWSRegistry):
    """Some clients' key addresses are longer than the library expects of a header."""

    max_header_length = 4096
