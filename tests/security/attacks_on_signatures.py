"""Tokens whose signature proves nothing, each with the reason that the log gives."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from tests.security.makers import (
    by_shared_key,
    claims,
    ec_key,
    encoded,
    forged,
    header,
    part,
    public,
    resigned,
    rsa_key,
    signature,
    token,
)

HALF = 48  # bytes of r and of s on P-384
ORDER = int(
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    16,
)
PEM = rsa_key().as_pem(private=False)
EC_PEM = ec_key().as_pem(private=False)
Make = Callable[[str], str]


def _unsigned(algorithm: object) -> str:
    return f"{part(header(alg=algorithm))}.{part(claims())}."


def _no_signature(algorithm: object, rest: bytes = b"x") -> str:
    return f"{part(header(alg=algorithm))}.{part(claims())}.{encoded(rest)}"


def _with_other_claims() -> str:
    """The signature of a good token under claims that it never signed."""
    head, _, signed = token().split(".")
    return f"{head}.{part(claims(jti='another', exp=claims()['exp'] - 1))}.{signed}"


def _with_other_header() -> str:
    _, body, signed = token().split(".")
    return f"{part(header(x5t='another'))}.{body}.{signed}"


def _numbers(r: int, s: int) -> Callable[[bytes], bytes]:
    return lambda _: r.to_bytes(HALF) + s.to_bytes(HALF)


def _der(raw: bytes) -> bytes:
    """The form that certificates have and tokens must not have."""
    numbers = [raw[:HALF].lstrip(b"\0"), raw[HALF:].lstrip(b"\0")]
    body = b"".join(
        bytes([2, len(n) + (n[0] >> 7)]) + (b"\0" if n[0] >> 7 else b"") + n for n in numbers
    )
    return bytes([0x30, len(body)]) + body


def _mac(secret: bytes, algorithm: str = "HS384", digest: str = "sha384") -> str:
    return by_shared_key(secret, header(alg=algorithm, kid="rsa"), digest)


SIGNATURES: dict[str, tuple[str, Make]] = {
    "alg none, no signature": ("not-a-compact-token", lambda _: _unsigned("none")),
    "alg none with something there": ("algorithm", lambda _: _no_signature("none")),
    "alg None": ("algorithm", lambda _: _no_signature("None")),
    "alg nOnE": ("algorithm", lambda _: _no_signature("nOnE")),
    "alg NONE": ("algorithm", lambda _: _no_signature("NONE")),
    "alg none with a space": ("algorithm", lambda _: _no_signature("none ")),
    "alg empty": ("algorithm", lambda _: _no_signature("")),
    "alg missing": ("algorithm", lambda _: _no_signature(None)),
    "alg a number": ("algorithm", lambda _: _no_signature(384)),
    "alg a list": ("algorithm", lambda _: _no_signature(["ES384"])),
    "alg an object": ("algorithm", lambda _: _no_signature({"ES384": 1})),
    "alg in lower case": ("algorithm", lambda _: forged(header(alg="es384"), claims())),
    "alg unknown": ("algorithm", lambda _: _no_signature("ES999")),
    "HS256 with the public key as PEM": ("algorithm", lambda _: _mac(PEM, "HS256", "sha256")),
    "HS384 with the public key as PEM": ("algorithm", lambda _: _mac(PEM)),
    "HS512 with the public key as PEM": ("algorithm", lambda _: _mac(PEM, "HS512", "sha512")),
    "HS384 with the PEM without its last line end": ("algorithm", lambda _: _mac(PEM.strip())),
    "HS384 with the PEM in CRLF": ("algorithm", lambda _: _mac(PEM.replace(b"\n", b"\r\n"))),
    "HS384 with the PEM behind a BOM": ("algorithm", lambda _: _mac(b"\xef\xbb\xbf" + PEM)),
    "HS384 with the PEM behind a space": ("algorithm", lambda _: _mac(b" " + PEM)),
    "HS384 with the EC public key as PEM": ("algorithm", lambda _: _mac(EC_PEM)),
    "HS384 with the public key as JWK": (
        "algorithm",
        lambda _: _mac(json.dumps(public(rsa_key())).encode()),
    ),
    "HS384 with the modulus": ("algorithm", lambda _: _mac(public(rsa_key())["n"].encode())),
    "HS384 with nothing": ("algorithm", lambda _: _mac(b"")),
    "RS384 said, a MAC of the public key sent": (
        "signature",
        lambda _: by_shared_key(PEM, header(alg="RS384", kid="rsa")),
    ),
    "RS256, which this client does not have": (
        "algorithm",
        lambda _: forged(header(alg="RS256", kid="rsa"), claims(), rsa_key(), "RS256"),
    ),
    "RS384 said with the EC key": ("key-not-known", lambda _: _no_signature("RS384")),
    "ES384 said with the RSA key": (
        "key-not-known",
        lambda _: forged(header(kid="rsa"), claims(), rsa_key(), "RS384"),
    ),
    "PS384 said, RS384 signed": (
        "algorithm",
        lambda _: forged(header(alg="PS384", kid="rsa"), claims(), rsa_key(), "RS384"),
    ),
    "RS384 said, RS256 signed": (
        "signature",
        lambda _: forged(header(alg="RS384", kid="rsa"), claims(), rsa_key(), "RS256"),
    ),
    "RS384 said, PS384 signed": (
        "signature",
        lambda _: forged(header(alg="RS384", kid="rsa"), claims(), rsa_key(), "PS384"),
    ),
    "another key of the same kind": (
        "signature",
        lambda _: forged(header(), claims(), ec_key("attacker")),
    ),
    "another RSA key": (
        "signature",
        lambda _: forged(header(alg="RS384", kid="rsa"), claims(), rsa_key("attacker"), "RS384"),
    ),
    "a key of another curve": (
        "signature",
        lambda _: forged(header(), claims(), ec_key("p256", "P-256"), "ES256"),
    ),
    "r and s are 0": ("signature", lambda _: resigned(_numbers(0, 0))),
    "r is 0": ("signature", lambda _: resigned(lambda raw: bytes(HALF) + raw[HALF:])),
    "s is 0": ("signature", lambda _: resigned(lambda raw: raw[:HALF] + bytes(HALF))),
    "r and s are 1": ("signature", lambda _: resigned(_numbers(1, 1))),
    "r and s are the order": ("signature", lambda _: resigned(_numbers(ORDER, ORDER))),
    "r is over the order": (
        "signature",
        lambda _: resigned(
            lambda raw: (
                min(int.from_bytes(raw[:HALF]) + ORDER, 2**384 - 1).to_bytes(HALF) + raw[HALF:]
            )
        ),
    ),
    "r and s change places": ("signature", lambda _: resigned(lambda r: r[HALF:] + r[:HALF])),
    "s is shortened": ("signature", lambda _: resigned(lambda raw: raw[:-1])),
    "one byte more": ("signature", lambda _: resigned(lambda raw: raw + b"\0")),
    "zeros in front": ("signature", lambda _: resigned(lambda raw: b"\0\0" + raw)),
    "half of the signature": ("signature", lambda _: resigned(lambda raw: raw[:HALF])),
    "one byte of signature": ("signature", lambda _: resigned(lambda _raw: b"\0")),
    "one bit changed": (
        "signature",
        lambda _: resigned(lambda raw: raw[:5] + bytes([raw[5] ^ 1]) + raw[6:]),
    ),
    "in the form of certificates": ("signature", lambda _: resigned(_der)),
    "as hexadecimal digits": ("signature", lambda _: resigned(lambda raw: raw.hex().encode())),
    "as base64 twice": ("signature", lambda _: resigned(base64.b64encode)),
    "an RSA signature cut short": (
        "signature",
        lambda _: (
            f"{part(header(alg='RS384', kid='rsa'))}.{part(claims())}."
            + encoded(
                signature(
                    f"{part(header(alg='RS384', kid='rsa'))}.{part(claims())}", rsa_key(), "RS384"
                )[:-1]
            )
        ),
    ),
    "an RSA signature of zeros": (
        "signature",
        lambda _: f"{part(header(alg='RS384', kid='rsa'))}.{part(claims())}.{encoded(bytes(256))}",
    ),
    "claims changed after signing": ("signature", lambda _: _with_other_claims()),
    "header changed after signing": ("signature", lambda _: _with_other_header()),
}
