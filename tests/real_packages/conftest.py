"""Published packages and the service as it ships; the counts stand at the end of the run."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from cds_service.doors.app import create_app
from cds_service.doors.events import LogStore
from cds_service.knowledge import Knowledge
from cds_service.settings import Settings
from tests.real_packages import packages
from tests.real_packages.packages import GENOMICS_REPORTING, MCODE, Package, Resources

_COUNTS = pytest.StashKey[dict[str, Counter[str]]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash.setdefault(_COUNTS, {})


@pytest.fixture(scope="session")
def counts(pytestconfig: pytest.Config) -> dict[str, Counter[str]]:
    """What became of what was posted, by title; printed after the tests."""
    return pytestconfig.stash.setdefault(_COUNTS, {})


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for title, counted in config.stash.get(_COUNTS, {}).items():
        terminalreporter.write_line(f"{title}: {counted.total()} posted")
        for what, number in sorted(counted.items()):
            terminalreporter.write_line(f"  {number:5} {what}")


@pytest.fixture(scope="session")
def genomics_reporting() -> Resources:
    return _resources(GENOMICS_REPORTING)


@pytest.fixture(scope="session")
def mcode() -> Resources:
    return _resources(MCODE)


def _resources(package: Package) -> Resources:
    try:
        return packages.read(package, packages.fetch(package))
    except packages.PackageUnavailableError as why:
        pytest.skip(f"NOT TESTED against published resources: {why}")


@pytest.fixture(scope="session")
def door(knowledge: Knowledge) -> FlaskClient:
    def noon() -> datetime:
        return datetime(2026, 11, 22, 12, tzinfo=UTC)

    return create_app(Settings(), knowledge=knowledge, store=LogStore(), clock=noon).test_client()
