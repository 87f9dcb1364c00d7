"""Keys, tokens and damaged tokens of synthetic clients: everything that an attacker could write."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from joserfc import jwk, jws

from tests.doors.bodies import SERVICE
from tests.doors.conftest import noon

NOW = int(noon().timestamp())
PUBLIC = "https://cds.trust.example"
AUDIENCE = PUBLIC + SERVICE
ISSUER = "https://ehr.trust.example"
KEY_SET = "https://ehr.trust.example/jwks.json"
TENANTS_ISSUER = "https://cloud.vendor.example"

Claims = dict[str, Any]
AnyKey = jwk.ECKey | jwk.RSAKey


@cache
def ec_key(kid: str = "ec", curve: str = "P-384") -> jwk.ECKey:
    """An EC key pair, the same one for the same arguments."""
    return jwk.ECKey.generate_key(curve, {"kid": kid, "use": "sig"}, private=True)


@cache
def rsa_key(kid: str = "rsa", bits: int = 2048) -> jwk.RSAKey:
    """An RSA key pair; the library warns of a short one, which is what a test wants it for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jwk.RSAKey.generate_key(bits, {"kid": kid, "use": "sig"}, private=True)


def public(key: AnyKey, **changes: Any) -> dict[str, Any]:
    """The public half, as a key set holds it."""
    said: dict[str, Any] = {**key.as_dict(private=False), **changes}
    return {name: value for name, value in said.items() if value is not None}


def claims(**changes: Any) -> Claims:
    """The claims of a good token; None leaves one out."""
    said: Claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": NOW,
        "exp": NOW + 300,
        "jti": "jti-of-a-good-token",
    }
    said |= changes
    return {name: value for name, value in said.items() if value is not None}


def header(**changes: Any) -> dict[str, Any]:
    """The header of a good token; None leaves a name out."""
    said = {"alg": "ES384", "typ": "JWT", "kid": "ec"} | changes
    return {name: value for name, value in said.items() if value is not None}


def encoded(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def part(value: object) -> str:
    """One part of a token: bytes as they are, anything else as JSON."""
    return encoded(value if isinstance(value, bytes) else json.dumps(value).encode())


def signature(signed: str, key: AnyKey, algorithm: str) -> bytes:
    """What the algorithm makes of the first two parts, whatever they say."""
    return jws.JWSRegistry.algorithms[algorithm].sign(signed.encode(), key)


def forged(head: object, body: object, key: AnyKey | None = None, algorithm: str = "ES384") -> str:
    """A token of any header and body, rightly signed."""
    signed = f"{part(head)}.{part(body)}"
    return f"{signed}.{encoded(signature(signed, key or ec_key(), algorithm))}"


def token(**changes: Any) -> str:
    """A good token, but for the claims that are changed."""
    return forged(header(), claims(**changes))


def headed(**changes: Any) -> str:
    """A good token, but for the names of the header that are changed."""
    return forged(header(**changes), claims())


def resigned(change: Callable[[bytes], bytes], **changes: Any) -> str:
    """A good token whose signature was changed."""
    signed = f"{part(header(**changes))}.{part(claims())}"
    return f"{signed}.{encoded(change(signature(signed, ec_key(), 'ES384')))}"


def by_shared_key(secret: bytes, head: Mapping[str, Any], digest: str = "sha384") -> str:
    """A token with a MAC where the signature should be."""
    signed = f"{part(dict(head))}.{part(claims())}"
    return f"{signed}.{encoded(hmac.new(secret, signed.encode(), digest).digest())}"


def bearer(text: str) -> dict[str, str]:
    """The header of a call with this token."""
    return {"Authorization": f"Bearer {text}"}


def named_after(text: str) -> str:
    """An id of its own for every text."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
