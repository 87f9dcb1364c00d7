"""The same patient, written in another way, is given the same recommendation."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from functools import lru_cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desk import Desk
from tests.properties import variations
from tests.properties.records import Record, assessed, of_cases, of_examples

# `make test` draws 200 patients for each property; CDS_TEST_EXAMPLES=10 draws 2,000.
TIMES = int(os.environ.get("CDS_TEST_EXAMPLES", "1"))
DRAWN = 200 * TIMES
RECORDS = {f"{n}: {r.name}": r for n, r in enumerate([*of_examples(), *of_cases()])}
EVERY = settings(
    max_examples=DRAWN,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
CHANGES = {
    "entries, components and codings in another order": variations.reordered,
    "unrelated resources beside them": variations.with_bystanders,
    "extensions of a local vendor": variations.with_extensions,
    "other ids": variations.renamed,
    "other white space": variations.respaced,
    "capitals or small letters": variations.recased,
    "written as R4B": variations.as_r4b,
}


@pytest.fixture(scope="session")
def unchanged(ask: Desk) -> Callable[[str], str]:
    """What each record is told as it stands; asked once."""
    return lru_cache(maxsize=None)(lambda drawn: recommended(ask, RECORDS[drawn]))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", CHANGES)
@EVERY
@given(drawn=st.sampled_from(sorted(RECORDS)), seed=st.integers(0, 2**32 - 1))
def test_the_same_patient_in_other_words_is_told_the_same(
    ask: Desk, unchanged: Callable[[str], str], name: str, drawn: str, seed: int
) -> None:
    record = RECORDS[drawn]
    changed = CHANGES[name](record, random.Random(seed))
    assert recommended(ask, changed) == unchanged(drawn), (drawn, seed)


def recommended(ask: Desk, record: Record) -> str:
    return assessed(ask, record).recommendation
