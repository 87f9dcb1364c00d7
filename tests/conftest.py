"""What every test shares: the shipped knowledge, and the rule that a skip is a failure in CI."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cds_service.doors.answer import Desk
    from cds_service.knowledge import Knowledge

pytest_plugins = ("pytester", "tests.store.fixtures")

# They say the same lines thousands of times: tracing them would tell nothing and doubles the time.
_UNTRACED = (
    "abuse/test_json_abuse.py",
    "abuse/test_naughty_strings.py",
    "abuse/test_openapi_fuzz.py",
    "properties/",
    "reading/test_hostile_data.py",
    "real_packages/",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips",
        action="store_true",
        default=os.environ.get("CDS_TEST_STRICT") == "1",
        help="a skipped test is a failed test (also by CDS_TEST_STRICT=1)",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if str(item.path.relative_to(here)).startswith(_UNTRACED):
            item.add_marker(pytest.mark.no_cover)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if item.config.getoption("--no-skips") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = _complaint(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if collector.config.getoption("--no-skips") and report.skipped:
        report.outcome = "failed"
        report.longrepr = _complaint(report)
    return report


def _complaint(report: pytest.TestReport | pytest.CollectReport) -> str:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return f"a skip is a failure here: {reason}"


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The knowledge that this project ships."""
    # Imported late: a broken loader is then a failed test, not a broken session.
    from cds_service.knowledge import load
    from cds_service.knowledge.places import data_dir

    return load(data_dir("knowledge"), data_dir("cards"))


@pytest.fixture(scope="session")
def desk(knowledge: Knowledge) -> Desk:
    """The service as it ships in development; its cards are proved once for all tests."""
    from cds_service.doors.app import open_desk
    from cds_service.settings import Settings

    return open_desk(Settings(), knowledge)
