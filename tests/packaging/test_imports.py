"""Who may import whom: the shipped contracts notice what they forbid."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PURE = ("domain", "assess", "codes", "errors", "identity")


def imported(source: str) -> set[str]:
    """The top-level names that a module imports, from within functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("part", PURE)
def test_what_decides_knows_the_standard_library_only(part: str, checkout: Path) -> None:
    package = checkout / "cds_service" / part
    files = list(package.rglob("*.py")) if package.is_dir() else [package.with_suffix(".py")]
    assert files
    found = {name for file in files for name in imported(file.read_text("utf-8"))}
    assert found <= {*sys.stdlib_module_names, "cds_service"}


def test_an_import_inside_a_function_is_seen() -> None:
    assert imported("def f():\n    import flask.json\n    from os import path\n") == {"flask", "os"}


@pytest.fixture
def copied(checkout: Path, tmp_path: Path) -> Path:
    """A copy of the package and of its contracts, free to be damaged."""
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(checkout / "cds_service", tmp_path / "cds_service", ignore=skip)
    shutil.copy(checkout / "pyproject.toml", tmp_path)
    return tmp_path


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    command = str(Path(sys.executable).with_name("lint-imports"))
    return subprocess.run(
        [command, "--no-logo", "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_shipped_package_keeps_the_contracts(copied: Path) -> None:
    done = linted(copied)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("reading/__init__.py", "import cds_service.doors.cli", "doors -> service"),
        ("reading/__init__.py", "import cds_service.knowledge", "doors -> service"),
        ("domain/states.py", "import cds_service.service", "doors -> service"),
        ("service.py", "import flask", "Flask only in doors"),
        ("doors/cli.py", "import requests", "requests nowhere"),
        ("reading/__init__.py", "import fhir.resources", "fhir.resources only"),
        ("domain/states.py", "import jinja2", "standard library only"),
    ],
)
def test_a_forbidden_import_is_noticed(copied: Path, module: str, line: str, contract: str) -> None:
    file = copied / "cds_service" / module
    file.write_text(f"{file.read_text('utf-8')}\n{line}\n", "utf-8")
    done = linted(copied)
    assert done.returncode == 1
    broken = [row for row in done.stdout.splitlines() if " BROKEN" in row]
    assert any(contract in row for row in broken), done.stdout


def test_a_new_module_must_be_given_its_place(copied: Path) -> None:
    (copied / "cds_service" / "elsewhere.py").write_text('"""New."""\n', "utf-8")
    assert linted(copied).returncode == 1
