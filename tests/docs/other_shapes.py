"""The ways in which FHIR may say mesothelioma or an earlier drug, and what must become of them."""

from __future__ import annotations

from cds_service.domain import CriterionKind
from tests.builders import (
    ICD10,
    ICDO3,
    SNOMED,
    SOMATIC,
    Resource,
    administration,
    concept,
    condition,
    gene,
    histology,
    hypertension,
    larotrectinib,
    part,
    request,
    result,
    statement,
)
from tests.docs.shapes import Shape

ESTABLISHED = ("established", "trk-inhibitor-option")
UNCONFIRMED = ("unconfirmed", "confirm-diagnosis")
NONE = ("none", "nothing")
NOT_KNOWN = ("not known", "could-not-check")
RECORDED = ("recorded", "prior-trk-inhibitor")
NO_PRIOR = ("none", "trk-inhibitor-option")
PRIOR_NOT_KNOWN = ("not known", "trk-inhibitor-option")
_MORPHOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"


def with_morphology() -> Resource:
    """A general cancer code; what it is stands in the extension."""
    morphology = concept(ICDO3, "9050/3", "Mesothelioma, malignant")
    return condition(
        concept(SNOMED, "363346000", "Malignant neoplastic disease"),
        extension=[{"url": _MORPHOLOGY, "valueCodeableConcept": morphology}],
    )


def diagnosis(written: str, becomes: tuple[str, str], *resources: Resource) -> Shape:
    return Shape("", written, becomes, resources, CriterionKind.DIAGNOSIS)


def prior(written: str, becomes: tuple[str, str], *resources: Resource) -> Shape:
    return Shape("", written, becomes, resources, CriterionKind.PRIOR_THERAPY)


DIAGNOSES = (
    diagnosis("a code of the include list, active and confirmed", ESTABLISHED, condition()),
    diagnosis(
        "the same, both statuses missing", ESTABLISHED, condition(clinical="", verification="")
    ),
    diagnosis(
        "the same in ICD-10",
        ESTABLISHED,
        condition(concept(ICD10, "C45.0", "Mesothelioma of pleura")),
    ),
    diagnosis(
        "a general cancer code with the morphology in an extension", ESTABLISHED, with_morphology()
    ),
    *(
        diagnosis(f"verification status {status}", UNCONFIRMED, condition(verification=status))
        for status in ("provisional", "differential", "unconfirmed")
    ),
    *(
        diagnosis(f"clinical status {status}", UNCONFIRMED, condition(clinical=status))
        for status in ("remission", "resolved", "inactive")
    ),
    *(
        diagnosis(f"clinical status {status}", ESTABLISHED, condition(clinical=status))
        for status in ("recurrence", "relapse")
    ),
    diagnosis("a status that is no FHIR code", UNCONFIRMED, condition(clinical="banana")),
    diagnosis("named in words only", UNCONFIRMED, condition({"text": "Pleural mesothelioma"})),
    diagnosis("suspected in words", UNCONFIRMED, condition({"text": "?mesothelioma"})),
    diagnosis("refuted", NONE, condition(verification="refuted")),
    diagnosis("entered in error", NONE, condition(verification="entered-in-error", clinical="")),
    diagnosis(
        "family history in words", NONE, condition({"text": "Family history of mesothelioma"})
    ),
    diagnosis("other diagnoses only", NONE, hypertension()),
    diagnosis("no Condition at all beside a fusion", NOT_KNOWN),
    diagnosis(
        "a histology Observation (LOINC 31206-6) with an include-list code",
        ESTABLISHED,
        histology(concept(ICDO3, "9050/3", "Mesothelioma, malignant")),
    ),
)

_REFERENCE = {"reference": "Medication/not-sent"}

PRIORS = (
    prior("a request of intent order, active", RECORDED, request(larotrectinib())),
    prior("a request that is a draft", NO_PRIOR, request(larotrectinib(), status="draft")),
    *(
        prior(f"a request of intent {intent}", NO_PRIOR, request(larotrectinib(), intent=intent))
        for intent in ("plan", "proposal")
    ),
    *(
        prior(f"a statement, {status}", RECORDED, statement(larotrectinib(), status=status))
        for status in ("active", "completed", "on-hold", "stopped")
    ),
    prior(
        "a statement that it was not taken",
        NO_PRIOR,
        statement(larotrectinib(), status="not-taken"),
    ),
    prior("an administration, when sent", RECORDED, administration(larotrectinib())),
    prior(
        "a resistance mutation of the NTRK kinase domain",
        RECORDED,
        result(gene("NTRK1"), part("48005-3", {"text": "p.Gly595Arg"}), SOMATIC, id="resistance"),
    ),
    prior(
        "a drug by reference that was not sent",
        PRIOR_NOT_KNOWN,
        request(None, medicationReference=_REFERENCE),
    ),
)
