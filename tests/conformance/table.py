"""requirements.toml and the names of the tests beside it -> which requirement has which test."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
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

    def open(self) -> dict[str, str]:
        """What is not covered yet, and what it waits for."""
        rows = {name: row.get("open", "") for name, row in self.requirements.items()}
        rows |= {f"checklist {item}": row.get("open", "") for item, row in self.checklist.items()}
        return {name: waits for name, waits in rows.items() if waits}

    def summary(self) -> Iterator[str]:
        """Lines for the terminal."""
        for kind, rows in (
            ("requirements of CDS Hooks 2.0", self.requirements),
            ("checklist items", self.checklist),
        ):
            waiting = Counter(row["open"] for row in rows.values() if "open" in row)
            total = sum(waiting.values())
            named = ", ".join(f"{what} {count}" for what, count in sorted(waiting.items()))
            told = f"open {total} ({named})" if total else "open 0"
            yield f"{kind}: {len(rows)}, covered {len(rows) - total}, {told}"


def _tests() -> Iterator[tuple[str, str]]:
    for path in sorted(_HERE.glob("test_*.py")):
        for name, requirement, item in _TEST.findall(path.read_text("utf-8")):
            yield f"I-{requirement}" if requirement else f"checklist {item}", name
