"""Is what a clause mentions found, denied or not assessed? One pass to the right, one to the left.

Denial has list scope: 'negative for EGFR, ALK and NTRK1' denies all three, and so does 'EGFR, ALK
and NTRK1: not detected'. A result word or a boundary such as 'but' ends the scope.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cds_service.reading.lexicon import Cue

_RESULTS = frozenset({"positive", "negative_after", "not_assessed"})
_NUMBERED = re.compile(r"\s?[.:#]|\s?\d")  # 'Sample no. 17', 'Lab No: 4' deny nothing
_ATTACHED = re.compile(r"[\s)\]'\"]*(?:\b[\w-]+\b\s?){0,4}?[:|=-]\s*$")


@dataclass(frozen=True)
class Polarity:
    """How a clause speaks of one mention."""

    found: bool = False
    denied: bool = False
    not_assessed: bool = False
    doubtful: bool = False  # denied from afar, though stated beside a result word


def judge(clause: str, cues: Sequence[Cue], spans: Sequence[tuple[int, int]]) -> list[Polarity]:
    """The polarity of each mention (start, end) of a clause, in order."""
    useful = [cue for cue in cues if not _is_number(clause, cue)]
    left = _left_scopes(clause, useful, spans)
    right = _right_results(clause, useful, spans)
    return [_decide(before, after) for before, after in zip(left, right, strict=True)]


def _is_number(clause: str, cue: Cue) -> bool:
    word = clause[cue.start : cue.end].casefold()
    return word == "no" and bool(_NUMBERED.match(clause, cue.end))


@dataclass(frozen=True)
class _Left:
    denied: bool
    result: str  # class of the last result word to the left, if it can reach this far
    comma: bool  # a comma lies between the denial and the mention


def _left_scopes(clause: str, cues: Sequence[Cue], spans: Sequence[tuple[int, int]]) -> list[_Left]:
    """What reaches each mention from its left."""
    found: list[_Left] = []
    denied_at, result, position = -1, "", 0
    for start, _ in spans:
        while position < len(cues) and cues[position].end <= start:
            cue = cues[position]
            position += 1
            if cue.name == "negative_before" or _heads(clause, cue):
                denied_at, result = cue.end, ""
            elif cue.name in _RESULTS:
                denied_at, result = -1, cue.name
            elif cue.name in ("boundary", "exception"):
                denied_at, result = -1, ""
        comma = denied_at >= 0 and "," in clause[denied_at : min(start, denied_at + 200)]
        found.append(_Left(denied_at >= 0, result, comma))
    return found


def _heads(clause: str, cue: Cue) -> bool:
    """'Not detected: NTRK1' denies what follows."""
    return cue.name == "negative_after" and clause[cue.end : cue.end + 2].lstrip().startswith(":")


def _right_results(clause: str, cues: Sequence[Cue], spans: Sequence[tuple[int, int]]) -> list[str]:
    """The first result word to the right of each mention, '' when none reaches it."""
    found = [""] * len(spans)
    reach, position = "", len(cues) - 1
    for index in range(len(spans) - 1, -1, -1):
        end = spans[index][1]
        while position >= 0 and cues[position].start >= end:
            cue = cues[position]
            position -= 1
            if cue.name in _RESULTS:
                reach = cue.name
            elif cue.name in ("boundary", "exception"):
                reach = ""
            elif cue.name == "negative_before":
                answers = _ATTACHED.fullmatch(clause, end, cue.start) is not None
                reach = "negative_after" if answers else ""
        found[index] = reach
    return found


def _decide(left: _Left, right: str) -> Polarity:
    if right == "not_assessed":
        return Polarity(not_assessed=True)
    if right == "negative_after":
        return Polarity(denied=True)
    if left.denied:
        return Polarity(denied=True, doubtful=left.comma and right == "positive")
    if right == "positive" or left.result == "positive":
        return Polarity(found=True)
    return Polarity(not_assessed=left.result == "not_assessed")
