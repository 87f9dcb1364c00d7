"""Bytes of a request or file -> plain Python values, refusing what JSON readers disagree about."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from cds_service.domain import RepeatedKeys
from cds_service.errors import RequestError

DEEPEST = 512
_LONGEST_INTEGER = 308  # digits; longer ones are no double, and slow to read
_HALF = "[dD][89abAB][0-9a-fA-F]{2}"
_OTHER_HALF = "[dD][c-fC-F][0-9a-fA-F]{2}"
# One escape at a time, so that an escaped backslash before a 'u' is never taken for an escape.
_ESCAPE = re.compile(rf"\\(?:u{_HALF}\\u{_OTHER_HALF}|(u[dD][89a-fA-F][0-9a-fA-F]{{2}})|.)", re.S)
_MAYBE_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def parse(raw: bytes) -> Any:
    """The value; a JSON object in which a key stands twice becomes a RepeatedKeys."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise RequestError("The body is not UTF-8.") from None
    try:
        value = json.loads(
            _mended(text),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        # The message of the parser holds no text of the body, its position helps the sender.
        where = f"line {error.lineno} column {error.colno}"
        raise RequestError(f"The body is not JSON: {error.msg} at {where}.") from None
    except RecursionError:
        raise RequestError(f"The body is nested deeper than {DEEPEST}.") from None
    if _deeper_than(value, DEEPEST):
        raise RequestError(f"The body is nested deeper than {DEEPEST}.")
    return value


def _mended(text: str) -> str:
    """Half of a surrogate pair (a text cut in the middle of a character) becomes U+FFFD."""
    if not _MAYBE_HALF.search(text):
        return text
    return _ESCAPE.sub(lambda m: r"\ufffd" if m.group(1) else m.group(0), text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    return plain if len(plain) == len(pairs) else RepeatedKeys(plain)


def _constant(name: str) -> float:
    raise RequestError(f"The body is not JSON: {name} is no JSON number.")


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise RequestError("A number in the body is too large.")
    return number


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > _LONGEST_INTEGER:
        raise RequestError("A number in the body is too large.")
    return int(text)


def _deeper_than(value: object, limit: int) -> bool:
    """Walks without recursion: the body was written by somebody else."""
    waiting = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        if isinstance(item, dict | list) and depth > limit:
            return True
        waiting.extend((child, depth + 1) for child in inner if isinstance(child, dict | list))
    return False
