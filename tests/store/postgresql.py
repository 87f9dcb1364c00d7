"""Debian's PostgreSQL -> a server of the tests' own, on loopback, in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

_USER = "postgres"
_STARTS = 30.0  # seconds
_MISSING = "No PostgreSQL server is installed; on Debian or Ubuntu: apt-get install postgresql"
# The tests kill clients and servers, never the machine: no disk has to be waited for.
_OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "16MB",
    "log_min_messages": "fatal",
    "autovacuum": "off",
}


class PostgresqlServer:
    """A server with a folder and a port of its own; it can be stopped and started again."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cds-postgresql-"))
        self._as = _account(self.folder)
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "--auth=trust", "--no-sync", f"--username={_USER}", "--encoding=UTF8")

    def start(self) -> None:
        """Run, and wait until it answers."""
        options = [f"--{name}={value}" for name, value in _OPTIONS.items()]
        program = [_program("postgres"), "-D", self._data(), "-k", str(self.folder)]
        program += ["-h", "127.0.0.1", "-p", str(self.port), *options]
        self._process = subprocess.Popen(
            program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._as
        )
        ends = time.monotonic() + _STARTS
        while not self._answers():
            assert self._process.poll() is None, "the PostgreSQL server ended at once"
            assert time.monotonic() < ends, "the PostgreSQL server does not answer"
            time.sleep(0.05)

    def stop(self) -> None:
        """End it at once, as a crash of the server would; every connection breaks."""
        self.signal(signal.SIGQUIT)
        if self._process:
            self._process.wait()
            self._process = None

    def signal(self, number: int) -> None:
        """Send a signal to the server."""
        if self._process:
            self._process.send_signal(number)

    def remove(self) -> None:
        """Stop, and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self) -> str:
        """The name of an empty database."""
        name = f"test_{uuid.uuid4().hex}"
        self.sql(f"CREATE DATABASE {name}")
        return name

    def drop_database(self, name: str) -> None:
        """Take it away, whoever is still connected."""
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def limit_files(self, size: int | str) -> None:
        """Let no file grow beyond so many bytes, for whoever connects from now on."""
        if self._process:
            command = ["prlimit", "--pid", str(self._process.pid), f"--fsize={size}:"]
            subprocess.run(command, check=True, **self._as)

    @contextmanager
    def database_in(self, folder: Path) -> Iterator[str]:
        """The address of an empty database whose files lie in this folder."""
        place, name = folder / "tablespace", f"test_{uuid.uuid4().hex}"
        place.mkdir(mode=0o700)
        if account := self._as.get("user"):
            os.chown(place, account, self._as["group"])
        self.sql(f"CREATE TABLESPACE {name} LOCATION '{place}'")
        self.sql(f"CREATE DATABASE {name} TABLESPACE {name}")
        try:
            yield self.url(name)
        finally:
            self.drop_database(name)
            self.sql(f"DROP TABLESPACE {name}")

    def sql(self, statement: str, database: str = _USER) -> None:
        """Run one statement."""
        with psycopg.connect(self.url(database), autocommit=True) as link:
            link.execute(statement.encode())

    def url(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{database}"

    def _answers(self) -> bool:
        try:
            self.sql("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        command = [_program(program), "-D", self._data(), *arguments]
        done = subprocess.run(command, capture_output=True, check=False, text=True, **self._as)
        assert done.returncode == 0, done.stderr


def _program(name: str) -> str:
    """Debian keeps servers out of the path, one folder for each version."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version)
    program = str(found[-1]) if found else shutil.which(name)
    assert program, _MISSING
    return program


def _version(path: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in path.parts[-3].split(".") if part.isdigit())


def _account(folder: Path) -> dict[str, Any]:
    """The server refuses to run as root: it gets the user that its package made."""
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    named: dict[str, Any] = {"cwd": folder, "env": environment}
    if os.geteuid() != 0:
        return named
    account = pwd.getpwnam(_USER)
    os.chown(folder, account.pw_uid, account.pw_gid)
    groups: Sequence[int] = []
    return {
        **named,
        "user": account.pw_uid,
        "group": account.pw_gid,
        "extra_groups": groups,
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
