"""Calls made from our own OpenAPI document by schemathesis: never a 5xx, the schemas are kept."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cds_service.doors.answer import Desk, fetch_nothing
from cds_service.doors.app import app_of
from tests.doors.bodies import SERVICE
from tests.doors.conftest import Events, noon

# CDS_TEST_EXAMPLES=10 makes 5,000 calls and more; otherwise it is a tenth.
TIMES = int(os.environ.get("CDS_TEST_EXAMPLES", "1"))
CALLS = 500 * TIMES
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
Run = Callable[[str, str, GenerationMode, int], None]


@dataclass
class Fuzzed:
    """The service under fuzz and what it answered."""

    schema: schemathesis.BaseSchema
    events: Events
    told: Counter[int] = field(default_factory=Counter)

    def run(self, path: str, method: str, mode: GenerationMode, count: int) -> None:
        """Make so many calls; raises where an answer breaks the document."""
        operation = self.schema[path][method]
        cases = operation.as_strategy(generation_mode=mode)

        @settings(
            max_examples=count,
            derandomize=TIMES == 1,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases)
        def calls(case: schemathesis.Case[Any]) -> None:
            response = case.call_and_validate(checks=CHECKS)
            self.told[response.status_code] += 1

        calls()


class Books(Events):
    """Takes every answer, and has figures of nothing."""

    def feedback(self, site: str, service: str, items: object) -> None:
        """Taken."""

    def activity(self, asked: object) -> dict[str, Any]:
        names = ("cards", "overrides", "notChecked", "days", "sites")
        rows: dict[str, Any] = {name: [] for name in names}
        calls = {"assessed": 0, "milliseconds": {}}
        return {"calls": calls, "feedback": {"answers": 0, "unknownCards": 0}, **rows}


@pytest.fixture(scope="module")
def fuzzed(desk: Desk) -> Fuzzed:
    events = Books()
    app = app_of(replace(desk, fetch=fetch_nothing), events, noon)
    return Fuzzed(schemathesis.openapi.from_wsgi("/openapi.json", app), events)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_service_keeps_its_document_whatever_is_sent(
    fuzzed: Fuzzed, mode: GenerationMode
) -> None:
    before = fuzzed.told.total()
    fuzzed.run(SERVICE, "POST", mode, CALLS // 2)
    assert fuzzed.told.total() - before >= CALLS // 2
    assert max(fuzzed.told) < 500
    assert "internal-error" not in [c.why for e in fuzzed.events.kept for c in e.causes]


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_feedback_keeps_its_document_whatever_is_sent(fuzzed: Fuzzed, mode: GenerationMode) -> None:
    before = fuzzed.told.copy()
    fuzzed.run(f"{SERVICE}/feedback", "POST", mode, CALLS // 5)
    told = fuzzed.told - before
    assert told.total() >= CALLS // 5
    assert max(told) < 500
    assert told[200 if mode is GenerationMode.POSITIVE else 400] > CALLS // 20


def test_every_other_address_keeps_the_document(fuzzed: Fuzzed) -> None:
    found = list(fuzzed.schema.get_all_operations())
    operations = [result.ok() for result in found if isinstance(result, Ok)]
    assert len(operations) == len(found)
    others = [o for o in operations if (o.path, o.method) != (SERVICE, "post")]
    assert len(others) > 10
    for operation in others:
        fuzzed.run(operation.path, operation.method.upper(), GenerationMode.POSITIVE, 2)
    assert max(fuzzed.told) < 500


def test_a_service_that_breaks_its_document_is_found_out(desk: Desk) -> None:
    app = app_of(replace(desk, fetch=fetch_nothing), Events(), noon)

    @app.after_request
    def spoil(response: object) -> object:
        response.data = b'{"cards": [{}]}'  # type: ignore[attr-defined]
        return response

    spoiled = Fuzzed(_document_of(desk, app), Events())
    with pytest.raises(FailureGroup):
        spoiled.run("/cds-services", "GET", GenerationMode.POSITIVE, 1)


def _document_of(desk: Desk, app: object) -> schemathesis.BaseSchema:
    """The document as it should be, held against another application."""
    good = app_of(desk, Events(), noon)
    schema = schemathesis.openapi.from_wsgi("/openapi.json", good)
    schema.app = app
    return schema
