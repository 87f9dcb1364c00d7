"""The name of a data folder -> where it lies: inside the wheel, else in the checkout."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

Folder = Traversable | Path


def data_dir(name: str) -> Traversable:
    """The folder 'knowledge', 'cards' or 'fhir_examples'."""
    package = files("cds_service")
    packed = package / "data" / name
    return packed if packed.is_dir() else Path(str(package)).parent / name
