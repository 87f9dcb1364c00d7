"""The desk at which a property asks about its patients."""

from __future__ import annotations

import pytest

from cds_service.knowledge import Knowledge
from tests.desk import Desk


@pytest.fixture(scope="session")
def ask(knowledge: Knowledge) -> Desk:
    return Desk(knowledge)
