"""Headers of an HTTP answer -> how long it may be kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

LEAST_AGE = 60.0  # seconds; kept this long whatever it says, so that nobody is asked all the time
_DEFAULT_AGE, _LONGEST_AGE = 300.0, 24 * 3600.0
_MAX_AGE = re.compile(r'(?:^|[,\s])max-age="?([0-9]{1,9})"?(?:$|[,\s])', re.IGNORECASE)
_NO_CACHE = re.compile(r"no-store|no-cache", re.IGNORECASE)
_SECONDS = re.compile(r"[0-9]{1,9}")


def lifetime(headers: Mapping[str, str]) -> float:
    """Seconds that the answer may be kept: what it states, less what a cache on the way used up."""
    lower = {name.lower(): value for name, value in headers.items()}
    said = lower.get("cache-control", "")
    if _NO_CACHE.search(said):
        return LEAST_AGE
    stated = _MAX_AGE.search(said)
    age = float(stated.group(1)) if stated else _DEFAULT_AGE
    spent = lower.get("age", "").strip()
    if _SECONDS.fullmatch(spent):
        age -= float(spent)
    return min(max(age, LEAST_AGE), _LONGEST_AGE)
