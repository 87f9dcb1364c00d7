"""Test files -> the sentences that their test names are, without running them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

# A function name has no capitals, hyphens or apostrophes; these words have.
SPELLINGS: Mapping[str, str] = MappingProxyType(
    {
        r"pan trk": "pan-TRK",
        r"ntrk([123]?)": r"NTRK\1",
        r"trk": "TRK",
        r"genotes": "GeNotes",
        r"laboratorys": "laboratory's",
        r"(this|another) patients": r"\1 patient's",
        r"cds hooks": "CDS Hooks",
    }
)
ABBREVIATIONS = re.compile(r"\b(rna|dna|fish|ihc|fhir|json|html|uuid|nhs|pdf|iscn|mdt)(s?)\b")


@dataclass(frozen=True)
class Sentence:
    """What one test promises."""

    words: str
    more: str  # its docstring
    cases: tuple[str, ...]  # the cases that have a name


@dataclass(frozen=True)
class Chapter:
    """What one test file promises."""

    title: str
    words: str  # its docstring
    sentences: tuple[Sentence, ...]


def chapters(folder: Path) -> Iterator[Chapter]:
    """Every test file of a folder that holds a test, by name."""
    for file in sorted(folder.glob("test_*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        tests = [n for n in tree.body if isinstance(n, ast.FunctionDef) and _is_test(n)]
        if tests:
            title = spoken(file.stem.removeprefix("test_"))
            words = _joined(ast.get_docstring(tree))
            yield Chapter(title, words, tuple(_sentence(test) for test in tests))


def spoken(name: str) -> str:
    """'a_patient_who_died' as 'A patient who died'."""
    words = name.replace("_", " ")
    for pattern, spelling in SPELLINGS.items():
        words = re.sub(rf"\b{pattern}\b", spelling, words)
    words = ABBREVIATIONS.sub(lambda found: found[1].upper() + found[2], words)
    return words[:1].upper() + words[1:]


def _is_test(node: ast.FunctionDef) -> bool:
    return node.name.startswith("test_")


def _sentence(test: ast.FunctionDef) -> Sentence:
    cases = [case for decorator in test.decorator_list for case in _cases(decorator)]
    words = spoken(test.name.removeprefix("test_"))
    return Sentence(words, _joined(ast.get_docstring(test)), tuple(cases))


def _cases(decorator: ast.expr) -> Iterator[str]:
    """The written ids of pytest.param inside a parametrize."""
    for node in ast.walk(decorator):
        if (
            isinstance(node, ast.keyword)
            and node.arg == "id"
            and isinstance(node.value, ast.Constant)
        ):
            yield str(node.value.value)


def _joined(docstring: str | None) -> str:
    return " ".join((docstring or "").split())
