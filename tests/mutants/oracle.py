"""The quick tests of reading and assessing -> those that reach a line, and do they pass."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import cast

import coverage
import pytest
from _pytest.runner import runtestprotocol

SUITES = ("tests/reading", "tests/spec")
# Plain asserts and short tracebacks: what matters is whether a test fails, not how it says so.
OPTIONS = ("-q", "-s", "--assert=plain", "--tb=native", "-p", "no:cacheprovider", "-o", "timeout=0")
TOO_SLOW = 0.25  # seconds; a test that takes longer says little that a quicker one does not


class Oracle:
    """Tests that were collected once, and are run again for each mutant."""

    def __init__(self, modules: Iterable[str], compiled: Callable[[], None], most: int) -> None:
        self._modules = [str(Path(module).resolve()) for module in modules]
        self._compiled = compiled  # what is built once per process, and reached by every test
        self._most = most  # tests that a mutant meets
        self._reached: dict[str, dict[int, set[int]]] = {}
        self._ways: dict[str, dict[int, frozenset[int]]] = {}
        self._always: dict[str, set[int]] = {}
        self.tests: list[pytest.Item] = []
        self.seconds: list[float] = []
        self.failing: list[str] = []  # without any mutant

    def take(self, items: Sequence[pytest.Item]) -> None:
        """Run the tests on the code as it stands, and see which lines each of them reaches."""
        chosen = [i for i in items if not getattr(getattr(i, "obj", 0), "is_hypothesis_test", 0)]
        self.tests = sorted(chosen, key=lambda item: hashlib.sha256(item.nodeid.encode()).digest())
        watch = coverage.Coverage(data_file=None, config_file=False, include=self._modules)
        watch.start()
        watch.switch_context("always")
        self._compiled()
        for number, item in enumerate(self.tests):
            watch.switch_context(str(number))
            begun = time.perf_counter()
            if self.passes(number):
                self.seconds.append(time.perf_counter() - begun)
            else:
                self.seconds.append(math.inf)  # says nothing about a mutant
                self.failing.append(item.nodeid)
        watch.stop()
        self._learn(watch.get_data())

    def passes(self, number: int) -> bool:
        """Run one test; what belongs to the session is kept for the next."""
        item = self.tests[number]
        reports = runtestprotocol(item, log=False, nextitem=cast(pytest.Item, _Next(item)))
        return all(report.passed for report in reports)

    def _learn(self, data: coverage.CoverageData) -> None:
        for module in self._modules:
            by_line = data.contexts_by_lineno(module)
            self._always[module] = {n for n, names in by_line.items() if "always" in names}
            self._reached[module] = {
                n: {int(name) for name in names if name.isdigit()} for n, names in by_line.items()
            }
            ways: dict[int, set[int]] = {}
            for line, numbers in self._reached[module].items():
                for number in numbers:
                    ways.setdefault(number, set()).add(line)
            self._ways[module] = {number: frozenset(lines) for number, lines in ways.items()}

    def reaching(self, module: str, lines: Iterable[int]) -> list[int]:
        """The quick tests that run one of these lines, those that differ most first."""
        path = str(Path(module).resolve())
        quick = {n for n, seconds in enumerate(self.seconds) if seconds < TOO_SLOW}
        if not self._always[path].intersection(lines):
            reached = self._reached[path]
            quick &= set().union(*(reached.get(line, set()) for line in lines))
        return self._unlike_first(path, sorted(quick))[: self._most]

    def _unlike_first(self, path: str, numbers: list[int]) -> list[int]:
        """One test of each way through the file, then a second one of each, and so on.

        Of each way, one row of each table comes before the second row of any.
        """
        ways: dict[frozenset[int], list[int]] = {}
        for number in _in_rounds(numbers, self._table):
            ways.setdefault(self._ways[path].get(number, frozenset()), []).append(number)
        return [number for one_round in zip_longest(*ways.values()) for number in _there(one_round)]

    def _table(self, number: int) -> str:
        return self.tests[number].nodeid.partition("[")[0]


def _in_rounds(numbers: Iterable[int], group: Callable[[int], str]) -> Iterator[int]:
    groups: dict[str, list[int]] = {}
    for number in numbers:
        groups.setdefault(group(number), []).append(number)
    for one_round in zip_longest(*groups.values()):
        yield from _there(one_round)


def _there(one_round: Iterable[int | None]) -> Iterator[int]:
    return (number for number in one_round if number is not None)


class _Next:
    """Stands for the next test, of which only the session is known."""

    def __init__(self, item: pytest.Item) -> None:
        self._session = item.session

    def listchain(self) -> list[pytest.Session]:
        return [self._session]


class Collected:
    """A pytest plugin that hands the collected tests over instead of running them."""

    def __init__(self, work: Callable[[Sequence[pytest.Item]], None]) -> None:
        self._work = work

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """All the work is done inside the session, whose fixtures stay alive."""
        self._work(session.items)
        return True
