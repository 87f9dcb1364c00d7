"""The states in which data can arrive: prefetch, fetch and files alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.domain.why import GapWhy, UnreadWhy

Json = Mapping[str, Any]


class RepeatedKeys(dict[str, Any]):
    """A JSON object in which a key stood twice; the last value is kept, the fact is not lost."""


@dataclass(frozen=True)
class Received:
    """One FHIR resource as sent, with its Bundle entry's fullUrl ('' when none)."""

    json: Json
    full_url: str = ""
    doubt: UnreadWhy | None = None  # whose resource it is could not be settled


@dataclass(frozen=True)
class Complete:
    """Everything that was asked for came; no resources means known to be empty."""

    resources: tuple[Received, ...] = ()


@dataclass(frozen=True)
class Partial:
    """Some of it came; what is there can be believed, what is not there says nothing."""

    resources: tuple[Received, ...]
    why: GapWhy


@dataclass(frozen=True)
class Missing:
    """Nothing came."""

    why: GapWhy


DataState = Complete | Partial | Missing
