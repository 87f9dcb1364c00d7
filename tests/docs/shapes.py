"""The ways in which FHIR may say a thing, each with what must become of it, written by hand.

The page docs/reading.md is made of these; a test holds every one against the service.
"""

from __future__ import annotations

from dataclasses import dataclass

from cds_service.domain import CriterionKind
from tests.builders import FUSION as FUSION_TERM
from tests.builders import (
    HGVS,
    LOINC,
    MINE,
    SO,
    SOMATIC,
    TBD,
    Resource,
    attachment,
    change,
    concept,
    condition,
    fusion,
    gene,
    name,
    negative,
    outcome,
    pair,
    pan_trk,
    part,
    rearrangement,
    report,
    result,
    results,
    spoken,
)
from tests.pdfs import form, written

CONFIRMED = ("confirmed", "trk-inhibitor-option")
UNCONFIRMED = ("unconfirmed", "confirm-fusion")
SCREENING = ("screening", "confirm-fusion")
NONE = ("none", "nothing")
NOT_KNOWN = ("not known", "could-not-check")
_EXTENSION = "http://hl7.org/fhir/StructureDefinition/observation-genetics"


@dataclass(frozen=True)
class Shape:
    """One way of saying it, in words and in FHIR, and what becomes of it."""

    number: str  # of the list that the reader was built on; '' for variations
    written: str
    becomes: tuple[str, str]  # state of the criterion, recommendation
    resources: tuple[Resource, ...]
    criterion: CriterionKind = CriterionKind.GENE_FUSION

    @property
    def beside(self) -> tuple[Resource, ...]:
        """What the rest of the record holds, so that this shape alone decides."""
        if self.criterion is CriterionKind.GENE_FUSION:
            return (condition(),)
        deciding = fusion(id="deciding")
        return (deciding,) if self.criterion is CriterionKind.DIAGNOSIS else (deciding, condition())


def consequence(variant: str) -> Resource:
    term = part("functional-effect", concept(SO, "SO:0001886", "transcript_fusion"), TBD)
    code = concept(TBD, "molecular-consequence")
    return result(term, value=None, id="c6", code=code, derivedFrom=results(variant))


def extended() -> Resource:
    return result(
        extension=[
            {
                "url": f"{_EXTENSION}Gene",
                "valueCodeableConcept": concept("http://www.genenames.org", "8031", "NTRK1"),
            },
            {
                "url": f"{_EXTENSION}DNASequenceVariantName",
                "valueCodeableConcept": {"text": "LMNA-NTRK1 fusion"},
            },
        ],
        code=concept(LOINC, "55233-1"),
    )


def sequence(transcript: str) -> Resource:
    code = concept("http://www.ncbi.nlm.nih.gov/nuccore", transcript)
    start = {"coordinateSystem": 0, "referenceSeq": {"referenceSeqId": code}}
    return {"resourceType": "MolecularSequence", "id": "q1", "patient": MINE, **start}


def contained() -> Resource:
    inner = fusion(id="v1")
    return report(contained=[inner], result=[{"reference": "#v1"}])


def group(member: str) -> Resource:
    code = concept(LOINC, "81247-9", "Master HL7 genetic variant reporting panel")
    return result(value=None, id="g1", code=code, hasMember=results(member))


def attached(text: str, kind: str) -> Resource:
    return report(presentedForm=[attachment(text, kind)])


_NAME = "NM_152263.3(TPM3):e.8::NM_002529.3(NTRK1):e.10"
_HGVS_NAME = part("81252-9", concept(HGVS, _NAME))
_ISCN = part("81291-7", concept("https://iscn.karger.com", "46,XX,t(12;15)(p13;q25)"))
_MISPLACED = part("48013-7", concept("http://www.genenames.org", "HGNC:8031", "NTRK1"))
_UNTIED = (gene("TPM3"), gene("NTRK1"), FUSION_TERM)
_SITE = {"text": "pleural tumour"}
_FISH = {"text": "FISH, break-apart probe"}
_NOT_DONE = {"text": "not performed"}

