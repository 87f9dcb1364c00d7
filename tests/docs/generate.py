"""Tests -> the pages that are made of them: docs/behaviour.md and docs/reading.md (`make docs`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from tests.docs.examples import examples
from tests.docs.other_shapes import DIAGNOSES, PRIORS
from tests.docs.sentences import Chapter, chapters
from tests.docs.shapes import FUSIONS, Shape

CHECKOUT = Path(__file__).parents[2]
_PARTS = (
    ("spec", "What is decided about a patient"),
    ("cards", "What a card says"),
)
_BEHAVIOUR = """# Behaviour

Made from the tests in `tests/spec` and `tests/cards` by `make docs`: each line is the name of a
test that passes, and the words under a heading are what its file says of itself. All patients are
synthetic. Nothing here is for clinical use until a responsible manufacturer places it on the
market or puts it into service.
"""
_READING = """# What becomes of each shape

Made by `make docs` from the tables in `tests/docs`, which a test holds against the service. Every
patient is synthetic. The states and recommendations are those of the decision table in
`knowledge/guidelines/`; the words are in the [glossary](../GLOSSARY.md).

Reading is tolerant and deciding is strict. What looks relevant and cannot be read is named on the
card and never taken for a negative. Text alone never confirms. Codes are compared by normalised
system and code, beside their display: where the two disagree, the finding is unconfirmed. A result
counts with status final, amended, corrected or appended.

Every line stands beside a complete record that settles the rest: a fusion beside an established
mesothelioma, a diagnosis beside a confirmed fusion, an earlier drug beside both.
"""
_TABLES = (
    (
        "A fusion",
        "The numbers count the sixteen ways in which public guides and tools write a fusion, best "
        "to worst; the lines without one are variations.",
        FUSIONS,
    ),
    (
        "The diagnosis",
        "Conditions of mCODE, of UK Core and of plain R4 are read alike.",
        DIAGNOSES,
    ),
    (
        "An earlier TRK inhibitor",
        "What is not known here changes words on the card, not the recommendation.",
        PRIORS,
    ),
)


def behaviour() -> str:
    """Every test of tests/spec and tests/cards as a sentence, by file."""
    parts = [_BEHAVIOUR]
    for folder, title in _PARTS:
        parts.append(f"## {title}\n")
        parts += [_chapter(chapter) for chapter in chapters(CHECKOUT / "tests" / folder)]
    return "\n".join(parts)


def _chapter(chapter: Chapter) -> str:
    lines = [f"### {chapter.title}", "", chapter.words, ""]
    for sentence in chapter.sentences:
        lines.append(f"- {sentence.words}")
        lines += [f"  {sentence.more}"] if sentence.more else []
        lines += [f"  - {case}" for case in sentence.cases]
    return "\n".join(lines) + "\n"


def reading() -> str:
    """Every shape that is held against the service, and what becomes of it."""
    return "\n".join([_READING, *(_table(*table) for table in _TABLES), examples()])


def _table(title: str, words: str, shapes: Sequence[Shape]) -> str:
    rows = [["", "written as", "state", "recommendation"], ["---"] * 4]
    rows += [[s.number, s.written, s.becomes[0], f"`{s.becomes[1]}`"] for s in shapes]
    first = 0 if any(shape.number for shape in shapes) else 1
    lines = [f"| {' | '.join(row[first:])} |" for row in rows]
    return "\n".join([f"## {title}", "", words, "", *lines]) + "\n"


PAGES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {"behaviour.md": behaviour, "reading.md": reading}
)


def main() -> None:
    """Write every generated page."""
    for name, page in PAGES.items():
        (CHECKOUT / "docs" / name).write_text(page(), "utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
