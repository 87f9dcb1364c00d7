"""Times of RFC 3339 in any offset, and the same moment in UTC as text that sorts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.store.instants import LONGEST, in_utc


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000000+00:00"),
        ("2026-11-22t10:00:00z", "2026-11-22T10:00:00.000000+00:00"),
        ("2026-11-22T10:00:00-00:00", "2026-11-22T10:00:00.000000+00:00"),
        ("2026-11-22T10:00:00.5+05:30", "2026-11-22T04:30:00.500000+00:00"),
        ("2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00.000000+00:00"),
        ("2024-02-29T00:00:00+00:01", "2024-02-28T23:59:00.000000+00:00"),
        ("2016-12-31T23:59:60.25Z", "2016-12-31T23:59:60.250000+00:00"),
        ("2026-11-22T10:00:00.1234567890Z", "2026-11-22T10:00:00.123456789+00:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000+00:00"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000000+00:00"),
    ],
)
def test_a_moment_is_told_in_utc(text: str, moment: str) -> None:
    assert in_utc(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-22T10:00:00",
        "2026-11-22 10:00:00Z",
        "2026-11-22T10:00Z",
        "2026-13-22T10:00:00Z",
        "2025-02-29T10:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T10:60:00Z",
        "2026-11-22T10:00:61Z",
        "2026-11-22T10:00:00+24:00",
        "2026-11-22T10:00:00+01:60",
        "2026-11-22T10:00:00+0100",
        "2026-11-22T10:00:00.Z",
        "2026-11-22T10:00:00Z\n",
        " 2026-11-22T10:00:00Z",
        "0000-01-01T10:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        f"2026-11-22T10:00:00.{'1' * LONGEST}Z",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        in_utc(text)


OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1))


@given(MOMENTS, OFFSETS)
def test_it_is_the_moment_that_python_reads(moment: datetime, offset: int) -> None:
    sign, minutes = ("-", -offset) if offset < 0 else ("+", offset)
    text = f"{moment.isoformat(timespec='microseconds')}{sign}{minutes // 60:02}:{minutes % 60:02}"
    told = in_utc(text)
    assert datetime.fromisoformat(told) == datetime.fromisoformat(text)
    assert told == datetime.fromisoformat(text).astimezone(UTC).isoformat(timespec="microseconds")


@given(MOMENTS, MOMENTS)
def test_earlier_moments_are_earlier_texts(one: datetime, other: datetime) -> None:
    told = in_utc(f"{one.isoformat()}Z"), in_utc(f"{other.isoformat()}Z")
    assert (told[0] < told[1]) == (one < other)
