"""The text of a token -> header and claims, as they were meant by one strict reading only."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping
from typing import Any

from cds_service.domain import RepeatedKeys
from cds_service.errors import NotAuthenticated, RequestError
from cds_service.strict_json import parse

LONGEST = 16 * 1024  # characters of a token; more is refused unread
_LONGEST_TEXT = 512  # characters of an id in it
_DAMAGED = "not-a-compact-token"

Claims = Mapping[str, Any]


def parts(token: str) -> tuple[Claims, Claims]:
    """Header and claims of a signed token in compact form; raises NotAuthenticated."""
    if len(token) > LONGEST:
        raise NotAuthenticated("too-long")
    pieces = token.split(".")
    if len(pieces) != 3 or not all(pieces):
        raise NotAuthenticated(_DAMAGED)
    header, claims, _ = (_bytes(piece) for piece in pieces)
    return _object(header), _object(claims)


def text(claims: Claims, name: str) -> str:
    """A claim that is a text of 1 to 512 characters."""
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_TEXT:
        raise NotAuthenticated(name)
    return value


def seconds(claims: Claims, name: str) -> float:
    """A claim that is a finite number of seconds since 1970."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise NotAuthenticated(name)
    return float(value)


def _bytes(piece: str) -> bytes:
    """Base64url without padding, in the one way that it can be written."""
    try:
        raw = base64.b64decode(piece + "=" * (-len(piece) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotAuthenticated(_DAMAGED) from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != piece:
        raise NotAuthenticated(_DAMAGED)
    return raw


def _object(raw: bytes) -> Claims:
    """One JSON object in which no name stands twice."""
    try:
        value = parse(raw)
    except RequestError:
        raise NotAuthenticated(_DAMAGED) from None
    if not isinstance(value, dict):
        raise NotAuthenticated(_DAMAGED)
    if isinstance(value, RepeatedKeys):
        raise NotAuthenticated("claim-twice")
    return value
