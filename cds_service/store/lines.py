"""Records -> lines of a spool file, and back; a line says by itself whether it is whole.

<version> <kind> <milliseconds since 1970> <first half of SHA-256 of the rest> <JSON>
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.store.rows import decision_columns, event_columns

VERSION = 1
DECISION, EVENT = "decision", "event"
_COLUMNS = {DECISION: decision_columns, EVENT: event_columns}


@dataclass(frozen=True)
class Entry:
    """One record on its way to the store."""

    kind: str
    at: int  # milliseconds since 1970: since when it waits
    record: Mapping[str, Any]
    columns: Mapping[str, Any]  # of its table
    content: bytes = b""  # the input of a decision, where it is kept

    @property
    def id(self) -> str:
        """By which it is stored once."""
        return str(self.columns["id"])


class DamagedLine(ValueError):
    """Not what was written, or a record that no table takes; nothing of it is in the message."""


class NewerLine(ValueError):
    """Written by a newer version of the service; kept for it."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__("a newer version")


def entry(kind: str, at: int, record: Mapping[str, Any], content: bytes = b"") -> Entry:
    """A record with its columns; raises DamagedLine for what no table takes."""
    try:
        columns = _COLUMNS[kind](record)
    except (KeyError, ValueError, OverflowError) as error:
        raise DamagedLine(f"no {kind} record") from error
    return Entry(kind, at, record, columns, content)


def written(found: Entry) -> bytes:
    """The line, with its end; raises DamagedLine for what is no JSON."""
    told: dict[str, Any] = {"record": found.record}
    if found.content:
        told["content"] = base64.b64encode(found.content).decode()
    try:
        rest = json.dumps(told, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise DamagedLine("no JSON") from error
    head = f"{VERSION} {found.kind} {found.at} {_digest(rest)} "
    return head.encode() + rest + b"\n"


def read(line: bytes) -> Entry:
    """The record of a whole line; raises DamagedLine and NewerLine."""
    version, _, rest = line.partition(b" ")
    parts = rest.rstrip(b"\n").split(b" ", 3)
    if _is_newer(version):
        raise NewerLine(int(version))
    if version != b"%d" % VERSION or len(parts) != 4 or not line.endswith(b"\n"):
        raise DamagedLine("no line of a spool")
    kind, at, digest, told = parts
    if digest.decode("ascii", "replace") != _digest(told) or not at.isdigit():
        raise DamagedLine("not what was written")
    try:
        value = json.loads(told)
        content = base64.b64decode(value.get("content", ""), validate=True)
        return entry(kind.decode(), int(at), value["record"], content)
    except (ValueError, LookupError, AttributeError, binascii.Error, RecursionError) as error:
        raise DamagedLine("no record") from error


def _is_newer(version: bytes) -> bool:
    return version.isdigit() and len(version) < 6 and int(version) > VERSION


def _digest(rest: bytes) -> str:
    return hashlib.sha256(rest).hexdigest()[:32]
