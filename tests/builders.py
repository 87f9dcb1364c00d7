"""Words -> FHIR R4 resources of one synthetic patient, short enough to read inside a test."""

from __future__ import annotations

import base64
from typing import Any

Resource = dict[str, Any]

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
HGNC, SO = "http://www.genenames.org/geneId", "http://www.sequenceontology.org"
ICD10, ICDO3 = "http://hl7.org/fhir/sid/icd-10", "http://terminology.hl7.org/CodeSystem/icd-o-3"
ATC = "http://www.whocc.no/atc"
TBD = "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
OUTCOME = "https://fhir.nwgenomics.nhs.uk/CodeSystem/GenomicTestOutcomeCode"
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
HGVS = "http://varnomen.hgvs.org"

MINE: Resource = {"reference": "Patient/p1"}
_HGNC_IDS = {
    "NTRK1": "8031",
    "NTRK2": "8032",
    "NTRK3": "8033",
    "DDR1": "2730",
    "DDR2": "2731",
    "ETV6": "3495",
    "TPM3": "12012",
    "LMNA": "6636",
    "ALK": "427",
    "EML4": "1316",
}


# --- concepts -----------------------------------------------------------------------------------


def coding(system: str, code: str, display: str = "") -> Resource:
    found = {"system": system, "code": code, "display": display}
    return {name: value for name, value in found.items() if value}


def concept(system: str = "", code: str = "", display: str = "", text: str = "") -> Resource:
    made: Resource = {"coding": [coding(system, code, display)]} if code or display else {}
    return made | ({"text": text} if text else {})


PRESENT = concept(LOINC, "LA9633-4", "Present")
ABSENT = concept(LOINC, "LA9634-2", "Absent")
INDETERMINATE = concept(LOINC, "LA11884-6", "Indeterminate")
NO_CALL = concept(LOINC, "LA18198-4", "No call")
VARIANT = concept(LOINC, "69548-6", "Genetic variant assessment")
MESOTHELIOMA = concept(SNOMED, "254645002", "Malignant mesothelioma of pleura")


def hgnc(symbol: str) -> Resource:
    return concept(HGNC, f"HGNC:{_HGNC_IDS[symbol]}", symbol)


def part(code: str, value: object, system: str = LOINC) -> Resource:
    """A component."""
    name = "valueString" if isinstance(value, str) else "valueCodeableConcept"
    return {"code": concept(system, code), name: value}


def gene(symbol: str) -> Resource:
    return part("48018-6", hgnc(symbol))


def change(code: str, display: str = "") -> Resource:
    return part("48019-4", concept(SO, code, display))


def name(text: str) -> Resource:
    """The discrete variant, named in words."""
    return part("81252-9", {"text": text})


def pair(left: str, right: str, display: str = "") -> Resource:
    """Both genes in one code of the fusion component."""
    code = f"HGNC:{_HGNC_IDS[left]}::HGNC:{_HGNC_IDS[right]}"
    return part("95123-6", concept(HGNC, code, display or f"{left}::{right}"))


def origin(code: str, display: str = "") -> Resource:
    return part("48002-0", concept(LOINC, code, display))


FUSION = change("SO:0001565", "gene_fusion")
SOMATIC = origin("LA6684-0", "Somatic")
LIKELY_SOMATIC = origin("LA18195-0", "Likely somatic")
GERMLINE = origin("LA6683-2", "Germline")


# --- resources ----------------------------------------------------------------------------------


def patient(named: str = "p1", /, **more: Any) -> Resource:
    return {"resourceType": "Patient", "id": named, **more}


def result(*parts: Resource, value: object = PRESENT, **more: Any) -> Resource:
    """A variant Observation of this patient; None leaves an element out."""
    body: Resource = {"resourceType": "Observation", "id": "o1", "status": "final"}
    body |= {"code": VARIANT, "subject": MINE, "valueCodeableConcept": value}
    body |= {"component": list(parts) or None, **more}
    return {key: element for key, element in body.items() if element is not None}


