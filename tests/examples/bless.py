"""The answers of today -> fhir_examples/*/expected.json, with the settings of development.

The recommendation in scenario.toml was written by hand and is never touched here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from cds_service.doors.answer import Desk
from cds_service.doors.app import open_desk
from cds_service.knowledge import data_dir, load
from cds_service.settings import Settings
from tests.examples.scenarios import Scenario, hook_answer, scenarios


def written(answer: dict[str, Any]) -> str:
    """JSON that is the same on every machine."""
    return json.dumps(answer, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def bless(chosen: Iterable[Scenario], desk: Desk) -> Iterator[str]:
    """Write the expected answers; yields the name of each that changed."""
    for scenario in chosen:
        path = scenario.folder / "expected.json"
        text = written(hook_answer(scenario, desk))
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            yield scenario.name


def main() -> int:
    """Bless every shipped example, and tell what changed."""
    desk = open_desk(Settings(), load(data_dir("knowledge"), data_dir("cards")))
    changed = list(bless(scenarios(), desk))
    for name in changed:
        print(f"written: fhir_examples/{name}/expected.json")
    print(f"{len(changed)} changed; read the difference before you commit it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
