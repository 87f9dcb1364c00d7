"""A time of RFC 3339, in any offset -> the same time in UTC, as text that sorts by time."""

from __future__ import annotations

import re
from datetime import UTC, datetime

LONGEST = 40  # characters; more than any clock tells
_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt]((?:[01]\d|2[0-3]):[0-5]\d):([0-5]\d|60)(?:\.(\d+))?"
    r"([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)


def in_utc(text: str) -> str:
    """Such as 2026-11-22T09:30:00.000000+00:00; raises ValueError for anything but RFC 3339.

    What is finer than a microsecond is kept. An offset moves hours and minutes only, so the
    second stands as it came: also the 60 of a leap second, which no datetime holds.
    """
    found = _INSTANT.fullmatch(text) if len(text) <= LONGEST else None
    if not found:
        raise ValueError("expected a time of RFC 3339 with an offset")
    day, minute, second, fraction, offset = found.groups()
    zone = "+00:00" if offset in "Zz" else offset
    try:
        moved = datetime.fromisoformat(f"{day}T{minute}{zone}").astimezone(UTC)
    except OverflowError:
        raise ValueError("expected a time between the years 1 and 9999") from None
    finer = (fraction or "").rstrip("0").ljust(6, "0")
    return f"{moved.replace(tzinfo=None).isoformat(timespec='minutes')}:{second}.{finer}+00:00"
