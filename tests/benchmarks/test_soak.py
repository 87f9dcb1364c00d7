"""The load script counts on both sides, and says where they do not agree."""

from __future__ import annotations

import re
from typing import Any

import pytest

from benchmarks import soak
from benchmarks.soak_calls import FEEDBACK, HOOK, Tally, bodies

ROWS = {"request_event": 3, "decision": 2, "feedback": 1}
CHAINS: dict[str, Any] = {"records": 2, "faults": []}


def tally() -> Tally:
    found = Tally(recorded=2, feedback=1, refused=1, again=1)
    found.statuses.update({(HOOK, 200): 2, (FEEDBACK, 200): 1})
    return found


def test_a_few_seconds_of_a_production_server_agree(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINUTES", "0.1")
    monkeypatch.setenv("CALLERS", "2")
    code = soak.main()
    out = capsys.readouterr().out
    assert code == 0, out
    assert "errors: none; lines in the log: " in out
    counted = re.search(r"answers and request events: (\d+) and (\d+)\n", out)
    assert counted, out
    assert int(counted[1]) == int(counted[2]) > 10
    assert re.search(r"hook: \d+ \(.*/s\), ms: p50 [\d.]+ p95 [\d.]+ p99 [\d.]+ most", out)


def test_what_agrees_is_said_to_be_right() -> None:
    assert all(right for right, _ in soak.counts(tally(), ROWS, CHAINS))


@pytest.mark.parametrize(
    ("rows", "chains"),
    [
        (ROWS | {"request_event": 2}, CHAINS),
        (ROWS | {"decision": 1}, CHAINS),
        (ROWS | {"feedback": 2}, CHAINS),
        (ROWS, CHAINS | {"records": 1}),
        (ROWS, CHAINS | {"faults": [{"what": "changed"}]}),
    ],
)
def test_what_does_not_agree_is_found(rows: dict[str, int], chains: dict[str, Any]) -> None:
    lines = [line for right, line in soak.counts(tally(), rows, chains) if not right]
    assert lines
    assert all(line.endswith(": NOT EQUAL") for line in lines)


def test_a_token_that_was_taken_twice_is_found() -> None:
    found = tally()
    found.refused = 0
    assert not all(right for right, _ in soak.counts(found, ROWS, CHAINS))


def test_some_bodies_leave_a_record_and_one_leaves_none() -> None:
    found = [body.recorded for body in bodies()]
    assert set(found) == {0, 1}
    assert found.count(0) == 1
