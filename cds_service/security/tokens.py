"""A compact JWT and the address that was called -> the registered client that signed it.

The order is the one that the standard's best practices give: issuer, audience, times, tenant,
signature, and last the token's id, so that a forged token never uses up a real one's id.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from joserfc import jwk, jws
from joserfc.errors import JoseError

from cds_service.clients import Client, Registry
from cds_service.domain import RepeatedKeys
from cds_service.errors import NotAuthenticated, RequestError
from cds_service.strict_json import parse

LEEWAY = 60  # seconds that two clocks may differ
LONGEST = 16 * 1024  # characters of a token; more is refused unread
_LONGEST_ID = 512
_HEADERS = frozenset({"alg", "kid", "typ", "jku"})  # a header with any other name is refused
_FAMILY = {"RS": "RSA", "PS": "RSA", "ES": "EC"}
_CURVE = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
_LEAST_RSA = 2048  # bits

Key = Mapping[str, Any]
Clock = Callable[[], float]  # seconds since 1970


class Keys(Protocol):
    """Where the public keys of a client come from."""

    def of(self, client: Client, kid: str) -> tuple[Key, ...]:
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
        header, claims = _parts(token)
        client = self._issuer(header, claims)
        _audience(claims, {base + path for base in self.addresses} | set(client.audiences))
        expires = self._times(client, claims)
        _header(header, client)
        kid = header["kid"]
        if not any(_verifies(token, key, header["alg"]) for key in self.keys.of(client, kid)):
            raise NotAuthenticated("signature")
        jti = _text(claims, "jti")
        if not self.seen.first(client.iss, jti, expires + LEEWAY):
            raise NotAuthenticated("replayed")
        return client

    def _issuer(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> Client:
        tenant = claims.get("tenant", "")
        if not isinstance(tenant, str):
            raise NotAuthenticated("tenant")
        client = self.registry.of(_text(claims, "iss"), tenant)
        if client is None:
            raise NotAuthenticated("issuer-or-tenant-not-registered")
        return client

    def _times(self, client: Client, claims: Mapping[str, Any]) -> float:
        """Every time is a finite number; returns when the token ends."""
        now, issued, ends = self.clock(), _time(claims, "iat"), _time(claims, "exp")
        if ends <= now - LEEWAY:
            raise NotAuthenticated("expired")
        if issued > now + LEEWAY:
            raise NotAuthenticated("issued-in-the-future")
        if ends <= issued or ends - issued > client.max_lifetime:
            raise NotAuthenticated("lifetime")
        if "nbf" in claims and _time(claims, "nbf") > now + LEEWAY:
            raise NotAuthenticated("not-yet-valid")
        return ends


def _parts(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3 or not all(parts):
        raise NotAuthenticated("not-a-compact-token")
    return _json(parts[0]), _json(parts[1])


def _json(part: str) -> Mapping[str, Any]:
    """One part, strictly: canonical base64url without padding, one JSON object, no key twice."""
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        value = parse(raw)
    except (binascii.Error, ValueError, RequestError):
        raise NotAuthenticated("not-a-compact-token") from None
    canonical = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    if canonical != part or not isinstance(value, dict) or isinstance(value, RepeatedKeys):
        raise NotAuthenticated("not-a-compact-token")
    return value


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID:
        raise NotAuthenticated(name)
    return value


def _time(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise NotAuthenticated(name)
    return float(value)


def _audience(claims: Mapping[str, Any], accepted: set[str]) -> None:
    """The exact address, as a text or as one of a list of texts."""
    said = claims.get("aud")
    named = said if isinstance(said, list) else [said]
    if not all(isinstance(item, str) for item in named) or not accepted & set(named):
        raise NotAuthenticated("audience")


def _header(header: Mapping[str, Any], client: Client) -> None:
    """No algorithm but the client's, no key or key address that the token brings along."""
    if header.get("alg") not in client.algorithms:
        raise NotAuthenticated("algorithm")
    if header.get("typ") != "JWT":
        raise NotAuthenticated("type")
    if header.keys() - _HEADERS:
        raise NotAuthenticated("header-not-understood")
    if "jku" in header and (not client.jwks or header["jku"] != client.jwks):
        raise NotAuthenticated("key-address-not-registered")
    _text(header, "kid")


def _verifies(token: str, key: Key, algorithm: str) -> bool:
    """True when this key may check this kind of signature, and it holds."""
    if not _fits(key, algorithm):
        return False
    plain = {name: value for name, value in key.items() if name != "alg"}
    try:
        public = _imported(plain)
        jws.deserialize_compact(token, public, registry=_Rules(algorithms=[algorithm]))
    except (JoseError, ValueError, TypeError):
        return False
    return True


def _fits(key: Key, algorithm: str) -> bool:
    """Family, curve, use, operations and algorithm of the key, where it states them."""
    operations = key.get("key_ops")
    return (
        key.get("kty") == _FAMILY[algorithm[:2]]
        and key.get("crv") == _CURVE.get(algorithm)
        and key.get("use", "sig") == "sig"
        and (operations is None or (isinstance(operations, list) and "verify" in operations))
        and key.get("alg", algorithm) == algorithm
    )


def _imported(key: dict[str, Any]) -> jwk.RSAKey | jwk.ECKey:
    if key["kty"] == "EC":
        return jwk.ECKey.import_key(key)
    public = jwk.RSAKey.import_key(key)
    if public.raw_value.key_size < _LEAST_RSA:
        raise ValueError("the key is too short")
    return public


class _Rules(jws.JWSRegistry):
    """Some clients' key addresses are longer than the library expects of a header."""

    max_header_length = 4096
