"""Report text -> clauses to judge alone: lines joined, headings carried, sentences cut."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.reading.genes import plain

_CUT = re.compile(
    r"(?<=[.!])\s+|;(?!\s{0,3}(?:however|but|although|though)\b)|\u2022|\n", re.IGNORECASE
)
_HEADING = re.compile(r"[^:.;]{1,80}:\s*")
_TITLE = re.compile(r"[A-Z][A-Z /&()-]{3,60}")
_LEADER = re.compile(r"(?:\.{4,}|(?:\s\.){4,}|_{3,}|-{3,}|={3,})\s*")  # 'NTRK1 ..... negative'
_REQUEST = re.compile(
    r"(?:clinical\s(?:details|history|information|question|indication|summary|background)"
    r"|reason\sfor\s(?:referral|request|testing|test)|indication|tests?\srequested|referral)"
    r"\s*:",
    re.I,
)
_LITERATURE = re.compile(r"(?:selected\s|key\s)?(?:references|bibliography|literature)\W*", re.I)
_NUMBERED = re.compile(r"\W?\d{1,2}[.)\]]\s?\S")
_EMPTY, _TICKED = r"(?:\[\s?\]|[\u2610\u25a1])", r"(?:\[[xX*\u2713]\]|[\u2611\u2612\u25a0])"
_BOX = re.compile(rf"{_EMPTY}|{_TICKED}")
_RULE = re.compile(r"[-=_*.#~+|:\s]{3,}")  # a line that only rules off
_OPEN_END = re.compile(
    r"(?:,|-|/|\b(?:or|and|of|for|in|no|not|the|a|an|with|to|by|from|is|was|were|are|has|been))$",
    re.I,
)
# HL7 v2 escapes and formatting that survive into FHIR strings
_HL7 = (
    (re.compile(r"\\\.(?:br|sp|ce|in|ti|fi|nf|sk)[+-]?\d*\\|\\X0[AD]\\", re.I), "\n"),
    (re.compile(r"\\(?:H|N)\\"), ""),
    (re.compile(r"\\T\\"), "&"),
    (re.compile(r"\\S\\"), "^"),
    (re.compile(r"\\F\\"), "|"),
    (re.compile(r"\\R\\"), "~"),
    (re.compile(r"\\E\\"), r"\\"),
)
_MARKUP = re.compile(r"<(?:/?(?:p|br|div|b|i|u|span|td|tr|table|li|ul|ol|h[1-6])\b[^<>]*)>", re.I)

_TAG = re.compile(r"[/!?]?[a-z][a-z0-9]*", re.I)
_SPACING = dict.fromkeys(["b", "i", "u", "em", "strong", "span", "a", "sub", "sup"], "") | {
    "td": " ",
    "th": " ",
}
_ABSURD = re.compile(r"&#(?:\d{8,}|x[0-9a-f]{7,});?", re.I)


@dataclass(frozen=True)
class Clause:
    """One statement with the heading that it stands under."""

    text: str
    heading: str = ""


def clauses(value: str) -> Iterator[Clause]:
    """The clauses of a text, each with its heading."""
    heading, literature = "", False
    for line in _joined_lines(undo_markup(value)):
        literature = bool(_LITERATURE.fullmatch(line) or (literature and _NUMBERED.match(line)))
        if not line or literature:
            heading = ""
            continue
        asked = _REQUEST.match(line)  # all of the line is the question, not the answer
        pieces = [piece.strip() for piece in _CUT.split(line) if piece.strip()]
        for piece in pieces:
            if _HEADING.fullmatch(piece) or (len(pieces) == 1 and _TITLE.fullmatch(piece)):
                heading = piece.rstrip(": ")
            elif asked and piece is not pieces[0]:
                yield Clause(piece, asked.group().rstrip(": "))
            else:
                yield Clause(piece, heading)


def undo_markup(value: str) -> str:
    """Plain text of a string that may hold HL7 escapes or HTML tags."""
    for pattern, plain_text in _HL7:
        value = pattern.sub(plain_text, value)
    if _MARKUP.search(value):
        value = text_of_html(value)
    return plain(_unescaped(value))


def text_of_html(value: str) -> str:
    """The text of an HTML document or fragment, in one pass; what never closes stays text."""
    first, *parts = value.split("<")
    pieces, hidden, ending = [first], list[str](), ""
    for part in parts:
        hidden.append(part)
        if part.startswith("!--") and not ending:
            ending = "--"
        name = _TAG.match(part)
        _, closed, rest = part.partition("-->" if ending == "--" else ">")
        if ending and not (closed and (ending == "--" or (name and name[0].lower() == ending))):
            continue
        if not ending and (name is None or not closed):
            pieces.append("<" + part)  # 'p < 0.05'
        else:
            opens = "" if ending or name is None else name[0].lower()
            ending = f"/{opens}" if opens in ("script", "style") else ""
            pieces += [_SPACING.get(opens.strip("/!?"), "\n"), "" if ending else rest]
        hidden = [rest] if ending else []
    return _unescaped("".join([*pieces, *hidden]))


def _unescaped(value: str) -> str:
    """Entities as characters; a reference of absurd length is none."""
    return html.unescape(_ABSURD.sub(" ", value)) if "&" in value else value


def _joined_lines(value: str) -> Iterator[str]:
    """Lines with hard wraps undone: a sentence broken across lines is one line again."""
    pending: list[str] = []
    for raw in value.splitlines():
        if raw.strip() and _RULE.fullmatch(raw):
            continue
        line = " ".join(_LEADER.sub(": ", _chosen(raw)).split())
        if pending and not (line and _continues(pending[-1], line)):
            yield " ".join(pending)
            pending = []
        if line:
            pending.append(line)
        else:
            yield ""
    if pending:
        yield " ".join(pending)


def _chosen(line: str) -> str:
    """What is ticked: '[ ] detected [x] not detected' says 'not detected'."""
    boxes = list(_BOX.finditer(line)) if "[" in line or not line.isascii() else []
    if not boxes:
        return line
    behind = not line[boxes[-1].end() :].strip()  # 'detected [ ] not detected [x]'
    parts = [line[: boxes[0].start()]] if not behind else []
    starts = [0, *(box.end() for box in boxes[:-1])]
    ends = [*(box.start() for box in boxes[1:]), len(line)]
    for box, start, end in zip(boxes, starts, ends, strict=True):
        said = line[start : box.start()] if behind else line[box.end() : end]
        ticked = re.fullmatch(_TICKED, box.group()) is not None
        parts.append(said if ticked else said[: said.rfind(":") + 1])
    return " ".join(parts)


def _continues(before: str, line: str) -> bool:
    if before.endswith((":", ".", ";", "!", "?")):
        return False
    return line[0].islower() or line[0] == "(" or bool(_OPEN_END.search(before[-12:]))
