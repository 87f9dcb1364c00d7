"""The whole run of all faults, once; its table stands at the end of the test run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from coverage import Coverage

from cds_service.doors.answer import Desk
from tests.faults.city import Surveyor
from tests.faults.measuring import Run, read_cases, settled

_TABLE = pytest.StashKey[list[str]]()


@contextmanager
def _untraced() -> Iterator[None]:
    """Coverage doubles the time of what it traces, and here time is what is measured."""
    tracing = Coverage.current()
    if tracing is not None:
        tracing.stop()
    try:
        yield
    finally:
        if tracing is not None:
            tracing.start()


@pytest.fixture(scope="session")
def surveyor(tmp_path_factory: pytest.TempPathFactory, desk: Desk) -> Surveyor:
    return Surveyor(tmp_path_factory, desk)


@pytest.fixture(scope="session")
def run(surveyor: Surveyor, pytestconfig: pytest.Config) -> Run:
    """All faults."""
    with _untraced():
        done = settled(read_cases(), surveyor.measure)
    pytestconfig.stash[_TABLE] = list(done.table())
    return done


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for line in config.stash.get(_TABLE, ()):
        terminalreporter.write_line(line)
