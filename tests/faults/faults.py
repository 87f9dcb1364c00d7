"""Names of faults -> what the server does instead of answering well; cases.toml has the words."""

from __future__ import annotations

import gzip
import time
from collections.abc import Mapping
from typing import Any

from tests.doors.bodies import SUBJECT, bundle, fusion, mesothelioma
from tests.faults.record import STRANGER, encoded, honest, whole
from tests.faults.server import Asked, Behaviour, Wire

_MIB = 1024 * 1024
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n"
_CHUNKED = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "exception", "diagnostics": "synthetic"}],
}


def status(code: int, **headers: str) -> Behaviour:
    """An error of HTTP, with a page for people."""

    def behave(wire: Wire, asked: Asked) -> bool:
        wire.answer(code, b"<html>no</html>", "text/html", **headers)
        return True

    return behave


def body(content: bytes, kind: str = "application/fhir+json", **headers: str) -> Behaviour:
    """The same 200 for every request."""

    def behave(wire: Wire, asked: Asked) -> bool:
        wire.answer(200, content, kind, **headers)
        return True

    return behave


def json_body(value: object) -> Behaviour:
    return body(encoded(value))


def raw(*parts: bytes) -> Behaviour:
    """These bytes, then the end of the connection."""

    def behave(wire: Wire, asked: Asked) -> bool:
        for part in parts:
            wire.send(part)
        return False

    return behave


def then_hang(start: bytes) -> Behaviour:
    def behave(wire: Wire, asked: Asked) -> bool:
        wire.send(start)
        wire.hang()
        return False

    return behave


def then_drip(start: bytes, byte: bytes) -> Behaviour:
    def behave(wire: Wire, asked: Asked) -> bool:
        wire.send(start)
        wire.drip(byte)
        return False

    return behave


def endless(start: bytes, piece: bytes) -> Behaviour:
    """As fast as it can, for as long as the caller takes it."""

    def behave(wire: Wire, asked: Asked) -> bool:
        wire.send(start)
        end = time.monotonic() + 8
        while time.monotonic() < end:
            wire.send(piece)
        return False

    return behave


def reset(wire: Wire, asked: Asked) -> bool:
    wire.reset()
    return False


def of_length(difference: int) -> Behaviour:
    """The right answer with the wrong Content-Length."""

    def behave(wire: Wire, asked: Asked) -> bool:
        content = encoded(whole(asked))
        wire.answer(200, content, Content_Length=str(len(content) + difference))
        return False

    return behave


def only(method: str, code: int) -> Behaviour:
    """A server that refuses one method and is good at the other."""

    def behave(wire: Wire, asked: Asked) -> bool:
        if asked.method == method:
            wire.answer(code)
            return True
        return honest(wire, asked)

    return behave


def only_kind(kind: str, fault: Behaviour) -> Behaviour:
    """A server that fails at one type and is good at the others."""

    def behave(wire: Wire, asked: Asked) -> bool:
        return (fault if kind in asked.segments else honest)(wire, asked)

    return behave


def resources(found: Mapping[str, Any], **bundle_changes: Any) -> Behaviour:
    """Other resources than those of the record."""

    def behave(wire: Wire, asked: Asked) -> bool:
        kind = next(part for part in asked.segments if part[0].isupper())
        if kind == "Patient" and "Patient" not in found:
            return honest(wire, asked)
        content = found.get(kind, [])
        wire.answer(
            200, encoded(content[0] if kind == "Patient" else bundle(*content) | bundle_changes)
        )
        return True

    return behave


def changed(**changes: Any) -> Behaviour:
    """The right Bundle with some of its own fields changed."""

    def behave(wire: Wire, asked: Asked) -> bool:
        right = whole(asked)
        wire.answer(200, encoded(right | changes if right["resourceType"] == "Bundle" else right))
        return True

    return behave


_R5 = {
    "Observation": [fusion(triggeredBy=[{"observation": SUBJECT, "type": "reflex"}])],
    "Condition": [mesothelioma(participant=[{"actor": SUBJECT}])],
}
_DSTU2 = {
    "Observation": [fusion(category=fusion()["category"][0], comments="synthetic")],
    "Condition": [mesothelioma(subject=None, patient=SUBJECT, clinicalStatus="active")],
}
_STRANGERS = {
    "Observation": [fusion(subject=STRANGER)],
    "Condition": [mesothelioma(subject=STRANGER)],
}
_TWICE = b'{"resourceType":"Bundle","type":"searchset","entry":[],"entry":[]}'
_EMPTY = encoded(bundle())
_WARNED = bundle() | {"entry": [{"resource": OUTCOME, "search": {"mode": "outcome"}}]}

