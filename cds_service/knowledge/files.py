"""TOML and JSON files -> plain values, with every problem noted as 'file: field: message'."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from cds_service.knowledge.places import Folder

Document = dict[str, Any]

_TOML_PLACE = re.compile(r"(.*) \(at (line \d+), column \d+\)")


class Problems:
    """Collects what is wrong, so that an author sees everything at once."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def add(self, file: str, field: str, message: str) -> None:
        """Note one problem."""
        self._found.append(f"{file}: {field}: {message}")

    def all(self) -> tuple[str, ...]:
        """Every problem noted, in the order found, each once."""
        return tuple(dict.fromkeys(self._found))


def entries(folder: Folder, suffix: str) -> Iterator[str]:
    """Names of the files of a folder that end so, sorted; none where there is no folder."""
    if folder.is_dir():
        files = (file.name for file in folder.iterdir() if file.is_file())
        yield from sorted(name for name in files if name.endswith(suffix))


def folders(folder: Folder) -> Iterator[str]:
    """Names of the folders in a folder, sorted."""
    if folder.is_dir():
        yield from sorted(inner.name for inner in folder.iterdir() if inner.is_dir())


def read_toml(root: Folder, path: str, problems: Problems) -> Document | None:
    """A TOML file with dates as ISO text; None and a problem where it cannot be read."""
    text = _text(root, path, problems)
    if text is None:
        return None
    try:
        return _plain_table(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        match = _TOML_PLACE.fullmatch(str(error))
        message, place = match.groups() if match else (str(error), "end of file")
        problems.add(path, place, f"not valid TOML: {message}")
        return None


def read_json(root: Folder, path: str, problems: Problems) -> Document | None:
    """A JSON object in which no key stands twice; None and a problem otherwise."""
    text = _text(root, path, problems)
    if text is None:
        return None
    repeated: list[str] = []
    try:
        value = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, repeated))
    except json.JSONDecodeError as error:
        problems.add(path, f"line {error.lineno}", f"not valid JSON: {error.msg}")
        return None
    for key in dict.fromkeys(repeated):
        problems.add(path, key, "stands twice in one object; expected once")
    if not isinstance(value, dict):
        problems.add(path, "(top level)", "expected a JSON object")
        return None
    return None if repeated else value


def _text(root: Folder, path: str, problems: Problems) -> str | None:
    try:
        return root.joinpath(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        problems.add(path, "(file)", "expected UTF-8 text")
    except OSError as error:
        problems.add(path, "(file)", f"cannot be read: {type(error).__name__}")
    return None


def _object(pairs: list[tuple[str, Any]], repeated: list[str]) -> Document:
    found: Document = {}
    for key, value in pairs:
        if key in found:
            repeated.append(key)
        found[key] = value
    return found


def _plain_table(table: Document) -> Document:
    return {key: _plain(value) for key, value in table.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, dict):
        return _plain_table(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
