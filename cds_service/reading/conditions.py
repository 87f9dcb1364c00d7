"""Condition and histology Observation -> Diagnosis, with every reservation that is stated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from cds_service.codes import ICD10, ICDO3, SNOMED, Code
from cds_service.domain import (
    COUNTABLE,
    RESULT_STATUSES,
    CriterionKind,
    Diagnosis,
    Entry,
    Json,
    Match,
    Received,
    Unread,
    UnreadWhy,
    ValueSet,
    Vocabulary,
)
from cds_service.reading.cancers import WRAPPERS
from cds_service.reading.condition_parts import clinical, concepts_of, value_of, verification
from cds_service.reading.diagnosis_text import (
    BENIGN,
    FAMILY,
    HISTORY,
    NEGATED,
    SUSPECTED,
    DiagnosisText,
)
from cds_service.reading.fhir_json import (
    MAX_DEPTH,
    code_of,
    codings,
    concept_texts,
    deeper_than,
    kind,
    obj,
    objs,
    source_of,
    text,
    walk,
)
from cds_service.reading.neoplasms import SECONDARY, profiles
from cds_service.reading.recognisers import recognisers
from cds_service.reading.validation import fault

# Codes that lost their system: no other code looks like these of ICD-10, few like SNOMED CT's
_FORMS = ((re.compile(r"[A-Z]\d\d\.\d", re.IGNORECASE), ICD10), (re.compile(r"\d{8,18}"), SNOMED))


@dataclass
class Diagnoses:
    """What the Conditions of one patient say."""

    diagnoses: list[Diagnosis] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    conditions: int = 0


@dataclass(frozen=True)
class _Named:
    """How a concept names the diagnosis of one value set."""

    match: Match
    name: str
    qualifiers: frozenset[str]
    contradiction: bool


class ConditionReader:
    """Reads the Conditions of one patient against every diagnosis value set."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        known = recognisers(vocabulary)
        self._sets, self._roles = known.diagnoses, known.roles
        self._neoplasms = known.neoplasms

    def read(self, received: Sequence[Received]) -> Diagnoses:
        """Every diagnosis of a value set, in the order of the resources."""
        found = Diagnoses()
        for item in received:
            if kind(item.json) == "Condition":
                found.conditions += 1
                self._one(item, concepts_of(item.json), found)
            elif kind(item.json) == "Observation":
                self._observation(item, found)
        return found

    def _observation(self, item: Received, found: Diagnoses) -> None:
        role = self._roles.role(item.json.get("code"))
        value = value_of(item.json)
        if "histology" in role:
            self._one(item, [None, value], found)
        elif "history" in role:  # the code itself says that it is past
            self._one(item, [item.json.get("code"), value], found, frozenset({HISTORY}))

    def _one(
        self,
        item: Received,
        concepts: list[object],
        found: Diagnoses,
        known: frozenset[str] = frozenset(),  # reservations that the kind of resource makes
    ) -> None:
        if deeper_than(item.json, MAX_DEPTH):
            found.unread.append(_unread(item.json, UnreadWhy.TOO_DEEP))
            return
        sites = objs(item.json.get("bodySite")) if kind(item.json) == "Condition" else []
        named = [(v.id, self._named([*concepts, *sites], v, words)) for v, words in self._sets]
        matched = [(name, how) for name, how in named if how is not None]
        if not matched:
            self._unnamed(item, concepts, found)
            return
        why = item.doubt or _status_fault(item.json) or fault(item.json)
        if why is not None:
            found.unread.append(_unread(item.json, why))
            return
        if kind(item.json) == "Observation" and text(item.json.get("status")) not in COUNTABLE:
            return
        for name, how in matched:
            how = replace(how, qualifiers=how.qualifiers | known)
            found.diagnoses.append(_diagnosis(item.json, name, how))

    def _unnamed(self, item: Received, concepts: list[object], found: Diagnoses) -> None:
        """Not a diagnosis of ours, unless damage hides which diagnosis it is."""
        legible = isinstance(item.json.get("code", {}), dict)
        # The histology of a tumour may stand in an extension alone.
        extended = "extension" in item.json and self._neoplasms.is_neoplasm(item.json)
        hidden = extended or self._hidden(item.json)
        if legible and any(map(_says_something, concepts)) and not hidden:
            return
        if not legible or fault(item.json) is not None:
            found.unread.append(_unread(item.json, UnreadWhy.INVALID))

    def _hidden(self, resource: Json) -> bool:
        """The diagnosis stands somewhere in a resource where it does not belong."""
        strings = (
            v for i in walk(obj(resource.get("code"))) if isinstance(i, dict) for v in i.values()
        )
        said = [value for value in strings if isinstance(value, str)]
        return any("include" in words.names(value) for _, words in self._sets for value in said)

    def _is_other(self, coding: Json, value_set: ValueSet) -> bool:
        """A code of another malignant tumour beside one of this disease."""
        entry = value_set.entry(code_of(coding))
        return entry is None and self._neoplasms.coded([{"coding": [coding]}])

    def _named(
        self, concepts: Sequence[object], value_set: ValueSet, words: DiagnosisText
    ) -> _Named | None:
        entries = list(_entries(concepts, value_set))
        said = [value for concept in concepts for value in concept_texts(concept)]
        spoken = frozenset().union(*(words.names(value) for value in said))
        about = [value for value in said if words.names(value)]
        wrappers = [e for e in entries if e.listing == "deny" and e.display.startswith(WRAPPERS)]
        qualifiers = frozenset().union(
            *(words.qualifiers(value) for value in (*about, *(e.display for e in wrappers)))
        )
        denied = [e for e in entries if e.listing == "deny" and e not in wrappers]
        if entries:  # 'C45.0' with the text '?malignancy' is suspected, whatever the words
            qualifiers |= {SUSPECTED} & frozenset().union(*map(words.qualifiers, said))
        coded = [coding for concept in concepts for coding in codings(concept)]
        at_odds = any(
            _at_odds(coding, value_set, words) or self._is_other(coding, value_set)
            for coding in coded
        )
        wrapped = frozenset().union(*(words.qualifiers(e.display) for e in wrappers))
        if wrapped & {FAMILY, NEGATED}:  # coded 'family history' or 'known absent' of it
            return _Named(Match.DENY, "", wrapped, False)
        named = _judged(_listed(entries), denied, spoken, qualifiers, at_odds)
        return named and replace(named, name=named.name or _in_words(value_set))


