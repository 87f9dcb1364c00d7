"""HealthChain's SandboxClient, as published: it calls the service and gets the card."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients import healthchain
from tests.doors.bodies import SERVICE
from tests.doors.commands import positive
from tests.serving.servers import Server

pytestmark = pytest.mark.timeout(300)  # the first run installs it


@pytest.fixture(scope="module")
def python() -> Path:
    try:
        return healthchain.installed()
    except healthchain.NotInstalledError as why:
        pytest.skip(f"NOT TESTED with HealthChain's client: {why}")


def called(python: Path, server: Server, folder: Path, prefetch: Any) -> tuple[Any, Any]:
    file = folder / "prefetch.json"
    file.write_text(json.dumps(prefetch), "utf-8")
    (sent,), (answer,) = healthchain.call(python, server.address + SERVICE, file)
    return sent, answer


def test_it_gets_the_card(python: Path, open_server: Server, tmp_path: Path) -> None:
    sent, answer = called(python, open_server, tmp_path, positive()["prefetch"])
    assert sent["hook"] == "patient-view"
    assert sent["context"]["patientId"].isdigit()
    assert "fhirServer" not in sent
    (card,) = answer["cards"]
    assert card["indicator"] == "warning"
    assert card["source"]["label"] == "NHS GeNotes"


def test_it_gets_no_card_where_there_is_nothing_to_say(
    python: Path, open_server: Server, tmp_path: Path
) -> None:
    empty = positive()["prefetch"] | {"observations": None, "conditions": None}
    _, answer = called(python, open_server, tmp_path, empty)
    assert answer == {"cards": []}


def test_it_makes_nothing_of_a_412(python: Path, open_server: Server, tmp_path: Path) -> None:
    patient = {"patient": positive()["prefetch"]["patient"]}
    _, answer = called(python, open_server, tmp_path, patient)
    assert answer == {}
