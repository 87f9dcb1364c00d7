"""HealthChain's SandboxClient -> the answers that it got, from an environment of its own.

It needs other versions of libraries than the service, so it is installed beside it, by name.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

CACHE = Path(__file__).parents[2] / ".cache" / "healthchain"
NEEDED = Path(__file__).with_name("healthchain.txt")
PATIENT_PLACE = "synthetic-1"
# Nothing of the client is replaced. It chooses the patient's id by itself, so the record is
# written for that id.
CALL = f"""
import json, sys
from healthchain.sandbox import SandboxClient

client = SandboxClient(url=sys.argv[1], workflow="patient-view")
client.load_from_path(sys.argv[2])
for request in client.requests:
    text = json.dumps(request.prefetch).replace({PATIENT_PLACE!r}, request.context.patientId)
    request.prefetch = json.loads(text)
answers = client.send_requests()
print(json.dumps([client.get_request_data("dict"), answers]))
"""


class NotInstalledError(Exception):
    """The client is not in the cache and cannot be installed here."""


def installed(cache: Path = CACHE) -> Path:
    """The Python of the client's environment, made where it is missing or of other versions."""
    python = cache / "bin" / "python"
    made_of = cache / "made-of.txt"
    wanted = f"{sys.version_info[:2]} {cache}\n{NEEDED.read_text('utf-8')}"
    if made_of.is_file() and made_of.read_text("utf-8") == wanted:
        return python
    venv.create(cache, clear=True, with_pip=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(NEEDED)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalledError(f"pip could not install HealthChain: {done.stderr[-500:]}")
    made_of.write_text(wanted, "utf-8")
    return python


def call(python: Path, address: str, prefetch: Path) -> tuple[list[Any], list[Any]]:
    """What the client sent, and what it made of the answers."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_"))}
    done = subprocess.run(
        [python, "-c", CALL, address, prefetch],
        cwd=prefetch.parent,
        env=environment | {"NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=True,
    )
    sent, answers = json.loads(done.stdout.strip().splitlines()[-1])
    return sent, answers
