"""A file of certificates, or the system's -> a ready TLS context: made once, as it is costly."""

from __future__ import annotations

import ssl
import threading


class TrustedContexts:
    """Contexts that verify certificate and host name, by the file of whom to trust."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[str, ssl.SSLContext] = {}

    def by(self, ca: str) -> ssl.SSLContext:
        """Trust the authorities of a PEM file alone, or those of the system where it is ''.

        Raises OSError (ssl.SSLError is one) where the file cannot be used.
        """
        with self._lock:
            if ca not in self._made:
                context = ssl.create_default_context(cafile=ca or None)
                context.minimum_version = ssl.TLSVersion.TLSv1_2
                self._made[ca] = context
            return self._made[ca]
