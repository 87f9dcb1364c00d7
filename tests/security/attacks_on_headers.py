"""Headers that bring their own key, name foreign addresses, or are no compact token at all."""

from __future__ import annotations

import json
import zlib

from tests.security.attacks_on_signatures import Make
from tests.security.makers import (
    KEY_SET,
    claims,
    ec_key,
    encoded,
    forged,
    headed,
    header,
    part,
    public,
    token,
)

_FOREIGN = "key-address-not-registered"
_UNKNOWN = "header-not-understood"
_DAMAGED = "not-a-compact-token"


def _own(**changes: object) -> str:
    """Signed with the attacker's key, which the header brings along in some way."""
    return forged(header(**changes), claims(), ec_key("attacker"))


def _json_form() -> str:
    head, body, signed = token().split(".")
    return json.dumps({"protected": head, "payload": body, "signature": signed})


HEADERS: dict[str, tuple[str, Make]] = {
    "embedded jwk": (_UNKNOWN, lambda _: _own(jwk=public(ec_key("attacker")))),
    "embedded jwk and the registered key id": (
        _UNKNOWN,
        lambda _: _own(jwk=public(ec_key("attacker"), kid="ec")),
    ),
    "x5c": (_UNKNOWN, lambda _: _own(x5c=["MIIB"])),
    "x5u to a listener": (_UNKNOWN, lambda at: _own(x5u=f"{at}/key.pem")),
    "jku to a listener": (_FOREIGN, lambda at: _own(jku=f"{at}/jwks.json")),
    "jku to a listener beside a good signature": (_FOREIGN, lambda at: headed(jku=f"{at}/k")),
    "jku to the metadata address": (_FOREIGN, lambda _: _own(jku="http://169.254.169.254/latest")),
    "jku to a look-alike host": (
        _FOREIGN,
        lambda _: _own(jku=KEY_SET.replace("example", "example.evil")),
    ),
    "jku with a user": (_FOREIGN, lambda at: _own(jku=f"{KEY_SET}@{at.removeprefix('http://')}")),
    "jku by http": (_FOREIGN, lambda _: _own(jku=KEY_SET.replace("https", "http"))),
    "jku with a query": (_FOREIGN, lambda _: _own(jku=f"{KEY_SET}?x")),
    "jku with a fragment": (_FOREIGN, lambda _: _own(jku=f"{KEY_SET}#x")),
    "jku with dots": (_FOREIGN, lambda _: _own(jku=KEY_SET.replace("jwks", "a/../jwks"))),
    "jku that redirects": (
        _FOREIGN,
        lambda at: _own(jku=f"https://ehr.trust.example/go?to={at}"),
    ),
    "jku of a file": (_FOREIGN, lambda _: _own(jku="file:///etc/passwd")),
    "jku empty": (_FOREIGN, lambda _: _own(jku="")),
    "jku a list": (_FOREIGN, lambda _: _own(jku=[KEY_SET])),
    "jku to a client with pinned keys": (
        _FOREIGN,
        lambda at: forged(
            header(kid="cloud", jku=at),
            claims(iss="https://cloud.vendor.example", tenant="b"),
            ec_key("cloud"),
        ),
    ),
    "kid missing": ("kid", lambda _: headed(kid=None)),
    "kid empty": ("kid", lambda _: headed(kid="")),
    "kid a number": ("kid", lambda _: headed(kid=1)),
    "kid a list": ("kid", lambda _: headed(kid=["ec"])),
    "kid too long": ("kid", lambda _: headed(kid="k" * 513)),
    "kid of four megabytes": ("too-long", lambda _: headed(kid="k" * 4_000_000)),
    "kid a path": ("key-not-known", lambda _: _own(kid="../../../../dev/null")),
    "kid an address": ("key-not-known", lambda at: _own(kid=at)),
    "kid of SQL": ("key-not-known", lambda _: _own(kid="x' UNION SELECT 'key'; --")),
    "kid of a shell": ("key-not-known", lambda _: _own(kid="$(curl evil)")),
    "kid with NUL": ("key-not-known", lambda _: _own(kid="ec\0")),
    "kid in capitals": ("key-not-known", lambda _: _own(kid="EC")),
    "kid of another client": ("key-not-known", lambda _: headed(kid="cloud")),
    "kid twice": (
        "claim-twice",
        lambda _: forged(json.dumps(header()).replace("{", '{"kid": "x", ', 1).encode(), claims()),
    ),
    "alg twice": (
        "claim-twice",
        lambda _: forged(json.dumps(header()).replace("{", '{"alg":"none",', 1).encode(), claims()),
    ),
    "typ missing": ("type", lambda _: headed(typ=None)),
    "typ JWE": ("type", lambda _: headed(typ="JWE")),
    "typ of an access token": ("type", lambda _: headed(typ="at+jwt")),
    "typ a list": ("type", lambda _: headed(typ=["JWT"])),
    "crit of a known name": (_UNKNOWN, lambda _: headed(crit=["exp"], exp=1)),
    "crit of an unknown name": (_UNKNOWN, lambda _: headed(crit=["x"], x=1)),
    "crit empty": (_UNKNOWN, lambda _: headed(crit=[])),
    "b64 false": (
        _UNKNOWN,
        lambda _: headed(b64=False, crit=["b64"]),
    ),
    "zip": (
        _DAMAGED,
        lambda _: forged(header(zip="DEF"), zlib.compress(json.dumps(claims()).encode())[2:-4]),
    ),
    "zip with claims as they are": (_UNKNOWN, lambda _: headed(zip="DEF")),
    "enc": (_UNKNOWN, lambda _: headed(enc="A256GCM")),
    "cty of a nested token": (_UNKNOWN, lambda _: headed(cty="JWT")),
    "a nested token": (_DAMAGED, lambda _: forged(header(cty="JWT"), token().encode())),
    "p2c, which costs time": (_UNKNOWN, lambda _: headed(p2c=10_000_000, p2s="x")),
    "header nested without end": (
        _DAMAGED,
        lambda _: forged(b'{"alg":' * 1500 + b"1" + b"}" * 1500, claims()),
    ),
    "header a list": (_DAMAGED, lambda _: forged([header()], claims())),
    "header not JSON": (_DAMAGED, lambda _: forged(b"ES384", claims())),
    "JSON serialisation": (_DAMAGED, lambda _: _json_form()),
    "five parts, as an encrypted token has": (_DAMAGED, lambda _: f"{token()}.{part('a')}.x"),
    "two parts": (_DAMAGED, lambda _: token().rpartition(".")[0]),
    "one part": (_DAMAGED, lambda _: "token"),
    "only dots": (_DAMAGED, lambda _: ".."),
    "an empty middle": (_DAMAGED, lambda _: f"{part(header())}..{encoded(b'x')}"),
    "a part with padding": (_DAMAGED, lambda _: token().replace(".", "=.", 1)),
    "padding at the end": (_DAMAGED, lambda _: f"{token()}="),
    "a signature in another base64": (
        _DAMAGED,
        lambda _: f"{part(header())}.{part(claims())}.{'+/' * 64}",
    ),
    "a signature with loose bits at its end": (
        _DAMAGED,
        lambda _: f"{part(header())}.{part(claims())}.{'A' * 127}B"[:-1].rstrip("A") + "AB",
    ),
    "spaces inside": (_DAMAGED, lambda _: token().replace(".", ". ")),
    "a letter that is no ASCII": (_DAMAGED, lambda _: f"{token()}\xe9"),
    "percent signs": (_DAMAGED, lambda _: token().replace(".", "%2E")),
    "quoted": (_DAMAGED, lambda _: f'"{token()}"'),
    "two tokens": (_DAMAGED, lambda _: f"{token()},Bearer {token()}"),
}
