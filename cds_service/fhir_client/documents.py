"""An address of a public document, such as a key set -> the answer, or None within the seconds."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from contextlib import closing

from cds_service.clients import Base
from cds_service.fhir_client.deadline import Deadline
from cds_service.fhir_client.tls import TrustedContexts
from cds_service.fhir_client.transport import Document, Transport, Trouble


class Documents:
    """Gets documents with the bounds of every exchange here: no token, no redirect, a size."""

    def __init__(self, authorities: Mapping[str, str] | None = None) -> None:
        self._authorities = dict(authorities or {})  # address -> PEM file; else the system's
        self._trusted = TrustedContexts()

    def get(self, address: str, seconds: float, most: int) -> Document | None:
        """The document, of any status; None where none came in time or it is too large."""
        answers: queue.SimpleQueue[Document | None] = queue.SimpleQueue()
        deadline = Deadline(seconds)
        reader = threading.Thread(
            target=lambda: answers.put(self._read(address, deadline, most)), daemon=True
        )
        reader.start()
        try:
            return answers.get(timeout=seconds)
        except queue.Empty:
            return None
        finally:
            deadline.expire()

    def _read(self, address: str, deadline: Deadline, most: int) -> Document | None:
        try:
            secure = Base.parse(address).scheme == "https"
            tls = self._trusted.by(self._authorities.get(address, "")) if secure else None
            with closing(Transport(deadline, limit=most, tls=tls)) as transport:
                return transport.exchange(address, {"Accept": "application/json"})
        except (Trouble, ValueError, OSError):
            return None
