"""cards/phrases.toml -> words for every id of the closed lists, or a refusal to start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

from cds_service.cards.toml_file import read_toml
from cds_service.domain import (
    Assay,
    CriterionKind,
    DataKey,
    Doubt,
    GapWhy,
    Nation,
    Note,
    Origin,
    Presence,
    UnreadWhy,
    Why,
)
from cds_service.errors import KnowledgeError

FILE = "cards/phrases.toml"

_ENUMS: Mapping[str, type[StrEnum]] = MappingProxyType(
    {
        "why": Why,
        "doubt": Doubt,
        "unread-why": UnreadWhy,
        "unread-about": CriterionKind,
        "gap-why": GapWhy,
        "note": Note,
        "data": DataKey,
        "origin": Origin,
        "presence": Presence,
        "assay": Assay,
        "nation": Nation,
    }
)
_OWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "finding": (
            "fusion",
            "rearrangement",
            "rearrangement-fish",
            "staining",
            "two-genes",
            "in-words",
            "gene-not-numbered",
        ),
        "diagnosis": ("unnamed", "missing", "unreadable", "histology"),
        "service": ("label",),
        "suggestion": ("label", "description", "task"),
        "fixed": ("summary", "detail"),
        "approval": ("missing", "given"),
    }
)


@dataclass(frozen=True)
class Phrases:
    """The words by table and id."""

    tables: Mapping[str, Mapping[str, str]]

    def of(self, table: str, key: str) -> str:
        """The phrase of an id; completeness was proven when the file was loaded."""
        return self.tables[table][key]


def load_phrases(cards_dir: Traversable | Path) -> Phrases:
    """Read and check phrases.toml; raises KnowledgeError listing every problem."""
    tables = read_toml(cards_dir, "phrases.toml")
    problems = list(_problems(tables))
    if problems:
        raise KnowledgeError(problems)
    return Phrases(tables)


def expected_keys() -> dict[str, frozenset[str]]:
    """Which ids each table of phrases.toml has to hold."""
    of_enums = {name: frozenset(member.value for member in enum) for name, enum in _ENUMS.items()}
    return of_enums | {name: frozenset(keys) for name, keys in _OWN.items()}


def _problems(tables: Mapping[str, object]) -> Iterable[str]:
    expected = expected_keys()
    for name in sorted(set(tables) - set(expected)):
        yield f"{FILE}: {name}: expected no such table"
    for name, keys in expected.items():
        table = tables.get(name)
        if not isinstance(table, dict):
            yield f"{FILE}: {name}: expected a table"
            continue
        for key in sorted(keys - set(table)):
            yield f"{FILE}: {name}.{key}: expected a phrase"
        for key in sorted(set(table) - keys):
            yield f"{FILE}: {name}.{key}: expected no such phrase"
        for key, phrase in table.items():
            if not isinstance(phrase, str) or not phrase.strip():
                yield f"{FILE}: {name}.{key}: expected text"
