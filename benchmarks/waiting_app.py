"""PORT, KIND and THREADS -> a server on that port whose calls work, or wait for somebody else."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from flask import Flask, Response, request
from gunicorn.app.base import BaseApplication

from cds_service.doors.serve import CONNECTIONS, MOST_AT_WORK
from cds_service.doors.worker import worker_for


def create_app() -> Flask:
    """One call costs about what the hook door costs; the other waits a second for an answer."""
    app = Flask(__name__)

    @app.post("/worked")
    def worked() -> Response:
        for _ in range(20):
            json.loads(request.get_data())
        return Response("{}", mimetype="application/json")

    @app.post("/waited")
    def waited() -> Response:
        time.sleep(1)
        return Response("{}", mimetype="application/json")

    return app


class _Server(BaseApplication):  # type: ignore[misc]  # it ships no types
    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app()


def main() -> None:
    """Serve until killed."""
    port, kind, threads = sys.argv[1:]
    ours = worker_for(32 * 1024 * 1024, MOST_AT_WORK)
    options = {
        "bind": f"127.0.0.1:{port}",
        "worker_class": "gthread" if "gthread" in kind else ours,
        "threads": int(threads),
        "worker_connections": CONNECTIONS,
        "control_socket_disable": True,
    }
    _Server(options).run()


if __name__ == "__main__":
    main()
