"""DiagnosticReport -> its sentences, and whether it says anything that can be read."""

from __future__ import annotations

import base64
import binascii
import re

from cds_service.domain import Json
from cds_service.reading.fhir_json import codings, concept_texts, obj, objs, text
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
# Not every codec of Python: 'punycode' takes time that grows with the square of the length
_CHARSET = re.compile(
    r"utf-?(?:8|16)(?:le|be)?|(?:us-)?ascii|iso-8859-\d\d?|latin-?1|(?:windows-|cp)125\d"
)
_READABLE = {"text/plain": False, "text/html": True, "application/xhtml+xml": True}


def sentences(report: Json) -> list[str]:
    """Texts of a report: conclusion, conclusion codes, notes and readable attachments."""
    found = [text(report.get("conclusion"))]
    found += [said for c in objs(report.get("conclusionCode")) for said in concept_texts(c)]
    found += [said for c in objs(report.get("codedDiagnosis")) for said in concept_texts(c)]  # STU3
    found += [text(note.get("text")) for note in objs(report.get("note"))]
    found += [said for form in objs(report.get("presentedForm")) for said in [attached(form)]]
    found = [said for said in dict.fromkeys(found) if said]
    return found or [narrative(report)]


def narrative(resource: Json) -> str:
    """The text of the narrative; read only where a resource says nothing else."""
    return text_of_html(text(obj(resource.get("text")).get("div"))).strip()


def attached(form: Json) -> str:
    """The text of an attachment of a readable type, else ''."""
    kind_of, _, parameters = text(form.get("contentType")).casefold().partition(";")
    is_html = _READABLE.get(kind_of.strip())
    if is_html is None or not text(form.get("data")):
        return ""
    charset = parameters.partition("charset=")[2].strip(' "') or "utf-8"
    try:
        raw = base64.b64decode("".join(text(form.get("data")).split()), validate=True)
        decoded = raw.decode(charset if _CHARSET.fullmatch(charset) else "none of ours")
    except (binascii.Error, ValueError, LookupError):
        return ""  # counted as unreadable by the caller
    return text_of_html(decoded) if is_html else decoded


def only_unreadable(report: Json, roles: Roles) -> bool:
    """True when attachments are all that a report has, and none of them can be read."""
    forms = objs(report.get("presentedForm"))
    coded = [c for name in ("conclusionCode", "codedDiagnosis") for c in objs(report.get(name))]
    coded = [c for c in coded if not roles.outcomes.by_code(c)]  # a behaviour, not a result
    said = [text(report.get("conclusion")), *(t for c in coded for t in concept_texts(c))]
    silent = not any(named(report.get("result"))) and all(map(_points_away, filter(None, said)))
    return bool(forms) and silent and not any(attached(form).strip() for form in forms)


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
    words += [text(form.get("title")) for form in objs(report.get("presentedForm"))]
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
