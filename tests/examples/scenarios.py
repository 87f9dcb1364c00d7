"""fhir_examples/ -> scenarios, and the answer that the service gives to each."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from cds_service.domain import Assessment, Nation
from cds_service.doors.answer import Desk, answer
from cds_service.doors.app import app_of
from cds_service.doors.discovery import SERVICE_ID
from cds_service.doors.envelope import read_call
from cds_service.doors.events import LogStore

ROOT = Path(__file__).parents[2] / "fhir_examples"
KEYS = {
    "today": date,
    "nation": str,
    "recommendation": str,
    "status": int,
    "why": str,
    "loadable": bool,
}
FILES = frozenset({"scenario.toml", "request.json", "expected.json", "README.md"})
ABSENT = "(absent)"


@dataclass(frozen=True)
class Scenario:
    """One folder: a patient, what is asked, and what was expected before the first run."""

    folder: Path
    today: date
    nation: Nation
    recommendation: str
    status: int
    why: str
    loadable: bool

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.folder.name

    @property
    def row(self) -> str:
        """The row of the decision table that 'why' names first: 'Row 8a: ...'."""
        return self.why.partition(":")[0].removeprefix("Row ")

    @property
    def request_file(self) -> Path:
        """Where the request is."""
        return self.folder / "request.json"

    def request(self) -> dict[str, Any]:
        """The CDS Hooks request."""
        request: dict[str, Any] = json.loads(self.request_file.read_text("utf-8"))
        return request

    def expected(self) -> dict[str, Any]:
        """The whole answer: status and body."""
        expected: dict[str, Any] = json.loads((self.folder / "expected.json").read_text("utf-8"))
        return expected

    def noon(self) -> datetime:
        """A clock that stands still on the day of the scenario."""
        return datetime.combine(self.today, time(12), UTC)


def folders() -> list[Path]:
    """Every scenario folder, by name."""
    return sorted(path for path in ROOT.iterdir() if path.is_dir())


def scenario(folder: Path) -> Scenario:
    """Read scenario.toml; a missing, unknown or mistyped key is an error."""
    values = tomllib.loads((folder / "scenario.toml").read_text("utf-8"))
    found = {key: type(value) for key, value in values.items()}
    if found != KEYS:
        raise ValueError(f"{folder.name}/scenario.toml: expected {KEYS}, found {found}")
    return Scenario(folder, **{**values, "nation": Nation(values["nation"])})


def scenarios() -> list[Scenario]:
    """Every shipped scenario."""
    return [scenario(folder) for folder in folders()]


def desk_of(scenario: Scenario, desk: Desk) -> Desk:
    """The same desk in the nation of the scenario."""
    return replace(desk, settings=replace(desk.settings, nation=scenario.nation))


def assessments(scenario: Scenario, desk: Desk) -> tuple[Assessment, ...]:
    """What lies behind the answer: one assessment per guideline."""
    call = read_call(scenario.request(), desk.settings)
    return answer(call, desk_of(scenario, desk), scenario.today, scenario.nation).assessments


def hook_answer(scenario: Scenario, desk: Desk) -> dict[str, Any]:
    """Status and body by the hook door, on the day and in the nation of the scenario."""
    app = app_of(desk_of(scenario, desk), LogStore(), scenario.noon)
    client = app.test_client()
    response = client.post(f"/cds-services/{SERVICE_ID}", json=scenario.request())
    body = response.get_json()
    # The one part of an answer that differs from call to call: the id of the request.
    if "resourceType" in body and body.pop("id") != response.headers["X-Correlation-Id"]:
        raise ValueError("an outcome has to carry the id of its request")
    return {"status": response.status_code, "body": body}


def differences(expected: object, answered: object, path: str = "$") -> Iterator[str]:
    """Every place where two JSON values differ; a key too many differs like one too few."""
    if isinstance(expected, dict) and isinstance(answered, dict):
        for key in sorted(expected.keys() | answered.keys()):
            pair = expected.get(key, ABSENT), answered.get(key, ABSENT)
            yield from differences(*pair, f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(answered, list):
        if len(expected) != len(answered):
            yield f"{path}: expected {len(expected)} items, answered {len(answered)}"
        for number, pair in enumerate(zip(expected, answered, strict=False)):
            yield from differences(*pair, f"{path}[{number}]")
    elif type(expected) is not type(answered) or expected != answered:
        yield f"{path}: expected {expected!r}, answered {answered!r}"
