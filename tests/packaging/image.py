"""A Dockerfile -> the same steps in plain virtual environments, one for each stage."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Instruction:
    """One instruction with its continued lines joined."""

    word: str
    rest: str


@dataclass(frozen=True)
class Stage:
    """One stage; `base` is the image that it starts from."""

    name: str
    base: str
    instructions: tuple[Instruction, ...]

    def every(self, word: str) -> tuple[str, ...]:
        """What stands after each instruction of this name."""
        return tuple(each.rest for each in self.instructions if each.word == word)

    def environment(self) -> dict[str, str]:
        """The variables that this stage sets."""
        pairs = (pair for rest in self.every("ENV") for pair in shlex.split(rest))
        return dict(pair.split("=", 1) for pair in pairs)

    def command(self, word: str) -> list[str]:
        """The exec form behind CMD or HEALTHCHECK."""
        rest = self.every(word)[-1]
        return [str(part) for part in json.loads(rest[rest.index("[") :])]


def stages(text: str) -> tuple[Stage, ...]:
    """The stages of a Dockerfile, in order."""
    found: list[tuple[str, str, list[Instruction]]] = []
    for instruction in _instructions(text):
        if instruction.word == "FROM":
            base, _, name = instruction.rest.partition(" AS ")
            found.append((name, base, []))
        else:
            found[-1][2].append(instruction)
    return tuple(Stage(name, base, tuple(lines)) for name, base, lines in found)


def _instructions(text: str) -> tuple[Instruction, ...]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    parts = (line.split(None, 1) for line in joined.splitlines())
    return tuple(Instruction(word, " ".join(rest.split())) for word, rest in parts)


class PlainBuild:
    """Runs the stages below one folder: a stage's file system is a folder, its Python a venv."""

    def __init__(self, checkout: Path, folder: Path) -> None:
        self.checkout = checkout
        self.folder = folder

    def root(self, stage: str) -> Path:
        """The folder that stands for the stage's '/'."""
        return self.folder / stage / "root"

    def scripts(self, stage: str) -> Path:
        """The folder with the stage's python and console scripts."""
        return self.folder / stage / "venv" / "bin"

    def variables(self, stage: Stage, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The stage's environment: none of this project's settings, nor another Python's."""
        own = ("CDS_", "PYTHON", "COV_", "VIRTUAL_ENV")
        outside = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        path = f"{self.scripts(stage.name)}{os.pathsep}{os.environ['PATH']}"
        return outside | {"PATH": path} | stage.environment() | dict(more or {})

    def run(self, stage: Stage) -> None:
        """Make the stage's venv, then carry out its instructions in order."""
        venv = self.folder / stage.name / "venv"
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        folder = self.root(stage.name)
        for instruction in stage.instructions:
            if instruction.word == "WORKDIR":
                folder = self.root(stage.name) / instruction.rest.lstrip("/")
                folder.mkdir(parents=True)
            elif instruction.word == "COPY":
                self._copy(instruction.rest, folder)
            elif instruction.word == "RUN":
                self._shell(instruction.rest, stage, folder)

    def _shell(self, line: str, stage: Stage, folder: Path) -> None:
        done = subprocess.run(
            ["sh", "-ec", line],
            cwd=folder,
            env=self.variables(stage),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"RUN {line}\n{done.stdout}\n{done.stderr}"

    def _copy(self, rest: str, folder: Path) -> None:
        words = rest.split()
        source, target = words[-2:]
        if words[0].startswith("--from="):
            stage = words[0].removeprefix("--from=")
            shutil.copytree(self.root(stage) / source.strip("/"), folder / target)
        elif source == ".":
            self._copy_context(folder / target)
        else:
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.checkout / source, folder / target)

    def _copy_context(self, target: Path) -> None:
        """The build context: what .dockerignore lets through, after its '*'."""
        lines = (self.checkout / ".dockerignore").read_text("utf-8").splitlines()
        assert "*" in lines, "the context is a list of what may enter"
        skip = shutil.ignore_patterns("__pycache__", "*.py[cod]")
        for name in (line.removeprefix("!") for line in lines if line.startswith("!")):
            if (self.checkout / name).is_dir():
                shutil.copytree(
                    self.checkout / name, target / name, ignore=skip, dirs_exist_ok=True
                )
            else:
                shutil.copy(self.checkout / name, target / name)
