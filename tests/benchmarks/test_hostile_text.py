"""The families of the text benchmark are what they say, and each is read to its last line."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from benchmarks.hostile_text import Resource, families
from benchmarks.text_reading import read_to_the_end, record_of
from cds_service.domain import PatientRecord
from cds_service.knowledge import Knowledge

FAMILIES = [pytest.param(made, id=name) for name, made in families().items()]


@pytest.mark.parametrize("family", FAMILIES)
def test_what_the_last_line_of_a_hostile_text_states_is_read(
    knowledge: Knowledge, family: Callable[[int], Resource]
) -> None:
    assert read_to_the_end(record_of(family(6_000), knowledge.vocabulary))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_text_twice_as_long_makes_a_resource_twice_as_large(
    family: Callable[[int], Resource],
) -> None:
    small, large = (len(json.dumps(family(size), ensure_ascii=False)) for size in (50_000, 100_000))
    assert 1.9 < large / small < 2.1


def test_a_patient_of_whom_nothing_is_known_is_not_taken_for_a_text_that_was_read() -> None:
    assert not read_to_the_end(PatientRecord(alive="yes"))
