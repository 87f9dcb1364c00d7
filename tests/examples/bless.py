"""Writes fhir_examples/*/expected.json anew, and says where a recommendation is another one.

The recommendation in scenario.toml was written by hand and is never touched here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cds_service.doors.answer import Desk
from cds_service.doors.app import open_desk
from cds_service.knowledge import data_dir, load
from cds_service.settings import Settings
from tests.examples.scenarios import Scenario, hook_answer, scenarios


def desk_of(scenario: Scenario, desk: Desk) -> Desk:
    """The same desk in the nation of the scenario."""
    return replace(desk, settings=replace(desk.settings, nation=scenario.nation))


def written(answer: dict[str, Any]) -> str:
    """JSON that is the same on every machine."""
    return json.dumps(answer, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def bless() -> Iterator[str]:
    """Write every expected answer; yields the name of each that changed."""
    desk = open_desk(Settings(), load(data_dir("knowledge"), data_dir("cards")))
    for scenario in scenarios():
        path = scenario.folder / "expected.json"
        text = written(hook_answer(scenario, desk_of(scenario, desk)))
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            yield scenario.name


def main() -> int:
    """Bless, and tell what changed."""
    changed = list(bless())
    for name in changed:
        print(f"written: fhir_examples/{name}/expected.json")
    print(f"{len(changed)} changed; read the difference before you commit it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
