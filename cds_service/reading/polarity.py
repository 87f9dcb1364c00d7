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
_SIGN = re.compile(
    r"(?:\s?fusions?\s?)?(?:\s?\([+-]\)|\+(?=$|[\s,;.)/])|(?<=\w)-(?=$|[,;.)]))"
    r"|(?:\s\w+){0,3}\s?[:=]\s?(?:0|zero|nil)(?![\d/%+]|[.,]\d|\s?-)(?=\W|$)",  # 'fusion reads: 0'
    re.IGNORECASE,
)
_ASSAY_WORDS = frozenset({"RNA", "DNA", "NGS", "FISH", "IHC", "PCR", "RT-PCR", "WGS"})
# 'ETV6::NTRK3 fusion (IHC not performed)': another test was not done, the finding stands
_OTHER_TEST = re.compile(
    r"[(,]\s?(?:\w+\s){0,2}?(?:IHC|FISH|DNA|RNA|immuno\w+|germline|PD-L1|TMB|MSI)\b(?:\s\w+){0,2}\s?$",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\s*[(\[][^()\[\]]*")  # 'None (ALK, RET, NTRK1/2/3)'
# A denial that has its noun ends at the comma, unless 'or' or 'and' goes on with the list.
_ENDED = re.compile(
    r"^(?=[^,(]*\b(?:mutation|variant|fusion|rearrangement|amplification|alteration)s?\s?,)"
    r"(?!.*\b(?:or|nor|and)\b)",
    re.IGNORECASE | re.DOTALL,
)
# 'NTRK1: normal signal pattern, no rearrangement'
_TAIL = re.compile(
    r"\s(?:evidence of\s)?(?:an?\s)?(?:gene\s)?(?:fusion|rearrangement|translocation)s?"
    r"(?:\s(?:was|were|is|are))?(?:\s(?:seen|detected|identified|found|present|observed))?[\s.]*",
    re.IGNORECASE,
)
# 'NTRK1 FISH: no rearrangement' answers; 'NTRK1 fusion and no ALK fusion' does not
_ATTACHED = re.compile(
    r"[\s)\]'\"]*(?:\b(?!and\b|or\b|with\b|but\b)[\w-]++\s?){0,4}?(?:[:|=-]\s*)?", re.IGNORECASE
)

# 'partner not identified' is about the partner; 'no other drivers' is about the others
# 'fusions of NTRK1, which predict response, were not identified': the result is of the fusions
_ASIDE = re.compile(
    r"which\b[^,]{1,120},\s(?:was|were|is|are|has|have)(?P<not>\snot)?(?:\sbeen)?"
    r"\s(?:detected|identified|found|seen|present|observed)\b",
    re.IGNORECASE,
)
_OF_DETAIL = re.compile(
    r"\b(?:partner|frame|break\s?point|TMB|burden|MSI)(?:\s(?:gene|was|is|status))*\s?[:-]?\s?$",
    re.I,
)
_NEAR = 200  # what stands further off is not attached; it keeps reading linear
_OTHER = re.compile(r"\s(?:other|additional|further)\b", re.I)
# Result words whose object follows: after a comma they begin a new statement
_ACTIVE = re.compile(r"positive\s+for|reveal(?:s|ed)|show(?:s|ed)|demonstrate[sd]|harbou?rs", re.I)


@dataclass(frozen=True)
class Polarity:
    """How a clause speaks of one mention."""

    found: bool = False
    denied: bool = False
    not_assessed: bool = False
    doubtful: bool = False  # denied from afar, though stated beside a result word
    beyond: bool = False  # denied, and found after a 'but'
    from_left: bool = False  # denied by what stands before the mention


def judge(clause: str, cues: Sequence[Cue], spans: Sequence[tuple[int, int]]) -> list[Polarity]:
    """The polarity of each mention (start, end) of a clause, in order."""
    useful = [cue for cue in cues if not _is_number(clause, cue)]
    left = _left_scopes(clause, useful, spans)
    right = _right_results(clause, useful, spans)
    decided = [_decide(before, after) for before, after in zip(left, right, strict=True)]
    signs = [_SIGN.match(clause, end) for _, end in spans]
    return [_signed(sign) if sign else said for sign, said in zip(signs, decided, strict=True)]


def _signed(sign: re.Match[str]) -> Polarity:
    """'NTRK1+', 'NTRK fusion (+)', 'ALK-, NTRK-'."""
    found = "+" in sign.group()
    return Polarity(found=found, denied=not found)


def _is_number(clause: str, cue: Cue) -> bool:
    word = clause[cue.start : cue.end].casefold()
    return word == "no" and bool(_NUMBERED.match(clause, cue.end))


@dataclass(frozen=True)
class _Left:
    denied: bool = False
    result: str = ""  # class of the last result word to the left, if it can reach this far
    comma: bool = False  # a comma lies between the denial and the mention
    ended: bool = False  # the denial had its own noun: 'no EGFR mutation, NTRK1 fusion'


@dataclass
class _Scope:
    """What has been said so far, read from left to right."""

    denied_at: int = -1
    bare: bool = False  # the denial is a lone 'no', which takes a noun of its own
    result: str = ""
    result_end: int = 0

    def hear(self, clause: str, cue: Cue) -> None:
        if cue.name == "negative_before" or _heads(clause, cue):
            self.denied_at, self.result = cue.end, ""
            self.bare = clause[cue.start : cue.end].casefold() == "no"
        elif cue.name == "positive" and self.denied_at >= 0 and not self._anew(clause, cue):
            self.result, self.result_end = "denied", cue.end  # 'no fusions were detected in ...'
            self.denied_at = -1
        elif cue.name in _RESULTS:
            self.denied_at, self.result, self.result_end = -1, cue.name, cue.end
        elif cue.name in ("boundary", "exception"):
            self.denied_at, self.result = -1, ""

    def _anew(self, clause: str, cue: Cue) -> bool:
        """'negative for ALK, positive for NTRK1', 'DNA did not ..., RNA revealed NTRK1'."""
        between = clause[max(self.denied_at, cue.start - 200) : cue.start]
        return "," in between and _ACTIVE.fullmatch(clause, cue.start, cue.end) is not None

    def at(self, clause: str, start: int) -> _Left:
        between = clause[self.result_end : start] if start - self.result_end < 200 else ","
        if self.result == "negative_after" and _OPEN.fullmatch(between):
            return _Left(denied=True)  # 'FUSIONS: NEGATIVE (NTRK1/2/3)'
        if self.result == "negative_after" and not between.strip():
            return _Left(result="adjacent")  # 'negative NTRK fusion result'
        if self.result == "denied":
            ended = between.lstrip().startswith(",")
            return _Left(result="denied", comma="," in between, ended=ended)
        denied = self.denied_at >= 0
        said = clause[self.denied_at : min(start, self.denied_at + 200)] if denied else ""
        ended = self.bare and _ENDED.search(said) is not None
        return _Left(denied, self.result, "," in said, ended)


def _left_scopes(clause: str, cues: Sequence[Cue], spans: Sequence[tuple[int, int]]) -> list[_Left]:
    """What reaches each mention from its left."""
    found: list[_Left] = []
    scope, position = _Scope(), 0
    for start, _ in spans:
        while position < len(cues) and cues[position].end <= start:
            scope.hear(clause, cues[position])
            position += 1
        found.append(scope.at(clause, start))
    return found


def _heads(clause: str, cue: Cue) -> bool:
    """'Not detected: NTRK1' denies what follows."""
    return cue.name == "negative_after" and clause[cue.end : cue.end + 2].lstrip().startswith(":")


@dataclass(frozen=True)
class _Right:
    result: str = ""  # class of the first result word to the right that reaches
    beyond: bool = False  # found after all: 'not detected by DNA but detected by RNA'
    aside: bool = False  # perhaps of another gene: 'ETV6::NTRK3 fusion (KRAS wild type)'


def _right_results(
    clause: str, cues: Sequence[Cue], spans: Sequence[tuple[int, int]]
) -> list[_Right]:
    """The first result word to the right of each mention."""
    found = [_Right()] * len(spans)
    reach, reach_at, beyond, position = "", 0, False, len(cues) - 1
    denial_at = -1
    for index in range(len(spans) - 1, -1, -1):
        end = spans[index][1]
        while position >= 0 and cues[position].start >= end:
            cue = cues[position]
            position -= 1
            if cue.name == "positive" and _adjoin(clause, cue.end, denial_at):
                reach, reach_at = "negative_after", cue.start  # 'showed no evidence of'
            elif cue.name in _RESULTS:
                if cue.name == "positive" or not _OF_DETAIL.search(
                    clause[max(0, cue.start - 40) : cue.start]
                ):
                    reach, reach_at = cue.name, cue.start
            elif cue.name in ("boundary", "exception"):
                if aside_of := _ASIDE.match(clause, cue.start):
                    reach, reach_at = _said_of(aside_of), aside_of.end()
                    continue
                beyond = reach == "positive" and not _names_another(clause[cue.end : reach_at])
                reach = ""
            elif cue.name == "negative_before" and not _OTHER.match(clause, cue.end):
                near = cue.start - end < _NEAR
                answers = near and _ATTACHED.fullmatch(clause, end, cue.start) is not None
                answers = answers or _TAIL.fullmatch(clause, cue.end) is not None
                reach = "negative_after" if answers else ""
                denial_at = cue.start
        aside = reach == "negative_after" and _is_aside(clause[max(end, reach_at - 60) : reach_at])
        before = clause[max(end, reach_at - 60) : reach_at]
        elsewhere = reach == "not_assessed" and _OTHER_TEST.search(before) is not None
        found[index] = _Right("" if elsewhere else reach, beyond, aside)
        beyond = False
    return found


def _said_of(aside: re.Match[str]) -> str:
    return "negative_after" if aside["not"] else "positive"


def _adjoin(clause: str, end: int, start: int) -> bool:
    """Nothing but a space stands between: 'showed no evidence'."""
    return clause[end:start] == " " and clause[start : start + 3].casefold() == "no "


def _is_aside(between: str) -> bool:
    """The result directly follows one other gene after a comma or bracket."""
    _, mark, last = between.replace("(", ",").rpartition(",")
    listed = re.search(r"::|[:)]|[A-Z0-9]-[A-Z]|\b(?:and|or|fusions?|rearr\w*)\b", last)
    return bool(mark) and listed is None and _names_another(last)


def _names_another(between: str) -> bool:
    """Another gene stands between: the result is not about this one."""
    words = re.findall(r"[A-Z][A-Z0-9]{2,}", between[:200])
    return any(word not in _ASSAY_WORDS for word in words)


def _decide(left: _Left, right: _Right) -> Polarity:
    if right.result == "not_assessed":
        return Polarity(not_assessed=True)
    if right.result == "negative_after":
        return Polarity(denied=True, doubtful=right.beyond or right.aside, beyond=right.beyond)
    if left.denied and left.ended:
        return Polarity(denied=True, doubtful=True, beyond=True)
    if left.denied:
        doubtful = left.comma and right.result == "positive"
        return Polarity(denied=True, doubtful=doubtful, from_left=True)
    if right.result == "positive":
        return Polarity(found=True)
    if left.result == "adjacent":
        return Polarity(denied=True)
    if left.result == "denied":
        return Polarity(denied=True, doubtful=left.comma, beyond=left.ended)
    if left.result == "positive":
        return Polarity(found=True)
    return Polarity(not_assessed=left.result == "not_assessed")
