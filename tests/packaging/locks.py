"""The lock files held against pyproject.toml: pinned, hashed, without an address, and complete."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parents[2]
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)")
ADDRESS = re.compile(r"://|file:|--(extra-)?index|--find-links|(?<!\S)-[if]\b| @ |(?<!\S)/")


def pins(text: str) -> dict[str, str]:
    """Name -> version of every pinned requirement of a lock file."""
    found = (PIN.match(line) for line in text.splitlines())
    return {canonicalize_name(match["name"]): match["version"] for match in found if match}


def problems(checkout: Path) -> tuple[str, ...]:
    """Everything that is wrong with the lock files, a line each."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))
    texts = {
        name: (checkout / "requirements" / f"{name}.txt").read_text("utf-8")
        for name in ("build", "runtime", "dev")
    }
    wrong = [f"{name}.txt: {line}" for name, text in texts.items() for line in _unsafe(text)]
    wrong += [f"{name}.txt: {line}" for name, line in _uncovered(project, texts)]
    return (*wrong, *_differences(texts))


def _unsafe(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.lstrip().startswith("#") and ADDRESS.search(line):
            yield f"holds an address or a path: {line.strip()}"
    for block in re.split(r"\n(?=\S)", text):
        statement = "\n".join(line for line in block.splitlines() if not line.startswith("#"))
        if statement.strip() and not PIN.match(statement):
            yield f"is not pinned: {statement.splitlines()[0]}"
        elif statement.strip() and "--hash=sha256:" not in statement:
            yield f"has no hash: {statement.splitlines()[0]}"


def _uncovered(project: dict[str, Any], texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    groups = project["dependency-groups"]
    dev = [line for line in groups["dev"] if isinstance(line, str)]
    declared = {
        "runtime": project["project"]["dependencies"],
        "build": [*groups["build"], *project["build-system"]["requires"]],
        "dev": [*project["project"]["dependencies"], *groups["build"], *dev],
    }
    for lock, lines in declared.items():
        pinned = pins(texts[lock])
        for requirement in map(Requirement, lines):
            version = pinned.get(canonicalize_name(requirement.name))
            if version is None:
                yield lock, f"{requirement.name} is declared and not locked"
            elif version not in requirement.specifier:
                yield lock, f"{requirement} is declared and {version} is locked"


def _differences(texts: dict[str, str]) -> Iterator[str]:
    dev = pins(texts["dev"])
    for lock in ("runtime", "build"):
        for name, version in pins(texts[lock]).items():
            if dev.get(name) != version:
                yield f"dev.txt: {name} is {dev.get(name)}, and {version} in {lock}.txt"


def main() -> int:
    """Print what is wrong; 1 when something is."""
    found = problems(CHECKOUT)
    for line in found:
        print(line, file=sys.stderr)
    print(f"lock files: {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
