"""Knowledge of the service and a folder -> a town of faulty servers, and the service beside it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from cds_service.clients import Registry
from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of
from cds_service.fhir_client import FhirClient
from cds_service.settings import Settings
from tests.doors.conftest import Events, noon
from tests.faults.calls import Caller, Neighbour
from tests.faults.measuring import RIGHT, Case, Neighbours, Run, Told
from tests.faults.town import Town


class _Quiet(WSGIRequestHandler):
    def log_request(self, *args: Any) -> None:
        """The table is enough."""


@contextmanager
def city(folder: Path, desk: Desk, fetch: Any = None) -> Iterator[tuple[Town, Caller]]:
    """Servers that nobody has asked yet, and a service that has asked nobody yet."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        town = Town(folder, monkeypatch)
        try:
            with _service(town, desk, fetch or FhirClient().fetch) as caller:
                yield town, caller
        finally:
            town.stop()


@contextmanager
def _service(town: Town, desk: Desk, fetch: Any) -> Iterator[Caller]:
    """The service itself, on a port of its own."""
    caller = Caller(town)
    with socket.create_server(("127.0.0.1", 0), backlog=256) as bound:
        port = bound.getsockname()[1]
        caller.service = f"http://127.0.0.1:{port}"
        settings = Settings(public_url=caller.service)
        registry = Registry((caller.client(),))
        app = app_of(
            replace(desk, settings=settings, fetch=fetch, registry=registry), Events(), noon
        )
        server = make_server(
            "127.0.0.1", port, app, threaded=True, request_handler=_Quiet, fd=bound.fileno()
        )
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield caller
        finally:
            server.shutdown()
            serving.join()
            server.server_close()


@dataclass
class Surveyor:
    """Measures cases, each time in a city of its own; what its towns saw is kept."""

    folders: pytest.TempPathFactory
    desk: Desk
    fetch: Any = None
    towns: list[Town] = field(default_factory=list)

    def measure(self, cases: Sequence[Case], at_once: int, beside: bool) -> Run:
        """Every case: three calls, one more, mended, called until the card is right."""
        with city(self.folders.mktemp("faults"), self.desk, self.fetch) as (town, caller):
            self.towns.append(town)
            assert caller.whole().cards == (RIGHT,)
            calls = (caller.whole, lambda: caller.call("healthy", "nothing"))
            neighbours = [Neighbour(call) for call in calls if beside]
            for neighbour in neighbours:
                neighbour.start()
            with ThreadPoolExecutor(at_once) as pool:
                told = list(pool.map(lambda case: _one(town, caller, case), cases))
            return Run.of(told, Neighbours(*(tuple(each.stop()) for each in neighbours)))


def _one(town: Town, caller: Caller, case: Case) -> Told:
    by_sent = {sent: caller.call(case.id, sent) for sent in ("diagnosis", "nothing", "fusion")}
    afterwards = caller.call(case.id, "diagnosis")
    town.mend(case.id)
    mended = time.monotonic()
    while caller.call(case.id, "nothing").cards != (RIGHT,) and time.monotonic() < mended + 20:
        time.sleep(0.5)
    return Told(case, by_sent, afterwards, time.monotonic() - mended)
