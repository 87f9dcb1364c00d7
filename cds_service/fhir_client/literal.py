"""A literal reference -> Type/id below a server's base; a reference to anywhere else is none."""

from __future__ import annotations

import re

from cds_service.clients import Base

# FHIR allows ids of 64; some servers give more. Never a dot alone, which would lead elsewhere.
_RELATIVE = re.compile(r"[A-Z][A-Za-z]{1,63}/(?!\.{1,2}$)[A-Za-z0-9.-]{1,128}")


def below(base: Base, reference: str) -> str:
    """The reference as Type/id where this server is meant, else ''; a version is left out."""
    name = reference.partition("/_history")[0]
    if ":" in name:
        name = _tail(base, name)
    return name if _RELATIVE.fullmatch(name) else ""


def _tail(base: Base, address: str) -> str:
    """What an absolute address adds to the base: exactly a type and an id."""
    try:
        place = Base.parse(address)
    except ValueError:  # also urn:uuid: of another Bundle
        return ""
    added = place.segments[len(base.segments) :]
    return "/".join(added) if base.covers(place) and len(added) == 2 else ""
