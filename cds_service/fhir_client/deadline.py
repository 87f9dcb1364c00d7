"""A wall-clock limit over blocking sockets: when it passes, every socket under it is shut.

Timeouts of sockets count from byte to byte, so a server that sends one byte a second never meets
them. Here the caller waits for as long as it may, then shuts what is still open.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress


class Deadline:
    """Seconds that are left, and the sockets that end with them."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._expired = False

    @property
    def left(self) -> float:
        """Seconds that are left; never under a millisecond, which a socket would refuse."""
        return max(0.001, self._end - time.monotonic())

    @property
    def passed(self) -> bool:
        """True when time is over, also where the sockets were shut before."""
        return self._expired or time.monotonic() >= self._end

    def watch(self, opened: socket.socket) -> None:
        """Keep a second handle: TLS takes the first one over, and shutting reaches both."""
        handle = opened.dup()
        with self._lock:
            if not self._expired:
                self._sockets.append(handle)
                return
        _shut(handle)

    def expire(self) -> None:
        """Shut everything; whoever reads or writes gets an error at once."""
        with self._lock:
            self._expired = True
            watched, self._sockets = self._sockets, []
        for handle in watched:
            _shut(handle)


def _shut(handle: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        handle.shutdown(socket.SHUT_RDWR)
    handle.close()
