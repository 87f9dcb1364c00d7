"""Pieces of text and where they stand on a page -> lines in the order in which people read them.

A row of a table becomes one line, its cells parted by '|'; columns of prose follow each other; a
word broken at the end of a line is whole again.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

_WIDTH = 0.5  # of the size of the letters: what one takes on average
_INDENT = 60
_NEAR = 40  # lines of a page that a cell beside them may belong to; keeps the work bounded
_PROSE = 4.5  # words a line; the cells of a table hold fewer
_HYPHEN = re.compile(r"([^\W\d_]+)[-\u00ad\u2010]\n([a-z]+)")
# Words whose hyphen is their own, at the end of a line too
_KEEPS_BEFORE = frozenset(
    ("in", "out", "of", "non", "break", "wild", "pan", "self", "low", "high", "fusion")
)
_KEEPS_AFTER = frozenset(
    ("positive", "negative", "rearranged", "driven", "type", "apart", "frame", "level", "cell")
)


@dataclass(frozen=True)
class Cell:
    """Text that starts at one place of a line."""

    x: float
    text: str


@dataclass(frozen=True)
class Line:
    """Cells that stand on one height, from left to right."""

    y: float
    size: float
    cells: tuple[Cell, ...]

    @property
    def text(self) -> str:
        return " | ".join(cell.text for cell in self.cells)


def page_text(pieces: Sequence[Sequence[Any]]) -> str:
    """The text of a page from its pieces [x, y, size, upright, text]."""
    if not all(piece[3] for piece in pieces):
        said = "\n".join(str(piece[4]).strip() for piece in pieces)  # turned: as it was written
    else:
        blocks = _blocks(_lines(pieces))
        said = "\n\n".join("\n".join(line.text for line in block) for block in blocks)
    return whole_words(unicodedata.normalize("NFKC", said))


def whole_words(text: str) -> str:
    """Hyphens at the ends of lines undone, but for words that have one anyway."""
    return _HYPHEN.sub(_rejoined, text)


def _rejoined(broken: re.Match[str]) -> str:
    before, after = broken.groups()
    keeps = before.casefold() in _KEEPS_BEFORE or after in _KEEPS_AFTER
    return f"{before}-{after}" if keeps else before + after


def _lines(pieces: Sequence[Sequence[Any]]) -> list[Line]:
    """Pieces that follow each other on one height are one line."""
    lines: list[Line] = []
    starts = Counter(round(piece[0]) for piece in pieces)
    end, before = 0.0, ""
    for x, y, size, _, raw in pieces:
        text = " ".join(str(raw).split())
        last = lines[-1] if lines else None
        if last is not None and _goes_on(last, x, y, size):
            lines[-1] = replace(_with(last, Cell(x, text), " ", False), y=y)
        elif last is None or abs(last.y - y) > 0.4 * size or x < last.cells[-1].x:
            lines.append(Line(y, size, (Cell(x, text),)))
        else:
            apart = x - end > 1.5 * size or starts[round(x)] > 2  # a gap, or where columns start
            gap = " " if before[-1:].isspace() or str(raw)[:1].isspace() else ""
            lines[-1] = _with(last, Cell(x, text), gap, apart)
        end, before = x + _WIDTH * size * len(text), str(raw)
    return lines


def _goes_on(row: Line, x: float, y: float, size: float) -> bool:
    """The last cell of a row, wrapped: the next line starts below that cell, not below the row."""
    below = 0.4 * size < row.y - y < 2.5 * size
    return below and len(row.cells) > 1 and abs(row.cells[-1].x - x) < 1


def _with(line: Line, cell: Cell, gap: str, apart: bool) -> Line:
    """A further piece of a line: a cell of its own after a gap, else more of the last one."""
    if apart:
        return Line(line.y, line.size, (*line.cells, cell))
    before = line.cells[-1]
    joined = Cell(before.x, f"{before.text}{gap}{cell.text}")
    return Line(line.y, line.size, (*line.cells[:-1], joined))


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    """Runs of lines downwards; where the text starts again further up, a column or a cell."""
    runs: list[list[Line]] = []
    for line in lines:
        down = bool(runs) and line.y < runs[-1][-1].y and _same_side(runs[-1], line)
        if down:
            runs[-1].append(line)
        else:
            runs.append([line])
    blocks: list[list[Line]] = []
    for run in runs:
        beside = blocks[-1] if blocks else None
        if beside is not None and _is_right_of(run, beside):
            above, near = beside[:-_NEAR], beside[-_NEAR:]
            first, *rest = _beside(near, run)
            blocks[-1:] = [above + first, *rest]
        elif beside is not None and run[0].y < beside[-1].y:
            beside.extend(run)
        else:
            blocks.append(list(run))
    return [part for block in blocks for part in _parted(block)]


def _same_side(run: Sequence[Line], line: Line) -> bool:
    """A line below in the same column; one that starts elsewhere may be another cell's."""
    return abs(run[-1].cells[0].x - line.cells[0].x) < _INDENT


def _is_right_of(run: Sequence[Line], block: Sequence[Line]) -> bool:
    """It starts beside the block, not below it."""
    right = run[0].cells[0].x > block[-1].cells[0].x + run[0].size
    return right and run[0].y >= block[-1].y - 0.4 * run[0].size


def _beside(left: list[Line], right: list[Line]) -> list[list[Line]]:
    """A column of prose, the second column of a table, or one more cell of the last row."""
    if _is_prose(left) and _is_prose(right):
        return [left, right]
    paired = _paired(left, right)
    if paired is not None:
        return [paired]
    if len(right) > 3:
        return [left, right]
    start = _first_of_row(left, right)
    words = " ".join(line.text for line in left[start:])
    said = " ".join(line.text for line in right)
    place = left[start].cells[0].x
    row = Line(left[-1].y, left[-1].size, (Cell(place, words), Cell(right[0].cells[0].x, said)))
    return [[*left[:start], row]]


def _paired(left: Sequence[Line], right: Sequence[Line]) -> list[Line] | None:
    """A table that was written column by column, back in rows; None when heights do not fit."""
    heights = {round(line.y): line for line in right}
    fits = [line for line in left if round(line.y) in heights]
    cells = [cell.text for line in (*fits, *right) for cell in line.cells]
    if len(right) < 2 or len(fits) != len(right) or any(text[:1].islower() for text in cells):
        return None
    return [
        Line(line.y, line.size, (*line.cells, *heights[round(line.y)].cells))
        if round(line.y) in heights
        else line
        for line in left
    ]


def _first_of_row(left: Sequence[Line], right: Sequence[Line]) -> int:
    """Where the row begins whose other cell this is: on its height, or as far above as below."""
    top = right[0].y
    for number, line in enumerate(left):
        if abs(line.y - top) < 0.4 * line.size:
            return number
    middle = (top + right[-1].y) / 2
    above = 2 * middle - left[-1].y + 0.4 * left[-1].size
    return next((n for n, line in enumerate(left) if line.y <= above), len(left) - 1)


def _parted(block: list[Line]) -> list[list[Line]]:
    """Two columns that were written line by line, one after the other again."""
    if len(block) < 3 or any(len(line.cells) != 2 for line in block):
        return [block]
    sides = [[Line(x.y, x.size, (x.cells[i],)) for x in block] for i in (0, 1)]
    return sides if all(map(_is_prose, sides)) else [block]


def _is_prose(lines: Sequence[Line]) -> bool:
    words = [len(line.text.split()) for line in lines]
    wraps = any(not a.text.endswith((".", ":")) for a, _ in pairwise(lines))
    return len(lines) > 2 and wraps and sum(words) / len(words) >= _PROSE
