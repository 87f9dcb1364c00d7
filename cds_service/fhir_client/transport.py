"""One HTTP exchange that cannot run away: no redirects, no proxy, no netrc, capped and timed."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from cds_service.domain import GapWhy
from cds_service.fhir_client.deadline import Deadline

_CHUNK = 64 * 1024
_USER_AGENT = "cds-service"
_OK, _OVERLOADED = 200, 429
Form = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Document:
    """An answer of any status; the body is read of a 200 only."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Trouble(Exception):
    """No usable answer; why is the name of the gap."""

    def __init__(self, why: GapWhy, *, down: bool = False) -> None:
        self.why = why
        self.down = down  # the server as a whole seems unable to answer
        super().__init__(why.value)

    @classmethod
    def of_status(cls, status: int) -> Trouble:
        """What a status other than 200 means."""
        if status in (401, 403):
            return cls(GapWhy.REFUSED)
        down = status >= 500 or status == _OVERLOADED
        return cls(GapWhy.OUTCOME if status >= 300 else GapWhy.ANSWER_UNREADABLE, down=down)


class Transport:
    """Connections for one query; closed at its end, whatever happened."""

    def __init__(self, deadline: Deadline, *, limit: int, tls: ssl.SSLContext | None) -> None:
        self._deadline = deadline
        self._limit = limit
        self._used = False
        # No session around it: a session takes proxies and passwords from the environment, keeps
        # cookies, and reads the body of a redirect to its end even where it may not follow it.
        self._adapter = _WatchedAdapter(deadline, tls)

    def close(self) -> None:
        """Close every connection."""
        self._adapter.close()

    def exchange(
        self, address: str, headers: Mapping[str, str], form: Form | None = None
    ) -> Document:
        """GET, or POST of a form; raises Trouble.

        Servers close idle connections when they like, so what fails on a used one is tried once
        more on a new one: everything that is sent here only reads.
        """
        again, self._used = self._used, True
        try:
            return self._once(address, headers, form)
        except Trouble as trouble:
            if not again or trouble.why is not GapWhy.NOT_REACHABLE or self._deadline.passed:
                raise
        self._adapter.close()  # the pool is emptied; the next request opens a new connection
        return self._once(address, headers, form)

    def _once(self, address: str, headers: Mapping[str, str], form: Form | None) -> Document:
        sent = {"Accept-Encoding": "identity", "User-Agent": _USER_AGENT, **headers}
        if self._deadline.passed:
            raise Trouble(GapWhy.TOO_SLOW, down=True)
        try:
            asked = requests.Request(
                "GET" if form is None else "POST",
                address,
                headers=sent,
                data=None if form is None else list(form),
            ).prepare()
            answer = self._adapter.send(asked, stream=True, timeout=self._deadline.left)
            with closing(answer) as response:
                document = Document(response.status_code, response.headers, self._body(response))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._trouble(error) from None  # the message may hold the address
        if self._deadline.passed:  # a socket that was shut reads like the end of what came
            raise Trouble(GapWhy.TOO_SLOW, down=True)
        return document

    def _body(self, response: requests.Response) -> bytes:
        if response.status_code != _OK:
            return b""  # nobody reads the page of an error, whatever its size
        if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            raise Trouble(GapWhy.ANSWER_UNREADABLE)
        read = bytearray()
        for chunk in response.raw.stream(_CHUNK, decode_content=False):
            read += chunk
            if len(read) > self._limit:
                raise Trouble(GapWhy.ANSWER_TOO_LARGE)
            if self._deadline.passed:
                raise Trouble(GapWhy.TOO_SLOW, down=True)
        return bytes(read)

    def _trouble(self, error: Exception) -> Trouble:
        slow = isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError)
        if slow or self._deadline.passed:
            return Trouble(GapWhy.TOO_SLOW, down=True)
        if _speaks_no_http(error):
            return Trouble(GapWhy.ANSWER_UNREADABLE)
        if isinstance(error, requests.ConnectionError | OSError | ssl.SSLError):
            return Trouble(GapWhy.NOT_REACHABLE, down=True)
        return Trouble(GapWhy.ANSWER_UNREADABLE)


def _speaks_no_http(error: Exception) -> bool:
    """Something answered, but not in HTTP; an end without any answer is not that."""
    inner = error.args[0] if error.args else None
    said = inner.args[-1] if isinstance(inner, urllib3.exceptions.ProtocolError) else None
    return isinstance(said, http.client.HTTPException) and not isinstance(said, OSError)


class _WatchedAdapter(HTTPAdapter):
    """Connections whose sockets the deadline can shut, with one ready TLS context.

    Requests would read its own list of certificates for every connection, which costs more than
    the exchange; the context that is given verifies, and knows whom to trust.
    """

    def __init__(self, deadline: Deadline, tls: ssl.SSLContext | None) -> None:
        self._deadline = deadline
        self._tls = tls
        super().__init__(max_retries=0, pool_maxsize=8)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._deadline)

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> Any:
        host, _ = super().build_connection_pool_key_attributes(request, True, None)
        return host, {"ssl_context": self._tls} if host["scheme"] == "https" else {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing to add: the context requires a certificate and checks the host's name."""


def _connect(host: str, port: int, deadline: Deadline) -> socket.socket:
    """The first address that answers; each attempt can be shut, and all share the time left."""
    problem: OSError = OSError("no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
        opened = socket.socket(family, kind, protocol)
        try:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened.settimeout(deadline.left)
            opened.connect(address)
            deadline.watch(opened)
        except OSError as error:
            opened.close()
            problem = error
            if deadline.passed:
                break
        else:
            return opened
    raise problem


def _pools(deadline: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> Any:
            return _new(self, deadline)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> Any:
            return _new(self, deadline)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _new(connection: HTTPConnection, deadline: Deadline) -> socket.socket:
    try:
        return _connect(connection.host.strip("[]"), connection.port or 0, deadline)
    except (OSError, UnicodeError) as error:  # UnicodeError: a name that no resolver takes
        raise urllib3.exceptions.NewConnectionError(connection, "not reached") from error
