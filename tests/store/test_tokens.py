"""A token counts once among all who share a store: processes, restarts, a store that is away."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from cds_service.errors import Unavailable
from cds_service.settings import Settings
from cds_service.store import DurableStore, open_store
from cds_service.store.engine import Engines
from cds_service.store.purge import forget_all
from cds_service.store.tables import SEEN_TOKENS
from cds_service.store.tokens import digest_of, first_use, forget

NOW = 1_795_000_000.0
ENDS = NOW + 300

_PROCESSES = 4
_EACH = 50
_USES = """
import sys, time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from cds_service.settings import Settings
from cds_service.store import open_store
settings = replace(Settings(), store_url=sys.argv[1], spool_dir=Path(sys.argv[2]))
store = open_store(settings, lambda: datetime.now(UTC))
store.start()
sys.stdin.readline()
ends = time.time() + 300
print("".join(str(int(store.first_use("iss", str(n), ends))) for n in range(int(sys.argv[3]))))
store.close()
"""


@contextmanager
def started(url: str, folder: Path, now: float = NOW, **changes: Any) -> Iterator[DurableStore]:
    """A store as a process has it, at a time that stands still."""
    settings = replace(Settings(), store_url=url, spool_dir=folder / "spool", **changes)
    store = open_store(settings, lambda: datetime.fromtimestamp(now, UTC))
    store.start()
    try:
        yield store
    finally:
        store.close()


def count(engines: Engines) -> int:
    with engines.reading.begin() as link:
        return link.execute(select(func.count()).select_from(SEEN_TOKENS)).scalar_one()


def test_a_token_is_first_once(store_url: str, tmp_path: Path) -> None:
    with started(store_url, tmp_path) as store:
        assert [store.first_use("a", "1", ENDS) for _ in range(3)] == [True, False, False]
        assert [store.first_use(*each, ENDS) for each in (("b", "1"), ("a", "2"))] == [True, True]


def test_two_processes_know_of_each_other(store_url: str, tmp_path: Path) -> None:
    with started(store_url, tmp_path) as one, started(store_url, tmp_path) as other:
        assert one.first_use("a", "1", ENDS)
        assert not other.first_use("a", "1", ENDS)
        assert other.first_use("a", "2", ENDS)
        assert not one.first_use("a", "2", ENDS)


def test_a_token_is_known_after_a_restart(store_url: str, tmp_path: Path) -> None:
    with started(store_url, tmp_path) as store:
        assert store.first_use("a", "1", ENDS)
    with started(store_url, tmp_path) as store:
        assert not store.first_use("a", "1", ENDS)


def test_of_several_processes_at_once_one_is_first_for_each_token(
    store_url: str, engines: Engines, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", _USES, store_url, str(tmp_path / "spool"), str(_EACH)]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(_PROCESSES)
    ]
    time.sleep(1.5)  # they load meanwhile, so that they begin together
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=60)[0].strip() for process in running]
    assert [process.returncode for process in running] == [0] * _PROCESSES
    assert [sum(line[n] == "1" for line in told) for n in range(_EACH)] == [1] * _EACH
    assert count(engines) == _EACH


def test_an_id_may_come_again_once_its_token_has_ended(engines: Engines) -> None:
    with engines.quick.begin() as link:
        assert first_use(link, "t", until=100.0, now=50.0)
        assert not first_use(link, "t", until=100.0, now=100.0), "it ends after this second"
        assert first_use(link, "t", until=200.0, now=100.5)
        assert not first_use(link, "t", until=200.0, now=150.0), "and is kept for its new time"


def test_tokens_that_have_ended_are_deleted_and_no_others(engines: Engines) -> None:
    with engines.quick.begin() as link:
        for number in range(5):
            assert first_use(link, str(number), until=float(number), now=0.0)
        assert forget(link, now=2.0) == 2
    assert forget_all(engines.quick, 2.0) == 0
    assert forget_all(engines.quick, 99.0) == 3
    assert count(engines) == 0


def test_many_ended_tokens_go_in_parts_that_hold_nobody_up(engines: Engines) -> None:
    rows = [{"digest": str(number), "until": 1.0} for number in range(2500)]
    with engines.quick.begin() as link:
        link.execute(SEEN_TOKENS.insert(), rows)
        assert forget(link, now=2.0) == 1000
    assert forget_all(engines.quick, 2.0) == 1500


def test_long_and_odd_ids_are_ids_like_any_other(store_url: str, tmp_path: Path) -> None:
    odd = ["x" * 100_000, "\x00", "\ud800", "'; DROP TABLE seen_token", "é", ""]
    with started(store_url, tmp_path) as store:
        assert [store.first_use("a", jti, ENDS) for jti in odd] == [True] * len(odd)
        assert [store.first_use("a", jti, ENDS) for jti in odd] == [False] * len(odd)


@pytest.mark.parametrize(("one", "other"), [(("ab", "c"), ("a", "bc")), (("", "ab"), ("a", "b"))])
def test_issuer_and_id_do_not_run_into_each_other(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert digest_of(*one) != digest_of(*other)


def test_nothing_of_a_token_is_stored_but_a_digest(
    store_url: str, engines: Engines, tmp_path: Path
) -> None:
    with started(store_url, tmp_path) as store:
        store.first_use("https://issuer.example", "an-id-of-a-token", ENDS)
    with engines.reading.begin() as link:
        row = link.execute(select(SEEN_TOKENS)).one()
    assert len(row.digest) == 64
    assert set(row.digest) <= set("0123456789abcdef")
    assert row.until == ENDS


def test_a_store_that_is_away_tells_so_and_does_not_guess(tmp_path: Path) -> None:
    with started("postgresql://nobody@127.0.0.1:1/none", tmp_path) as store:
        with pytest.raises(Unavailable) as away:
            store.first_use("a", "1", ENDS)
        assert 0 < away.value.retry_after <= 60


def test_before_the_start_nobody_is_told_to_be_first(sqlite_url: str, tmp_path: Path) -> None:
    settings = replace(Settings(), store_url=sqlite_url, spool_dir=tmp_path)
    store = open_store(settings, lambda: datetime.now(UTC))
    with pytest.raises(Unavailable):
        store.first_use("a", "1", time.time() + 300)
    store.close()
