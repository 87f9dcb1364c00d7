"""requirements.toml and the names of the tests beside it -> which requirement has which test."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_TEST = re.compile(r"^def (test_(?:I_(\d+)|checklist_(\d+))_\w+)\(", re.MULTILINE)


@dataclass(frozen=True)
class Table:
    """The requirements, the checklist, and all tests that are named after one of either."""

    requirements: dict[str, dict[str, Any]]
    checklist: dict[int, dict[str, Any]]
    tests: dict[str, list[str]]  # 'I-83' or 'checklist 36' -> names

    @classmethod
    def read(cls) -> Table:
        """Read both from this folder."""
        content = tomllib.loads((_HERE / "requirements.toml").read_text("utf-8"))
        tests: dict[str, list[str]] = {}
        for key, name in _tests():
            tests.setdefault(key, []).append(name)
        return cls(
            requirements={row["id"]: row for row in content["requirement"]},
            checklist={row["item"]: row for row in content["checklist"]},
            tests=tests,
        )

    def open_requirements(self) -> list[str]:
        """Those without a test."""
        return [name for name in self.requirements if name not in self.tests]

    def open_items(self) -> list[int]:
        """Those that name no requirement and have no test."""
        return [
            item
            for item, row in self.checklist.items()
            if not row.get("by") and f"checklist {item}" not in self.tests
        ]

    def summary(self) -> Iterator[str]:
        """Lines for the terminal."""
        for kind, rows, waiting in (
            ("requirements of CDS Hooks 2.0", len(self.requirements), self.open_requirements()),
            ("checklist items", len(self.checklist), self.open_items()),
        ):
            yield f"{kind}: {rows}, covered {rows - len(waiting)}, open {len(waiting)}"


def _tests() -> Iterator[tuple[str, str]]:
    for path in sorted(_HERE.glob("test_*.py")):
        for name, requirement, item in _TEST.findall(path.read_text("utf-8")):
            yield f"I-{requirement}" if requirement else f"checklist {item}", name
