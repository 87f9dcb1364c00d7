"""Labels beside what was read -> recall, precision and the confusion of states, shape by shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.reading.case_table import is_finding


@dataclass(frozen=True)
class Answer:
    """One case after it was read."""

    criterion: str
    shape: str
    wanted: str
    got: str


@dataclass(frozen=True)
class Binary:
    """How often 'there is something' was said, rightly and wrongly."""

    true: int = 0
    false: int = 0
    missed: int = 0
    silent: int = 0  # rightly nothing

    @property
    def recall(self) -> float:
        """Part of the findings that were said; 1 where there was none to say."""
        return _share(self.true, self.true + self.missed)

    @property
    def precision(self) -> float:
        """Part of what was said that is a finding; 1 where nothing was said."""
        return _share(self.true, self.true + self.false)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def binary(answers: Iterable[Answer]) -> Binary:
    """The four counts of a two-way table."""
    count = Counter((is_finding(a.wanted), is_finding(a.got)) for a in answers)
    return Binary(count[True, True], count[False, True], count[True, False], count[False, False])


def confusion(answers: Iterable[Answer]) -> Mapping[tuple[str, str], int]:
    """(label, what was read) -> how often."""
    return Counter((a.wanted, a.got) for a in answers)


def report(answers: Sequence[Answer]) -> Iterator[str]:
    """The lines that are printed at the end of a run."""
    for criterion in sorted({a.criterion for a in answers}):
        mine = [a for a in answers if a.criterion == criterion]
        yield f"{criterion}: {_figures(mine)}"
        for shape in sorted({a.shape for a in mine}, key=_natural):
            yield f"  {shape:<24} {_figures([a for a in mine if a.shape == shape])}"
        yield "  label -> read as"
        for (wanted, got), number in sorted(confusion(mine).items()):
            mark = "" if wanted == got else "   <- wrong"
            yield f"    {wanted:<12} {got:<12} {number:>4}{mark}"


def _figures(answers: Sequence[Answer]) -> str:
    found = binary(answers)
    right = sum(a.wanted == a.got for a in answers)
    return (
        f"{len(answers):>4} cases, {right:>4} right; recall {found.recall:.3f}, precision "
        f"{found.precision:.3f} (said {found.true}+{found.false}, missed {found.missed})"
    )


def _natural(shape: str) -> tuple[int, int, str]:
    return (0, int(shape), "") if shape.isdecimal() else (1, 0, shape)
