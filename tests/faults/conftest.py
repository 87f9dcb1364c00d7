"""The whole run of all faults, once; its table stands at the end of the test run."""

from __future__ import annotations

import socket
import threading
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from cds_service.clients import Registry
from cds_service.doors.app import app_of, open_desk
from cds_service.fhir_client import FhirClient
from cds_service.knowledge import Knowledge
from cds_service.settings import Settings
from tests.doors.conftest import Events, noon
from tests.faults.calls import Caller, Neighbour, Said
from tests.faults.town import Town

AT_ONCE = 10  # faults at a time
RIGHT = "trk-inhibitor-option"
_TABLE = pytest.StashKey[list[str]]()


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

    def row(self) -> str:
        """A line of the table."""
        shown = " | ".join(f"{said.shown:20}" for said in self.by_sent.values())
        slowest = max(said.seconds for said in (*self.by_sent.values(), self.afterwards))
        return f"{self.case.fault:58.58} | {shown} | {slowest:4.1f} | {self.mended_after:4.1f}"


@dataclass
class Run:
    """All cases and their neighbours."""

    town: Town
    told: dict[str, Told] = field(default_factory=dict)
    prefetched: list[Said] = field(default_factory=list)  # neighbours that need no server
    fetched: list[Said] = field(default_factory=list)  # neighbours of a good server

    def table(self) -> Iterator[str]:
        """What is printed."""
        yield (
            "FHIR fault | card or status: diagnosis sent, nothing sent, fusion sent | slowest call "
            "in seconds | right card so many seconds after mending"
        )
        yield from (told.row() for told in self.told.values())
        for what, said in (("complete", self.prefetched), ("from a good server", self.fetched)):
            times = sorted(s.seconds for s in said)
            yield (
                f"neighbours, data {what}: {len(times)} calls, "
                f"median {times[len(times) // 2]:.2f} s, slowest {times[-1]:.2f} s"
            )


class _Quiet(WSGIRequestHandler):
    def log_request(self, *args: Any) -> None:
        """The table is enough."""


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        built = Town(tmp_path_factory.mktemp("faults"), monkeypatch)
        yield built
        built.stop()


@pytest.fixture(scope="session")
def caller(town: Town, knowledge: Knowledge) -> Iterator[Caller]:
    """The service itself, on a port of its own."""
    caller = Caller(town)
    with socket.create_server(("127.0.0.1", 0), backlog=256) as bound:
        port = bound.getsockname()[1]
        caller.service = f"http://127.0.0.1:{port}"
        settings = Settings(public_url=caller.service)
        desk = replace(
            open_desk(settings, knowledge, FhirClient().fetch),
            registry=Registry((caller.client(),)),
        )
        app = app_of(desk, Events(), noon)
        server = make_server(
            "127.0.0.1", port, app, threaded=True, request_handler=_Quiet, fd=bound.fileno()
        )
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        yield caller
        server.shutdown()
        serving.join()
        server.server_close()


@pytest.fixture(scope="session")
def run(town: Town, caller: Caller, pytestconfig: pytest.Config) -> Run:
    """Every case: three calls, one more, mended, called until the card is right."""
    done = Run(town)
    assert caller.whole().cards == (RIGHT,)
    neighbours = [
        Neighbour(caller.whole),
        Neighbour(lambda: caller.call("healthy", "nothing")),
    ]
    for neighbour in neighbours:
        neighbour.start()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = pool.map(lambda case: _one(town, caller, case), read_cases())
        done.told = {item.case.id: item for item in told}
    done.prefetched, done.fetched = (neighbour.stop() for neighbour in neighbours)
    pytestconfig.stash[_TABLE] = list(done.table())
    return done


def _one(town: Town, caller: Caller, case: Case) -> Told:
    by_sent = {sent: caller.call(case.id, sent) for sent in ("diagnosis", "nothing", "fusion")}
    afterwards = caller.call(case.id, "diagnosis")
    town.mend(case.id)
    mended = time.monotonic()
    while caller.call(case.id, "nothing").cards != (RIGHT,) and time.monotonic() < mended + 20:
        time.sleep(0.5)
    return Told(case, by_sent, afterwards, time.monotonic() - mended)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for line in config.stash.get(_TABLE, ()):
        terminalreporter.write_line(line)
