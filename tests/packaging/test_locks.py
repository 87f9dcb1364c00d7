"""The lock files: what is declared is pinned by hash, and nothing says where to fetch it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.packaging.locks import pins, problems


@pytest.fixture
def copied(checkout: Path, tmp_path: Path) -> Path:
    """A copy of the lock files and of the declaration, free to be damaged."""
    shutil.copy(checkout / "pyproject.toml", tmp_path)
    shutil.copytree(checkout / "requirements", tmp_path / "requirements")
    return tmp_path


def rewrite(file: Path, pattern: str, new: str) -> None:
    text = file.read_text("utf-8")
    changed = re.sub(pattern, new, text, count=1, flags=re.MULTILINE)
    assert changed != text
    file.write_text(changed, "utf-8")


def test_the_shipped_lock_files_are_in_order(checkout: Path) -> None:
    assert problems(checkout) == ()


def test_a_name_is_pinned_in_its_canonical_spelling() -> None:
    assert pins("Fhir.Resources==8.0 \\\n    --hash=sha256:0\n") == {"fhir-resources": "8.0"}


def test_a_dependency_without_a_hash_is_noticed(copied: Path) -> None:
    rewrite(
        copied / "requirements/runtime.txt", r"^flask==.*\\\n(    --hash.*\n)+", "flask==3.1.3\n"
    )
    assert "runtime.txt: has no hash: flask==3.1.3" in problems(copied)


def test_a_dependency_without_a_version_is_noticed(copied: Path) -> None:
    rewrite(copied / "requirements/runtime.txt", r"^flask==\S+", "flask")
    assert "runtime.txt: is not pinned: flask \\" in problems(copied)


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://packages.example.org/simple",
        "--find-links wheels",
        "-f wheels",
        "extra @ file:///srv/extra.whl",
        "/srv/extra.whl",
    ],
)
def test_an_address_or_a_path_is_noticed(copied: Path, line: str) -> None:
    rewrite(copied / "requirements/dev.txt", r"\Z", f"{line}\n")
    assert f"dev.txt: holds an address or a path: {line}" in problems(copied)


def test_a_declared_dependency_that_is_not_locked_is_noticed(copied: Path) -> None:
    rewrite(copied / "pyproject.toml", '"flask>=3.1",', '"flask>=3.1", "peewee>=2",')
    assert "runtime.txt: peewee is declared and not locked" in problems(copied)


def test_a_locked_version_that_is_too_old_is_noticed(copied: Path) -> None:
    rewrite(copied / "pyproject.toml", '"flask>=3.1"', '"flask>=900"')
    found = [line for line in problems(copied) if line.startswith("runtime.txt: flask>=900")]
    assert len(found) == 1


def test_two_lock_files_that_disagree_are_noticed(copied: Path) -> None:
    rewrite(copied / "requirements/dev.txt", r"^flask==\S+", "flask==3.1.0")
    assert any(line.startswith("dev.txt: flask is 3.1.0, and") for line in problems(copied))