FUSIONS = (
    Shape(
        "1",
        "both genes in one code, component LOINC 95123-6",
        CONFIRMED,
        (result(pair("ETV6", "NTRK3"), SOMATIC),),
    ),
    Shape(
        "",
        "the same, with NTRK on the 5' side",
        UNCONFIRMED,
        (result(pair("NTRK1", "TPM3"), SOMATIC),),
    ),
    Shape(
        "2", "two genes studied and a fusion term of the Sequence Ontology", CONFIRMED, (fusion(),)
    ),
    Shape(
        "",
        "two genes studied and a translocation term",
        UNCONFIRMED,
        (result(gene("ETV6"), gene("NTRK3"), change("SO:1000044"), SOMATIC),),
    ),
    Shape(
        "",
        "two genes and a fusion term, no source class, nothing that ties it to a tumour",
        UNCONFIRMED,
        (result(*_UNTIED),),
    ),
    Shape(
        "", "the same, with a tumour as body site", CONFIRMED, (result(*_UNTIED, bodySite=_SITE),)
    ),
    Shape(
        "3",
        "two genes studied, no term for the change",
        UNCONFIRMED,
        (result(gene("ETV6"), gene("NTRK3"), SOMATIC),),
    ),
    Shape(
        "4", "one gene and a fusion term", CONFIRMED, (result(gene("NTRK1"), FUSION_TERM, SOMATIC),)
    ),
    Shape("", "one gene and a translocation term", UNCONFIRMED, (rearrangement(),)),
    Shape(
        "5",
        "one gene, and the word fusion in a text",
        UNCONFIRMED,
        (result(gene("NTRK1"), name("NTRK1 fusion"), SOMATIC),),
    ),
    Shape(
        "6",
        "a molecular consequence with the term, derived from a variant with the gene",
        CONFIRMED,
        (result(gene("NTRK1"), SOMATIC), consequence("o1")),
    ),
    Shape("", "the same, and the variant was not sent", NOT_KNOWN, (consequence("o1"),)),
    Shape("7", "ISCN alone: no gene can be named", NONE, (result(_ISCN, SOMATIC),)),
    Shape(
        "8", "an HGVS or VICC name of the fusion as code", CONFIRMED, (result(_HGVS_NAME, SOMATIC),)
    ),
    Shape("9", "extensions of STU3 and R4 core genetics", UNCONFIRMED, (extended(),)),
    Shape(
        "10",
        "the gene in a component that is not for it",
        UNCONFIRMED,
        (result(_MISPLACED, FUSION_TERM, SOMATIC),),
    ),
    Shape("11", "contained in a report: counts as what is contained", CONFIRMED, (contained(),)),
    Shape(
        "12",
        "a panel with hasMember: the members count",
        CONFIRMED,
        (group("o1"), result(gene("NTRK1"), FUSION_TERM, SOMATIC)),
    ),
    Shape("", "the same, and a member was not sent", NOT_KNOWN, (group("o1"),)),
    Shape(
        "13", "a sentence as value or note", UNCONFIRMED, (spoken("ETV6::NTRK3 fusion detected"),)
    ),
    Shape("", "a sentence that denies it", NONE, (spoken("No NTRK fusion detected."),)),
    Shape(
        "14", "the conclusion of a report", UNCONFIRMED, (report("NTRK1 rearrangement identified"),)
    ),
    Shape(
        "15",
        "an attachment that can be read",
        UNCONFIRMED,
        (attached("An NTRK1 fusion was detected.", "text/plain"),),
    ),
    Shape(
        "",
        "a PDF that holds text",
        UNCONFIRMED,
        (report(presentedForm=[form(written("An NTRK1 fusion was detected."))]),),
    ),
    Shape(
        "",
        "an attachment that cannot be read, such as a scan",
        NOT_KNOWN,
        (attached("%PDF", "application/pdf"),),
    ),
    Shape(
        "16",
        "resources of FHIR R5, as far as they name genes",
        UNCONFIRMED,
        (
            result(FUSION_TERM, SOMATIC, derivedFrom=[{"reference": "MolecularSequence/q1"}]),
            sequence("NM_002529.3"),
        ),
    ),
    Shape(
        "",
        "a sequence of another gene, without a result",
        NONE,
        (sequence("NM_004327.4"),),
    ),
    Shape("", "pan-TRK immunohistochemistry, positive", SCREENING, (pan_trk(),)),
    Shape(
        "",
        "break-apart FISH without a partner",
        UNCONFIRMED,
        (result(gene("NTRK1"), FUSION_TERM, SOMATIC, method=_FISH),),
    ),
    Shape("", "genes studied, value Absent", NONE, (negative(),)),
    Shape(
        "",
        "a value that is absent for a reason",
        NONE,
        (fusion(value=None, dataAbsentReason=_NOT_DONE),),
    ),
    Shape("", "no value and no reason for it", UNCONFIRMED, (fusion(value=None),)),
    Shape(
        "",
        "an attachment in HTML",
        UNCONFIRMED,
        (attached("<p>An NTRK1 fusion was detected.</p>", "text/html"),),
    ),
    Shape("", "status preliminary", NONE, (fusion(status="preliminary"),)),
    Shape("", "status missing", NOT_KNOWN, (fusion(status=None),)),
    Shape("", "status unknown", NOT_KNOWN, (fusion(status="unknown"),)),
    Shape("", "a status that is no FHIR code", NOT_KNOWN, (fusion(status="banana"),)),
    Shape("", "not valid FHIR", NOT_KNOWN, (fusion(effectiveDateTime="yesterday"),)),
    Shape(
        "",
        "the report says that the sample is another person's",
        NONE,
        (report(conclusionCode=outcome("323"), result=results("o1")), fusion()),
    ),
)
