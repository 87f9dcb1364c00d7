"""Writers that keep records until they are killed; run by itself, since it forks.

    python -m tests.store.killed URL SPOOL ACKNOWLEDGED ROUNDS SEED

What a writer was told is kept is written to ACKNOWLEDGED, one id on a line, before the next one.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from itertools import count
from pathlib import Path

from cds_service.store.engine import engines_of
from cds_service.store.filing import Filing
from cds_service.store.spool import Spool
from tests.store.made import Obstacle, decision, event, now

_LARGE = 300_000  # bytes of an input: a line of many pages, so that a kill may tear it


def keep_on(url: str, folder: Path, acknowledged: Path, seed: int) -> None:
    """Keep records without a pause, and never end."""
    made = Filing(engines_of(url).durable, Spool(folder), now, Obstacle())
    made.start()
    told = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    chance = random.Random(seed)
    for number in count():
        record, called = decision(), event()
        made.decision(record, chance.randbytes(_LARGE) if number % 20 == 0 else b"input")
        os.write(told, f"{record['id']}\n".encode())
        made.event(called)
        os.write(told, f"{called['id']}\n".encode())
        time.sleep(chance.random() / 200)


def rounds(url: str, folder: Path, acknowledged: Path, number: int, seed: int) -> None:
    """In each round a new writer starts beside the one before, which is then killed."""
    chance = random.Random(seed)
    living: list[int] = []
    for at in range(number + 1):
        pid = os.fork()
        if pid == 0:
            keep_on(url, folder, acknowledged, seed + at)
        living.append(pid)
        time.sleep(0.1 + chance.random() / 2)
        if at:
            _kill(living.pop(0))
    _kill(living.pop())


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


if __name__ == "__main__":
    address, spool, ledger, times, first = sys.argv[1:]
    rounds(address, Path(spool), Path(ledger), int(times), int(first))
