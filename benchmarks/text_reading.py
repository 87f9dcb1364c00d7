"""Hostile texts of 100 kB and of 200 kB -> processor time to read each, and the ratio of the two.

A ratio of 2 is linear, one of 4 is quadratic. It ends with 1 where a ratio is over the limit, or
where the statement at the end of a text was not read.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable

from benchmarks.hostile_text import Resource, families
from cds_service.domain import PatientRecord, Presence, Received, Vocabulary
from cds_service.knowledge import load
from cds_service.knowledge.places import data_dir
from cds_service.reading import read

SIZE = 100_000
LIMIT = 2.5
ROUNDS = 3
MORE = 12  # rounds for a family that seems to be over the limit, before that is believed

Family = Callable[[int], Resource]


def record_of(resource: Resource, vocabulary: Vocabulary) -> PatientRecord:
    """What the service reads in one resource."""
    return read([Received(resource)], [], vocabulary)


def read_to_the_end(record: PatientRecord) -> bool:
    """The plain statement in the last line, or the diagnosis, is among the facts."""
    found = any(fusion.presence is Presence.DETECTED for fusion in record.fusions)
    return found or bool(record.diagnoses)


def milliseconds(resource: Resource, vocabulary: Vocabulary) -> float:
    """Processor time of one reading, without the garbage of the one before."""
    gc.collect()
    start = time.process_time()
    record_of(resource, vocabulary)
    return (time.process_time() - start) * 1000


def times(family: Family, vocabulary: Vocabulary, rounds: int) -> tuple[float, float]:
    """The quickest of several readings of either size, by turns: noise only ever adds time."""
    small, large = family(SIZE), family(2 * SIZE)
    pairs = [
        (milliseconds(small, vocabulary), milliseconds(large, vocabulary)) for _ in range(rounds)
    ]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def row(name: str, family: Family, vocabulary: Vocabulary) -> tuple[float, bool]:
    """Measure and print one family: its ratio, and whether it was read to the end."""
    single, double = times(family, vocabulary, ROUNDS)
    if double > LIMIT * single:
        single, double = times(family, vocabulary, MORE)
    whole = read_to_the_end(record_of(family(2 * SIZE), vocabulary))
    ratio = double / single
    marks = f"{'' if ratio <= LIMIT else '  TOO SLOW'}{'' if whole else '  NOT READ TO THE END'}"
    print(f"{name:<52} {single:>9.1f} {double:>9.1f} {ratio:>7.2f}{marks}", flush=True)
    return ratio, whole


def main() -> int:
    """Print one line for each family, then the worst."""
    vocabulary = load(data_dir("knowledge"), data_dir("cards")).vocabulary
    wanted = {name: made for name, made in families().items() if _asked(name)}
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; processor milliseconds")
    print(f"{'family':<52} {SIZE // 1000:>6} kB {2 * SIZE // 1000:>6} kB {'ratio':>7}")
    rows = [row(name, family, vocabulary) for name, family in wanted.items()]
    worst = max(ratio for ratio, _ in rows)
    print(f"{len(rows)} families; the worst ratio is {worst:.2f}, the limit {LIMIT}")
    return 0 if worst <= LIMIT and all(whole for _, whole in rows) else 1


def _asked(name: str) -> bool:
    """All families, or those whose names hold a word of the command line."""
    return not sys.argv[1:] or any(word in name for word in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
