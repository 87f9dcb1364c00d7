"""Tokens as public clients of CDS Hooks write them, each with its own habits."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwk, jws

TYPED_BY_HAND = "https://cds.trust.example/cds-services/ntrk-mesothelioma/"


@dataclass(frozen=True)
class Ehr:
    """One client: who it says it is, its key, and what it puts into a token."""

    iss: str
    key: jwk.ECKey | jwk.RSAKey
    algorithm: str
    key_set: str  # where its keys can be read
    lifetime: int = 300  # seconds
    extra: Mapping[str, Any] = field(default_factory=dict)
    audience: str = ""  # '' means the exact address that is called
    not_before: int | None = None  # seconds before it is issued

    def token(self, address: str, **changes: Any) -> str:
        """A token for one call."""
        now = int(time.time())
        claims = {
            "iss": self.iss,
            "aud": self.audience or address,
            "iat": now,
            "exp": now + self.lifetime,
            "jti": str(uuid.uuid4()),
            **self.extra,
        }
        if self.not_before is not None:
            claims["nbf"] = now - self.not_before
        header = {
            "alg": self.algorithm,
            "typ": "JWT",
            "kid": self.key.kid,
            "jku": self.key_set,
        }
        payload = json.dumps(claims | changes).encode()
        return jws.serialize_compact(header, payload, self.key, algorithms=[self.algorithm])

    def public(self) -> dict[str, Any]:
        """The public half of its key."""
        return dict(self.key.as_dict(private=False))


def sandbox(base: str) -> Ehr:
    """The CDS Hooks Sandbox: ES384, exp = iat + 300, no sub and no nbf; here with our own key."""
    kid = "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f"
    key = jwk.ECKey.generate_key("P-384", {"kid": kid, "use": "sig"}, private=True)
    return Ehr("https://sandbox.cds-hooks.org", key, "ES384", f"{base}/sandbox.json")


def epic(base: str) -> Ehr:
    """Epic: RS384, nbf five minutes early, sub, 900 seconds, an audience that a person typed."""
    key = jwk.RSAKey.generate_key(2048, {"kid": "epic-1", "use": "sig"}, private=True)
    return Ehr(
        "https://ehr.trust.example/FHIR/api/FHIR/R4",
        key,
        "RS384",
        f"{base}/epic.json",
        lifetime=900,
        extra={"sub": "3f4b5c6d-client-id"},
        audience=TYPED_BY_HAND,
        not_before=300,
    )


def oracle(base: str) -> Ehr:
    """Oracle Health: one issuer for all its customers, told apart by tenant."""
    key = jwk.ECKey.generate_key("P-384", {"kid": "oracle-1", "use": "sig"}, private=True)
    extra = {"tenant": "ec2458f2-tenant"}
    return Ehr("https://cds-hooks.cerner.com", key, "ES384", f"{base}/oracle.json", extra=extra)


def request_generator(base: str) -> Ehr:
    """mcode/request-generator: the issuer is its own address on the developer's machine."""
    key = jwk.ECKey.generate_key("P-384", {"kid": "zGe0-ours", "use": "sig"}, private=True)
    return Ehr("http://localhost:3000", key, "ES384", f"{base}/generator.json")
