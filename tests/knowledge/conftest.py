"""A copy of the shipped knowledge in a temporary folder, to be damaged and loaded again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cds_service.errors import KnowledgeError
from cds_service.knowledge import Knowledge, data_dir, load

GUIDELINE = "guidelines/genotes-ntrk-mesothelioma/guideline.toml"


@dataclass(frozen=True)
class Copy:
    """Knowledge and cards that a test may change."""

    root: Path
    cards: Path

    def load(self) -> Knowledge:
        return load(self.root, self.cards)

    def problems(self) -> tuple[str, ...]:
        """What loading refuses; empty when it loads."""
        try:
            self.load()
        except KnowledgeError as error:
            return error.problems
        return ()

    def replace(self, file: str, old: str, new: str) -> None:
        """Change one place of a file; the test is wrong when the place is not there."""
        text = self.text(file)
        assert old in text, f"{file} does not hold {old!r}"
        self.write(file, text.replace(old, new, 1))

    def change(self, file: str, change: Callable[[dict[str, Any]], object]) -> None:
        """Change a JSON file as an object."""
        document = json.loads(self.text(file))
        change(document)
        self.write(file, json.dumps(document))

    def text(self, file: str) -> str:
        return (self.root / file).read_text(encoding="utf-8")

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """The shipped knowledge and cards, copied."""
    for name in ("knowledge", "cards"):
        shutil.copytree(str(data_dir(name)), tmp_path / name)
    return Copy(tmp_path / "knowledge", tmp_path / "cards")


def refused(copy: Copy, file: str, beginning: str) -> None:
    """Loading complains of a file in words that begin so."""
    found = copy.problems()
    assert any(problem.startswith(f"{file}: {beginning}") for problem in found), found
