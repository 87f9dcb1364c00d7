"""The server with limits that a test can reach; run as a program, it prints its port."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.app.base import BaseApplication

from cds_service.doors.serve import configuration, listen
from cds_service.doors.worker import worker_for

CONNECTIONS, THREADS, AT_WORK, LONGEST_BODY = 20, 2, 4, 300_000


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answer at once, or after the seconds that the address names."""
    time.sleep(float(environ["PATH_INFO"].strip("/") or 0))
    start("200 OK", [("Content-Length", "4")])
    return [b"done"]


class _Small(BaseApplication):  # type: ignore[misc]  # it ships no types
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        super().__init__()

    def load_config(self) -> None:
        limits = {
            "worker_class": worker_for(LONGEST_BODY, AT_WORK),
            "worker_connections": CONNECTIONS,
            "threads": THREADS,
        }
        for name, value in (configuration(self._descriptor, LONGEST_BODY) | limits).items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return application


if __name__ == "__main__":
    bound = listen("127.0.0.1", 0)
    print(bound.getsockname()[1], flush=True)
    _Small(bound.detach()).run()
