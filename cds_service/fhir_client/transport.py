"""One HTTP exchange that cannot run away: no redirects, no proxy, no netrc, capped and timed."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
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


@dataclass(frozen=True)
class Document:
    """An answer as it came, of any status."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Trouble(Exception):
    """No usable answer; why is the name of the gap."""

    def __init__(self, why: GapWhy) -> None:
        self.why = why
        super().__init__(why.value)


class Transport:
    """Connections for the length of one call; closed at its end, whatever happened."""

    def __init__(self, deadline: Deadline, *, limit: int, ca: str = "") -> None:
        self._deadline = deadline
        self._limit = limit
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no netrc, no certificates by environment
        self._session.verify = ca or True
        adapter = _WatchedAdapter(deadline)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def close(self) -> None:
        """Close every connection."""
        self._session.close()

    def exchange(
        self, address: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None
    ) -> Document:
        """GET, or POST of a form; raises Trouble."""
        sent = {"Accept-Encoding": "identity", "User-Agent": _USER_AGENT, **headers}
        try:
            with self._session.request(
                "GET" if form is None else "POST",
                address,
                headers=sent,
                data=form,
                allow_redirects=False,
                stream=True,
                timeout=self._deadline.left,
            ) as response:
                return Document(response.status_code, response.headers, self._body(response))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise Trouble(self._why(error)) from None  # the message may hold the address

    def _body(self, response: requests.Response) -> bytes:
        if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            raise Trouble(GapWhy.ANSWER_UNREADABLE)
        read = bytearray()
        for chunk in response.raw.stream(_CHUNK, decode_content=False):
            read += chunk
            if len(read) > self._limit:
                raise Trouble(GapWhy.ANSWER_TOO_LARGE)
            if self._deadline.passed:
                raise Trouble(GapWhy.TOO_SLOW)
        return bytes(read)

    def _why(self, error: Exception) -> GapWhy:
        slow = isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError)
        if slow or self._deadline.passed:
            return GapWhy.TOO_SLOW
        if isinstance(error, requests.ConnectionError | OSError | ssl.SSLError):
            return GapWhy.NOT_REACHABLE
        return GapWhy.ANSWER_UNREADABLE


class _WatchedAdapter(HTTPAdapter):
    """Connections whose sockets the deadline can shut."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__(max_retries=0, pool_maxsize=8)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._deadline)


def _pools(deadline: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> Any:
            opened = super()._new_conn()
            deadline.watch(opened)
            return opened

    class Secure(HTTPSConnection):
        def _new_conn(self) -> Any:
            opened = super()._new_conn()
            deadline.watch(opened)
            return opened

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
