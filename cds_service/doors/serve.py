"""The application -> a server process: gunicorn, one worker with threads, on one socket."""

from __future__ import annotations

import logging
import os
import resource
import shlex
import socket
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from cds_service.doors.about import NOTICE
from cds_service.doors.app import AFTER_FORK, AT_EXIT
from cds_service.doors.discovery import SERVICE_ID
from cds_service.doors.logs import ServerLog
from cds_service.doors.worker import QUEUE, worker_for
from cds_service.errors import ServiceError, SettingsError
from cds_service.knowledge import data_dir
from cds_service.settings import Settings

THREADS = 64
CONNECTIONS = 4096  # open at one time; beyond it the oldest that only hold a place are dropped
MOST_AT_WORK = 512  # requests that run or wait for a thread; beyond it 503
_FILES = CONNECTIONS + 512
_FIRST_EXAMPLE = ("source-page-patient", "request.json")
_MEMORY = "/dev/shm"
_LOGGER = logging.getLogger("cds_service")


class _Server(BaseApplication):  # type: ignore[misc]  # it ships no types
    def __init__(
        self, app: Flask, bound: socket.socket, build: Callable[[], Flask], max_body: int
    ) -> None:
        self._app = app
        self._build = build
        self._descriptor = bound.detach()  # gunicorn closes it by itself
        self._max_body = max_body
        super().__init__()

    def load_config(self) -> None:
        for name, value in configuration(self._descriptor, self._max_body).items():
            self.cfg.set(name, value)
        self.cfg.set("worker_exit", self._leave)

    def load(self) -> Flask:
        """Called in the worker, after the fork."""
        if begin := self._app.extensions.get(AFTER_FORK):
            begin()
        return self._app

    def _leave(self, arbiter: object, worker: object) -> None:
        """Called in the worker when it has answered its last call."""
        if end := self._app.extensions.get(AT_EXIT):
            end()

    def reload(self) -> None:
        """Read every file anew; where one is wrong, the old content serves on."""
        try:
            self._app = self._build()
        except (ServiceError, OSError) as error:
            why = "; ".join(str(error).split("\n"))
            _LOGGER.error("reload refused, serving on as before: %s", why)
        super().reload()


def configuration(descriptor: int, max_body: int) -> dict[str, Any]:
    """The one configuration, in every mode; docs/adr/0015 has the measurements behind it."""
    return {
        "bind": f"fd://{descriptor}",
        "workers": 1,
        "worker_class": worker_for(max_body, MOST_AT_WORK),
        "threads": THREADS,
        "worker_connections": CONNECTIONS,
        # Longer than proxies keep theirs, so that it is never this side that closes first.
        "keepalive": 75,
        "timeout": 30,
        # Shorter than the 30 seconds after which Kubernetes kills.
        "graceful_timeout": 25,
        "limit_request_line": 4094,
        "limit_request_fields": 64,
        "limit_request_field_size": 8190,
        # The sign of life is written to memory where there is such a folder: disks can hang.
        "worker_tmp_dir": _MEMORY if os.access(_MEMORY, os.W_OK) else None,
        # Nothing of X-Forwarded-* or the proxy protocol is used, so nobody is trusted with it.
        "forwarded_allow_ips": "",
        "forwarder_headers": "",
        "proxy_protocol": "off",
        "http_parser": "python",
        "logger_class": ServerLog,
        "proc_name": "cds-service",
        # It would be opened in the home folder, which may be read-only.
        "control_socket_disable": True,
    }


def listen(host: str, port: int) -> socket.socket:
    """Take the address first, so that a busy port is one clear line and port 0 has a number."""
    try:
        return socket.create_server((host, port), family=_family(host), backlog=QUEUE)
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not an address"
        raise SettingsError(f"cannot listen on {host} port {port}: {why}") from None


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def welcome(settings: Settings, bound: socket.socket) -> str:
    """What the terminal shows before serving: where, and one line that gets a card."""
    base = settings.public_url or _address(bound)
    request = Path(str(data_dir("fhir_examples"))).joinpath(*_FIRST_EXAMPLE)
    data = shlex.quote(f"@{request}")
    lines = [
        f"CDS Hooks service on {base}",
        f"Discovery: {base}/cds-services",
        "A card for the first example:",
        f"  curl -s -H 'Content-Type: application/json' --data-binary {data}"
        f" {base}/cds-services/{SERVICE_ID}",
        NOTICE,
    ]
    if settings.production:
        lines.append("Production: let nobody reach this port but the proxy that ends https.")
    elif settings.clients is None:
        lines.append(_open(str(bound.getsockname()[0])))
    return "\n".join(lines)


def _open(host: str) -> str:
    """What open development means where it listens; a container has to listen everywhere."""
    if ip_address(host).is_loopback:
        return "Open development: whoever is on this machine may call; nobody is asked for a token."
    return (
        f"WARNING: open development on {host}: everybody who can reach this port may call, and "
        "nobody is asked for a token. Set CDS_CLIENTS, or publish the port on loopback only."
    )


def _address(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def serve(app: Flask, bound: socket.socket, build: Callable[[], Flask], max_body: int) -> None:
    """Serve until stopped; gunicorn ends the process by itself. On a hang-up, build anew."""
    _allow_files(_FILES)
    _Server(app, bound, build, max_body).run()


def _allow_files(wanted: int) -> None:
    """A connection is an open file; the limit that shells set is made for less."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
