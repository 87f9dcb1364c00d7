"""Errors -> FHIR OperationOutcome: what is wrong with the request, nothing of the patient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cds_service.domain import Assessment, Gap
from cds_service.errors import InsufficientData, RequestError, http_answer


def of_error(error: RequestError) -> tuple[int, dict[str, Any]]:
    """HTTP status and body; the messages of our own errors name fields, never values."""
    answer = http_answer(error)
    return answer.status, outcome([(answer.issue, str(error))])


def of_insufficient(assessments: Sequence[Assessment]) -> tuple[int, dict[str, Any]]:
    """412: nothing that a guideline needs could be read; each source with its cause."""
    answer = http_answer(InsufficientData())
    gaps = dict.fromkeys(gap for assessment in assessments for gap in assessment.gaps)
    unread = sum(len(assessment.unread) for assessment in assessments[:1])
    texts = [_gap_text(gap) for gap in gaps]
    if unread:
        texts.append(f"resources that looked relevant and could not be read: {unread}")
    return answer.status, outcome([(answer.issue, text) for text in texts or ["no data"]])


def _gap_text(gap: Gap) -> str:
    return f"{gap.key}: {gap.why}"


def outcome(issues: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """An OperationOutcome with one issue per (code, text)."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [
            {"severity": "error", "code": code, "details": {"text": text}} for code, text in issues
        ],
    }
