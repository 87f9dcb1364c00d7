"""CDS Hooks over HTTP: discovery and the service, strict about what it needs."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from cds_service.doors.answer import Desk, Learned, Memory, answer
from cds_service.doors.callers import Callers
from cds_service.doors.discovery import SERVICE_ID, discovery
from cds_service.doors.envelope import read_call
from cds_service.doors.events import causes
from cds_service.doors.records import Circumstances, Recorder
from cds_service.errors import BodyTooLarge, WrongMediaType
from cds_service.strict_json import parse

TOO_LARGE = "The body is larger than this service accepts."


def blueprint(
    desk: Desk,
    today: Callable[[], date],
    callers: Callers,
    recorder: Recorder,
    memory: Memory,
) -> Blueprint:
    """The two addresses of the standard."""
    hooks = Blueprint("hooks", __name__)

    @hooks.get("/cds-services")
    def discover() -> Response:
        callers.caller(required=desk.registry.token_on_discovery)
        return reply(200, discovery(desk.settings))

    @hooks.post(f"/cds-services/{SERVICE_ID}")
    def call() -> Response:
        client = callers.caller()
        asked = read_call(parse(json_body(desk.settings.max_body)), desk.settings)
        said = answer(asked, desk, today(), desk.settings.nation, _remember, client, memory)
        g.recommendations = tuple(a.recommendation for a in said.assessments)
        g.held_back = tuple(d.assessment.recommendation for d in said.decided if d.held_back)
        g.left_out = said.left_out
        g.causes = causes(said.assessments)
        g.fetches = said.fetched
        recorder.keep(said.decided, said.learned, circumstances())
        return reply(said.status, said.body)

    return hooks


def _remember(learned: Learned) -> None:
    """Kept for the length of the request: a failure after this is a card, not an error."""
    g.learned = learned


def circumstances(failed: str = "") -> Circumstances:
    """Of the call that is being answered."""
    return Circumstances(g.client, g.correlation, milliseconds(), failed=failed)


def milliseconds() -> int:
    """How long the call has taken so far."""
    seconds: float = time.monotonic() - g.started
    return round(seconds * 1000)


def reply(status: int, body: dict[str, Any]) -> Response:
    """JSON; an OperationOutcome gets the request's id, so that a caller can name it to us."""
    if body.get("resourceType") == "OperationOutcome":
        body = {"resourceType": "OperationOutcome", "id": g.correlation, **body}
    response = jsonify(body)
    response.status_code = status
    return response


def json_body(limit: int) -> bytes:
    """The body of this request, of at most so many bytes; raises WrongMediaType, BodyTooLarge."""
    if request.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity"):
        raise WrongMediaType("Content-Encoding: only identity is accepted.")
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset not in ("utf-8", "utf8"):
        raise WrongMediaType("Content-Type: expected application/json in UTF-8.")
    data = request.get_data(cache=False)
    if len(data) > limit:
        raise BodyTooLarge(TOO_LARGE)
    return data
