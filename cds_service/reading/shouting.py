"""A text all in capitals -> the same in small letters, symbols of genes left as they are.

Laboratory systems of the HL7 v2 kind write whole reports so. In such a text capitals tell neither
a heading nor a gene from any other word.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2,}(?![A-Za-z0-9])")
_SIGN = r"(?:--|__|[-/\u2010-\u2015\u2192])"
_AHEAD = re.compile(rf"{_SIGN}\s?N?TRK", re.IGNORECASE)
_BEFORE = re.compile(rf"TRK\d?{_SIGN}$")
_KEPT = frozenset({"TRK", "NTRK"})
_NO_PARTNERS = frozenset({"FUSED", "FUSION", "REARRANGED", "POSITIVE", "NEGATIVE", "TESTING"})


def unshouted(value: str) -> str:
    """Small letters for the words of a text that has none; a partner of a gene stays a symbol."""
    if not value.isupper():
        return value
    return _WORD.sub(lambda word: _spoken(word, value), value)


def _spoken(word: re.Match[str], value: str) -> str:
    said = word.group()
    partner = said not in _NO_PARTNERS and _is_partner(value, word.start(), word.end())
    if said in _KEPT or partner:
        return said
    return said.lower()


def _is_partner(value: str, start: int, end: int) -> bool:
    """It is joined by a sign to a gene of interest, or by '::' to anything."""
    after, before = value[end : end + 8], value[max(0, start - 8) : start]
    if after.startswith("::") or before.endswith("::"):
        return True
    return _AHEAD.match(after) is not None or _BEFORE.search(before) is not None
