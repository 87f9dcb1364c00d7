"""Coverage's JSON report -> does every part that decides keep its floor of tested branches?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FLOOR = 95.0
DECIDING = ("cds_service/assess", "cds_service/reading", "cds_service/knowledge")


def shares(report: dict[str, Any]) -> dict[str, float]:
    """Percentage of branches taken, for each deciding part: a module or a package."""
    return {part: _share(part, report["files"]) for part in DECIDING}


def _share(part: str, files: dict[str, Any]) -> float:
    summaries = [
        entry["summary"]
        for name, entry in files.items()
        if name == f"{part}.py" or name.startswith(f"{part}/")
    ]
    if not summaries:
        return 0.0  # a part that was renamed is not a part that is tested
    branches = sum(summary["num_branches"] for summary in summaries)
    covered = sum(summary["covered_branches"] for summary in summaries)
    return 100.0 * covered / branches if branches else 100.0


def main(path: str) -> int:
    """Print each part's share; 1 when one is below the floor."""
    found = shares(json.loads(Path(path).read_text("utf-8")))
    for part, share in found.items():
        verdict = "" if share >= FLOOR else f"  below {FLOOR:.0f} %"
        print(f"branch coverage {part}: {share:.1f} %{verdict}")
    return 0 if min(found.values()) >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
