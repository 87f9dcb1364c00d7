"""The desk at which a test of reading asks about its patient, and the figures of the case table."""

from __future__ import annotations

import pytest

from cds_service import tasks
from cds_service.cards import CardWriter
from cds_service.knowledge import Knowledge
from cds_service.knowledge.places import data_dir
from tests.desk import Desk
from tests.reading.case_figures import Answer, report

ANSWERS = pytest.StashKey[list[Answer]]()


@pytest.fixture(scope="session")
def ask(knowledge: Knowledge) -> Desk:
    return Desk(knowledge)


@pytest.fixture(scope="session")
def answers(pytestconfig: pytest.Config) -> list[Answer]:
    """Every case that was read in this run; printed when the run ends."""
    return pytestconfig.stash.setdefault(ANSWERS, [])


@pytest.fixture(scope="session")
def writer(knowledge: Knowledge) -> CardWriter:
    """Writes the cards that this project ships."""
    return CardWriter(
        data_dir("cards"),
        guidelines=knowledge.guidelines,
        links=knowledge.links,
        systems=knowledge.systems,
        positions=knowledge.positions,
        namespace="org.example",
        approvals=(),
        service_version="0.1.0",
        task=tasks.task,
    )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    read = config.stash.get(ANSWERS, [])
    if read:
        terminalreporter.section("the case table of tests/reading/cases")
        for line in report(read):
            terminalreporter.write_line(line)
