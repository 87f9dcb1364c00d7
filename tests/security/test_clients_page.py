"""The page on clients tells of every field, reason and limit, and its example is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cds_service.clients import Client, load_registry
from cds_service.clients.loading import _FIELDS, _FLAGS, SIGNING
from cds_service.clients.registry import DEFAULT_LIFETIME, DEFAULT_QUOTA
from cds_service.doors.callers import OVER_QUOTA
from cds_service.doors.limits import REFUSALS
from cds_service.security import LEEWAY, KeySets
from tests.security.attacks_on_claims import CLAIMS
from tests.security.attacks_on_headers import HEADERS
from tests.security.attacks_on_signatures import SIGNATURES
from tests.security.conftest import KeySet
from tests.security.test_times import Clock

REASON = re.compile(r'NotAuthenticated\(\s*"([a-z0-9-]+)"')


@pytest.fixture(scope="module")
def page() -> str:
    return (Path(__file__).parents[2] / "docs" / "clients.md").read_text("utf-8")


def rows(page: str) -> list[list[str]]:
    """The first two cells of every row of every table."""
    lines = [line for line in page.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.split(" | ")[:2]] for line in lines]


def test_every_field_has_a_row_and_no_other(page: str) -> None:
    told = [row[0].strip("|` ") for row in rows(page) if "refused" not in row[0]]
    fields = [name for name in told if name in {*_FIELDS, *_FLAGS}]
    assert sorted(fields) == sorted([*_FIELDS, *_FLAGS])
    assert _FIELDS.keys() == set(Client.__dataclass_fields__)


def test_the_defaults_are_those_that_count(page: str) -> None:
    said = {row[0].strip("|` "): row[1] for row in rows(page)}
    assert said["max_lifetime"] == f"`{DEFAULT_LIFETIME}`"
    assert said["quota"] == f"`{DEFAULT_QUOTA}`"
    assert said["algorithms"] == "`ES384`, `RS384`"
    assert all(f"`{name}`" in page for name in SIGNING)
    assert f"with {LEEWAY} seconds for clocks" in page
    assert f"{REFUSALS} refused calls a minute" in page


def test_every_reason_of_a_refusal_has_a_row(page: str, checkout: Path) -> None:
    sources = (checkout / "cds_service" / "security").glob("*.py")
    written = {found for path in sources for found in REASON.findall(path.read_text("utf-8"))}
    met = {reason for attacks in (CLAIMS, HEADERS, SIGNATURES) for reason, _ in attacks.values()}
    _, _, table = page.partition("| `refused` | What to look at |")
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    told = {name for cell in cells for name in re.findall(r"`([a-z-]+)`", cell)}
    assert written | met | {OVER_QUOTA} <= told
    assert told - {"aud"} <= written | met | {OVER_QUOTA, "several-authorization-headers"}


def test_the_example_is_a_registry_that_production_takes(page: str, tmp_path: Path) -> None:
    (example, sandbox) = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    path = tmp_path / "clients.toml"
    path.write_text(example, "utf-8")
    clients = load_registry(path, production=True).clients
    assert [client.site for client in clients] == ["trust-a", "trust-b", "trust-c"]
    KeySets(clients, KeySet(), Clock(0))
    path.write_text(sandbox, "utf-8")
    assert load_registry(path, production=False).clients[0].site == "cds-hooks-sandbox"
