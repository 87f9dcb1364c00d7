"""What every test shares: the shipped knowledge, and the rule that a skip is a failure in CI."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cds_service.knowledge import Knowledge

pytest_plugins = ("pytester", "tests.store.fixtures")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips",
        action="store_true",
        default=os.environ.get("CDS_TEST_STRICT") == "1",
        help="a skipped test is a failed test (also by CDS_TEST_STRICT=1)",
    )


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
