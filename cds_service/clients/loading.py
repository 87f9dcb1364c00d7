"""The TOML file of CDS_CLIENTS -> Registry; everything wrong with it is told at once."""

from __future__ import annotations

import re
import ssl
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cds_service.clients.bases import Base
from cds_service.clients.registry import LOCAL_SITE, Client, Registry
from cds_service.errors import SettingsError

SIGNING = frozenset(
    {"ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
)
_LONGEST_LIFETIME = 3600
_SITE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_SECRET_PARTS = frozenset({"d", "dp", "dq", "k", "oth", "p", "q", "qi"})  # RFC 7518
# The public key of the CDS Hooks Sandbox (cds-hooks/sandbox, .well-known/jwks.json). Its private
# half is public too: whoever trusts it trusts everybody, so only development can.
SANDBOX = Client(
    site="cds-hooks-sandbox",
    iss="https://sandbox.cds-hooks.org",
    jwks="https://sandbox.cds-hooks.org/.well-known/jwks.json",
    keys=(
        {
            "kty": "EC",
            "use": "sig",
            "crv": "P-384",
            "kid": "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f",
            "x": "dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB",
            "y": "Sm3mLE-n1zYNla_aiE3cb3nZsL51RbC7ysw3q8aJLxGm-hx79RPMYpITDjp7kgzy",
            "alg": "ES384",
        },
    ),
    algorithms=("ES384",),
    origins=("https://sandbox.cds-hooks.org",),
)


def load_registry(path: Path, *, production: bool) -> Registry:
    """Read the registry; raises SettingsError that names every problem by file and field."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"CDS_CLIENTS: {path.name}: {error}") from None
    reader = _Reader(production)
    registry = reader.registry(document)
    if reader.problems:
        raise SettingsError("; ".join(f"CDS_CLIENTS: {path.name}: {p}" for p in reader.problems))
    return registry


class _Reader:
    def __init__(self, production: bool) -> None:
        self._production = production
        self.problems: list[str] = []

    def registry(self, document: Mapping[str, Any]) -> Registry:
        tables = document.get("client", [])
        tables = tables if isinstance(tables, list) else [tables]
        clients = [self._client(table, f"client[{n}]") for n, table in enumerate(tables, 1)]
        for name in document.keys() - {"client", *_FLAGS}:
            self.problems.append(f"{name}: no such field")
        flags = {name: self._flag(document, name) for name in _FLAGS}
        clients += self._sandbox(flags["development_sandbox"])
        self._distinct(clients)
        if not clients:
            self.problems.append("client: expected at least one")
        return Registry(tuple(clients), token_on_discovery=flags["token_on_discovery"])

    def _sandbox(self, wanted: bool) -> list[Client]:
        if wanted and self._production:
            self.problems.append(
                "development_sandbox: its private key is public; not in production"
            )
        return [SANDBOX] if wanted else []

    def _flag(self, document: Mapping[str, Any], name: str) -> bool:
        value = document.get(name, False)
        if not isinstance(value, bool):
            self.problems.append(f"{name}: expected true or false")
        return value is True

    def _client(self, table: object, place: str) -> Client:
        client = Client(site="")
        if not isinstance(table, dict):
            self.problems.append(f"{place}: expected a table")
            return client
        for name in table.keys() - _FIELDS.keys():
            self.problems.append(f"{place}.{name}: no such field")
        for name, read in _FIELDS.items():
            if name in table:
                try:
                    client = replace(client, **{name: read(table[name])})
                except (ValueError, TypeError) as error:
                    self.problems.append(f"{place}.{name}: {error}")
        self._whole(client, table, place)
        return client

    def _whole(self, client: Client, table: Mapping[str, Any], place: str) -> None:
        missing = [name for name in ("site", "iss") if name not in table]
        self.problems += [f"{place}.{name}: expected a text" for name in missing]
        if "jwks" not in table and "keys" not in table:
            self.problems.append(f"{place}: expected jwks, or keys that are pinned")
        if self._production:
            self._for_production(client, place)

    def _for_production(self, client: Client, place: str) -> None:
        if client.jwks and not client.jwks.startswith("https://"):
            self.problems.append(f"{place}.jwks: production needs https")
        if any(base.scheme != "https" for base in client.fhir_servers):
            self.problems.append(f"{place}.fhir_servers: production needs https")
        if any(key.get("x") == SANDBOX.keys[0]["x"] for key in client.keys):
            self.problems.append(f"{place}.keys: the private half of the Sandbox's key is public")
        if not all(origin.startswith("https://") for origin in client.origins):
            self.problems.append(f"{place}.origins: production needs https")

    def _distinct(self, clients: list[Client]) -> None:
        """One issuer and tenant is one site; one site may have several issuers."""
        seen: set[tuple[str, str]] = set()
        for client in clients:
            for tenant in client.tenants or ("",):
                if client.iss and (client.iss, tenant) in seen:
                    self.problems.append("client: the same iss and tenant stand in it twice")
                seen.add((client.iss, tenant))


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or value != value.strip():
        raise ValueError("expected a text")
    return value


def _site(value: object) -> str:
    text = _text(value)
    if not _SITE.fullmatch(text) or text == LOCAL_SITE:
        raise ValueError("expected lower-case letters, digits and hyphens, 40 at most, not 'local'")
    return text


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("expected a list of texts")
    return tuple(_text(item) for item in value)


def _address(value: object) -> str:
    text = _text(value)
    Base.parse(text)
    return text


def _algorithms(value: object) -> tuple[str, ...]:
    names = _texts(value)
    if not names or not set(names) <= SIGNING:
        raise ValueError(f"expected some of {', '.join(sorted(SIGNING))}")
    return names


def _bases(value: object) -> tuple[Base, ...]:
    return tuple(Base.parse(text) for text in _texts(value))


def _origins(value: object) -> tuple[str, ...]:
    origins = _texts(value)
    if any(Base.parse(o).address != o or Base.parse(o).segments for o in origins):
        raise ValueError("expected origins as browsers send them, such as https://ehr.example.org")
    return origins


def _keys(value: object) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list) or not value or not all(isinstance(k, dict) for k in value):
        raise ValueError("expected a list of public JWKs as tables")
    if any(_SECRET_PARTS & key.keys() for key in value):
        raise ValueError("expected public keys only; a secret part stands in one")
    return tuple(value)


def _authorities(value: object) -> str:
    """A file of certificates, read here so that a bad one stops the start."""
    path = Path(_text(value))
    if not path.is_absolute():
        raise ValueError("expected the absolute path of a PEM file")
    try:
        ssl.create_default_context(cafile=str(path))
    except OSError:
        raise ValueError("expected a PEM file of certificates") from None
    return str(path)


def _whole_number(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"expected a whole number from {least} to {most}")
        return value

    return read


_FLAGS = ("token_on_discovery", "development_sandbox")
_FIELDS: Mapping[str, Callable[[object], Any]] = {
    "site": _site,
    "iss": _text,
    "jwks": _address,
    "keys": _keys,
    "algorithms": _algorithms,
    "audiences": _texts,
    "max_lifetime": _whole_number(1, _LONGEST_LIFETIME),
    "tenants": _texts,
    "fhir_servers": _bases,
    "origins": _origins,
    "quota": _whole_number(0, 1_000_000),
    "ca": _authorities,
}
