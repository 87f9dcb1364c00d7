"""The floor of tested branches in the parts that decide about a patient."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.packaging.branch_coverage import main, shares


def measured(branches: int, covered: int) -> dict[str, Any]:
    return {"summary": {"num_branches": branches, "covered_branches": covered}}


def report(reading: dict[str, Any]) -> dict[str, Any]:
    return {
        "files": {
            "cds_service/assess.py": measured(10, 10),
            "cds_service/knowledge/loading.py": measured(20, 19),
            "cds_service/reading/bundle.py": measured(50, 50),
            "cds_service/reading/genes.py": reading,
            "cds_service/doors/app.py": measured(100, 0),
        }
    }


@pytest.mark.parametrize(("covered", "code"), [(50, 0), (45, 0), (44, 1)])
def test_a_part_that_decides_keeps_its_floor(tmp_path: Path, covered: int, code: int) -> None:
    file = tmp_path / "coverage.json"
    file.write_text(json.dumps(report(measured(50, covered))), "utf-8")
    assert main(str(file)) == code


def test_the_share_of_a_package_is_that_of_all_its_files() -> None:
    assert shares(report(measured(50, 0)))["cds_service/reading"] == 50.0


def test_a_deciding_part_that_was_not_measured_counts_as_untested() -> None:
    found = shares({"files": {"cds_service/assess.py": measured(10, 10)}})
    assert found == {
        "cds_service/assess": 100.0,
        "cds_service/reading": 0.0,
        "cds_service/knowledge": 0.0,
    }
