"""Every fault at an address of its own, and how each is mended while everything runs."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.faults.faults import FAULTS
from tests.faults.pages import Places
from tests.faults.record import honest
from tests.faults.server import Asked, Behaviour, Listener, Wire

_NAMES = ("unknown.fault.example", "slow.fault.example")
_resolve = socket.getaddrinfo


class Town:
    """The servers; stop() must be called."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stranger = Listener(honest).start()
        self.plain = Listener(self._by_first_segment).start()
        own = f"http://127.0.0.1:{self.plain.port}"
        self._faults: dict[str, Behaviour] = {
            **FAULTS,
            **Places(own, f"http://127.0.0.1:{self.stranger.port}").faults(),
        }
        self.bases = {case: f"{own}/{case}" for case in self._faults}
        self._mended: set[str] = set()
        self._menders: dict[str, Callable[[], None]] = {}
        self._listeners = [self.stranger, self.plain]
        self._names = {name: threading.Event() for name in _NAMES}
        self.ca = folder / "authority.pem"
        self._with_certificates()
        self._unreachable()
        monkeypatch.setattr(socket, "getaddrinfo", self._named)

    def mend(self, case: str) -> None:
        """From now on this server is good."""
        self._mended.add(case)
        self._menders.get(case, lambda: None)()

    def stop(self) -> None:
        """Close everything."""
        for event in self._names.values():
            event.set()
        for waiting in self._waiting:
            waiting.close()
        for listener in self._listeners:
            listener.stop()

    def _by_first_segment(self, wire: Wire, asked: Asked) -> bool:
        case = asked.segments[0]
        fault = honest if case in self._mended else self._faults[case]
        return fault(wire, asked)

    def _add(self, case: str, base: str, listener: Listener, mend: Callable[[], None]) -> None:
        self.bases[case] = base
        self._listeners.append(listener)
        self._menders[case] = mend

    def _with_certificates(self) -> None:
        authority, other = trustme.CA(), trustme.CA()
        authority.cert_pem.write_to_path(self.ca)
        good = context(authority.issue_cert("127.0.0.1"))
        old = datetime.now(UTC) - timedelta(days=1)
        faults: dict[str, dict[str, Any]] = {
            "tls-good": {"tls": good},
            "tls-expired": {"tls": context(authority.issue_cert("127.0.0.1", not_after=old))},
            "tls-unknown-authority": {"tls": context(other.issue_cert("127.0.0.1"))},
            "tls-wrong-name": {"tls": context(authority.issue_cert("elsewhere.example"))},
            "tls-plain": {"greeting": b"HTTP/1.1 400 Bad Request\r\n\r\n"},
            "tls-hang": {},
        }
        for case, changes in faults.items():
            listener = Listener(honest, **changes).start()
            base = f"https://127.0.0.1:{listener.port}/r4"
            self._add(case, base, listener, _secure(listener, good))

    def _unreachable(self) -> None:
        silent = Listener(honest)
        base = f"http://127.0.0.1:{silent.port}/r4"
        self._add("refused", base, silent, lambda: _start(silent))
        full = Listener(honest)
        full.bound.listen(0)
        self._waiting = [_caller(full.port) for _ in range(2)]
        base = f"http://127.0.0.1:{full.port}/r4"
        self._add("connect-hang", base, full, lambda: _drain(full, self._waiting))
        for case, name in zip(("name-unknown", "name-hang"), _NAMES, strict=True):
            found = Listener(honest).start()
            self._add(case, f"http://{name}:{found.port}/r4", found, self._names[name].set)

    def _named(self, host: Any, *args: Any, **kwargs: Any) -> Any:
        """The resolver of these tests: two names that are not answered until they are mended."""
        known = self._names.get(host)
        if known is None:
            return _resolve(host, *args, **kwargs)
        if host == _NAMES[0] and not known.is_set():
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        known.wait(6)
        return _resolve("127.0.0.1", *args, **kwargs)


def context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(made)
    return made


def _secure(listener: Listener, good: ssl.SSLContext) -> Callable[[], None]:
    def mend() -> None:
        listener.greeting, listener.tls = b"", good

    return mend


def _start(listener: Listener) -> None:
    listener.start()


def _caller(port: int) -> socket.socket:
    """Takes a place in the queue of connections that nobody accepts."""
    caller = socket.socket()
    caller.setblocking(False)
    caller.connect_ex(("127.0.0.1", port))
    return caller


def _drain(listener: Listener, waiting: list[socket.socket]) -> None:
    for caller in waiting:
        caller.close()
    listener.start()
