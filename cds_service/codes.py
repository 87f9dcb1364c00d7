"""Identity of codes: (system, code) in one spelling, whatever spelling was sent.

Systems are compared by parsed host and path, so that a look-alike path on another host never
matches. The short names below are ours; the spellings are those seen in public guides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

SNOMED, LOINC, HGNC, SO = "snomed", "loinc", "hgnc", "so"
ICD10, ICDO3, NCIT, MONDO, DOID = "icd-10", "icd-o-3", "ncit", "mondo", "doid"

_OIDS = {
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.43.1": ICDO3,
    "urn:oid:2.16.840.1.113883.6.3": ICD10,
    "urn:oid:2.16.840.1.113883.6.90": ICD10,
}

# (host, start of the path, our name): the first that fits
_HOSTS = (
    ("snomed.info", "/sct", SNOMED),
    ("loinc.org", "", LOINC),
    ("genenames.org", "", HGNC),
    ("sequenceontology.org", "", SO),
    ("ncbi.nlm.nih.gov", "/gene", "ncbi-gene"),
    ("ensembl.org", "", "ensembl"),
    ("hl7.org", "/fhir/sid/icd-10", ICD10),
    ("fhir.de", "/codesystem/bfarm/icd-10", ICD10),
    ("fhir.de", "/codesystem/dimdi/icd-10", ICD10),
    ("terminology.hl7.org", "/codesystem/icd10", ICD10),
    ("terminology.hl7.org", "/codesystem/icd-o-3", ICDO3),
    ("hl7.org", "/fhir/sid/icd-o-3", ICDO3),
    ("ncicb.nci.nih.gov", "/xml/owl/evs/thesaurus.owl", NCIT),
    ("ncithesaurus-stage.nci.nih.gov", "", NCIT),
    ("ncithesaurus.nci.nih.gov", "", NCIT),
    ("purl.obolibrary.org", "/obo/mondo", MONDO),
    ("monarchinitiative.org", "", MONDO),
    ("purl.obolibrary.org", "/obo/doid", DOID),
    ("purl.obolibrary.org", "/obo/so", SO),
    ("oncotree.mskcc.org", "", "oncotree"),
    ("oncotree.info", "", "oncotree"),
    ("whocc.no", "/atc", "atc"),
    ("varnomen.hgvs.org", "", "hgvs"),
    ("orpha.net", "", "orphanet"),
)

# A code that carries its own system, for senders who leave the system out.
_CURIES = (
    (re.compile(r"SO:\d{6,7}", re.IGNORECASE), SO),
    (re.compile(r"HGNC:\d+(::HGNC:\d+)?", re.IGNORECASE), HGNC),
    (re.compile(r"MONDO:\d{7}", re.IGNORECASE), MONDO),
    (re.compile(r"NCIT:C\d+", re.IGNORECASE), NCIT),
    (re.compile(r"DOID:\d+", re.IGNORECASE), DOID),
    (re.compile(r"ENSG\d{11}(\.\d+)?", re.IGNORECASE), "ensembl"),
    (re.compile(r"(?:LA)?\d{4,5}-\d", re.IGNORECASE), LOINC),
)

_URL = re.compile(r"(?:https?://)?(?:www\.)?([^/?#:]+)(?::\d+)?([^?#|]*)", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Code:
    """A normalised system and code; compare with ==."""

    system: str
    code: str

    @classmethod
    def of(cls, system: str, code: str) -> Code:
        """Normalise a coding as sent; a missing system is taken from a prefixed code."""
        name = system_name(system) if system.strip() else _system_of_curie(code.strip())
        return cls(name, _normal_code(name, code.strip()))


@lru_cache(maxsize=1024)
def system_name(system: str) -> str:
    """Our short name of a known code system, else the host and path in lower case."""
    wanted = system.strip().lower()
    if wanted in _OIDS:
        return _OIDS[wanted]
    match = _URL.fullmatch(wanted.split("|")[0])
    if match is None:
        return wanted
    host, path = match.group(1), match.group(2).rstrip("/")
    for known, start, name in _HOSTS:
        if host == known and _starts(path, start):
            return name
    # The NHS outcome codes have no settled home yet; their last path segment holds their name.
    if "genomictestoutcomecode" in path.replace("-", "").rsplit("/", 1)[-1]:
        return "nhs-outcome"
    return host + path


def _starts(path: str, start: str) -> bool:
    rest = path[len(start) :] if path.startswith(start) else None
    return rest is not None and (not start or not rest or not rest[0].isalpha() or rest == "cm")


def _system_of_curie(code: str) -> str:
    return next((name for pattern, name in _CURIES if pattern.fullmatch(code)), "")


def _normal_code(system: str, code: str) -> str:
    if system == ICD10:
        return _icd(code)
    if system == ICDO3:
        # '9050/3', 'M9050/3', '90503' and the slip '90503/3' compare by digits; a sixth is a grade.
        return re.sub(r"\D", "", code)[:5] if code[:1] not in "Cc" else code.upper()  # or a place
    if system == HGNC:
        return re.sub(r"(?i)HGNC:", "", code)
    if system == SO:
        return "SO:" + re.sub(r"(?i)^SO:", "", code).zfill(7)  # seen with a digit missing
    if system in (NCIT, MONDO, DOID):
        return re.sub(r"(?i)^(NCIT|MONDO|DOID)[:_]", "", code).upper()
    if system == "ensembl":
        return code.upper().split(".")[0]
    return code.upper() if system in (LOINC, "atc", "oncotree") else code


def _icd(code: str) -> str:
    """'C45.0', 'C450', 'C45X' and 'C45.0A' in one spelling: no dot, no padding."""
    plain = re.sub(r"[^A-Z0-9]", "", code.upper())
    return re.sub(r"[XAD]+$", "", plain) if len(plain) > 3 else plain
