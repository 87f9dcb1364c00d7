"""The headers of a request -> the registered client that sent it, or a refusal."""

from cds_service.security.gate import Gate, Headers

__all__ = ["Gate", "Headers"]
