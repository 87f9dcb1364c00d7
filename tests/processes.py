"""A process that a test starts -> the same process, ended whatever happens in the meantime."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import AnyStr

_LISTENS = "0A"


@contextmanager
def ending(
    process: subprocess.Popen[AnyStr], seconds: float = 40
) -> Iterator[subprocess.Popen[AnyStr]]:
    """Ask for the end, wait for it, close the pipe; a process that stays is killed and told of."""
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)  # nothing is sent to a process that has ended
        try:
            process.wait(seconds)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


def port_of(process: subprocess.Popen[AnyStr], seconds: float = 60) -> int:
    """Where it listens, which the kernel knows: in production the start line names the proxy."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended"
        if found := _listening(process.pid):
            return found
        time.sleep(0.1)
    raise AssertionError("the server does not listen")


def _listening(pid: int) -> int:
    inodes = _sockets(pid)
    for line in Path("/proc/self/net/tcp").read_text("ascii").splitlines()[1:]:
        fields = line.split()
        if fields[3] == _LISTENS and fields[9] in inodes:
            return int(fields[1].rpartition(":")[2], 16)
    return 0


def _sockets(pid: int) -> set[str]:
    """Numbers of its open sockets; what is closed while this reads, or the process, is left out."""
    found: set[str] = set()
    with suppress(FileNotFoundError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                found.update(re.findall(r"^socket:\[(\d+)\]$", str(link.readlink())))
    return found
