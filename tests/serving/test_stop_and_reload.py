"""A signal under load: every request that was taken is answered, and new files are read."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.load import load
from tests.serving.requests import BODY, WHOLE, framed
from tests.serving.servers import CHECKOUT, Server, answer, one_answer, serving

pytestmark = pytest.mark.timeout(180)
GUIDELINE = "guidelines/genotes-ntrk-mesothelioma/guideline.toml"
RELOADS = 3 if os.environ.get("CDS_TEST_EXAMPLES", "1") == "1" else 10
TITLE = "NTRK gene fusion in mesothelioma"


@pytest.fixture
def knowledge_dir(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CHECKOUT / "knowledge", tmp_path / "knowledge"))


@pytest.fixture
def own(tmp_path: Path, knowledge_dir: Path) -> Iterator[Server]:
    """A server that a test may stop, with knowledge that a test may change."""
    with serving(tmp_path, CDS_KNOWLEDGE_DIR=str(knowledge_dir)) as server:
        yield server


def title(server: Server) -> str:
    with urllib.request.urlopen(f"{server.address}/health") as response:
        return str(json.load(response)["guidelines"][0]["title"])


def retitle(knowledge_dir: Path, old: str, new: str) -> None:
    file = knowledge_dir / GUIDELINE
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def wait_for_title(server: Server, wanted: str) -> None:
    while title(server) != wanted:
        assert server.process.poll() is None


def test_reload_under_load_fails_no_request(own: Server, knowledge_dir: Path) -> None:
    with load(own) as seen:
        for number in range(RELOADS):
            seen.wait_for(20)
            retitle(knowledge_dir, *_titles(number))
            own.hang_up()
            wait_for_title(own, _titles(number)[1])
        seen.wait_for(20)
    assert seen.failures == []
    assert seen.refused == 0
    assert seen.answers >= 20 * (RELOADS + 1)


def _titles(number: int) -> tuple[str, str]:
    first = TITLE if number == 0 else f"A new title, number {number - 1}"
    return first, f"A new title, number {number}"


def test_a_stop_under_load_fails_no_request(own: Server) -> None:
    with load(own) as seen:
        seen.wait_for(60)
        own.process.send_signal(signal.SIGTERM)
        assert own.process.wait(40) == 0
    assert seen.failures == []
    assert seen.refused == 6  # every client saw the end, and none of them in the middle of a call


def test_a_reload_with_a_mistake_changes_nothing(own: Server, knowledge_dir: Path) -> None:
    retitle(knowledge_dir, TITLE, f'{TITLE}"\nnobody-knows-this = "')
    own.hang_up()
    assert own.logged("reload refused")
    assert "nobody-knows-this" in own.log.read_text("utf-8")
    assert title(own) == TITLE
    retitle(knowledge_dir, 'nobody-knows-this = "', '# "')
    retitle(knowledge_dir, TITLE, "Mended")
    own.hang_up()
    wait_for_title(own, "Mended")


def test_a_request_that_is_on_its_way_when_the_stop_comes_is_answered(own: Server) -> None:
    with own.connect() as coming, own.connect() as kept:
        kept.sendall(WHOLE)
        assert one_answer(kept).startswith(b"HTTP/1.1 200 ")
        coming.sendall(framed(f"Content-Length: {len(BODY)}".encode(), body=BODY[:-9]))
        own.process.send_signal(signal.SIGTERM)
        while _listens(own):
            time.sleep(0.02)  # no flood: a queue that is full would answer nobody
        coming.sendall(BODY[-9:])
        assert answer(coming).startswith(b"HTTP/1.1 200 ")


def _listens(server: Server) -> bool:
    try:
        server.connect().close()
    except ConnectionResetError:
        return True  # it was closed just now; the next try is refused
    except ConnectionRefusedError:
        return False
    return True


def test_slow_connections_do_not_hold_up_the_end(own: Server) -> None:
    with own.connect() as silent, own.connect() as half:
        half.sendall(framed(b"Content-Length: 100", body=b"{"))
        assert own.stop() == 0  # within the time that 'stop' waits
        assert answer(silent) == b""
        assert b" 200 " not in answer(half)


def test_a_worker_that_is_killed_is_replaced(own: Server) -> None:
    (worker,) = _children(own.process.pid)
    os.kill(worker, signal.SIGKILL)
    with own.connect() as connection:
        connection.sendall(WHOLE)
        assert one_answer(connection).startswith(b"HTTP/1.1 200 ")
    assert _children(own.process.pid) != [worker]


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return [int(word) for word in listed.split()]
