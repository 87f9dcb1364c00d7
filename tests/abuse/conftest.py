"""The service as an abuser finds it: open, with its shipped knowledge, on a fixed day."""

from __future__ import annotations

from tests.doors.conftest import desk

__all__ = ["desk"]
