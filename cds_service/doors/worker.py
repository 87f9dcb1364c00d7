"""Connections -> whole requests: a thread is given to a request only when all of it has come.

gunicorn's own threaded worker gives a thread to every new connection, and waits in it for the
request. A few connections that send nothing, or a byte now and then, then stop everybody. Here
one loop collects what comes; silence costs a socket and no thread.
"""

from __future__ import annotations

import errno
import selectors
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.http import get_parser
from gunicorn.http.errors import (
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.workers.gthread import TConn, ThreadWorker

from cds_service.doors.arriving import Arrival, Arriving
from cds_service.doors.refusals import refusal

QUEUE = 2048  # connections that wait to be taken
ARRIVES = 20.0  # seconds for a request to come whole
_STOPPING = 2.0  # seconds for the same once the server is being stopped
_LINGERS = 2.0  # seconds in which a client may read its answer before the connection is cut
_WRITES = 5  # seconds for one write to a client that does not read
_PIECE = 256 * 1024
_NO_FILES_LEFT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Connection(TConn):  # type: ignore[misc]  # it ships no types
    """One client; its requests come one after the other."""

    def __init__(self, linger: Callable[[Connection], None], *parts: Any) -> None:
        super().__init__(*parts)
        self.arriving = Arriving(0)
        self.rest = b""
        self.initialized = self.data_ready = True  # no TLS here: the proxy in front ends it
        self._linger = linger

    def close(self, graceful: bool = False) -> None:
        """Close; gracefully means that the client can read its answer first."""
        if graceful:
            self._linger(self)
        else:
            self.sock.close()

    def say(self, data: bytes) -> None:
        """Send a few bytes without waiting."""
        with suppress(OSError):
            self.sock.send(data)


class WholeRequestWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker, with a loop in front that waits in place of the threads."""

    max_body = 0  # bytes; set by 'worker_for'
    most_at_work = 0  # requests that run or wait for a thread

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        self._lingering: deque[Connection] = deque()
        self._held = 0  # bytes of requests that are not whole

    def accept(self, listener: Any) -> bool:
        """Take one connection; False where there is none."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in _NO_FILES_LEFT:
                self._make_room(1)
            return False
        limit = struct.pack("ll", _WRITES, 0)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        connection = Connection(self._linger, self.cfg, client, address, listener.getsockname())
        self.nr_conns += 1
        self._wait(connection)
        self._make_room(self.nr_conns - self.worker_connections + 1)
        return True

    def _make_room(self, wanted: int) -> None:
        """Drop the oldest of whatever there is most of: of those that only hold a place."""
        while wanted > 0 and (self.pending_conns or self.keepalived_conns):
            longest = max(self.pending_conns, self.keepalived_conns, key=len)
            self._drop(longest[0], longest)
            wanted -= 1

    def _wait(self, connection: Connection) -> None:
        """Collect the next request; what came behind the one before is its beginning."""
        connection.arriving = Arriving(self.max_body)
        connection.sock.setblocking(False)
        connection.timeout = time.monotonic() + (ARRIVES if self.alive else _STOPPING)
        self.pending_conns.append(connection)
        heard = partial(self.on_pending_socket_readable, connection)
        self.poller.register(connection.sock, selectors.EVENT_READ, heard)
        if connection.rest:
            rest, connection.rest = connection.rest, b""
            self._take(connection, rest)
        else:
            heard(connection.sock)

    def on_pending_socket_readable(self, connection: Connection, client: socket.socket) -> None:
        """Take what has come."""
        try:
            data = client.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._take(connection, data)
        else:
            self._drop(connection, self.pending_conns)

    def _take(self, connection: Connection, data: bytes) -> None:
        self._held += len(data)
        state = connection.arriving.add(data)
        if connection.arriving.asks_to_go_on:
            connection.say(b"HTTP/1.1 100 Continue\r\n\r\n")
        if state in _REFUSED:
            self._refuse(connection, _REFUSED[state])
        elif state is not Arrival.COMING:
            self._start(connection)
        elif self._held > 8 * max(self.max_body, _PIECE):
            self._make_room(1)

    def _start(self, connection: Connection) -> None:
        """Hand a request to the threads, unless too many wait for one."""
        idle = len(self.pending_conns) + len(self.keepalived_conns)
        if self.nr_conns - idle >= self.most_at_work:
            self._refuse(connection, 503)
            return
        self._forget(connection, self.pending_conns)
        connection.rest = connection.arriving.rest()
        self.enqueue_req(connection)

    def handle(self, connection: Connection) -> Any:
        """Answer one request, in a thread, from its bytes alone."""
        data = connection.arriving.request()
        pieces = (data[at : at + _PIECE] for at in range(0, len(data), _PIECE))
        connection.parser = get_parser(self.cfg, pieces, connection.client)
        return super().handle(connection)

    def _keepalive_after(self, connection: Connection, keepalive: bool) -> bool:
        """No further request on a connection whose framing is not known."""
        whole = connection.arriving.state is Arrival.WHOLE
        return whole and bool(super()._keepalive_after(connection, keepalive))

    def finish_request(self, connection: Connection, done: Any) -> None:
        """Keep the connection or close it; a request that came early starts at once."""
        super().finish_request(connection, done)
        if connection.rest and connection in self.keepalived_conns:
            self.on_client_socket_readable(connection, connection.sock)

    def on_client_socket_readable(self, connection: Connection, client: socket.socket) -> None:
        """The next request on a kept connection begins."""
        self._forget(connection, self.keepalived_conns)
        self._wait(connection)

    def handle_error(self, req: Any, client: Any, address: Any, error: Exception) -> None:
        """Refuse what cannot be parsed; nothing of it is repeated, to the client or the log."""
        known = isinstance(error, ParseException)
        status = _STATUS.get(type(error), 400) if known else 500
        self.log.warning("request refused by the server: %s", type(error).__name__)
        with suppress(OSError):
            client.sendall(refusal(status))

    def murder_pending(self) -> None:
        """Let go of requests that do not come to their end, and of clients that were answered."""
        now = time.monotonic()
        while self.pending_conns and self.pending_conns[0].timeout <= now:
            slow = self.pending_conns[0]
            if len(slow.arriving):
                self._refuse(slow, 408)
            else:
                self._drop(slow, self.pending_conns)
        while self._lingering and self._lingering[0].timeout <= now:
            self._unlinger(self._lingering[0])

    def set_accept_enabled(self, enabled: bool) -> None:
        """When stopping: answer everybody who got as far as the queue, then close the door."""
        was_open = self._accepting
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                if was_open:
                    self._empty(listener)
                listener.close()  # at once: whoever came since the last look is not answered

    def _empty(self, listener: Any) -> None:
        """Take what waits; whoever comes while this goes on cannot make it go on for ever."""
        for _ in range(QUEUE + 1):  # the kernel lets one more wait
            if self.nr_conns >= self.worker_connections or not self.accept(listener):
                return

    def _cap_keepalive(self, deadline: float) -> None:
        super()._cap_keepalive(deadline)
        for connection in self.pending_conns:
            connection.timeout = min(connection.timeout, deadline)

    def _refuse(self, connection: Connection, status: int) -> None:
        self._forget(connection, self.pending_conns)
        self.nr_conns -= 1
        connection.say(refusal(status))
        connection.close(graceful=True)

    def _forget(self, connection: Connection, queue: deque[Connection]) -> None:
        self.poller.unregister(connection.sock)
        queue.remove(connection)
        if queue is self.pending_conns:
            self._held -= len(connection.arriving)

    def _drop(self, connection: Connection, queue: deque[Connection]) -> None:
        self._forget(connection, queue)
        self.nr_conns -= 1
        connection.close()

    def _linger(self, connection: Connection) -> None:
        """Say that no more is sent, then read and forget: a hard close could cut the answer."""
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            connection.close()
            return
        connection.sock.setblocking(False)
        connection.timeout = time.monotonic() + _LINGERS
        self._lingering.append(connection)
        gone = partial(self._listen_no_more, connection)
        self.poller.register(connection.sock, selectors.EVENT_READ, gone)

    def _listen_no_more(self, connection: Connection, client: socket.socket) -> None:
        try:
            more = client.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        if not more:
            self._unlinger(connection)

    def _unlinger(self, connection: Connection) -> None:
        self.poller.unregister(connection.sock)
        self._lingering.remove(connection)
        connection.close()


_REFUSED = {Arrival.HEAD_TOO_LONG: 431, Arrival.CHUNKS_BROKEN: 400}
_STATUS = {LimitRequestLine: 414, LimitRequestHeaders: 431, UnsupportedTransferCoding: 501}


def worker_for(max_body: int, most_at_work: int) -> type[WholeRequestWorker]:
    """A worker class with these limits; gunicorn makes the worker of it by itself."""
    limits = {"max_body": max_body, "most_at_work": most_at_work}
    return type("WholeRequestWorker", (WholeRequestWorker,), limits)
