"""What a call says of its FHIR server, and the shape of everything that can fetch from one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cds_service.domain import DataKey, DataState


@dataclass(frozen=True)
class Server:
    """A FHIR server and the caller's token for it."""

    url: str
    access_token: str = field(default="", repr=False)
    scope: str = ""  # SMART scopes of the token, v1 or v2
    ca: str = ""  # PEM file of the authorities to trust; '' for those of the system


# (server, query by key, seconds allowed) -> what came of each
Fetch = Callable[[Server, Mapping[DataKey, str], float], Mapping[DataKey, DataState]]
