"""Labelled cases -> one example of JSON for each shape of docs/reading.md."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.builders import MINE, PRESENT, VARIANT, Resource
from tests.reading.case_table import Case, load

_WORDS = """## One example each

The telling part of one labelled case of `tests/reading/cases` for each shape; status, subject, the
code of a variant and the value Present are left out. `explain` names the shape of every finding by
the same number and words.
"""
_UNTOLD: Resource = {"status": "final", "subject": MINE, "code": VARIANT}
_UNTOLD |= {"valueCodeableConcept": PRESENT}


def cases() -> list[Case]:
    """The case that is the example of each shape, in the order of the shapes."""
    return sorted((case for case in load() if case.example), key=lambda case: int(case.shape))


def examples() -> str:
    """The section of docs/reading.md."""
    return "\n".join([_WORDS, *(line for case in cases() for line in _example(case))])


def _example(case: Case) -> Iterator[str]:
    yield f"### Shape {case.shape}: {case.example}\n"
    yield f"{case.why} State: {case.state}.\n"
    yield "```json"
    told = [_told(resource) for resource in case.given]
    yield _spelled(told[0] if len(told) == 1 else told)
    yield "```\n"


def _told(resource: Resource) -> Resource:
    return {key: value for key, value in resource.items() if _UNTOLD.get(key) != value}


def _spelled(value: object, indent: str = "") -> str:
    """JSON in which an object or a list stands on one line where it fits."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(flat) <= 96 or not isinstance(value, dict | list):
        return flat
    deeper = f"{indent}  "
    if isinstance(value, dict):
        parts = [f'"{key}": {_spelled(item, deeper)}' for key, item in value.items()]
    else:
        parts = [_spelled(item, deeper) for item in value]
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    inside = f",\n{deeper}".join(parts)
    return f"{opening}\n{deeper}{inside}\n{indent}{closing}"
