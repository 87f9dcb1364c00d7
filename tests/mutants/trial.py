"""One mutant -> killed, by which test, or survived: tried in a process of its own."""

from __future__ import annotations
import __future__

import importlib
import math
import os
import resource
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.mutants.changes import Mutant
from tests.mutants.oracle import Oracle

MEMORY = 3 << 30  # a mutant that never stops collecting must not take the machine with it
_SURVIVED, _KILLED = 0, 1


@dataclass(frozen=True)
class Verdict:
    """How a trial ended."""

    killed: bool
    by: str  # the test, or 'time', 'import', 'no test reaches it'


@dataclass(frozen=True)
class Trial:
    """A child process that runs the tests of one mutant until the first one fails."""

    mutant: Mutant
    child: int
    answer: int  # a pipe, on which the child names the test that failed
    oracle: Oracle

    @classmethod
    def begin(
        cls, mutant: Mutant, order: Sequence[int], oracle: Oracle, forget: Callable[[], None]
    ) -> Trial:
        """Fork; the child never returns."""
        answer, saying = os.pipe()
        child = os.fork()
        if child:
            os.close(saying)
            return cls(mutant, child, answer, oracle)
        _limit(sum(oracle.seconds[number] for number in order))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        status = _KILLED
        try:
            put_in(mutant)
            forget()
            killer = next((number for number in order if not oracle.passes(number)), None)
            os.write(saying, str(killer).encode() if killer is not None else b"")
            status = _SURVIVED if killer is None else _KILLED
        finally:
            os._exit(status)

    def end(self, status: int) -> Verdict:
        """The verdict, once the child has ended."""
        said = os.read(self.answer, 16)
        os.close(self.answer)
        if os.WIFSIGNALED(status):
            return Verdict(True, "time")
        if os.WEXITSTATUS(status) == _SURVIVED:
            return Verdict(False, "")
        return Verdict(True, self.oracle.tests[int(said)].nodeid if said else "import")


def _limit(clean: float) -> None:
    seconds = math.ceil(5 + 10 * clean)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def put_in(mutant: Mutant) -> None:
    """Give the living function the code of the mutant: nothing is written to disk."""
    module = importlib.import_module(_dotted(mutant.module))
    names = dict(vars(module))
    flags = __future__.annotations.compiler_flag
    exec(compile(mutant.after, mutant.module, "exec", flags, dont_inherit=True), names)
    changed = names[mutant.function.rpartition(".")[2]]
    living = _living(module, mutant.function)
    living.__code__ = changed.__code__
    living.__defaults__, living.__kwdefaults__ = changed.__defaults__, changed.__kwdefaults__


def _dotted(module: str) -> str:
    return module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _living(module: types.ModuleType, function: str) -> types.FunctionType:
    found: object = module
    for name in function.split("."):
        found = vars(found)[name]
    found = getattr(found, "__func__", found)
    assert isinstance(found, types.FunctionType)
    return found