def _at_odds(coding: Json, value_set: ValueSet, words: DiagnosisText) -> bool:
    """A coding of the include list whose display is about something else."""
    display, entry = text(coding.get("display")), value_set.entry(code_of(coding))
    if entry is None or entry.listing != "include" or not display:
        return False
    return not words.akin(display)


def _judged(
    listed: list[Entry],
    denied: list[Entry],
    spoken: frozenset[str],
    qualifiers: frozenset[str],
    at_odds: bool,
) -> _Named | None:
    """Review wins over every list; a code outweighs words; words alone never establish."""
    listed = _with_primary(listed)
    if listed:
        review = next((e for e in listed if e.listing == "review"), None)
        best = review or listed[0]
        match = Match.REVIEW if review else Match.INCLUDE
        return _Named(match, best.display, qualifiers, at_odds or bool(denied) or "deny" in spoken)
    if "deny" in spoken or (denied and "include" not in spoken) or BENIGN in qualifiers:
        return _Named(Match.DENY, "", qualifiers, False)
    if "include" in spoken:
        return _Named(Match.TEXT, "", qualifiers, bool(denied))
    return None


def _with_primary(listed: list[Entry]) -> list[Entry]:
    """Behaviour 6 (metastatic) is accepted beside a statement of the primary."""
    primary = [e for e in listed if not (e.code.system == ICDO3 and e.code.code.endswith("6"))]
    return primary or listed


def _diagnosis(resource: Json, value_set: str, how: _Named) -> Diagnosis:
    qualifiers = how.qualifiers
    if how.match in (Match.INCLUDE, Match.REVIEW):
        # A code of the disease with words that deny it is a contradiction, not a denial.
        contradiction = how.contradiction or bool(qualifiers & {FAMILY, NEGATED, BENIGN})
        qualifiers -= {FAMILY, NEGATED, BENIGN}
    else:
        contradiction = how.contradiction
    secondary = any(SECONDARY in profile for profile in profiles(resource))
    if secondary and how.match is Match.INCLUDE:
        how = replace(how, match=Match.REVIEW)  # a secondary never makes the primary
    return Diagnosis(
        value_set=value_set,
        match=how.match,
        source=source_of(resource),
        clinical=clinical(resource),
        verification=verification(resource),
        qualifiers=qualifiers,
        contradiction=contradiction,
        name=how.name,
        histology=kind(resource) == "Observation",
    )


def _status_fault(resource: Json) -> UnreadWhy | None:
    if kind(resource) == "Observation" and text(resource.get("status")) not in RESULT_STATUSES:
        return UnreadWhy.STATUS
    return None


def _entries(concepts: Sequence[object], value_set: ValueSet) -> Iterator[Entry]:
    """The entries named; a morphology in the place of a diagnosis is for review, not proof."""
    for place, concept in enumerate(concepts):
        for coding in codings(concept):
            entry = value_set.entry(code_of(coding)) or _without_system(coding, value_set)
            if entry is not None and entry.listing == "morphology":
                yield replace(entry, listing="include" if place > 0 else "review")
            elif entry is not None:
                yield entry


def _without_system(coding: Json, value_set: ValueSet) -> Entry | None:
    """A code of the disease whose system is lost: for review, as it may be another system's."""
    code = text(coding.get("code"))
    if text(coding.get("system")):
        return None
    systems = (system for form, system in _FORMS if form.fullmatch(code))
    found = next((value_set.entry(Code.of(system, code)) for system in systems), None)
    return replace(found, listing="review") if found and found.listing == "include" else None


def _in_words(value_set: ValueSet) -> str:
    """Our own name for a diagnosis that only words name."""
    return next((entry.display for entry in value_set.listed("include") if entry.words), "")


def _listed(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.listing in ("include", "review")]


def _says_something(concept: object) -> bool:
    return bool(concept_texts(concept)) or any(text(c.get("code")) for c in codings(concept))


def _unread(resource: Json, why: UnreadWhy) -> Unread:
    return Unread(source_of(resource), CriterionKind.DIAGNOSIS, why)
