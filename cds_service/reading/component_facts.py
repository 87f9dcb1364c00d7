"""Components that state a fact about the fusion's product: its frame, its function, its kinase."""

from __future__ import annotations

import re

from cds_service.domain import Json, Presence
from cds_service.reading.fhir_json import concept_texts, text
from cds_service.reading.roles import Roles

# What the component asks, and how the lexicon says that the answer is no
_ASKED = (
    (re.compile(r"\b(?:in[ -]?frame|reading frame)\b", re.IGNORECASE), "out of frame"),
    (re.compile(r"\bkinase domain\b", re.IGNORECASE), "kinase domain not retained"),
    (re.compile(r"\bfunctional\b", re.IGNORECASE), "not functional"),
)
_NO = re.compile(
    r"(?:no|false|lost|disrupted"
    r"|not (?:retained|intact|preserved|present|included|in[ -]frame))\.?",
    re.IGNORECASE,
)


def fact_of(component: Json, roles: Roles) -> str | None:
    """The fact in words of the lexicon; '' where the answer is not a no, None for other parts."""
    label = " ".join(next(iter(concept_texts(component.get("code"))), "").split())
    if len(label) > 60 or roles.role(component.get("code")):
        return None
    asked = next((no for pattern, no in _ASKED if pattern.search(label)), None)
    if asked is None:
        return None
    return asked if _is_no(component, roles) else _other_words(component)


def is_in_frame(fact: str) -> bool:
    """'In frame', as the whole answer."""
    return re.fullmatch(r"in[ -]?frame\.?", fact.strip(), re.IGNORECASE) is not None


def _is_no(component: Json, roles: Roles) -> bool:
    if component.get("valueBoolean") is False:
        return True
    value = component.get("valueCodeableConcept", component.get("valueString"))
    concept = {"text": value} if isinstance(value, str) else value
    if roles.presence(concept)[0] is Presence.NOT_DETECTED:
        return True
    return any(_NO.fullmatch(" ".join(said.split())) for said in concept_texts(concept))


def _other_words(component: Json) -> str:
    """What else the component says: 'Out of frame' is told by its own words."""
    said = concept_texts(component.get("valueCodeableConcept"))
    return text(component.get("valueString")) or next(iter(said), "")
