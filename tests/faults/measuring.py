"""Cases and a way to run them -> what became of each; a busy machine is told from a slow service.

Everything is measured with many faults at a time first. What was beyond a limit then may have been
waiting for the processor: it is measured again, alone, and the best of three counts. Where a
neighbour waited too long, all faults that went on at that time are run together again. A service
that is slow is slow each time. Answers are another matter: every one that was ever given is kept.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.calls import Said

AT_ONCE = 10  # faults at a time
TIMES = 3
RIGHT = "trk-inhibitor-option"


@dataclass(frozen=True)
class Limits:
    """Seconds: for a call, from the mending to the right card, and for a call beside the faults."""

    call: float = 2.5
    recovery: float = 10.0
    neighbour: float = 1.5


LIMITS = Limits()


@dataclass(frozen=True)
class Case:
    """A row of cases.toml."""

    id: str
    fault: str
    gap: str = ""
    right: bool = False
    diagnosis: str = "could-not-check"
    nothing: str = "412"
    fusion: str = "could-not-check"

    def expected(self, sent: str) -> str:
        """The card, or the status where there is none."""
        return RIGHT if self.right else str(getattr(self, sent))


def read_cases() -> tuple[Case, ...]:
    """The table."""
    rows = tomllib.loads(Path(__file__).with_name("cases.toml").read_text("utf-8"))["case"]
    return tuple(Case(**row) for row in rows)


@dataclass(frozen=True)
class Told:
    """What became of one case."""

    case: Case
    by_sent: dict[str, Said]
    afterwards: Said  # the fourth call, where a breaker may have opened
    mended_after: float  # seconds from the mending to the right card

    @property
    def answers(self) -> tuple[Said, ...]:
        return (*self.by_sent.values(), self.afterwards)

    @property
    def slowest(self) -> float:
        return max(said.seconds for said in self.answers)

    @property
    def names_the_cause(self) -> bool:
        return not self.case.gap or f"conditions: {self.case.gap}" in self.by_sent["nothing"].gaps

    def good(self, limits: Limits = LIMITS) -> bool:
        """The right cards and cause, in time."""
        right = all(said.shown == self.case.expected(sent) for sent, said in self.by_sent.items())
        in_time = self.slowest <= limits.call and self.mended_after <= limits.recovery
        return right and in_time and self.names_the_cause

    def overlaps(self, said: Said) -> bool:
        """Whether a call was on its way while this fault was."""
        began = min(answer.began for answer in self.answers)
        return began <= said.ended and said.began <= self.afterwards.ended

    def row(self) -> str:
        """A line of the table."""
        shown = " | ".join(f"{said.shown:20}" for said in self.by_sent.values())
        return f"{self.case.fault:58.58} | {shown} | {self.slowest:4.1f} | {self.mended_after:4.1f}"


@dataclass(frozen=True)
class Neighbours:
    """Calls that have nothing to do with the faults beside them."""

    prefetched: tuple[Said, ...] = ()  # they need no server
    fetched: tuple[Said, ...] = ()  # of a good server

    def held_up(self, limits: Limits = LIMITS) -> list[Said]:
        """Those that waited long, or whose data did not come in time."""
        found = [said for said in self.prefetched if said.seconds >= limits.neighbour]
        return found + [said for said in self.fetched if said.cards != (RIGHT,)]


@dataclass
class Run:
    """All cases and their neighbours."""

    told: dict[str, Told] = field(default_factory=dict)
    neighbours: Neighbours = Neighbours()
    answers: list[Said] = field(default_factory=list)  # of every measurement
    again: list[str] = field(default_factory=list)  # what was measured more than once

    @classmethod
    def of(cls, told: Iterable[Told], neighbours: Neighbours = Neighbours()) -> Run:
        """One measurement."""
        by_id = {item.case.id: item for item in told}
        answers = [said for item in by_id.values() for said in item.answers]
        return cls(by_id, neighbours, [*answers, *neighbours.prefetched, *neighbours.fetched])

    def take(self, other: Run, limits: Limits) -> None:
        """Let another measurement of the same count where it is a good one."""
        self.answers += other.answers
        self.again += other.told
        self.told |= {name: told for name, told in other.told.items() if told.good(limits)}

    def doubtful(self, limits: Limits) -> list[Case]:
        """Cases to be measured again."""
        return [told.case for told in self.told.values() if not told.good(limits)]

    def suspects(self, limits: Limits) -> list[Case]:
        """Cases that went on while a neighbour was held up; all, where there is none."""
        held_up = self.neighbours.held_up(limits)
        found = [t.case for t in self.told.values() if any(t.overlaps(said) for said in held_up)]
        return found or [told.case for told in self.told.values()]

    def table(self) -> Iterator[str]:
        """What is printed."""
        yield (
            "FHIR fault | card or status: diagnosis sent, nothing sent, fusion sent | slowest call "
            "in seconds | right card so many seconds after mending"
        )
        yield from (told.row() for told in self.told.values())
        named = (("complete", "prefetched"), ("from a good server", "fetched"))
        for what, name in named:
            times = sorted(said.seconds for said in getattr(self.neighbours, name))
            yield (
                f"neighbours, data {what}: {len(times)} calls, "
                f"median {times[len(times) // 2]:.2f} s, slowest {times[-1]:.2f} s"
            )
        yield f"measured again: {', '.join(self.again) or 'nothing'}"


# Runs cases, so many at a time, with neighbours or without.
Measure = Callable[[Sequence[Case], int, bool], Run]


def settled(cases: Sequence[Case], measure: Measure, limits: Limits = LIMITS) -> Run:
    """All cases, and up to two times more whatever was beyond a limit."""
    run = measure(cases, AT_ONCE, True)
    for _ in range(TIMES - 1):
        if run.neighbours.held_up(limits):
            _neighbours_again(run, measure, limits)
        for case in run.doubtful(limits):
            run.take(measure([case], 1, False), limits)
    return run


def _neighbours_again(run: Run, measure: Measure, limits: Limits) -> None:
    beside = measure(run.suspects(limits), AT_ONCE, True)
    run.take(beside, limits)
    if not beside.neighbours.held_up(limits):
        run.neighbours = beside.neighbours
