"""POST /cds-services/{id}/feedback -> rows that are on the disk before the 200 leaves.

All items or none: one that cannot be read refuses the whole body, and is named by its position and
field, never by a value. What a clinician wrote goes into the store and nowhere else.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

from flask import Blueprint, Response, g
from jsonschema import Draft202012Validator, ValidationError

from cds_service.domain import RepeatedKeys
from cds_service.doors.answer import Desk
from cds_service.doors.callers import Callers
from cds_service.doors.discovery import SERVICE_ID
from cds_service.doors.hooks import json_body, reply
from cds_service.errors import RequestError
from cds_service.knowledge import data_dir
from cds_service.store.instants import in_utc
from cds_service.strict_json import parse

Item = Mapping[str, Any]
SCHEMA = "cds-hooks-feedback.schema.json"
LONGEST_ITEM = 65_536  # bytes as JSON
_MOST_TOLD = 10  # problems in one refusal
_TYPES = {"object": "a JSON object", "array": "an array", "string": "a string"}


class Keeper(Protocol):
    """Where answers are kept."""

    def feedback(self, site: str, service: str, items: Sequence[Item]) -> None:
        """Keep all items or none, each once; durable on return, else raises Unavailable."""
        ...


def blueprint(desk: Desk, callers: Callers, keeper: Keeper) -> Blueprint:
    """The address beside the service; the token, the limits and the body are as there."""
    pages = Blueprint("feedback", __name__)
    schema = Draft202012Validator(
        json.loads((data_dir("cards") / "schema" / SCHEMA).read_text("utf-8"))
    )

    @pages.post(f"/cds-services/{SERVICE_ID}/feedback")
    def take() -> Response:
        client = callers.caller()
        items = read_feedback(parse(json_body(desk.settings.max_body)), schema)
        if items:
            keeper.feedback(client.site, SERVICE_ID, items)
        g.answers = Counter(item["outcome"] for item in items)
        # The standard names no body. An object lets a client that reads JSON find some.
        return reply(200, {})

    return pages


def read_feedback(body: object, schema: Draft202012Validator) -> Sequence[Item]:
    """The items as they came; raises RequestError with every position and field that is wrong."""
    problems = _first(_shape(body, schema)) or _first(_content(body))
    if problems:
        raise RequestError("; ".join(problems) + ".")
    items: Sequence[Item] = body["feedback"]  # type: ignore[index]  # the schema held
    return items


def _first(problems: Iterable[str]) -> list[str]:
    """Each once, and no more than somebody reads."""
    told: dict[str, None] = {}
    different = (problem for problem in problems if problem not in told)
    for problem in islice(different, _MOST_TOLD):
        told[problem] = None
    return list(told)


def _shape(body: object, schema: Draft202012Validator) -> Iterator[str]:
    if isinstance(body, RepeatedKeys):
        yield "The body: a key stands in it twice"
    for error in schema.iter_errors(body):
        yield from _told(error)


def _told(error: ValidationError) -> Iterator[str]:
    """The path and what was expected: the names and numbers are those of the schema."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.path)
    place = "".join(steps).lstrip(".")
    if error.validator == "required":
        names, holder = _any(error.validator_value), _any(error.instance)
        missing = (name for name in names if name not in holder)
        yield from (f"{place}.{name}: missing".lstrip(".") for name in missing)
    else:
        yield f"{place or 'The body'}: {_expected(error)}"


def _expected(error: ValidationError) -> str:
    wanted = _any(error.validator_value)
    if error.validator == "type":
        names = [wanted] if isinstance(wanted, str) else wanted
        return "expected " + " or ".join(_TYPES[name] for name in names if name != "null")
    words = {
        "enum": "expected accepted or overridden",
        "anyOf": "expected a reason, a userComment or both",
        "minLength": "expected some text",
        "maxLength": f"expected at most {wanted} characters",
        "minItems": f"expected at least {wanted}",
        "maxItems": f"expected at most {wanted}",
    }
    return words[str(error.validator)]


def _any(value: Any) -> Any:
    """The library types every part of an error as one that may not have been set."""
    return value


def _content(body: Any) -> Iterator[str]:
    """What a schema cannot say."""
    for position, item in enumerate(body["feedback"]):
        for problem in _problems(item):
            yield f"feedback[{position}]{problem}"


def _problems(item: Item) -> Iterator[str]:
    if any(isinstance(part, RepeatedKeys) for part in _objects(item)):
        yield ": a key stands in it twice"
    if len(json.dumps(item)) > LONGEST_ITEM:
        yield f": expected at most {LONGEST_ITEM} bytes"
    try:
        in_utc(item["outcomeTimestamp"])
    except ValueError:
        yield ".outcomeTimestamp: expected a time of RFC 3339 with an offset"
    for name, text in _names(item):
        if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
            yield f".{name}: expected no control characters"


def _names(item: Item) -> Iterable[tuple[str, str]]:
    """Texts that stand in columns of the store; PostgreSQL holds no NUL."""
    yield "card", item["card"]
    for position, suggestion in enumerate(item.get("acceptedSuggestions") or ()):
        yield f"acceptedSuggestions[{position}].id", suggestion["id"]
    reason = (item.get("overrideReason") or {}).get("reason") or {}
    for member in ("code", "system"):
        yield f"overrideReason.reason.{member}", reason.get(member) or ""


def _objects(value: object) -> Iterator[dict[str, Any]]:
    """Every object in a value, without recursion: the value was written by somebody else."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        waiting.extend(inner)
