"""Protein changes in running text, in one spelling."""

from __future__ import annotations

import re

_AMINO = {
    "ala": "A", "arg": "R", "asn": "N", "asp": "D", "cys": "C", "gln": "Q", "glu": "E",
    "gly": "G", "his": "H", "ile": "I", "leu": "L", "lys": "K", "met": "M", "phe": "F",
    "pro": "P", "ser": "S", "thr": "T", "trp": "W", "tyr": "Y", "val": "V",
}  # fmt: skip
_CHANGE = re.compile(
    r"(?<![A-Za-z0-9])(?:p\.)?\(?([A-Z]|[A-Z][a-z]{2})(\d{2,4})([A-Z][a-z]{2}|[A-Z])?(?![A-Za-z0-9])"
)


def protein_changes(said: str) -> list[str]:
    """Protein changes in one-letter form: 'p.Gly595Arg' and 'G595R' are both 'G595R'."""
    found = []
    for before, position, after in _CHANGE.findall(said):
        first, last = _letter(before), _letter(after)
        if first and (last or not after):
            found.append(f"{first}{position}{last}")
    return list(dict.fromkeys(found))


def _letter(name: str) -> str:
    return name if len(name) == 1 else _AMINO.get(name.casefold(), "")
