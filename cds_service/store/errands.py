"""A piece of work -> its result within a time, or a refusal: nobody waits for a disk that hangs.

Databases and networks promise limits, and do not keep them when a server is frozen or a disk does
not answer. The work is therefore done in threads of this module's own; who asked goes on without
it, and the thread comes back when it can.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

Result = TypeVar("Result")


class TookTooLong(Exception):
    """The work is not done in time; it may still be done later."""


class _ErrorsTo:
    """Hands whatever is raised to the one who waits; it is handled there, not in the thread."""

    def __init__(self, future: Future[Any]) -> None:
        self._future = future

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if error is not None:
            self._future.set_exception(error)
        return True


class Errands:
    """A few threads that are made when they are needed, and that end with the process."""

    def __init__(self, name: str, most: int) -> None:
        self._name = name
        self._most = most
        self._waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._idle = 0
        self._threads = 0

    def run(self, work: Callable[[], Result], seconds: float) -> Result:
        """The result, or the error of the work; raises TookTooLong."""
        future: Future[Result] = Future()

        def job() -> None:
            if not future.set_running_or_notify_cancel():
                return  # nobody waits for it any more
            with _ErrorsTo(future):
                future.set_result(work())

        self._hand_over(job)
        try:
            return future.result(seconds)
        except (TimeoutError, CancelledError):
            future.cancel()
            raise TookTooLong(self._name) from None

    def _hand_over(self, job: Callable[[], None]) -> None:
        """'_idle' is less than 0 while jobs wait for a thread to come back."""
        with self._lock:
            if self._idle > 0 or self._threads >= self._most:
                self._idle -= 1
            else:
                self._threads += 1
                # A daemon: a thread that hangs must not keep the process from ending.
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
        self._waiting.put(job)

    def _work(self) -> None:
        while True:
            self._waiting.get()()
            with self._lock:
                self._idle += 1
