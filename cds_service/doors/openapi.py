"""The routes of the application and the schemas in cards/schema -> an OpenAPI 3.1 document.

Which addresses and methods there are comes from the routes themselves, what goes in and out from
the schemas that the service is held to; only the words stand here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Response, current_app
from werkzeug.routing import Rule

from cds_service.doors.about import NOTICE, service_version
from cds_service.doors.answer import Desk
from cds_service.doors.discovery import DESCRIPTION, SERVICE_ID, TITLE
from cds_service.doors.envelope import PATIENT_VIEW, result_hook
from cds_service.doors.hooks import reply
from cds_service.knowledge import data_dir

Json = dict[str, Any]
_JSON = "application/json"
_FILES = MappingProxyType(
    {
        "CdsRequest": "cds-hooks-request.schema.json",
        "CdsResponse": "cds-hooks-response.schema.json",
        "CdsDiscovery": "cds-hooks-discovery.schema.json",
        "CdsFeedback": "cds-hooks-feedback.schema.json",
    }
)
_TEXT: Json = {"type": "string", "minLength": 1}
_OUTCOME: Json = {
    "description": "FHIR OperationOutcome; its id is the X-Correlation-Id of the answer.",
    "type": "object",
    "required": ["resourceType", "id", "issue"],
    "properties": {
        "resourceType": {"const": "OperationOutcome"},
        "id": _TEXT,
        "issue": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["severity", "code", "details"],
                "properties": {
                    "severity": {"const": "error"},
                    "code": _TEXT,
                    "details": {
                        "type": "object",
                        "required": ["text"],
                        "properties": {"text": _TEXT},
                    },
                },
            },
        },
    },
}


def _object(**properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


_WORD: Json = {"type": "string"}
_WORDS: Json = {"type": "array", "items": _WORD}
_ROWS: Json = {"type": "array", "items": {"type": "object"}}
_DAY: Json = {"type": "string", "format": "date"}
_SCHEMAS: Mapping[str, Json] = MappingProxyType(
    {
        "OperationOutcome": _OUTCOME,
        "Health": _object(
            status={"enum": ["ok", "degraded"]},
            notice=_TEXT,
            service=_object(name=_TEXT, version=_TEXT),
            mode={"enum": ["development", "production"]},
            today={"type": "string", "format": "date"},
            guidelines={"type": "array", "items": {"type": "object", "required": ["id"]}},
            overdue=_WORDS,
            cardFailures={"type": "integer", "minimum": 0},
            store=_object(
                status={"enum": ["ok", "degraded", "none"]},
                why=_WORD,
                waiting={"type": "integer", "minimum": 0},
            ),
        ),
        "Alive": _object(status={"const": "alive"}),
        "Ready": _object(status={"const": "ready"}),
        "NotReady": _object(status={"const": "not ready"}, why=_TEXT),
        "Kept": {"description": "Nothing to say.", "type": "object", "maxProperties": 0},
        "Activity": _object(
            calls={"type": "object", "required": ["assessed", "milliseconds"]},
            cards=_ROWS,
            overrides=_ROWS,
            notChecked=_ROWS,
            days=_ROWS,
            sites=_ROWS,
            feedback={"type": "object", "required": ["answers", "unknownCards"]},
        ),
        "OpenApi": _object(openapi={"const": "3.1.0"}, info={"type": "object"}),
    }
)
_STATUS: Mapping[int, str] = MappingProxyType(
    {
        400: "Not JSON, or a field of the envelope is wrong.",
        401: "No valid token; why is told to nobody.",
        403: "This user or client may not see the answer.",
        412: "Neither a fusion nor a diagnosis could be looked for.",
        413: "The body is larger than the service accepts.",
        415: "Not application/json in UTF-8, or compressed.",
        429: "Over the quota of the client.",
        500: "Internal error.",
        503: "Something that the answer depends on is away for the moment.",
    }
)
_CALLER = (401, 429, 503)


@dataclass(frozen=True)
class _Words:
    """What is said of one method of one address."""

    summary: str
    answer: str = ""  # name of a schema
    media: str = _JSON
    body: str = ""
    errors: tuple[int, ...] = ()
    not_ready: bool = False
    asks: tuple[tuple[str, Json], ...] = ()  # in the query


_HOOK = _Words(
    "Assess one patient; cards, or an empty list where what was read rules the guidance out.",
    "CdsResponse",
    body="CdsRequest",
    errors=(400, 403, 412, 413, 415, *_CALLER),
)
_FEEDBACK = _Words(
    "Keep what clinicians did with cards; all items or none, on the disk when the answer comes.",
    "Kept",
    body="CdsFeedback",
    errors=(400, 413, 415, *_CALLER),
)
_OPERATIONS: Mapping[tuple[str, str], _Words] = MappingProxyType(
    {
        ("GET", "/cds-services"): _Words("Discovery.", "CdsDiscovery", errors=_CALLER),
        ("POST", f"/cds-services/{SERVICE_ID}"): _HOOK,
        ("POST", f"/cds-services/{SERVICE_ID}/feedback"): _FEEDBACK,
        ("GET", "/"): _Words("A page for people.", media="text/html"),
        ("GET", "/health"): _Words("Which guidance is loaded, and how old it is.", "Health"),
        ("GET", "/health/live"): _Words("That the process answers.", "Alive"),
        ("GET", "/health/ready"): _Words(
            "Whether a known patient gets the right card.", "Ready", not_ready=True
        ),
        ("GET", "/activity"): _Words(
            "Cards, answers to them, and how often nothing could be checked; in development only.",
            "Activity",
            errors=(400, 503),
            asks=(("from", _DAY), ("to", _DAY), ("site", _WORD)),
        ),
        ("GET", "/metrics"): _Words("Numbers for Prometheus.", media="text/plain"),
        ("GET", "/openapi.json"): _Words("This document.", "OpenApi"),
    }
)


def blueprint(desk: Desk) -> Blueprint:
    """The document of the application that it is registered with."""
    pages = Blueprint("openapi", __name__)
    schemas = _shipped()

    @pages.get("/openapi.json")
    def show() -> Response:
        return reply(200, document(current_app.url_map.iter_rules(), desk, schemas))

    return pages


def document(rules: Iterable[Rule], desk: Desk, schemas: Mapping[str, Json]) -> Json:
    """OpenAPI 3.1 for these routes; raises KeyError for one that nothing is said of."""
    paths: dict[str, Json] = {}
    for rule in rules:
        path = paths.setdefault(rule.rule, {})
        for method in sorted(rule.methods or ()):
            path[method.lower()] = _operation(method, rule.rule, desk)
    shown = dict(schemas) | {"CdsRequest": _with_hooks(schemas["CdsRequest"], desk)}
    address = [{"url": desk.settings.public_url}] if desk.settings.public_url else []
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": TITLE,
            "version": service_version(),
            "description": f"{DESCRIPTION} {NOTICE}",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        **({"servers": address} if address else {}),
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": shown | dict(_SCHEMAS),
            "securitySchemes": {"cdsHooks": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(method: str, path: str, desk: Desk) -> Json:
    if method == "OPTIONS":
        told = {"200": {"description": "The methods."}, "204": {"description": "A preflight."}}
        return {"summary": "Which methods there are.", "responses": told}
    words = _OPERATIONS["GET" if method == "HEAD" else method, path]
    told = {"200": _answer(words.summary, words.answer, words.media)}
    told |= {str(status): _answer(_STATUS[status], "OperationOutcome") for status in words.errors}
    told["500"] = _answer(_STATUS[500], "OperationOutcome")
    if words.not_ready:
        told["503"] = _answer("It does not.", "NotReady")
    if method == "HEAD":
        told = {status: {"description": answer["description"]} for status, answer in told.items()}
    operation: Json = {"summary": words.summary, "responses": told}
    if words.asks:
        operation["parameters"] = [
            {"name": name, "in": "query", "schema": schema} for name, schema in words.asks
        ]
    if words.body:
        content = {_JSON: {"schema": _reference(words.body)}}
        operation["requestBody"] = {"required": True, "content": content}
    if 401 in words.errors and not desk.registry.open:
        anybody: list[Json] = [] if words.body or desk.registry.token_on_discovery else [{}]
        operation["security"] = [{"cdsHooks": []}, *anybody]
    return operation


def _answer(words: str, schema: str, media: str = _JSON) -> Json:
    content: Json = {"schema": _reference(schema)} if schema else {"schema": {"type": "string"}}
    correlation = {"description": "Names this answer in the log.", "schema": _TEXT}
    return {
        "description": words,
        "headers": {"X-Correlation-Id": {"required": True, **correlation}},
        "content": {media: content},
    }


def _reference(schema: str) -> Json:
    return {"$ref": f"#/components/schemas/{schema}"}


def _with_hooks(schema: Json, desk: Desk) -> Json:
    """The hooks of this site are the only ones that are answered."""
    hook = {"enum": [PATIENT_VIEW, result_hook(desk.settings)]}
    return schema | {"properties": schema["properties"] | {"hook": hook}}


def _shipped() -> dict[str, Json]:
    folder = data_dir("cards") / "schema"
    read = {name: json.loads((folder / file).read_text("utf-8")) for name, file in _FILES.items()}
    return {name: _moved(schema, f"#/components/schemas/{name}") for name, schema in read.items()}


def _moved(value: Any, home: str) -> Any:
    """A schema whose references to its own parts hold inside another document."""
    if isinstance(value, dict):
        kept = {name: _moved(part, home) for name, part in value.items() if name != "$schema"}
        reference = kept.get("$ref")
        return kept | {"$ref": f"{home}{reference[1:]}"} if isinstance(reference, str) else kept
    return [_moved(part, home) for part in value] if isinstance(value, list) else value
