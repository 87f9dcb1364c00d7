"""Single values of FHIR in odd spellings: dates, moments, codings and depth, each read or not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from cds_service.domain import RepeatedKeys, UnreadWhy
from cds_service.reading.fhir_json import (
    codings,
    day,
    deeper_than,
    has_repeated_key,
    instant,
    reference_of,
    source_of,
)
from tests.builders import ICD10, Resource, concept, condition, result
from tests.desk import Desk

LUNG = concept(ICD10, "C34.9", "Malignant neoplasm of bronchus or lung")


def nested(levels: int) -> dict[str, Any]:
    """An object that holds so many others, one in the other."""
    body: dict[str, Any] = {}
    for _ in range(levels):
        body = {"inside": body}
    return body


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026", "2026"),
        ("2026-03", "2026-03"),
        ("2026-03-01", "2026-03-01"),
        ("2026-03-01T10:00:00Z", "2026-03-01"),
        ("20260301", ""),
        ("2026-3-1", ""),
        ("202603", ""),
        ("spring 202", ""),
        ("2026-0x", ""),
        ("²⁰²⁶", ""),
        ("٢٠٢٦", ""),
        ("", ""),
        (2026, ""),
    ],
)
def test_a_day_is_read_as_far_as_it_is_one(written: object, read: str) -> None:
    assert day(written) == read


@pytest.mark.parametrize(
    "written", ["2026", "2026-03", "202", "20260", "2026031", "soon", "", None, 7]
)
def test_a_moment_that_is_not_one_is_none(written: object) -> None:
    assert instant(written) is None


@pytest.mark.parametrize(
    "written",
    ["2026-03-01T10:00:00+02:00", "2026-03-01T08:00:00Z", "2026-03-01T08:00:00", "20260301T08"],
)
def test_a_moment_is_told_in_utc(written: str) -> None:
    read = instant(written)
    assert read == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert read.tzinfo is UTC


@pytest.fixture
def in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The service runs where the clock is not UTC."""
    with monkeypatch.context() as there:
        there.setenv("TZ", "America/New_York")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_new_york")
def test_a_moment_without_a_zone_is_in_utc_wherever_the_service_runs() -> None:
    assert instant("2026-03-01T08:00:00") == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert instant("2026-03-01T08:00:00-05:00") == datetime(2026, 3, 1, 13, tzinfo=UTC)


@pytest.mark.parametrize("written", ["20260301", "2026-W09-7"])
def test_a_day_in_another_spelling_is_a_moment_too(written: str) -> None:
    assert instant(written) == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("active", [{"code": "active"}]),
        ({"code": "active"}, [{"code": "active"}]),
        ({"text": "active"}, []),
        ({"coding": {"code": "active"}, "code": "x"}, [{"code": "active"}]),
        (None, []),
    ],
)
def test_a_coding_is_found_in_every_shape(written: object, read: list[Resource]) -> None:
    assert codings(written) == read


def test_what_has_no_type_and_no_id_is_still_named() -> None:
    assert reference_of({}) == "Resource/(no id)"
    assert reference_of({"resourceType": "Observation", "id": "o1"}) == "Observation/o1"


def test_what_names_no_date_and_no_laboratory_says_nothing_of_them() -> None:
    source = source_of({"performer": [{"reference": "Organization/x"}]})
    assert (source.date, source.laboratory, source.version) == ("", "", "")


@pytest.mark.parametrize(("levels", "deeper"), [(2, False), (3, False), (4, True), (5, True)])
def test_depth_is_counted_to_the_level(levels: int, deeper: bool) -> None:
    assert deeper_than(nested(levels), 3) is deeper


def test_a_repeated_key_is_seen_at_any_depth() -> None:
    assert has_repeated_key({"a": [{"b": RepeatedKeys()}]})
    assert not has_repeated_key({"a": [{"b": {}}]})


def test_a_condition_that_nests_too_deep_is_unread_and_no_cancer(ask: Desk) -> None:
    buried = condition(LUNG, id="c2", note=[nested(70)])
    found = ask.record(condition(), buried)
    assert [(u.source.reference, u.why) for u in found.unread] == [
        ("Condition/c2", UnreadWhy.TOO_DEEP)
    ]
    assert [cancer.source.reference for cancer in found.cancers] == ["Condition/c1"]


def test_a_result_that_nests_too_deep_is_unread_whatever_it_is_about(ask: Desk) -> None:
    buried = result(id="o2", code={"text": "Haemoglobin"}, value=None, note=[nested(70)])
    assert [(u.source.reference, u.why) for u in ask.record(buried).unread] == [
        ("Observation/o2", UnreadWhy.TOO_DEEP)
    ]
