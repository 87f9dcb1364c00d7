"""Words of a value -> whether they may deny a fusion that the structure states.

A finding is silenced only by an answer that says nothing else: 'Negative for ALK', 'No reciprocal
fusion detected' or 'Not detected by FISH; detected by RNA' leave it standing, as unconfirmed.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+", re.ASCII)
_FOUND = frozenset(
    _WORD.findall("detected identified found seen present observed positive demonstrated")
)
_DENIAL = frozenset(
    _WORD.findall(
        "no not none nil negative neg absent undetected nd wild type wildtype evidence of for any "
        "was "
        "were is are in this the a sample specimen tumour tumor tissue adequate sufficient fusion "
        "fusions gene genes rearrangement rearrangements rearranged translocation translocations "
        "transcript transcripts by using rna dna ngs sequencing analysis and or"
    )
)
_NO_ANSWER = frozenset(
    _WORD.findall(
        "insufficient inadequate unsatisfactory failed fail failure test tests assay result "
        "results "
        "awaited pending to follow material content quality quantity poor degraded "
        "assessed assessable "
        "tested performed done requested available possible be could cannot due extraction because "
        "n a call unable"
    )
)
_GENE = re.compile(r"n?trk[a-c\d]?|[123]|ntrk", re.ASCII)
_LONGEST = 120  # a longer value is a report, not an answer


def only_answers(said: str) -> bool:
    """True where every word belongs to a denial, or to a reason for having no result."""
    if len(said) > _LONGEST:
        return False
    words = [word for word in _WORD.findall(said.casefold()) if not _GENE.fullmatch(word)]
    found = sum(word in _FOUND for word in words)
    rest = {word for word in words if word not in _FOUND}
    return found <= 1 and said.isascii() and rest <= _DENIAL | (_NO_ANSWER if not found else set())
