"""Hook requests as bytes for a socket."""

from __future__ import annotations

import json

from tests.doors.bodies import SERVICE
from tests.doors.commands import positive

BODY = json.dumps(positive()).encode()
HEAD = f"POST {SERVICE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".encode()
WHOLE = HEAD + f"Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY


def framed(*fields: bytes, body: bytes = b"") -> bytes:
    """A POST with these header fields and this body."""
    return HEAD + b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body
