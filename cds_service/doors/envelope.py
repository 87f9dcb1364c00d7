"""A CDS Hooks request body -> Call: what was asked, of whom, with which data.

What the service needs is checked strictly and refused by the name of the field, never its value;
what it does not know is left alone, as real clients send more than the standard names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from cds_service.domain import (
    Complete,
    DataKey,
    DataState,
    GapWhy,
    Json,
    Missing,
    Received,
    RepeatedKeys,
)
from cds_service.errors import NotAllowed, RequestError
from cds_service.reading.bundle import state_of
from cds_service.settings import Settings

PATIENT_VIEW = "patient-view"
RESULT_NOUN_VERB = "genomic-result-available"
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TOKEN = re.compile(r"[!-~]{1,16384}")  # RFC 6750 allows fewer; nothing here can split a header
_LAY_USERS = ("Patient", "RelatedPerson")
_USERS = ("Practitioner", "PractitionerRole", *_LAY_USERS)
_LONGEST_ID = 128  # FHIR allows 64; some servers give more


@dataclass(frozen=True)
class Grant:
    """What fhirAuthorization allows; it lives as long as the request and is never kept."""

    access_token: str = field(default="", repr=False)
    scope: str = ""
    patient: str = ""  # whom the token is for; '' where it does not say


@dataclass(frozen=True)
class Call:
    """One patient to assess, whichever door the request came through."""

    patient_id: str
    states: Mapping[DataKey, DataState]
    user_id: str = ""  # 'Practitioner/1'; '' where nobody is at the screen
    fhir_server: str = ""
    grant: Grant = Grant()
    newer: tuple[Received, ...] = ()  # resources of the result hook, beside the prefetch
    unasked: tuple[Received, ...] = ()  # sent under prefetch keys that nobody asked for


def result_hook(settings: Settings) -> str:
    """The name of this site's hook for an arriving result."""
    return f"{settings.namespace}.{RESULT_NOUN_VERB}"


def asked_keys(settings: Settings) -> tuple[DataKey, ...]:
    """The prefetch keys that discovery asks for."""
    left_out = () if settings.prefetch_laboratory else (DataKey.LABORATORY,)
    return tuple(key for key in DataKey if key not in left_out)


def read_call(body: object, settings: Settings) -> Call:
    """Check the envelope and hold every prefetch value for what it is."""
    request = _object(body, "The body")
    hook = _text(request, "hook")
    if hook not in (PATIENT_VIEW, result_hook(settings)):
        raise RequestError("hook: this service has no such hook; see /cds-services.")
    if not _UUID.fullmatch(_text(request, "hookInstance")):
        raise RequestError("hookInstance: expected a UUID.")
    _optional_object(request, "extension")
    context = _object(request.get("context"), "context")
    server = _server(request, settings)
    prefetch = _optional_object(request, "prefetch")
    return Call(
        patient_id=_patient_id(context),
        user_id=_user_id(context, hook, settings),
        states=_states(prefetch, settings),
        unasked=_unasked(prefetch),
        fhir_server=server,
        grant=_grant(request, server),
        newer=() if hook == PATIENT_VIEW else _results(context),
    )


def _object(value: object, name: str) -> Json:
    if not isinstance(value, dict):
        raise RequestError(f"{name}: expected a JSON object.")
    if isinstance(value, RepeatedKeys):
        raise RequestError(f"{name}: a key stands in it twice.")
    return value


def _optional_object(request: Json, name: str) -> Json:
    value = request.get(name)
    return {} if value is None else _object(value, name)


def _text(holder: Json, name: str) -> str:
    value = holder.get(name)
    if not isinstance(value, str) or not value:
        raise RequestError(f"{name}: expected a string.")
    return value


def _bare_id(text: str) -> bool:
    printable = text.isprintable() and not any(letter.isspace() for letter in text)
    return printable and "/" not in text and 0 < len(text) <= _LONGEST_ID


def _patient_id(context: Json) -> str:
    value = context.get("patientId")
    if not isinstance(value, str) or not _bare_id(value):
        raise RequestError("context.patientId: expected the bare id of the patient.")
    return value


def _user_id(context: Json, hook: str, settings: Settings) -> str:
    value = context.get("userId")
    if value is None and hook != PATIENT_VIEW:
        return ""
    kind, slash, user = value.partition("/") if isinstance(value, str) else ("", "", "")
    if not slash or kind not in _USERS or not _bare_id(user):
        raise RequestError(
            f"context.userId: expected Type/id, with Type one of {', '.join(_USERS)}."
        )
    if kind in _LAY_USERS and not settings.patient_users:
        raise NotAllowed("context.userId: the cards of this service are for practitioners.")
    return f"{kind}/{user}"


def _server(request: Json, settings: Settings) -> str:
    value = request.get("fhirServer")
    if value is None:
        return ""
    schemes = ("https",) if settings.production else ("https", "http")
    if not isinstance(value, str) or not _is_address(value, schemes):
        raise RequestError(f"fhirServer: expected an {' or '.join(schemes)} address.")
    return value


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname)
    except ValueError:  # such as an unfinished IPv6 address
        return False


def _grant(request: Json, server: str) -> Grant:
    """The token with what it covers; anything but a Bearer token in plain ASCII is no token."""
    authorization = _optional_object(request, "fhirAuthorization")
    if authorization and not server:
        raise RequestError("fhirServer: expected beside fhirAuthorization.")
    said = {name: authorization.get(name, "") for name in ("access_token", "scope", "patient")}
    token = said["access_token"]
    kind = authorization.get("token_type", "Bearer")
    bearer = isinstance(kind, str) and kind.casefold() == "bearer"
    usable = bearer and isinstance(token, str) and _TOKEN.fullmatch(token)
    return Grant(
        access_token=token if usable else "",
        scope=said["scope"] if isinstance(said["scope"], str) else "",
        patient=said["patient"] if isinstance(said["patient"], str) else "?",
    )


def _states(prefetch: Json, settings: Settings) -> dict[DataKey, DataState]:
    """An absent key is not an empty answer; a key that was not asked for is read when sent."""
    sent = [key for key in DataKey if key in prefetch]
    keys = dict.fromkeys([*asked_keys(settings), *sent])
    return {k: state_of(prefetch[k]) if k in sent else Missing(GapWhy.NOT_SENT) for k in keys}


def _unasked(prefetch: Json) -> tuple[Received, ...]:
    """Administrations, specimens and whatever else a client adds under a key of its own."""
    states = (state_of(value) for key, value in prefetch.items() if key not in list(DataKey))
    return tuple(
        item for state in states if not isinstance(state, Missing) for item in state.resources
    )


def _results(context: Json) -> tuple[Received, ...]:
    """The resources of the result hook; our own hook, so every entry must be a resource."""
    results = context.get("results")
    if results is None:
        return ()
    bundle: dict[str, Any] = dict(_object(results, "context.results"))
    if (bundle.get("resourceType"), bundle.get("type")) != ("Bundle", "collection"):
        raise RequestError("context.results: expected a Bundle of type collection.")
    state = state_of(bundle)
    if not isinstance(state, Complete):
        raise RequestError("context.results: expected every entry to hold a resource.")
    return state.resources
