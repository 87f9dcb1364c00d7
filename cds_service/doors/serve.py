"""The application -> a server process: gunicorn, one worker with threads, on one socket."""

from __future__ import annotations

import shlex
import socket
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from cds_service.doors.about import NOTICE
from cds_service.doors.discovery import SERVICE_ID
from cds_service.errors import SettingsError
from cds_service.knowledge import data_dir
from cds_service.settings import Settings

THREADS = 8
_FIRST_EXAMPLE = ("source-page-patient", "request.json")


class _Server(BaseApplication):  # type: ignore[misc]  # it ships no types
    def __init__(self, app: Flask, bound: socket.socket) -> None:
        self._app = app
        self._bound = bound
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"fd://{self._bound.fileno()}",
            "workers": 1,
            "threads": THREADS,
            "worker_class": "gthread",
            "loglevel": "warning",
            "proc_name": "cds-service",
            # Versions that have one would open it in the home folder, which may be read-only.
            "control_socket_disable": True,
        }
        for name in options.keys() & self.cfg.settings.keys():
            self.cfg.set(name, options[name])

    def load(self) -> Flask:
        return self._app


def listen(host: str, port: int) -> socket.socket:
    """Take the address first, so that a busy port is one clear line and port 0 has a number."""
    try:
        return socket.create_server((host, port), family=_family(host), backlog=2048)
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


def serve(app: Flask, bound: socket.socket) -> None:
    """Serve until stopped; gunicorn ends the process by itself."""
    _Server(app, bound).run()
