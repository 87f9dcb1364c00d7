"""A server is stopped, reloaded or killed: each call that was answered is in the store, once."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.store.breaking import workers
from tests.store.made import files, until
from tests.store.site import Site, running


def test_a_stop_files_what_came_last_and_leaves_no_spool(store_url: str, tmp_path: Path) -> None:
    with running(tmp_path, store_url) as site:
        for _ in range(5):
            site.call()
        assert site.server.stop() == 0
        site.stored()
        assert files(site.spool) == []


def test_a_reload_loses_nothing(sqlite_url: str, tmp_path: Path) -> None:
    with running(tmp_path, sqlite_url) as site:
        (before,) = workers(site)
        site.call()
        site.server.hang_up()
        until(lambda: site.call() and before not in workers(site), seconds=60)
        site.call()
        site.recovered()
        site.stored()


def test_a_worker_that_is_killed_leaves_its_records_to_the_next(
    store_url: str, tmp_path: Path
) -> None:
    with running(tmp_path, store_url) as site:
        for _ in range(5):
            site.call()
        killed = kill_worker(site)
        until(lambda: killed not in workers(site) and workers(site), seconds=60)
        site.call()
        site.stored()


def test_servers_that_are_killed_leave_their_records_to_the_next_one(
    store_url: str, tmp_path: Path
) -> None:
    with running(tmp_path, store_url) as first:
        for _ in range(5):
            first.call()
        (worker,) = workers(first)
        first.server.process.kill()
        os.kill(worker, signal.SIGKILL)
        first.server.process.wait()
    with running(tmp_path, store_url) as second:
        second.cards, second.calls = first.cards, first.calls
        second.stored()
        second.recovered()


def kill_worker(site: Site) -> int:
    (worker,) = workers(site)
    os.kill(worker, signal.SIGKILL)
    return worker
