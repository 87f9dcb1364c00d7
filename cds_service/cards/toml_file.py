"""A TOML file of cards/ -> its content, or a KnowledgeError that names the file."""

from __future__ import annotations

import tomllib
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from cds_service.errors import KnowledgeError


def read_toml(cards_dir: Traversable | Path, name: str) -> dict[str, Any]:
    """The content, of which nothing is checked yet; raises KnowledgeError."""
    try:
        return tomllib.loads((cards_dir / name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = f"expected readable UTF-8 text ({error})"
        raise KnowledgeError([f"cards/{name}: file: {why}"]) from error
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError([f"cards/{name}: file: expected TOML: {error}"]) from error
