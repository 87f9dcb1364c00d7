"""What this service says of itself wherever it speaks: its version, and that it is not in use."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

NOTICE = (
    "Not for clinical use: no responsible manufacturer has placed this service on the market "
    "or put it into service."
)


def service_version() -> str:
    """The version that is installed; a bare checkout has none."""
    try:
        return version("cds-service")
    except PackageNotFoundError:
        return "not installed"
