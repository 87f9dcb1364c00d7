"""DiagnosticReport -> its sentences, and whether it says anything that can be read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cds_service.domain import Json, Received
from cds_service.reading.attachments import Attachments, forms_of
from cds_service.reading.fhir_json import (
    MAX_DEPTH,
    codings,
    concept_texts,
    deeper_than,
    obj,
    objs,
    text,
)
from cds_service.reading.references import named
from cds_service.reading.roles import Roles
from cds_service.reading.sentences import text_of_html

_ELSEWHERE = re.compile(
    r"(?:please\s)?(?:see|refer to|view|as per)\s(?:the\s)?"
    r"(?:attach\w*|enclosed|pdf|document|report)"
    r"(?:\s(?:pdf|document|report|file|for|the|full|details|results?))*\W*"
    r"|report (?:is )?attached\W*",
    re.IGNORECASE,
)


def sentences(report: Json, attachments: Attachments) -> list[str]:
    """Texts of a report: conclusion, conclusion codes, notes and readable attachments."""
    found = [text(report.get("conclusion"))]
    found += [said for c in objs(report.get("conclusionCode")) for said in concept_texts(c)]
    found += [said for c in objs(report.get("codedDiagnosis")) for said in concept_texts(c)]  # STU3
    found += [text(note.get("text")) for note in objs(report.get("note"))]
    found += attachments.texts(report)
    found = [said for said in dict.fromkeys(found) if said]
    return found or [narrative(report)]


def forms(received: Iterable[Received], roles: Roles) -> list[Json]:
    """Attachments of every resource, those of genetics and pathology first."""
    sent = [item.json for item in received if forms_of(item.json)]
    sent = [resource for resource in sent if not deeper_than(resource, MAX_DEPTH)]
    sent.sort(key=lambda resource: not is_genetic_or_pathology(resource, roles))
    return [form for resource in sent for form in forms_of(resource)]


def narrative(resource: Json) -> str:
    """The text of the narrative; read only where a resource says nothing else."""
    return text_of_html(text(obj(resource.get("text")).get("div"))).strip()


def silent_but_unread(resource: Json, roles: Roles, attachments: Attachments) -> bool:
    """True when attachments are all that a resource has, and not all of them could be read.

    What was read of them stands; 'nothing found' cannot rest on it.
    """
    coded = [c for name in ("conclusionCode", "codedDiagnosis") for c in objs(resource.get(name))]
    coded = [c for c in coded if not roles.outcomes.by_code(c)]  # a behaviour, not a result
    said = [text(resource.get("conclusion")), *(t for c in coded for t in concept_texts(c))]
    said.append(text(resource.get("valueString")))
    results = any(named(resource.get("result"))) or bool(objs(resource.get("component")))
    silent = not results and "valueCodeableConcept" not in resource
    silent = silent and all(map(_points_away, filter(None, said)))
    return silent and not attachments.are_whole(resource)


def _points_away(said: str) -> bool:
    """'Please see attached report' says nothing itself."""
    return len(said) < 120 and _ELSEWHERE.fullmatch(said) is not None


def is_genetic_or_pathology(report: Json, roles: Roles) -> bool:
    """By code, category, or the words of either."""
    concepts = [report.get("code"), *objs(report.get("category"))]
    known = {"report", "category", "report-category", "variant", "other-genomic"}
    if any(roles.role(concept) & known for concept in concepts):
        return True
    words = [said for concept in concepts for said in concept_texts(concept)]
    words += [text(form.get("title")) for form in forms_of(report)]
    return bool({"genetic-words", "report-words"} & roles.worded_role(words))


def is_genetic(report: Json, roles: Roles) -> bool:
    """By the words of its name; codes and categories are looked at elsewhere."""
    concepts = [report.get("code"), *objs(report.get("category"))]
    words = [said for concept in concepts for said in concept_texts(concept)]
    return "genetic-words" in roles.worded_role(words)


def all_codings(report: Json) -> list[Json]:
    """Codings of the conclusion, where outcome codes stand."""
    concepts = [*objs(report.get("conclusionCode")), *objs(report.get("codedDiagnosis"))]
    concepts += [obj(e.get("valueCodeableConcept")) for e in objs(report.get("extension"))]
    return [coding for concept in concepts for coding in codings(obj(concept))]
