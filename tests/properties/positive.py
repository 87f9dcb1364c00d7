"""Synthetic patients with a finding, one for each way in which it may be written."""

from __future__ import annotations

from tests.builders import (
    FUSION,
    HGVS,
    ICD10,
    ICDO3,
    LOINC,
    NHS_NUMBER,
    SNOMED,
    SO,
    SOMATIC,
    TBD,
    Resource,
    attachment,
    concept,
    condition,
    fusion,
    gene,
    hgnc,
    histology,
    larotrectinib,
    name,
    negative,
    pair,
    pan_trk,
    part,
    patient,
    report,
    request,
    result,
    results,
    specimen,
    spoken,
)
from tests.properties.records import Record, record_of

_CORE = "http://hl7.org/fhir/StructureDefinition"
_GROUP = concept(LOINC, "81247-9", "Master HL7 genetic variant reporting panel")


def _of(number: str, *resources: Resource) -> Record:
    """The patient has an established mesothelioma, unless a diagnosis is given."""
    diagnosed = any(item["resourceType"] == "Condition" for item in resources)
    people = [] if any(item["resourceType"] == "Patient" for item in resources) else [patient()]
    return record_of(number, [*people, *resources, *([] if diagnosed else [condition()])])


def _extensions() -> list[Resource]:
    return [
        {"url": f"{_CORE}/observation-geneticsGene", "valueCodeableConcept": hgnc("NTRK1")},
        {
            "url": f"{_CORE}/observation-geneticsDNASequenceVariantName",
            "valueCodeableConcept": {"text": "LMNA-NTRK1 fusion"},
        },
    ]


def _consequence() -> Resource:
    """The consequence in an Observation of its own: the gene is known by derivedFrom only."""
    term = part("feature-consequence", concept(SO, "SO:0001886", "transcript_fusion"), TBD)
    code = concept(TBD, "molecular-consequence")
    return result(
        term, value=None, id="o2", code=code, derivedFrom=[{"reference": "Observation/o1"}]
    )


def _generic_neoplasm() -> Resource:
    """mCODE: a generic code, with the answer in the extension for the morphology."""
    morphology = {
        "url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior",
        "valueCodeableConcept": concept(ICDO3, "9050/3", "Mesothelioma, malignant"),
    }
    code = concept(SNOMED, "363346000", "Malignant neoplastic disease")
    return condition(code, extension=[morphology])


def _by_number() -> list[Resource]:
    """Nothing refers to the Patient but by NHS number."""
    number = {"system": NHS_NUMBER, "value": "9990000018"}
    return [
        patient(identifier=[number]),
        fusion(subject={"identifier": number}),
        condition(subject={"identifier": number}),
    ]


def positive_patients() -> list[Record]:
    """Each way once; a finding stands in one place only, so that no copy hides a loss."""
    consequence = part("molecular-consequence", concept(SO, "SO:0001565"), TBD)
    hgvs = concept(HGVS, "NM_152263.3(TPM3):e.8::NM_002529.3(NTRK1):e.10")
    misplaced = part("48013-7", hgnc("NTRK1"))
    tied = {"specimen": {"reference": "Specimen/s1"}}
    return [
        _of("shape 1, both genes in one code", result(pair("ETV6", "NTRK3"), SOMATIC)),
        _of("shape 2, two genes and a term", fusion(effectiveDateTime="2026-03-01")),
        _of("shape 3, two genes alone", result(gene("ETV6"), gene("NTRK3"), SOMATIC)),
        _of("shape 4, one gene and a term", result(gene("NTRK1"), FUSION, SOMATIC)),
        _of("shape 4, the term as consequence", result(gene("NTRK1"), consequence, SOMATIC)),
        _of(
            "shape 4, the term as value",
            result(gene("NTRK1"), SOMATIC, value=concept(SO, "SO:0001565", "gene_fusion")),
        ),
        _of("shape 5, the word fusion", result(gene("NTRK1"), name("NTRK1 fusion"), SOMATIC)),
        _of("shape 6, the consequence apart", result(gene("NTRK1"), SOMATIC), _consequence()),
        _of("shape 8, a name as code", result(part("81252-9", hgvs), SOMATIC)),
        _of("shape 9, extensions", result(extension=_extensions())),
        _of("shape 10, the gene misplaced", result(misplaced, FUSION, SOMATIC)),
        _of(
            "shape 11, contained in a report",
            report(contained=[fusion(id="v1")], result=[{"reference": "#v1"}]),
        ),
        _of(
            "shape 12, a member of a group",
            fusion(),
            result(value=None, id="o2", code=_GROUP, hasMember=results("o1")),
        ),
        _of("shape 13, a sentence as value", spoken("ETV6::NTRK3 fusion detected.")),
        _of("shape 13, a note", result(note=[{"text": "ETV6::NTRK3 fusion detected."}])),
        _of("shape 14, a conclusion", report("NTRK1 rearrangement identified.")),
        _of("shape 14, a coded conclusion", report(conclusionCode=[{"text": "NTRK1 fusion"}])),
        _of("shape 15, an attachment", report(presentedForm=[attachment("NTRK1 fusion found.")])),
        _of("a stain", pan_trk()),
        _of(
            "tied by a specimen",
            result(gene("TPM3"), gene("NTRK1"), FUSION, **tied),
            specimen(),
            report(result=results("o1")),
        ),
        _of("results that disagree", fusion(), negative("NTRK1", id="o2")),
        _of("by NHS number", *_by_number()),
        _of("diagnosis by morphology", fusion(), _generic_neoplasm()),
        _of("diagnosis in ICD-10", fusion(), condition(concept(ICD10, "C45.0"))),
        _of("diagnosis in words", fusion(), condition({"text": "Malignant mesothelioma"})),
        _of(
            "diagnosis by histology",
            fusion(),
            histology(concept(ICDO3, "9050/3", "Mesothelioma, malignant")),
        ),
        _of("a drug of the class on record", fusion(), request(larotrectinib())),
        _of("diagnosis provisional", fusion(), condition(verification="provisional")),
    ]
