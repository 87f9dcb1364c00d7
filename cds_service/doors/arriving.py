"""Bytes of one HTTP request as they come -> is it whole yet, and where does it end?

Only the framing is looked at. Whether the request is a good one is decided by the parser of the
server, which gets exactly these bytes and no way to read more.
"""

from __future__ import annotations

import re
from enum import Enum

LONGEST_HEAD = 64 * 1024
_LONGEST_LINE = 256
_HEX = re.compile(rb"[0-9A-Fa-f]{1,8}[ \t]*(;[\t -~]*)?")
_DIGITS = re.compile(rb"[0-9]{1,12}")


class Arrival(Enum):
    """How far a request has come."""

    COMING = "coming"
    WHOLE = "whole"
    CUT = "cut"  # enough to be refused: too large, or framed in a way that nobody can trust
    HEAD_TOO_LONG = "head too long"
    CHUNKS_BROKEN = "chunks broken"


class Arriving:
    """One request; 'limit' is the longest body in bytes that is waited for."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = bytearray()
        self._body_at = 0  # 0: the head is not whole
        self._length: int | None = None  # None: in chunks
        self._chunk_at = 0  # where the next chunk's size stands
        self._decoded = 0
        self._end = 0
        self._trailer_at = 0  # 0: there is none
        self._asks_to_go_on = False
        self.state = Arrival.COMING

    def __len__(self) -> int:
        return len(self._held)

    @property
    def asks_to_go_on(self) -> bool:
        """True where the body comes only after a '100 Continue'."""
        waiting = self._asks_to_go_on and self.state is Arrival.COMING
        return waiting and len(self._held) == self._body_at

    def add(self, data: bytes) -> Arrival:
        """Take what came; the state says whether to wait for more."""
        searched = max(0, len(self._held) - 3)
        self._held += data
        if not self._body_at:
            self._find_head(searched)
        if self._body_at and self.state is Arrival.COMING:
            self._measure()
        return self.state

    def request(self) -> bytes:
        """The bytes of this request; a trailer is of no use here, and is left out."""
        if self._trailer_at:
            return bytes(self._held[: self._trailer_at]) + b"\r\n"
        return bytes(self._held[: self._end or None])

    def rest(self) -> bytes:
        """What came behind it: the beginning of the next one."""
        return bytes(self._held[self._end :]) if self._end else b""

    def _find_head(self, searched: int) -> None:
        found = self._held.find(b"\r\n\r\n", searched)
        if found > LONGEST_HEAD or (found < 0 and len(self._held) > LONGEST_HEAD):
            self.state = Arrival.HEAD_TOO_LONG
        elif found >= 0:
            self._body_at = self._chunk_at = found + 4
            self._read_head(bytes(self._held[:found]))

    def _read_head(self, head: bytes) -> None:
        fields = [line.partition(b":")[::2] for line in head.split(b"\r\n")[1:]]
        named = [(name.strip().lower(), value.strip()) for name, value in fields]
        lengths = [value for name, value in named if name == b"content-length"]
        codings = [value for name, value in named if name == b"transfer-encoding"]
        self._asks_to_go_on = any(name == b"expect" for name, _ in named)
        if len(lengths) + len(codings) > 1 or not all(map(_DIGITS.fullmatch, lengths)):
            self.state = Arrival.CUT
        elif not codings:
            self._length = int(lengths[0]) if lengths else 0

    def _measure(self) -> None:
        if self._length is None:
            self._follow_chunks()
        elif self._length > self._limit:
            self.state = Arrival.CUT
        elif len(self._held) >= self._body_at + self._length:
            self._ends_at(self._body_at + self._length)

    def _ends_at(self, place: int) -> None:
        self._end = place
        self.state = Arrival.WHOLE

    def _follow_chunks(self) -> None:
        """Step from size line to size line as far as the bytes go."""
        while self.state is Arrival.COMING:
            line_end = self._held.find(b"\r\n", self._chunk_at, self._chunk_at + _LONGEST_LINE)
            if line_end < 0:
                self._stop_if(len(self._held) - self._chunk_at >= _LONGEST_LINE)
                return
            line = bytes(self._held[self._chunk_at : line_end])
            if not _HEX.fullmatch(line):
                self._stop_if(True)
            elif not (size := int(line.partition(b";")[0], 16)):
                self._find_trailer_end(line_end)
                return
            elif not self._pass_chunk(line_end + 2, size):
                return

    def _pass_chunk(self, start: int, size: int) -> bool:
        """Go behind one chunk; False where it has not come whole."""
        here = min(len(self._held) - start, size)
        # A little more than allowed must be here, so that the reader of the body can see it.
        if self._decoded + here > self._limit + 1:
            self.state = Arrival.CUT
        after = self._held[start + size : start + size + 2]
        self._stop_if(not b"\r\n".startswith(after))
        if len(after) < 2:
            return False
        self._decoded += size
        self._chunk_at = start + size + 2
        return True

    def _find_trailer_end(self, line_end: int) -> None:
        found = self._held.find(b"\r\n\r\n", line_end)
        if found >= 0:
            self._trailer_at = line_end + 2
            self._ends_at(found + 4)
        else:
            self._stop_if(len(self._held) - line_end > LONGEST_HEAD)

    def _stop_if(self, broken: bool) -> None:
        if broken and self.state is Arrival.COMING:
            self.state = Arrival.CHUNKS_BROKEN
