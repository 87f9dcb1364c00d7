"""Rightly signed tokens that are not for this service, this time or this client."""

from __future__ import annotations

import json

from tests.security.attacks_on_signatures import Make
from tests.security.makers import (
    AUDIENCE,
    ISSUER,
    NOW,
    PUBLIC,
    TENANTS_ISSUER,
    claims,
    ec_key,
    forged,
    header,
    token,
)


def _with(name: str, number: str) -> str:
    """A claim as no JSON writer would write it."""
    rest = json.dumps(claims(**{name: None}))[:-1]
    return forged(header(), f'{rest}, "{name}": {number}}}'.encode())


def _cloud(**said: object) -> str:
    return forged(header(kid="cloud"), claims(iss=TENANTS_ISSUER, **said), ec_key("cloud"))


_NOT_REGISTERED = "issuer-not-registered"
CLAIMS: dict[str, tuple[str, Make]] = {
    "iss of nobody": (_NOT_REGISTERED, lambda _: token(iss="https://nobody.example")),
    "iss missing": ("iss", lambda _: token(iss=None)),
    "iss empty": ("iss", lambda _: token(iss="")),
    "iss a list": ("iss", lambda _: token(iss=[ISSUER])),
    "iss a number": ("iss", lambda _: token(iss=1)),
    "iss in capitals": (_NOT_REGISTERED, lambda _: token(iss=ISSUER.upper())),
    "iss with a suffix": (_NOT_REGISTERED, lambda _: token(iss=f"{ISSUER}.evil.example")),
    "iss with a slash": (_NOT_REGISTERED, lambda _: token(iss=f"{ISSUER}/")),
    "iss with a space": (_NOT_REGISTERED, lambda _: token(iss=f" {ISSUER}")),
    "iss with a user": (_NOT_REGISTERED, lambda _: token(iss=f"{ISSUER}@evil.example")),
    "iss a prefix": (_NOT_REGISTERED, lambda _: token(iss=ISSUER[:-1])),
    "iss with NUL": (_NOT_REGISTERED, lambda _: token(iss=f"{ISSUER}\0")),
    "iss in look-alike letters": (_NOT_REGISTERED, lambda _: token(iss=ISSUER.replace("e", "е"))),
    "iss too long": ("iss", lambda _: token(iss="i" * 513)),
    "iss of another client with the wrong key": (
        "key-not-known",
        lambda _: token(iss=TENANTS_ISSUER, tenant="b"),
    ),
    "aud missing": ("audience", lambda _: token(aud=None)),
    "aud empty": ("audience", lambda _: token(aud="")),
    "aud an empty list": ("audience", lambda _: token(aud=[])),
    "aud a list of lists": ("audience", lambda _: token(aud=[[AUDIENCE]])),
    "aud with something that is no text": ("audience", lambda _: token(aud=[AUDIENCE, 1])),
    "aud an object": ("audience", lambda _: token(aud={AUDIENCE: 1})),
    "aud of another service": (
        "audience",
        lambda _: token(aud=f"{PUBLIC}/cds-services/another"),
    ),
    "aud of discovery": ("audience", lambda _: token(aud=f"{PUBLIC}/cds-services")),
    "aud of the feedback": ("audience", lambda _: token(aud=f"{AUDIENCE}/feedback")),
    "aud the base only": ("audience", lambda _: token(aud=PUBLIC)),
    "aud with a slash": ("audience", lambda _: token(aud=f"{AUDIENCE}/")),
    "aud with a query": ("audience", lambda _: token(aud=f"{AUDIENCE}?a=b")),
    "aud in capitals": ("audience", lambda _: token(aud=AUDIENCE.upper())),
    "aud by http": ("audience", lambda _: token(aud=AUDIENCE.replace("https", "http"))),
    "aud with a port": (
        "audience",
        lambda _: token(aud=AUDIENCE.replace("example", "example:443")),
    ),
    "aud of loopback, in production": (
        "audience",
        lambda _: token(aud=AUDIENCE.replace(PUBLIC, "http://127.0.0.1:8080")),
    ),
    "aud of the host that was called": (
        "audience",
        lambda _: token(aud=AUDIENCE.replace(PUBLIC, "http://localhost")),
    ),
    "aud with a star": ("audience", lambda _: token(aud=["*"])),
    "aud two in one text": ("audience", lambda _: token(aud=f"{AUDIENCE} {AUDIENCE}")),
    "exp missing": ("exp", lambda _: token(exp=None)),
    "exp in the past": ("expired", lambda _: token(iat=NOW - 400, exp=NOW - 100)),
    "exp a text": ("exp", lambda _: token(exp=str(NOW + 300))),
    "exp a date": ("exp", lambda _: token(exp="2026-11-22T12:05:00Z")),
    "exp true": ("exp", lambda _: token(exp=True)),
    "exp a list": ("exp", lambda _: token(exp=[NOW + 300])),
    "exp NaN": ("not-a-compact-token", lambda _: _with("exp", "NaN")),
    "exp Infinity": ("not-a-compact-token", lambda _: _with("exp", "Infinity")),
    "exp 1e999": ("not-a-compact-token", lambda _: _with("exp", "1e999")),
    "exp 1e308": ("lifetime", lambda _: _with("exp", "1e308")),
    "exp of 300 digits": ("lifetime", lambda _: _with("exp", "9" * 300)),
    "exp of 5000 digits": ("not-a-compact-token", lambda _: _with("exp", "9" * 5000)),
    "exp in Arabic digits": ("exp", lambda _: token(exp="١٧٩٥٣٤٨٨٠٠")),
    "exp far ahead": ("lifetime", lambda _: token(exp=NOW + 100_000)),
    "exp one second too far": ("lifetime", lambda _: token(exp=NOW + 301)),
    "exp in milliseconds": ("lifetime", lambda _: token(exp=(NOW + 300) * 1000)),
    "exp before iat": ("lifetime", lambda _: token(iat=NOW + 50, exp=NOW)),
    "iat missing": ("iat", lambda _: token(iat=None)),
    "iat a text": ("iat", lambda _: token(iat=str(NOW))),
    "iat in the future": ("issued-in-the-future", lambda _: token(iat=NOW + 120, exp=NOW + 200)),
    "iat far in the past": ("lifetime", lambda _: token(iat=0)),
    "iat -1e308": ("lifetime", lambda _: _with("iat", "-1e308")),
    "nbf in the future": ("not-yet-valid", lambda _: token(nbf=NOW + 120)),
    "nbf a text": ("nbf", lambda _: token(nbf=str(NOW))),
    "nbf true": ("nbf", lambda _: token(nbf=True)),
    "jti missing": ("jti", lambda _: token(jti=None)),
    "jti empty": ("jti", lambda _: token(jti="")),
    "jti a number": ("jti", lambda _: token(jti=7)),
    "jti too long": ("jti", lambda _: token(jti="j" * 513)),
    "jti of a megabyte": ("too-long", lambda _: token(jti="j" * 1_000_000)),
    "tenant of nobody": ("tenant-not-registered", lambda _: _cloud(tenant="z")),
    "tenant missing where tenants are told apart": ("tenant-not-registered", lambda _: _cloud()),
    "tenant in capitals": ("tenant-not-registered", lambda _: _cloud(tenant="B")),
    "tenant empty": ("tenant", lambda _: _cloud(tenant="")),
    "tenant a list": ("tenant", lambda _: _cloud(tenant=["b"])),
    "tenant named to a client that has none": (
        "tenant-not-registered",
        lambda _: token(tenant="b"),
    ),
    "claim twice": (
        "claim-twice",
        lambda _: forged(header(), json.dumps(claims()).replace("{", '{"iss": "x", ', 1).encode()),
    ),
    "claims a list": ("not-a-compact-token", lambda _: forged(header(), [claims()])),
    "claims a text": ("not-a-compact-token", lambda _: forged(header(), "text")),
    "claims null": ("not-a-compact-token", lambda _: forged(header(), None)),
    "claims not JSON": ("not-a-compact-token", lambda _: forged(header(), b"{iss: 1}")),
    "claims not UTF-8": ("not-a-compact-token", lambda _: forged(header(), b'{"iss": "\xff"}')),
    "claims in UTF-16": (
        "not-a-compact-token",
        lambda _: forged(header(), json.dumps(claims()).encode("utf-16")),
    ),
    "claims with a comment": (
        "not-a-compact-token",
        lambda _: forged(header(), json.dumps(claims()).encode() + b"//"),
    ),
    "claims nested without end": (
        "not-a-compact-token",
        lambda _: forged(header(), b'{"a":' * 2000 + b"1" + b"}" * 2000),
    ),
}
