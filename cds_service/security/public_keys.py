"""A JSON Web Key -> the public half, and the signatures it may check; anything else is refused."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwk
from joserfc.errors import JoseError

_OF_CURVE = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
_OF_RSA = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
_RSA_BITS = range(2048, 8193)  # shorter is unsafe, longer is slow
_LONGEST_ID = 512


@dataclass(frozen=True)
class PublicKey:
    """One key of a set."""

    kid: str
    algorithms: frozenset[str]  # what it may check; its use, operations and 'alg' count
    key: jwk.RSAKey | jwk.ECKey = field(repr=False)

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> PublicKey:
        """Only the public members are looked at; ValueError says what is wrong with the key."""
        kid = said.get("kid")
        if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_ID:
            raise ValueError("expected a kid")
        operations = said.get("key_ops", ["verify"])
        if not isinstance(operations, list) or "verify" not in operations:
            raise ValueError("its key_ops leave out verify")
        if said.get("use", "sig") != "sig":
            raise ValueError("its use is not sig")
        fitting = _algorithms(said)
        if "alg" in said:
            fitting &= {name for name in fitting if name == said["alg"]}
        if not fitting:
            raise ValueError("expected kty RSA, or EC on P-256, P-384 or P-521, and an alg of it")
        return cls(kid, fitting, _public(said))


def _algorithms(said: Mapping[str, Any]) -> frozenset[str]:
    if said.get("kty") == "RSA":
        return _OF_RSA
    curve = said.get("crv")
    known = said.get("kty") == "EC" and isinstance(curve, str) and curve in _OF_CURVE
    return frozenset({_OF_CURVE[str(curve)]}) if known else frozenset()


def _public(said: Mapping[str, Any]) -> jwk.RSAKey | jwk.ECKey:
    kind: type[jwk.RSAKey | jwk.ECKey] = jwk.RSAKey if said["kty"] == "RSA" else jwk.ECKey
    names = ("n", "e") if kind is jwk.RSAKey else ("crv", "x", "y")
    plain: dict[str, Any] = {"kty": said["kty"]}
    plain |= {name: said[name] for name in names if isinstance(said.get(name), str)}
    if kind is jwk.RSAKey and _bits(plain.get("n", "")) not in _RSA_BITS:
        raise ValueError(f"expected {_RSA_BITS[0]} to {_RSA_BITS[-1]} bits")
    try:
        return kind.import_key(plain)
    except (JoseError, ValueError, TypeError, KeyError):
        raise ValueError("its numbers are no public key") from None


def _bits(modulus: str) -> int:
    """Length of a number, before the library is asked to read it."""
    try:
        raw = base64.urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))
    except ValueError:
        return 0
    return int.from_bytes(raw).bit_length()
