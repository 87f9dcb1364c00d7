"""What somebody at a fresh machine is told when it lacks what the project needs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOO_OLD = """#!/bin/sh
exec "{python}" -c "import sys; sys.version_info = (3, 9); exec(sys.argv[2])" "$@"
"""
NO_VENV = """#!/bin/sh
case "$*" in *ensurepip*) exit 1;; esac
exec "{python}" "$@"
"""


@pytest.fixture
def fresh(checkout: Path, tmp_path: Path) -> Path:
    """A checkout in which nothing was set up, in a folder with a space in its name."""
    folder = tmp_path / "a fresh checkout"
    folder.mkdir()
    shutil.copy(checkout / "Makefile", folder)
    return folder


def make(folder: Path, script: str, *words: str) -> subprocess.CompletedProcess[str]:
    python = folder / "python"
    python.write_text(script.format(python=sys.executable), "utf-8")
    python.chmod(0o755)
    return subprocess.run(
        ["make", *words, "PYTHON=./python"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )


def told(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stderr.splitlines() if not line.startswith("make")]


@pytest.mark.parametrize("word", ["run", "test"])
def test_a_python_that_is_too_old_is_one_clear_line(fresh: Path, word: str) -> None:
    done = make(fresh, TOO_OLD, word)
    assert done.returncode != 0
    assert told(done) == [
        f"Python 3.11 or newer is needed; './python' is not."
        f" Name one: make {word} PYTHON=python3.12"
    ]
    assert not (fresh / ".venv").exists()


def test_a_missing_venv_module_is_one_clear_line(fresh: Path) -> None:
    done = make(fresh, NO_VENV, "run")
    assert done.returncode != 0
    assert told(done) == [
        "Python's venv module is missing; on Debian or Ubuntu: apt-get install python3-venv"
    ]


def test_a_folder_with_a_space_in_its_name_gets_its_environment(fresh: Path) -> None:
    done = make(fresh, '#!/bin/sh\nexec "{python}" "$@"\n', ".venv/made-in")
    assert done.returncode == 0, done.stderr
    assert (fresh / ".venv" / "made-in").read_text("utf-8") == str(fresh)
    assert (fresh / ".venv" / "bin" / "python").exists()


def test_a_checkout_that_was_moved_gets_a_new_environment(fresh: Path) -> None:
    script = '#!/bin/sh\nexec "{python}" "$@"\n'
    make(fresh, script, ".venv/made-in")
    assert "Setting up" not in make(fresh, script, ".venv/made-in").stdout
    moved = fresh.rename(fresh.with_name("elsewhere"))
    assert "Setting up" in make(moved, script, ".venv/made-in").stdout
    assert (moved / ".venv" / "made-in").read_text("utf-8") == str(moved)


def test_every_command_that_contributors_are_told_of_exists(checkout: Path) -> None:
    told_of = set(re.findall(r"`make (\w+)", (checkout / "CONTRIBUTING.md").read_text("utf-8")))
    makefile = (checkout / "Makefile").read_text("utf-8")
    assert "test" in told_of
    assert told_of <= set(re.findall(r"^(\w+):", makefile, flags=re.MULTILINE))
