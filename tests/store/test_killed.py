"""Writers are killed at any point; what they were told is kept is in the store, once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from cds_service.store.chain import verify
from cds_service.store.engine import Engines
from tests.serving.servers import CHECKOUT
from tests.store.made import decisions_in, events_in, filed, files, filing, until

# 5 writers are killed in `make test`, 50 with CDS_TEST_EXAMPLES=10.
ROUNDS = 5 * int(os.environ.get("CDS_TEST_EXAMPLES", "1"))
SEED = 20_261_122


def test_nothing_that_was_acknowledged_is_lost_or_doubled_by_killing_writers(
    engines: Engines, store_url: str, tmp_path: Path
) -> None:
    folder, ledger = tmp_path / "spool", tmp_path / "acknowledged"
    command = [sys.executable, "-m", "tests.store.killed", store_url, str(folder), str(ledger)]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    subprocess.run([*command, str(ROUNDS), str(SEED)], check=True, env=environment, timeout=280)
    acknowledged = ledger.read_text("ascii").split()
    assert len(acknowledged) > 20 * ROUNDS
    with filing(engines.durable, folder) as made:
        until(lambda: set(acknowledged) <= {*decisions_in(engines), *events_in(engines)}, 60)
        filed(made)
        until(lambda: not files(folder) or all("set-aside" in name for name in files(folder)))
    kept = Counter([*decisions_in(engines), *events_in(engines)])
    assert max(kept.values()) == 1
    # A killed writer had at most one record that it was not told of.
    assert len(set(kept) - set(acknowledged)) <= ROUNDS + 1
    found = verify(engines.reading)
    assert found.faults == []
    assert found.records == len(decisions_in(engines))
    assert len(found.heads) > 1, "several writers filed, each in a chain of its own"
