"""What the packaging tests share: one built wheel, one image built plainly, one server."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.packaging.image import PlainBuild, Stage, stages
from tests.processes import ending
from tests.security.makers import ISSUER, PUBLIC, ec_key, public

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Example:
    """One scenario of the shipped examples whose answer holds a card."""

    name: str
    request: bytes
    summaries: tuple[str, ...]


@dataclass(frozen=True)
class Started:
    """A running service, and the file that holds what it says."""

    process: subprocess.Popen[bytes]
    said: Path


@dataclass(frozen=True)
class Image:
    """The Dockerfile's stages after they ran; `outside` is no part of any checkout."""

    build: PlainBuild
    first: Stage
    last: Stage
    outside: Path

    def start(self, **variables: str) -> Started:
        """Start what the image starts, with the image's own variables and these."""
        said = self.outside / f"said-{variables.get('CDS_PORT', 'nothing')}.txt"
        command = self.last.command("CMD")
        with said.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                command,
                cwd=self.outside,
                env=self.build.variables(self.last, variables),
                executable=str(self.build.scripts("runtime") / command[0]),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return Started(process, said)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder with pyproject.toml."""
    return CHECKOUT


@pytest.fixture(scope="session")
def distributions(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("distributions")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), "."]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def image(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The Dockerfile's lines, run in plain virtual environments."""
    build = PlainBuild(checkout, tmp_path_factory.mktemp("image"))
    first, last = stages((checkout / "Dockerfile").read_text("utf-8"))
    for stage in (first, last):
        build.run(stage)
    return Image(build, first, last, tmp_path_factory.mktemp("outside"))


@pytest.fixture(scope="session")
def example(checkout: Path) -> Example:
    """The first shipped example, by name, that is answered with a card."""
    for folder in sorted((checkout / "fhir_examples").iterdir()):
        found = _example(folder) if (folder / "expected.json").is_file() else None
        if found:
            return found
    raise AssertionError("no shipped example is answered with a card")


def _example(folder: Path) -> Example | None:
    expected: dict[str, Any] = json.loads((folder / "expected.json").read_text("utf-8"))
    cards = expected["body"].get("cards", [])
    request = (folder / "request.json").read_bytes()
    if not cards or "hook" not in json.loads(request):
        return None
    summaries = tuple(card["summary"] for card in cards)
    return Example(folder.name, request, summaries)


@pytest.fixture
def free_port() -> int:
    """A port on which nothing listens."""
    return _free_port()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a site must say before the image starts; the secret is made up here."""
    clients = tmp_path_factory.mktemp("site") / "clients.toml"
    key = ", ".join(f'{name} = "{value}"' for name, value in public(ec_key()).items())
    clients.write_text(
        f'[[client]]\nsite = "site"\niss = "{ISSUER}"\nkeys = [{{ {key} }}]\n', "utf-8"
    )
    return {
        "CDS_CLIENTS": str(clients),
        "CDS_PUBLIC_URL": PUBLIC,
        "CDS_SECRET": "a secret made up for this test alone",
        "CDS_NAMESPACE": "org.example.site",
        "CDS_NATION": "england",
    }


@pytest.fixture(scope="session")
def address(image: Image, site: dict[str, str]) -> Iterator[str]:
    """The address of the service, started as the image starts it."""
    port = _free_port()
    started = image.start(CDS_PORT=str(port), **site)
    with ending(started.process):
        yield _answering(f"http://127.0.0.1:{port}", started)


def _answering(address: str, started: Started) -> str:
    for _ in range(150):
        if started.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return address
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"the service does not answer: {started.said.read_text('utf-8')}")
