"""Protein changes in running text, in one spelling."""

from __future__ import annotations

import re

_AMINO = {
    "ala": "A", "arg": "R", "asn": "N", "asp": "D", "cys": "C", "gln": "Q", "glu": "E",
    "gly": "G", "his": "H", "ile": "I", "leu": "L", "lys": "K", "met": "M", "phe": "F",
    "pro": "P", "ser": "S", "thr": "T", "trp": "W", "tyr": "Y", "val": "V",
}  # fmt: skip
_CHANGE = re.compile(
    r"(?<![A-Za-z0-9])(?:[Pp]\.)?\(?(?:([A-Z]|[A-Z][a-z]{2})(\d{2,4})([A-Z][a-z]{2}|[A-Z])?"
    r"|([A-Z]{3})(\d{2,4})([A-Z]{3}))(?![A-Za-z0-9])"  # a text in capitals; 'MET14' is no change
)


def protein_changes(said: str) -> list[str]:
    """Protein changes in one-letter form: 'p.Gly595Arg' and 'G595R' are both 'G595R'."""
    found = []
    for match in _CHANGE.finditer(said):
        before, position, after = (match[n] or match[n + 3] or "" for n in (1, 2, 3))
        first, last = _letter(before), _letter(after)
        if first and (last or not after):
            found.append(f"{first}{position}{last}")
    return list(dict.fromkeys(found))


def _letter(name: str) -> str:
    return name if len(name) == 1 else _AMINO.get(name.casefold(), "")
