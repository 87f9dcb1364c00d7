"""A response body -> what breaks our JSON Schema for CDS Hooks responses, compiled once."""

from __future__ import annotations

import json
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from cds_service.errors import KnowledgeError

RESPONSE = "cds-hooks-response.schema.json"


class ResponseSchema:
    """The shipped schema of one kind of CDS Hooks message."""

    def __init__(self, cards_dir: Traversable | Path, name: str = RESPONSE) -> None:
        file = f"cards/schema/{name}"
        try:
            schema = json.loads((cards_dir / "schema" / name).read_text(encoding="utf-8"))
            Draft202012Validator.check_schema(schema)
        except (OSError, ValueError) as error:
            raise KnowledgeError([f"{file}: file: expected readable JSON ({error})"]) from error
        except SchemaError as error:
            raise KnowledgeError([f"{file}: {error.json_path}: {error.message}"]) from error
        self._validator = Draft202012Validator(schema)

    def problems(self, body: Any) -> tuple[str, ...]:
        """Where the body breaks the schema, as paths and rules; never a value of the body."""
        errors = self._validator.iter_errors(body)
        return tuple(sorted(f"{error.json_path}: {error.validator}" for error in errors))
