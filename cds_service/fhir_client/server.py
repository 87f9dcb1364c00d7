"""What a call says of its FHIR server, and the shape of everything that can fetch from one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cds_service.domain import DataState

Key = TypeVar("Key", bound=str)  # a prefetch key, or a reference as its own name


@dataclass(frozen=True)
class Server:
    """A FHIR server and the caller's token for it."""

    url: str
    access_token: str = field(default="", repr=False)
    scope: str = ""  # SMART scopes of the token, v1 or v2
    ca: str = ""  # PEM file of the authorities to trust; '' for those of the system
    # It has answered this very call: what it leaves open now is no sign that it is down.
    answered: bool = False


# (server, query by key, seconds allowed) -> what came of each; any text can be a key
Fetch = Callable[[Server, Mapping[Any, str], float], Mapping[Any, DataState]]