FAULTS: dict[str, Behaviour] = {
    "healthy": honest,
    "reset": reset,
    "closed-without-answer": raw(),
    "header-hang": then_hang(b""),
    "header-half-hang": then_hang(b"HTTP/1.1 200 OK\r\nContent-"),
    "header-drip": then_drip(b"HTTP/1.1 200 OK\r\nX-Long: ", b"a"),
    "header-endless": endless(b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"a" * 60_000 + b"\r\n"),
    "header-line-too-long": raw(b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 200_000 + b"\r\n\r\n"),
    "continue-endless": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "status-line-garbage": raw(b"\x16\x03\x01 nonsense\r\n\r\n"),
    "body-hang": then_hang(_HEAD + b"Content-Length: 500\r\n\r\n{"),
    "body-drip": then_drip(_HEAD + b"Content-Length: 100000\r\n\r\n", b" "),
    "chunks-drip": then_drip(_CHUNKED, b"1\r\n \r\n"),
    "truncated": of_length(+500),
    "length-too-short": of_length(-40),
    "length-no-number": raw(_HEAD + b"Content-Length: many\r\n\r\n{}"),
    "chunk-size-garbage": raw(_CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n"),
    "chunk-cut": raw(_CHUNKED + b"400\r\n{"),
    "empty": body(b""),
    "no-content": status(204),
    "html": body(b"<!doctype html><title>Sign in</title>", "text/html"),
    "xml": body(b"<Bundle xmlns='http://hl7.org/fhir'/>", "application/fhir+xml"),
    "json-null": body(b"null"),
    "json-array": body(b"[]"),
    "json-string": body(b'"Bundle"'),
    "json-nan": body(b'{"resourceType":"Bundle","type":"searchset","total":NaN}'),
    "json-infinity": body(b'{"resourceType":"Bundle","type":"searchset","total":-Infinity}'),
    "json-key-twice": body(_TWICE),
    "json-deep": body(b'{"resourceType":"Bundle","entry":' + b"[" * 100_000),
    "json-utf-16": body(_EMPTY.decode().encode("utf-16")),
    "json-latin-1": body(b'{"resourceType":"Bundle","type":"searchset","id":"\xe9"}'),
    "gzip-small": body(gzip.compress(_EMPTY), Content_Encoding="gzip"),
    "gzip-bomb": body(gzip.compress(b" " * 100 * _MIB, 1), Content_Encoding="gzip"),
    "gzip-unasked-unnamed": body(gzip.compress(_EMPTY)),
    "size-100-mb": endless(_HEAD + b"Content-Length: 104857600\r\n\r\n", b" " * _MIB),
    "size-endless-chunks": endless(_CHUNKED, b"100000\r\n" + b" " * _MIB + b"\r\n"),
    "outcome": json_body(OUTCOME),
    "outcome-entry": json_body(_WARNED),
    "other-resource": json_body({"resourceType": "CapabilityStatement", "status": "active"}),
    "no-resource-type": json_body({"entry": []}),
    "bundle-of-other-type": json_body(bundle() | {"type": "collection"}),
    "entry-no-list": json_body(bundle() | {"entry": {"resource": {}}}),
    "total-larger": json_body(bundle() | {"total": 3}),
    "another-patient": resources(_STRANGERS),
    "version-r5": resources(_R5),
    "version-dstu2": resources(_DSTU2),
    "post-404": only("POST", 404),
    "post-405": only("POST", 405),
    "post-500": only("POST", 500),
    "observation-500": only_kind("Observation", status(500)),
    "condition-hang": only_kind("Condition", then_hang(b"")),
    "patient-404": only_kind("Patient", status(404)),
    **{f"status-{code}": status(code) for code in (400, 401, 403, 404, 405, 410, 500, 502, 504)},
    "status-429": status(429, Retry_After="3600"),
    "status-503": status(503, Retry_After="3600"),
    "total-wrong-type": changed(total="one"),
}
