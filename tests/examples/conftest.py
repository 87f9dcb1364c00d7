"""The service with its shipped knowledge and the settings of development."""

from __future__ import annotations

import os

import pytest


@pytest.fixture
def development(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment without any setting of this machine, here and for a subprocess."""
    for name in [name for name in os.environ if name.startswith("CDS_")]:
        monkeypatch.delenv(name)
    return dict(os.environ)
