"""Families of text that tire a careless reader -> FHIR resources of any size that carry them.

Every text ends in one plain statement of its own, so that a reader who gives up early is found out.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

Resource = dict[str, Any]

FUSION = "TPM3::NTRK1 fusion detected."
DIAGNOSIS = "Malignant pleural mesothelioma"

# One unit of each family; it is repeated until the text is as long as asked.
UNITS = {
    "one sentence without a stop": "the sample was examined and the NTRK1 fusion was looked for ",
    "'not' repeated": "not ",
    "'NTRK1/' repeated": "NTRK1/",
    "list of genes": "ALK, BRAF, EGFR, NTRK1, NTRK2, NTRK3, RET, ROS1, ",
    "brackets that never close": "NTRK1 fusion (exon 12 (",
    "question marks": "?",
    "question marks and genes": "?NTRK3 ",
    "denial far from its gene": f"no {'word ' * 400}NTRK1 fusion ",
    "chain of partners": "NTRK1-TPM3-NTRK2-",
    "chain of '::'": "NTRK1::",
    "mixed separators": "NTRK3::--__/:>ETV6",
    "separators alone": "::--__",
    "results on either side": "negative NTRK1 detected, not detected NTRK2 positive, ",
    "reservations repeated": "possible NTRK1 fusion cannot be excluded, ",
    "'if' and 'but'": "if NTRK1 fusion but although whether NTRK2 ",
    "relatives, history, tests": "mother previously tested for NTRK1 fusion, panel includes ",
    "panels of many genes": f"the panel covers {'NTRK1 fusion ' * 300}",
    "tests after tests": f"{'panel ' * 300}{'NTRK1 fusion ' * 300}",
    "hyphens far from their denials": f"NTRK1 {'a-' * 3000}{'no x ' * 600}",
    "mutations of genes": "NTRK1 G595R G667C NTRK3 p.Gly623Arg ",
    "digits": "0123456789",
    "numbered genes": "NTRK1-3, 1/2/3 & 1, 2 and 3 ",
    "long names": "neurotrophic receptor tyrosine kinase ",
    "versions of transcripts": "NM_152263.3(TPM3):e.8::NM_002529.3(",
    "one word without end": "NTRK1fusion",
    "capitals without end": "ETVX6",
    "blank lines": "\n",
    "spaces and tabs": " \t",
    "lines of headings": "NTRK1 fusion:\n",
    "headings on one line": "NTRK1 fusion: ETV6: ",
    "questions, then answers": "NTRK1/2/3 fusions\nNot detected\nGene: NTRK1\n",
    "short lines that go on": "NTRK1 fusion,\n",
    "table without an end": "NTRK1 | Not detected | ",
    "boxes to tick": "NTRK1 [ ] detected [x] not detected ",
    "leaders": "NTRK1 . . . . . ____ ---- ====",
    "literature": "References\n1. NTRK1 fusion [1] ",
    "HL7 escapes": "NTRK1\\.br\\\\T\\\\H\\fusion\\N\\\\X0D\\",
    "backslashes": "\\",
    "entities": "&amp;NTRK1&#8203;&lt;",
    "entities that never end": "&#1234567890123",
    "zero-width characters": "N\u200bT\u200cR\u2060K1 fus\u00adion ",
    "letters to fold": "\ufb01\u2167\u1e9b\u0323 \uff2e\uff34\uff32\uff2b\uff11 ",
}
MARKUP = {
    "tags within tags": "<b><i>NTRK1 ",
    "tags that never close": "<td NTRK1 ",
    "comments that never close": "<!-- NTRK1 fusion -- >",
    "scripts that never close": "<script>NTRK1 </scrip>",
    "a table": "<tr><td>NTRK1</td><td>Not detected</td></tr>",
}
DIAGNOSES = {
    "diagnosis: names repeated": "mesothelioma ",
    "diagnosis: reservations": "no ?query possible mesothelioma, ",
    "diagnosis: denials far away": f"not {'word ' * 400}",
    "diagnosis: question marks": "?",
    "diagnosis: stems": "mesothelio ",
}


def _filled(unit: str, size: int, ending: str) -> str:
    """A unit repeated, then the ending: this many bytes of UTF-8."""
    room = size - len(ending.encode())
    whole = unit * (room // len(unit.encode()) + 1)
    return whole.encode()[:room].decode(errors="ignore") + ending


def _observation(text: str) -> Resource:
    return _result("Observation", {"valueString": text, "code": {"text": "Genomic report"}})


def _report(text: str) -> Resource:
    loinc = {"coding": [{"system": "http://loinc.org", "code": "51969-4"}]}
    return _result("DiagnosticReport", {"conclusion": text, "code": loinc})


def _attached(kind: str, text: str) -> Resource:
    data = base64.b64encode(text.encode()).decode()
    body = {
        "code": {"text": "Genomic report"},
        "presentedForm": [{"contentType": kind, "data": data}],
    }
    return _result("DiagnosticReport", body)


def _result(kind: str, body: Resource) -> Resource:
    subject = {"reference": "Patient/p1"}
    return {"resourceType": kind, "id": "o1", "status": "final", "subject": subject} | body


def _condition(text: str) -> Resource:
    return {
        "resourceType": "Condition",
        "id": "c1",
        "subject": {"reference": "Patient/p1"},
        "code": {"text": text},
    }


def families() -> dict[str, Callable[[int], Resource]]:
    """Name of a family -> a resource whose text has this many bytes."""
    found: dict[str, Callable[[int], Resource]] = {}
    for name, unit in UNITS.items():
        found[name] = _made(unit, f"\n\n{FUSION}", _observation)
    for name in ("list of genes", "questions, then answers", "one sentence without a stop"):
        found[f"conclusion: {name}"] = _made(UNITS[name], f"\n\n{FUSION}", _report)
        found[f"text attached: {name}"] = _made(
            UNITS[name], f"\n\n{FUSION}", lambda text: _attached("text/plain", text)
        )
    for name, unit in MARKUP.items():
        ending = f"\n\n<p>\n\n{FUSION}</p>"
        found[f"HTML attached: {name}"] = _made(
            unit, ending, lambda text: _attached("text/html", text)
        )
        found[f"HTML in a value: {name}"] = _made(unit, ending, _observation)
    for name, unit in DIAGNOSES.items():
        found[name] = _made(unit, f". {DIAGNOSIS}", _condition)
    return found


def _made(unit: str, ending: str, carry: Callable[[str], Resource]) -> Callable[[int], Resource]:
    return lambda size: carry(_filled(unit, size, ending))
