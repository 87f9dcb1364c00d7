"""Value and code of an Observation or component -> its words, its label, its yes or no."""

from __future__ import annotations

import re

from cds_service.domain import Json, Presence
from cds_service.reading.fhir_json import codings, concept_texts, text

_BROKEN = re.compile(r"\b(?:t|inv|ins|der)\(")  # of a karyotype
_ANSWERED = re.compile(
    r"(?:(?<!\bnot)\s{1,3}(?:detected|identified|present|found)\s{0,3}\??|\s{0,3}\?)$", re.I
)
_NEGATED = re.compile(r"\b(?:no|not|absent|absence|negative|without)\b", re.I)
_DONE = re.compile(
    r"\b(?:performed|done|requested|ordered|complet\w{0,4}|tested|testing|test|sent|covered|assessed"
    r"|included|analysed|consent\w{0,3}|indicated|eligible)\b",
    re.I,
)


def component_value(component: Json) -> object:
    """The value of a component as far as it is a concept or words."""
    for name in ("valueCodeableConcept", "valueString", "valueCoding"):
        if component.get(name) is not None:
            return component[name]
    return None


def yes_or_no(answered: Json) -> Presence | None:
    """A boolean value, but not where it only says that a test was done."""
    value = answered.get("valueBoolean")
    asked = " ".join(concept_texts(answered.get("code")))
    if not isinstance(value, bool) or _DONE.search(asked):
        return None
    found = value is not (_NEGATED.search(asked) is not None)  # 'No fusion detected: true'
    return Presence.DETECTED if found else Presence.NOT_DETECTED


def own_words(observation: Json) -> str:
    """The value as words: a string, or the text of a concept."""
    said = concept_texts(observation.get("valueCodeableConcept"))
    return text(observation.get("valueString")) or next(iter(said), "")


def names_broken_chromosome(value: object) -> bool:
    """ISCN of a translocation, an inversion, an insertion or a derivative chromosome."""
    said = [*concept_texts(value), *(text(coding.get("code")) for coding in codings(value))]
    return any(_BROKEN.search(words) for words in said)


def without_answer(label: str) -> str:
    """'NTRK1 fusion detected?' asks, and answers nothing."""
    return _ANSWERED.sub("", label)


def label_of(observation: Json) -> str:
    """What the Observation was about, in words: its code's text, else its first display."""
    label = next(iter(concept_texts(observation.get("code"))), "").rstrip(": ")
    return without_answer(label)


def names_gene(said: str) -> bool:
    """Anything that looks like a gene symbol: then the value speaks for itself."""
    return any(token.isupper() and any(c.isdigit() for c in token) for token in said.split())


def has_value(observation: Json) -> bool:
    """Any value[x] at all."""
    return any(name.startswith("value") and observation[name] is not None for name in observation)
