"""The file of CDS_CLIENTS: every field, everything that can be wrong with one, and who is who."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cds_service.clients import SANDBOX, Base, Client, Registry, load_registry, open_registry
from cds_service.errors import SettingsError
from tests.security.makers import ec_key, public

WHOLE = """
token_on_discovery = true

[[client]]
site = "trust-a"
iss = "https://ehr.trust.example"
jwks = "https://ehr.trust.example/jwks.json"
algorithms = ["ES384", "ES256"]
audiences = ["https://cds.trust.example/CDS"]
max_lifetime = 900
tenants = ["a", "b"]
fhir_servers = ["https://fhir.trust.example/r4/"]
origins = ["https://ehr.trust.example"]
quota = 120

[[client]]
site = "trust-b"
iss = "https://other.example"
"""


def inline(**members: Any) -> str:
    """A TOML inline table of texts and lists."""
    return (
        "{ " + ", ".join(f"{name} = {json.dumps(value)}" for name, value in members.items()) + " }"
    )


KEY = inline(**public(ec_key()))
LEAST = {"site": '"trust-a"', "iss": '"https://a.example"', "keys": f"[{KEY}]"}


def load(tmp_path: Path, text: str, *, production: bool = True) -> Registry:
    path = tmp_path / "clients.toml"
    path.write_text(text, "utf-8")
    return load_registry(path, production=production)


def one(**fields: str) -> str:
    """One client; a field set to '' is left out."""
    lines = [f"{name} = {value}" for name, value in (LEAST | fields).items() if value]
    return "\n".join(["[[client]]", *lines])


def problems(tmp_path: Path, text: str, *, production: bool = True) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        load(tmp_path, text, production=production)
    first, *told = f"; {refused.value}".split("; CDS_CLIENTS: clients.toml: ")
    assert first == ""
    return told


def test_every_field_is_read(tmp_path: Path) -> None:
    registry = load(tmp_path, f"{WHOLE}keys = [{KEY}]\n")
    first, second = registry.clients
    assert first == Client(
        site="trust-a",
        iss="https://ehr.trust.example",
        jwks="https://ehr.trust.example/jwks.json",
        algorithms=("ES384", "ES256"),
        audiences=("https://cds.trust.example/CDS",),
        max_lifetime=900,
        tenants=("a", "b"),
        fhir_servers=(Base("https", "fhir.trust.example", 443, ("r4",)),),
        origins=("https://ehr.trust.example",),
        quota=120,
    )
    assert second == Client(site="trust-b", iss="https://other.example", keys=(public(ec_key()),))
    assert registry.token_on_discovery
    assert not registry.open
    assert registry.origins == ("https://ehr.trust.example",)


def test_what_is_not_said_is_strict(tmp_path: Path) -> None:
    (client,) = load(tmp_path, one()).clients
    assert (client.algorithms, client.max_lifetime) == (("ES384", "RS384"), 300)
    assert (client.quota, client.audiences, client.fhir_servers) == (6000, (), ())


def test_an_address_may_stand_beside_pinned_keys(tmp_path: Path) -> None:
    (client,) = load(tmp_path, one(jwks='"https://a.example/jwks"')).clients
    assert (client.jwks, len(client.keys)) == ("https://a.example/jwks", 1)


WRONG = {
    "site": [
        '""',
        '" a"',
        '"Trust"',
        '"a b"',
        '"-a"',
        '"local"',
        '"é"',
        f'"{"a" * 41}"',
        "7",
        "[]",
    ],
    "iss": ['""', '" x"', "7", '["x"]'],
    "jwks": [
        '""',
        '"a.example"',
        '"file:///etc/passwd"',
        '"https://user@a.example/k"',
        '"https://a.example/k?x"',
        '"https://a.example/k#x"',
        '"https://a.example/../k"',
        '"https://a.example/%2e%2e/k"',
        '"https://a.example:x/k"',
        '"https://[half/k"',
        '"https://"',
        "7",
    ],
    "keys": [
        "[]",
        '["x"]',
        "{}",
        '"x"',
        *(f"[{inline(**public(ec_key()), **{part: 'x'})}]" for part in ("d", "k", "p", "dq")),
    ],
    "algorithms": [
        "[]",
        '["none"]',
        '["HS256"]',
        '["ES384", "HS384"]',
        '["es384"]',
        '"ES384"',
        "[7]",
    ],
    "audiences": ['"x"', "[7]", '[""]'],
    "max_lifetime": ["0", "-1", "3601", "300.0", '"300"', "true"],
    "tenants": ['"x"', "[7]", '[""]', '[" a"]'],
    "fhir_servers": [
        '"https://a.example"',
        "[7]",
        '["a.example"]',
        '["ftp://a.example"]',
        '["https://a.example/r4?x=1"]',
        '["https://user:pass@a.example"]',
        '["https://a.example/r4/.."]',
        '["https://a.example//r4"]',
        '["https://exämple.org"]',
    ],
    "origins": [
        '["*"]',
        '["null"]',
        '["https://a.example/"]',
        '["https://a.example/x"]',
        '["https://A.example"]',
        '["https://a.example:443"]',
        '["https://*.example"]',
        '"https://a.example"',
    ],
    "quota": ["-1", "1000001", '"x"', "1.5", "false"],
    "ca": ['"relative.pem"', '"/no/such/file.pem"', '""', "7"],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in WRONG.items() for value in values]
)
def test_a_wrong_value_is_told_by_client_and_field(tmp_path: Path, field: str, value: str) -> None:
    told = problems(tmp_path, one(**{field: value}), production=False)
    assert told[0].startswith(f"client[1].{field}: expected ")
    assert len(told) == 1


@pytest.mark.parametrize("field", ["site", "iss"])
def test_a_client_has_a_site_and_an_issuer(tmp_path: Path, field: str) -> None:
    assert problems(tmp_path, one(**{field: ""})) == [f"client[1].{field}: expected a text"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "client: expected at least one"),
        ("client = []", "client: expected at least one"),
        ("client = [1]", "client[1]: expected a table"),
        ('client = "x"', "client[1]: expected a table"),
        (one(keys=""), "client[1]: expected jwks, or keys that are pinned"),
        (one(secret='"x"'), "client[1].secret: no such field"),
        (one(Site='"x"'), "client[1].Site: no such field"),
        (f"clients = 1\n{one()}", "clients: no such field"),
        (f"token_on_discovery = 1\n{one()}", "token_on_discovery: expected true or false"),
        (f'token_on_discovery = "yes"\n{one()}', "token_on_discovery: expected true or false"),
        ("\n".join([one(), one(site='"b"')]), "client: the same iss and tenant stand in it twice"),
        (
            "\n".join([one(tenants='["a"]'), one(site='"b"', tenants='["b", "a"]')]),
            "client: the same iss and tenant stand in it twice",
        ),
        (
            f"development_sandbox = true\n{one()}",
            "development_sandbox: its private key is public; not in production",
        ),
        (one(jwks='"http://a.example/k"'), "client[1].jwks: production needs https"),
        (
            one(fhir_servers='["http://a.example/r4"]'),
            "client[1].fhir_servers: production needs https",
        ),
        (one(origins='["http://a.example"]'), "client[1].origins: production needs https"),
        (
            one(keys=f"[{inline(**SANDBOX.keys[0])}]"),
            "client[1].keys: the private half of the Sandbox's key is public",
        ),
    ],
)
def test_what_is_wrong_with_the_whole_is_told(tmp_path: Path, text: str, told: str) -> None:
    assert told in problems(tmp_path, text)


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = "\n".join(["x = 1", one(quota="-1", iss="7"), one(site='"B"', iss='"b"')])
    assert [line.split(":")[0] for line in problems(tmp_path, text)] == [
        "client[1].iss",
        "client[1].quota",
        "client[2].site",
        "x",
    ]


@pytest.mark.parametrize("damaged", [b"[[client", b"\xff", b"a = 1\na = 2", b"client = nan x"])
def test_a_file_that_is_no_toml_is_one_line(tmp_path: Path, damaged: bytes) -> None:
    path = tmp_path / "clients.toml"
    path.write_bytes(damaged)
    with pytest.raises(SettingsError, match=r"CDS_CLIENTS: clients\.toml: "):
        load_registry(path, production=True)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"CDS_CLIENTS: missing\.toml: "):
        load_registry(tmp_path / "missing.toml", production=True)


def test_no_secret_part_of_a_key_is_in_what_is_told(tmp_path: Path) -> None:
    private = {**ec_key().as_dict(private=True), "kid": "ec"}
    (told,) = problems(tmp_path, one(keys=f"[{inline(**private)}]"))
    assert told == "client[1].keys: expected public keys only; a secret part stands in one"


def test_the_sandbox_is_let_in_in_development_only_where_the_file_says_so(tmp_path: Path) -> None:
    (sandbox,) = load(tmp_path, "development_sandbox = true", production=False).clients
    assert sandbox == SANDBOX
    assert sandbox.origins == ("https://sandbox.cds-hooks.org",)
    assert load(tmp_path, one()).of(SANDBOX.iss) is None


# Who is who

CLOUD = "https://cloud.example"
B = Client(site="trust-b", iss=CLOUD, tenants=("b", "b-2"))
C = Client(site="trust-c", iss=CLOUD, tenants=("c",))
LONE = Client(site="trust-d", iss="https://d.example")
REST = Client(site="trust-e", iss=CLOUD)


@pytest.mark.parametrize(
    ("iss", "tenant", "found"),
    [
        (CLOUD, "b", B),
        (CLOUD, "b-2", B),
        (CLOUD, "c", C),
        (CLOUD, "C", None),
        (CLOUD, "", None),
        (CLOUD, "d", None),
        ("https://d.example", "", LONE),
        ("https://d.example", "b", None),
        ("https://d.example/", "", None),
        ("https://D.example", "", None),
        ("", "", None),
    ],
)
def test_a_client_is_found_by_its_exact_issuer_and_tenant(
    iss: str, tenant: str, found: Client | None
) -> None:
    assert Registry((B, C, LONE)).of(iss, tenant) == found


def test_tokens_without_a_tenant_have_a_client_of_their_own_where_there_is_one() -> None:
    registry = Registry((B, REST))
    assert [registry.of(CLOUD), registry.of(CLOUD, "b"), registry.of(CLOUD, "x")] == [REST, B, None]
    assert [registry.issued_by(iss) for iss in (CLOUD, CLOUD.upper())] == [(B, REST), ()]


def test_the_open_registry_has_no_client_and_no_origin() -> None:
    registry = open_registry()
    assert (registry.open, registry.clients, registry.origins) == (True, (), ())
