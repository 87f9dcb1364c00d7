"""A plain value and the name of a schema -> problems that name the field and what was expected."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from cds_service.knowledge.files import Document, Problems
from cds_service.knowledge.places import data_dir


def fits(document: Document, schema: str, file: str, problems: Problems, at: str = "") -> bool:
    """True when a document fits a shipped schema; each misfit is noted with its field."""
    # The schema belongs to the code, not to the folder that a site mounts.
    text = (data_dir("knowledge") / "schema" / f"{schema}.json").read_text(encoding="utf-8")
    validator = Draft202012Validator(
        json.loads(text), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    errors = sorted(validator.iter_errors(document), key=lambda error: error.json_path)
    for error in errors:
        for field, message in _told(error):
            problems.add(file, at + field, message)
    return not errors


def field_path(parts: Iterable[str | int]) -> str:
    """('table', 2, 'when') -> 'table[2].when'."""
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".")


def _told(error: ValidationError) -> list[tuple[str, str]]:
    """One line per fault; unknown and missing keys are named as the field."""
    here = list(error.absolute_path)
    schema, instance = _parts(error)
    if error.validator == "additionalProperties":
        known = schema.get("properties", {})
        message = f"unknown key; known here: {', '.join(sorted(known))}"
        return [(field_path([*here, key]), message) for key in sorted(set(instance) - set(known))]
    if error.validator == "required":
        missing = [key for key in schema["required"] if key not in instance]
        return [(field_path([*here, key]), "is missing") for key in missing]
    return [(field_path(here) or "(top level)", _expected(error))]


def _expected(error: ValidationError) -> str:
    schema, instance = _parts(error)
    value = json.dumps(instance, ensure_ascii=False)
    shown = value if len(value) <= 60 else value[:57] + "..."
    rule = str(error.validator)
    wanted = schema.get("description") or f"{rule} {json.dumps(schema[rule])}"
    return f"{shown}: expected {wanted}"


def _parts(error: ValidationError) -> tuple[dict[str, Any], Any]:
    schema: Any = error.schema
    return schema, error.instance
