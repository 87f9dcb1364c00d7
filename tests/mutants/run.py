"""The code of reading and assessing -> how many of its mutants the tests kill, file by file.

python -m tests.mutants.run [--one-in N] [--most TESTS] [MODULE ...]: with N, the same N-th part of
the mutants in every run; a mutant meets at most so many TESTS of those that reach it. Results are
kept in .reports/mutants, so that a run that was stopped goes on where it stopped; a mutant that
survived is tried again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from cds_service.knowledge import load
from cds_service.knowledge.places import data_dir
from cds_service.reading.recognisers import recognisers
from tests.mutants.changes import Mutant, mutants_of
from tests.mutants.oracle import OPTIONS, SUITES, Collected, Oracle
from tests.mutants.trial import Trial, Verdict

PACKAGES = ("cds_service/assess", "cds_service/reading")
ELSEWHERE = frozenset({"cds_service/reading/pdf_child.py"})  # runs as a process of its own
RESULTS = Path(".reports/mutants")
WANTED = 90  # per cent
NOBODY = Verdict(False, "no test reaches it")
OFTEN = 25  # results after which what is known is written down
MOST = 300  # tests that a mutant meets: a survivor meets all of them, and most of a run is theirs
AT_ONCE = os.cpu_count() or 2

Result = dict[str, Any]


class Run:
    """Mutants of some files, tried a few at a time, and what became of them."""

    def __init__(self, modules: Sequence[str], one_in: int = 1, most: int = MOST) -> None:
        self.modules = modules
        self._one_in = one_in
        self.oracle = Oracle(modules, _compile, most)
        self.results: dict[str, dict[str, Result]] = {}
        self._trials: dict[int, Trial] = {}
        self._killers: dict[str, deque[int]] = {}
        self._orders: dict[tuple[str, range], list[int]] = {}

    def __call__(self, items: Sequence[pytest.Item]) -> None:
        """What is done inside the pytest session."""
        waiting = {
            module: [m for m in mutants_of(module) if _drawn(m, self._one_in)]
            for module in self.modules
        }
        self.oracle.take(items)
        print(f"{len(self.oracle.tests)} tests", flush=True)
        print(
            "".join(f"fails without any mutant: {name}\n" for name in self.oracle.failing), end=""
        )
        for module, mutants in waiting.items():
            known = _stored(module)
            self.results[module] = {m.key: known[m.key] for m in mutants if _settled(m, known)}
            for mutant in mutants:
                if mutant.key not in self.results[module]:
                    self._try(mutant)
            self._await(0)
            _store(module, self.results[module])
            print(line_of(module, self.results[module].values()), flush=True)

    def _try(self, mutant: Mutant) -> None:
        self._await(AT_ONCE - 1)
        order = list(self._order(mutant))
        if not order:
            self._note(mutant, NOBODY)
            return
        trial = Trial.begin(mutant, order, self.oracle, recognisers.cache_clear)
        self._trials[trial.child] = trial

    def _order(self, mutant: Mutant) -> Iterator[int]:
        """First the tests that killed the mutants before this one: they often kill it too."""
        place = mutant.module, mutant.lines
        reaching = self._orders.setdefault(place, []) or self.oracle.reaching(*place)
        self._orders[place] = reaching
        recent = [*self._killers.get(mutant.function, ()), *self._killers.get(mutant.module, ())]
        here = set(reaching)
        first = [number for number in dict.fromkeys(recent) if number in here]
        yield from dict.fromkeys((*first, *reaching))

    def _await(self, left: int) -> None:
        while len(self._trials) > left:
            child, status = os.wait()
            trial = self._trials.pop(child)
            self._note(trial.mutant, trial.end(status))

    def _note(self, mutant: Mutant, verdict: Verdict) -> None:
        self.results[mutant.module][mutant.key] = {
            "function": mutant.function,
            "line": mutant.lines.start,
            "difference": mutant.difference,
            "killed": verdict.killed,
            "by": verdict.by,
        }
        if len(self.results[mutant.module]) % OFTEN == 0:
            _store(mutant.module, self.results[mutant.module])
        numbers = [n for n, item in enumerate(self.oracle.tests) if item.nodeid == verdict.by]
        for name in (mutant.function, mutant.module):
            self._killers.setdefault(name, deque(maxlen=12)).extendleft(numbers)


def _compile() -> None:
    recognisers.cache_clear()
    recognisers(load(data_dir("knowledge"), data_dir("cards")).vocabulary)


def _drawn(mutant: Mutant, one_in: int) -> bool:
    """The same mutants in every run, whichever files are tried."""
    return zlib.crc32(f"{mutant.module} {mutant.key}".encode()) % one_in == 0


def _settled(mutant: Mutant, known: dict[str, Result]) -> bool:
    return mutant.key in known and known[mutant.key]["killed"]


def _file(module: str) -> Path:
    return RESULTS / (module.replace("/", ".") + ".json")


def _stored(module: str) -> dict[str, Result]:
    if not _file(module).exists():
        return {}
    found: dict[str, Result] = json.loads(_file(module).read_text("utf-8"))
    return found


def _store(module: str, results: dict[str, Result]) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    _file(module).write_text(json.dumps(results, indent=1, sort_keys=True), "utf-8")


def line_of(name: str, results: Any) -> str:
    """The score of a file in a line."""
    verdicts = [result["killed"] for result in results]
    return f"{score(verdicts):6.1f} %  {sum(verdicts):5} of {len(verdicts):5}  {name}"


def score(verdicts: Sequence[bool]) -> float:
    """Killed mutants per hundred."""
    return 100 * sum(verdicts) / len(verdicts) if verdicts else 100.0


def everything() -> list[str]:
    """The files whose mutants can be tried in a process that was forked."""
    found = sorted(str(path) for package in PACKAGES for path in Path(package).glob("*.py"))
    return [name for name in found if name not in ELSEWHERE]


def main(arguments: Sequence[str]) -> int:
    """Try the mutants of the files named, else of all; 0 when enough are killed."""
    parser = argparse.ArgumentParser(prog="tests.mutants.run")
    parser.add_argument("--one-in", type=int, default=1, metavar="N")
    parser.add_argument("--most", type=int, default=MOST, metavar="TESTS")
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    options = parser.parse_args(arguments)
    modules = options.modules or everything()
    run = Run(modules, options.one_in, options.most)
    ended = pytest.main([*OPTIONS, *SUITES], plugins=[Collected(run)])
    results = [result for results in run.results.values() for result in results.values()]
    print(line_of("altogether", results))
    enough = score([result["killed"] for result in results]) >= WANTED
    return 0 if enough and ended == pytest.ExitCode.OK and not run.oracle.failing else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
