"""Medplum's FHIR router with its memory repository: installed by name, started on a free port."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.processes import ending

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache" / "medplum"
_LOCK = "package-lock.json"


class MedplumUnavailableError(Exception):
    """It is not in the cache and cannot be installed here."""


@dataclass(frozen=True)
class Medplum:
    """A running server."""

    port: int

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/fhir/R4"

    def put(self, resource: dict[str, Any]) -> None:
        """Keep a resource under its own id."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        path = f"/fhir/R4/{resource['resourceType']}/{resource['id']}"
        headers = {"Content-Type": "application/fhir+json"}
        connection.request("PUT", path, json.dumps(resource), headers)
        response = connection.getresponse()
        response.read()
        connection.close()
        assert response.status in (200, 201)


def installed(cache: Path = CACHE) -> Path:
    """The folder with the packages of the lock beside this file; every one checked by content."""
    lock = (HERE / _LOCK).read_bytes()
    done = cache / "installed"
    if done.is_file() and done.read_bytes() == lock:
        return cache
    npm = shutil.which("npm")
    if npm is None:
        raise MedplumUnavailableError("Medplum's packages need npm, which is not installed")
    cache.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", _LOCK):
        shutil.copy(HERE / name, cache)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    ended = subprocess.run(command, cwd=cache, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise MedplumUnavailableError(f"npm could not install Medplum: {ended.stderr}")
    done.write_bytes(lock)
    return cache


@pytest.fixture(scope="session")
def medplum() -> Iterator[Medplum]:
    try:
        folder = installed()
    except MedplumUnavailableError as error:
        pytest.skip(f"NOT TESTED against Medplum: {error}")
    node = shutil.which("node")
    assert node is not None
    command = [node, str(HERE / "our_glue.mjs")]
    started = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    with ending(started):
        assert started.stdout is not None
        yield Medplum(int(started.stdout.readline()))
