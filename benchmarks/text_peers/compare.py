"""Labelled texts -> figures of our reader and of clinical NLP libraries, side by side.

Each library is installed by name into an environment of its own below .cache/.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.text_peers import labelled
from benchmarks.text_peers.labelled import DENIED, FINDINGS, FOUND, HEDGED, NOTHING, Labelled
from cds_service.domain import AssayedFusion, Origin, Presence, Received, Why
from cds_service.knowledge import Knowledge, load
from cds_service.knowledge.places import data_dir
from cds_service.reading import read

ROOT = Path(__file__).parents[2]
PEERS = {"medspacy": "1.3.1", "negspacy": "1.1.0", "openmed": "3.1.0"}


@dataclass(frozen=True)
class Answers:
    """What one reader made of every text."""

    reader: str
    answers: list[str]
    seconds: float
    megabytes: float  # of everything that is installed for it; 0: what the service has anyway


def ours(rows: Sequence[Labelled], knowledge: Knowledge) -> Answers:
    """The whole way from a FHIR resource to facts."""
    for row in rows[:20]:
        read([Received(row.resource)], [], knowledge.vocabulary)
    start = time.perf_counter()
    records = [read([Received(row.resource)], [], knowledge.vocabulary) for row in rows]
    seconds = time.perf_counter() - start
    return Answers("ours", [_answer(record.fusions) for record in records], seconds, 0)


def _answer(facts: Sequence[AssayedFusion]) -> str:
    said = {_of_fact(fact) for fact in facts}
    return next((answer for answer in (FOUND, HEDGED, DENIED) if answer in said), NOTHING)


def _of_fact(fact: AssayedFusion) -> str:
    if fact.presence is Presence.NOT_ASSESSED or fact.origin is Origin.GERMLINE:
        return NOTHING
    if fact.presence is Presence.NOT_DETECTED:
        return DENIED
    return HEDGED if Why.HEDGED in fact.why else FOUND


def named(rows: Sequence[Labelled], given: labelled.Given) -> Answers:
    """The floor: a gene beside a word for a fusion is a finding."""
    said = [given.of(row.text) for row in rows]
    start = time.perf_counter()
    answers = [FOUND if text["genes"] and text["terms"] else NOTHING for text in said]
    return Answers("words alone", answers, time.perf_counter() - start, 0)


def peer(name: str, rows: Sequence[Labelled], given: labelled.Given) -> list[Answers]:
    """Both ways of using a library, in its own environment."""
    python, megabytes = _installed(name)
    asked = {"texts": [given.of(row.text) for row in rows], "cues": given.cues}
    done = subprocess.run(
        [python, "-m", f"benchmarks.text_peers.with_{name}"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{name} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    ways: dict[str, Any] = json.loads(done.stdout)
    return [
        Answers(f"{name} {PEERS[name]}, {way}", said["answers"], said["seconds"], megabytes)
        for way, said in ways.items()
    ]


def _installed(name: str) -> tuple[Path, float]:
    """The Python of a peer's environment, and the size of what was installed there."""
    folder = labelled.environment_of(name)
    python, mark = folder / "bin" / "python", folder / f"has-{PEERS[name]}"
    if not mark.is_file():
        venv.create(folder, with_pip=True, clear=True)
        bare = _size(folder)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
        wanted = f"{name}=={PEERS[name]}"
        subprocess.run([*pip, "--quiet", "--quiet", "install", wanted], check=True)
        mark.write_text(str(_size(folder) - bare), encoding="utf-8")
    return python, int(mark.read_text(encoding="utf-8")) / 1e6


def _size(folder: Path) -> int:
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return sum(path.stat().st_size for path in files)


def _line(found: Answers, rows: Sequence[Labelled], source: str) -> str:
    pairs = [
        (row, said)
        for row, said in zip(rows, found.answers, strict=True)
        if row.source.startswith(source)
    ]
    right = sum(row.finding == (said in FINDINGS) for row, said in pairs)
    wrong = sum(not row.finding and said in FINDINGS for row, said in pairs)
    missed = sum(row.finding and said not in FINDINGS for row, said in pairs)
    exact = [row.label == said for row, said in pairs if row.label]
    share = f"{100 * sum(exact) / len(exact):>8.1f} %" if exact else f"{'':>10}"
    speed = f"{1000 * found.seconds / len(rows):>10.2f}  {found.megabytes:>8.0f}"
    return (
        f"{found.reader:<34} {100 * right / len(pairs):>7.1f} % {wrong:>9} {missed:>9} "
        f"{share} {speed}"
    )


def main() -> int:
    """Print one table for each source of texts."""
    knowledge = load(data_dir("knowledge"), data_dir("cards"))
    rows = labelled.all_labelled()
    given = labelled.Given(knowledge)
    readers = [ours(rows, knowledge), named(rows, given)]
    for name in PEERS:
        readers += peer(name, rows, given)
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    for source in dict.fromkeys(row.source for row in rows):
        some = [row for row in rows if row.source == source]
        findings = sum(row.finding for row in some)
        print(f"\n{source}: {len(some)} texts, {findings} of them findings")
        print(
            f"{'reader':<34} {'agreement':>9} {'false +':>9} {'false -':>9} "
            f"{'four ways':>10} {'ms a text':>10} {'MB more':>9}"
        )
        for found in readers:
            print(_line(found, rows, source))
    return 0


if __name__ == "__main__":
    sys.exit(main())