def fusion(symbol: str = "NTRK1", partner: str = "TPM3", /, **more: Any) -> Resource:
    """A somatic fusion that a laboratory reported in full."""
    return result(gene(partner), gene(symbol), FUSION, SOMATIC, **more)


def rearrangement(symbol: str = "NTRK1", /, **more: Any) -> Resource:
    """The gene and a term for a rearrangement: not yet a fusion."""
    return result(gene(symbol), change("SO:1000044", "chromosomal_translocation"), SOMATIC, **more)


def negative(*symbols: str, **more: Any) -> Resource:
    return result(*map(gene, symbols or ("NTRK1", "NTRK2", "NTRK3")), value=ABSENT, **more)


def spoken(text: str, **more: Any) -> Resource:
    """An Observation whose value is a sentence."""
    body: Resource = {"code": {"text": "Genomic report"}, "valueString": text}
    return result(value=None, **(body | more))


def pan_trk(text: str = "Positive", **more: Any) -> Resource:
    return spoken(text, **({"code": {"text": "pan-TRK immunohistochemistry"}, "id": "ihc"} | more))


def report(conclusion: str = "", **more: Any) -> Resource:
    body: Resource = {"resourceType": "DiagnosticReport", "id": "r1", "status": "final"}
    body |= {"code": concept(LOINC, "51969-4"), "subject": MINE, "conclusion": conclusion or None}
    return {key: element for key, element in (body | more).items() if element is not None}


def results(*names: str) -> list[Resource]:
    return [{"reference": f"Observation/{name}"} for name in names]


def attachment(text: str, kind: str = "text/plain") -> Resource:
    return {"contentType": kind, "data": base64.b64encode(text.encode()).decode()}


def outcome(code: str) -> list[Resource]:
    """The conclusionCode of a report that carries an NHS outcome code."""
    return [concept(OUTCOME, code)]


def specimen(named: str = "s1", text: str = "tumour tissue", /, **more: Any) -> Resource:
    return (
        {"resourceType": "Specimen", "id": named, "subject": MINE} | {"type": {"text": text}} | more
    )


def condition(
    code: object = MESOTHELIOMA,
    clinical: str = "active",
    verification: str = "confirmed",
    **more: Any,
) -> Resource:
    """A Condition of this patient; '' leaves a status out."""
    body: Resource = {"resourceType": "Condition", "id": "c1", "subject": MINE, "code": code}
    if clinical:
        body["clinicalStatus"] = concept(CLINICAL, clinical)
    if verification:
        body["verificationStatus"] = concept(VERIFICATION, verification)
    return {key: element for key, element in (body | more).items() if element is not None}


def hypertension(**more: Any) -> Resource:
    code = concept(ICD10, "I10", "Essential (primary) hypertension")
    return condition(code, **({"id": "c-other"} | more))


def histology(value: object, **more: Any) -> Resource:
    code = concept(LOINC, "31206-6")
    return result(value=value, **({"id": "h1", "code": code} | more))


def larotrectinib() -> Resource:
    return concept(ATC, "L01EX12", "larotrectinib")


def request(drug: object, status: str = "active", intent: str = "order", **more: Any) -> Resource:
    body: Resource = {"resourceType": "MedicationRequest", "id": "m1", "subject": MINE}
    body |= {"status": status, "intent": intent, "medicationCodeableConcept": drug, **more}
    return {key: element for key, element in body.items() if element is not None}


def statement(drug: object, status: str = "active", **more: Any) -> Resource:
    body: Resource = {"resourceType": "MedicationStatement", "id": "m2", "subject": MINE}
    body |= {"status": status, "medicationCodeableConcept": drug, **more}
    return {key: element for key, element in body.items() if element is not None}


def administration(drug: object, status: str = "completed", **more: Any) -> Resource:
    body: Resource = {"resourceType": "MedicationAdministration", "id": "m3", "subject": MINE}
    body |= {"status": status, "effectiveDateTime": "2026-05-01", "medicationCodeableConcept": drug}
    return {key: element for key, element in (body | more).items() if element is not None}


def bundle(*resources: Resource, **more: object) -> Resource:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, **more}
