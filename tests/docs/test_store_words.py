"""Every word that the service says of the store is explained on the page for operators."""

from __future__ import annotations

import re

import pytest

from cds_service.store import filing, schema, trouble
from cds_service.store.chain import FAULTS
from tests.docs.repository import page

PAGE = page("docs/operations.md")
_ID = re.compile(r"[a-z]+(-[a-z]+)*")
WHYS = sorted(
    {
        value
        for module in (trouble, filing, schema)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and _ID.fullmatch(value)
    }
    - {"decision", "event"}
)


def first_cells() -> str:
    return "\n".join(re.findall(r"^\| ([^|]+) \|", PAGE.text, re.M))


@pytest.mark.parametrize("why", WHYS)
def test_every_reason_why_the_store_is_in_trouble_is_explained(why: str) -> None:
    assert {"away", "locked", "spool-unwritable", "not-looked"} < set(WHYS)
    assert f"`{why}`" in first_cells()


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_of_a_chain_is_explained(fault: str) -> None:
    assert f"`{fault}`" in first_cells()
