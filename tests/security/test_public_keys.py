"""Keys of a set: only the public half, and only for what the key says that it is for."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.security import PublicKey
from tests.security.makers import ec_key, public, rsa_key

RSA = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}


@pytest.mark.parametrize(
    ("said", "algorithms"),
    [
        (public(ec_key()), {"ES384"}),
        (public(ec_key("ec", "P-256")), {"ES256"}),
        (public(ec_key("ec", "P-521")), {"ES512"}),
        (public(rsa_key()), RSA),
        (public(rsa_key(), alg="PS384"), {"PS384"}),
        (public(ec_key(), use=None, alg="ES384"), {"ES384"}),
        (public(ec_key(), use=None, key_ops=["verify"]), {"ES384"}),
        (public(ec_key(), key_ops=["sign", "verify"]), {"ES384"}),
        (public(ec_key(), x5c=["MIIB"], note="whatever"), {"ES384"}),
    ],
)
def test_a_key_checks_what_it_is_for(said: dict[str, Any], algorithms: set[str]) -> None:
    key = PublicKey.read(said)
    assert key.kid == said["kid"]
    assert set(key.algorithms) == algorithms


@pytest.mark.parametrize(
    "said",
    [
        public(ec_key(), kid=None),
        public(ec_key(), kid=""),
        public(ec_key(), kid=7),
        public(ec_key(), kid="k" * 513),
        public(ec_key(), use="enc"),
        public(ec_key(), use=["sig"]),
        public(ec_key(), use=""),
        public(ec_key(), key_ops=["sign"]),
        public(ec_key(), key_ops=["encrypt"]),
        public(ec_key(), key_ops=[]),
        public(ec_key(), key_ops="verify"),
        public(ec_key(), alg="ES256"),
        public(ec_key(), alg="HS384"),
        public(ec_key(), alg="none"),
        public(ec_key(), alg=["ES384"]),
        public(ec_key(), kty="RSA"),
        public(ec_key(), kty=["EC"]),
        public(ec_key(), kty=None),
        public(ec_key(), crv="P-256"),
        public(ec_key(), crv="secp256k1"),
        public(ec_key(), crv=["P-384"]),
        public(ec_key(), x=None),
        public(ec_key(), y="AAAA"),
        public(ec_key(), x="not base64!"),
        public(ec_key(), x=7),
        public(rsa_key(), n=None),
        public(rsa_key(), n=""),
        public(rsa_key(), e="AA"),
        public(rsa_key(), alg="ES384"),
        public(rsa_key("short", 1024)),
        public(rsa_key(), n="_" * 1400),
        {"kty": "oct", "kid": "a", "k": "c2VjcmV0", "use": "sig"},
        {"kty": "OKP", "kid": "a", "crv": "Ed25519", "x": "AAAA"},
        {},
    ],
)
def test_a_key_that_may_not_check_signatures_or_is_damaged_is_none(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"expected|its (use|numbers|key_ops)"):
        PublicKey.read(said)


def test_of_a_private_key_that_slipped_into_a_set_only_the_public_half_is_kept() -> None:
    said = {**ec_key().as_dict(private=True), "kid": "ec"}
    assert "d" in said
    assert not PublicKey.read(said).key.is_private


def test_the_numbers_of_a_key_are_not_in_what_a_log_would_show() -> None:
    said = public(ec_key())
    assert said["x"] not in repr(PublicKey.read(said))
