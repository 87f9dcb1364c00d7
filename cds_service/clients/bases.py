"""An address of a FHIR server -> its parts, compared part by part and never as a prefix."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

_PORTS = {"http": 80, "https": 443}
_PLAIN = re.compile(r"[!#-;=?-\[\]_a-z~]+")  # ASCII without spaces, quotes and brackets
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")


@dataclass(frozen=True)
class Base:
    """The parts of an address that decide whose server it is."""

    scheme: str
    host: str
    port: int
    segments: tuple[str, ...]

    @classmethod
    def parse(cls, address: str) -> Base:
        """Take an address apart; ValueError for anything but plain http or https."""
        if not _PLAIN.fullmatch(address):
            raise ValueError("expected an address in ASCII")
        parts, port = _taken_apart(address)
        host = (parts.hostname or "").rstrip(".")
        if parts.scheme not in _PORTS or not _HOST.fullmatch(host):
            raise ValueError("expected an http or https address")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError("expected an address without user, query and fragment")
        port = _PORTS[parts.scheme] if port is None else port
        return cls(parts.scheme, host, port, _segments(parts))

    def covers(self, other: Base) -> bool:
        """True where the other address is this one or below it, segment by segment."""
        same = (self.scheme, self.host, self.port) == (other.scheme, other.host, other.port)
        return same and other.segments[: len(self.segments)] == self.segments

    @property
    def address(self) -> str:
        """The address made from the parts anew, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return "/".join((f"{self.scheme}://{host}{port}", *self.segments))

    @property
    def loopback(self) -> bool:
        """True for an address of this machine, written as one; a name is not resolved."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def _taken_apart(address: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(address)
        return parts, parts.port
    except ValueError:
        raise ValueError("expected an address with a host and a port that can be") from None


def _segments(parts: SplitResult) -> tuple[str, ...]:
    """Path segments; a dotted one, however encoded, could lead elsewhere."""
    path = parts.path.removeprefix("/").removesuffix("/")
    segments = tuple(path.split("/")) if path else ()
    plain = [unquote(segment) for segment in segments]
    if any(p in ("", ".", "..") or "/" in p or "\\" in p or "%" in p for p in plain):
        raise ValueError("expected a path without dots, empty or encoded parts")
    return segments
