"""A file given to the command line -> Call: a hook request, or records as the whole record."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service.doors.envelope import Call, read_call
from cds_service.errors import InputError, RequestError
from cds_service.reading.bundle import patient_ids, whole_record
from cds_service.settings import Settings
from cds_service.strict_json import parse

STDIN = "-"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SHOWN = 5
_NO_PATIENT = "not-stated"


@dataclass(frozen=True)
class Opened:
    """What a file asks for."""

    call: Call
    is_record: bool  # not a request: the file counts as everything there is


def open_file(name: str, patient: str, settings: Settings) -> Opened:
    """Read FILE; raises InputError for what cannot be read, RequestError for a wrong request."""
    documents = _documents(_bytes(name), name)
    first = documents[0]
    if len(documents) == 1 and "hook" in first and "resourceType" not in first:
        call = read_call(first, settings)
        if patient not in ("", call.patient_id):
            raise InputError(f"{name}: this request is about another patient than --patient says")
        return Opened(call, is_record=False)
    for number, document in enumerate(documents, 1):
        if not isinstance(document.get("resourceType"), str):
            raise InputError(f"{name}: document {number} is neither a hook request nor FHIR")
    states = whole_record(documents)
    return Opened(Call(_chosen(patient_ids(states), patient, name), states), is_record=True)


def _bytes(name: str) -> bytes:
    try:
        raw = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = error.strerror if isinstance(error, OSError) else "not a file name"
        raise InputError(f"{name}: {why}") from None
    return raw.removeprefix(_BYTE_ORDER_MARK)


def _documents(raw: bytes, name: str) -> list[dict[str, Any]]:
    lines = [(n, line) for n, line in enumerate(raw.split(b"\n"), 1) if line.strip()]
    if not lines:
        raise InputError(f"{name}: the file is empty")
    if len(lines) > 1 and _is_object(lines[0][1]):
        return [_document(line, f"{name}: line {number}") for number, line in lines]
    return [_document(raw, name)]


def _is_object(line: bytes) -> bool:
    """One JSON object on the first of several lines: NDJSON."""
    try:
        return isinstance(parse(line), dict)
    except RequestError:
        return False


def _document(raw: bytes, where: str) -> dict[str, Any]:
    try:
        value = parse(raw)
    except RequestError as error:
        raise InputError(f"{where}: {error}") from None
    if not isinstance(value, dict):
        raise InputError(f"{where}: expected a JSON object")
    return value


def _chosen(found: tuple[str, ...], wanted: str, name: str) -> str:
    if wanted:
        if found and wanted not in found:
            raise InputError(f"{name}: holds no patient with the id given by --patient")
        return wanted
    if len(found) > 1:
        shown = ", ".join(found[:_SHOWN]) + (", ..." if len(found) > _SHOWN else "")
        raise InputError(f"{name}: holds {len(found)} patients, choose with --patient: {shown}")
    return found[0] if found else _NO_PATIENT
