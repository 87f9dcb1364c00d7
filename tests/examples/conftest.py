"""The service with its shipped knowledge and the settings of development."""

from __future__ import annotations

import os

import pytest

from cds_service.doors.answer import Desk
from cds_service.doors.app import open_desk
from cds_service.knowledge import Knowledge
from cds_service.settings import Settings


@pytest.fixture(scope="session")
def desk(knowledge: Knowledge) -> Desk:
    return open_desk(Settings(), knowledge)


@pytest.fixture
def development(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment without any setting of this machine, here and for a subprocess."""
    for name in [name for name in os.environ if name.startswith("CDS_")]:
        monkeypatch.delenv(name)
    return dict(os.environ)
