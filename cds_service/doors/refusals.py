"""HTTP status -> the bytes with which the server refuses what never reaches the application."""

from __future__ import annotations

import json
import uuid
from http import HTTPStatus

from cds_service.doors.outcome import outcome

_RETRY = {503: b"Retry-After: 1\r\n"}
_ISSUE = {400: "invalid", 408: "timeout", 500: "exception", 503: "transient", 501: "not-supported"}
_TEXT = {
    400: "The request cannot be read.",
    408: "The request did not come whole in time.",
    414: "The address is too long.",
    431: "The header fields are too long.",
    500: "Internal error; its id is the id of this outcome.",
    501: "This transfer coding is not understood.",
    503: "Too many requests at one time; try again.",
}


def refusal(status: int) -> bytes:
    """A whole answer, after which the connection ends; it says nothing of the request."""
    told = outcome([(_ISSUE.get(status, "too-long"), _TEXT[status])])
    correlation = str(uuid.uuid4())
    body = json.dumps({"resourceType": "OperationOutcome", "id": correlation, **told}).encode()
    return b"".join(
        (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode(),
            b"Content-Type: application/json\r\nCache-Control: no-store\r\n",
            b"X-Content-Type-Options: nosniff\r\nConnection: close\r\n",
            f"X-Correlation-Id: {correlation}\r\n".encode(),
            _RETRY.get(status, b""),
            f"Content-Length: {len(body)}\r\n\r\n".encode(),
            body,
        )
    )
