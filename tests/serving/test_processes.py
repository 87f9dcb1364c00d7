"""Processes that tests start: none outlives its test; a port is found while files come and go."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.processes import ending, port_of

STAYS = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("started", flush=True)
while True:
    signal.pause()
"""
COMES_AND_GOES = """
import os, socket
bound = socket.create_server(("127.0.0.1", 0))
print(bound.getsockname()[1], flush=True)
while True:
    for held in [os.open(os.devnull, os.O_RDONLY) for _ in range(300)]:
        os.close(held)
"""


def started(program: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)


def test_a_process_is_ended_where_its_setup_fails() -> None:
    process = started(COMES_AND_GOES)
    with pytest.raises(ValueError, match="setup"), ending(process):
        raise ValueError("setup")
    assert process.returncode is not None
    assert process.stdout is not None
    assert process.stdout.closed


def test_a_process_that_does_not_end_is_killed_and_told_of() -> None:
    process = started(STAYS)
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    with pytest.raises(subprocess.TimeoutExpired), ending(process, 0.2):
        pass
    assert process.returncode == -9


def test_a_port_is_found_while_descriptors_come_and_go() -> None:
    process = started(COMES_AND_GOES)
    with ending(process):
        assert process.stdout is not None
        port = int(process.stdout.readline())
        assert {port_of(process) for _ in range(50)} == {port}


def test_a_process_that_has_ended_listens_nowhere() -> None:
    process = started("")
    process.wait()
    with ending(process), pytest.raises(AssertionError, match="the server ended"):
        port_of(process)
