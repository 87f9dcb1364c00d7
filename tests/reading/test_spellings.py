"""One code in every spelling that senders use; and look-alikes that are other codes."""

from __future__ import annotations

import pytest

from cds_service.domain import Assay
from tests.builders import (
    FUSION,
    ICD10,
    ICDO3,
    SOMATIC,
    Resource,
    concept,
    condition,
    fusion,
    part,
    report,
    result,
)
from tests.desk import Desk, normal


def studied(system: str, code: str, display: str = "") -> Resource:
    return result(part("48018-6", concept(system, code, display)), FUSION, SOMATIC)


def genes(ask: Desk, resource: Resource) -> list[str]:
    return [found.gene.symbol for found in ask.record(resource).fusions]


# --- genes ---------------------------------------------------------------------------------------

HGNC_SYSTEMS = [
    *("http://www.genenames.org", "http://www.genenames.org/", "http://www.genenames.org/geneId"),
    *("https://www.genenames.org", "http://genenames.org/geneId", "HTTP://WWW.GENENAMES.ORG"),
]


@pytest.mark.parametrize("system", HGNC_SYSTEMS)
@pytest.mark.parametrize("code", ["HGNC:8031", "hgnc:8031", "8031"])
def test_a_gene_is_known_under_every_spelling_of_hgnc(ask: Desk, system: str, code: str) -> None:
    assert genes(ask, studied(system, code)) == ["NTRK1"]


@pytest.mark.parametrize(
    ("system", "code", "symbol"),
    [
        ("http://www.ncbi.nlm.nih.gov/gene", "4914", "NTRK1"),
        ("https://www.ncbi.nlm.nih.gov/gene/", "4916", "NTRK3"),
        ("http://www.ensembl.org", "ENSG00000148053", "NTRK2"),
        ("http://www.ensembl.org", "ENSG00000140538.12", "NTRK3"),
        ("", "HGNC:8032", "NTRK2"),
        ("", "NTRK3", "NTRK3"),
        ("http://local.example/genes", "NTRK1", "NTRK1"),
    ],
)
def test_a_gene_is_known_by_other_identifiers(
    ask: Desk, system: str, code: str, symbol: str
) -> None:
    assert genes(ask, studied(system, code)) == [symbol]


@pytest.mark.parametrize("display", ["NTRK1", "ntrk1", "TRKA", "NTRK1 (HGNC)", "NTRK\u200b1"])
def test_a_gene_named_in_words_is_known(ask: Desk, display: str) -> None:
    assert genes(ask, studied("http://local.example/genes", "x1", display)) == ["NTRK1"]


@pytest.mark.parametrize(
    ("system", "code", "display"),
    [
        ("http://www.genenames.org", "HGNC:2730", "NTRK4"),
        ("http://www.genenames.org", "HGNC:2731", "DDR2"),
        ("http://www.genenames.org", "HGNC:10256", "NTRKR1"),
        ("http://www.genenames.org", "HGNC:27532", "NTRK3-AS1"),
        ("http://www.genenames.org.evil.example", "8031", ""),
        ("http://evil.example/www.genenames.org", "8031", ""),
        ("http://www.ncbi.nlm.nih.gov/geneticist", "4914", ""),
        ("", "8031", ""),
        ("", "4914", ""),
        ("http://local.example", "x", "SLITRK1"),
        ("http://local.example", "x", "NTRK12"),
        ("http://local.example", "x", "PNTRK1"),
        ("http://local.example", "x", "TRK-TTT9-1"),
    ],
)
def test_a_look_alike_is_another_gene(ask: Desk, system: str, code: str, display: str) -> None:
    assert genes(ask, studied(system, code, display)) == []


# --- terms ---------------------------------------------------------------------------------------

SO_SYSTEMS = [
    *("http://www.sequenceontology.org", "http://www.sequenceontology.org/"),
    *("http://sequenceontology.org", "http://purl.obolibrary.org/obo/so.owl", ""),
]


@pytest.mark.parametrize("system", SO_SYSTEMS)
@pytest.mark.parametrize("code", ["SO:0001565", "so:0001565", "SO:001565"])
def test_a_term_is_known_under_every_spelling(ask: Desk, system: str, code: str) -> None:
    ntrk1 = part("48018-6", concept("http://www.genenames.org", "8031"))
    term = part("48019-4", concept(system, code))
    (found,) = ask.record(result(ntrk1, term, SOMATIC)).fusions
    assert str(found.certainty) == "confirmed"


@pytest.mark.parametrize("code", ["SO:0001566", "0001565x", "SO:1001565"])
def test_another_term_is_no_fusion(ask: Desk, code: str) -> None:
    ntrk1 = part("48018-6", concept("http://www.genenames.org", "8031"))
    term = part("48019-4", concept("http://www.sequenceontology.org", code))
    assert ask.record(result(ntrk1, term, SOMATIC)).fusions == ()


# --- diagnoses -----------------------------------------------------------------------------------

ICD_SYSTEMS = [
    *("http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm"),
    *("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "urn:oid:2.16.840.1.113883.6.3"),
]


@pytest.mark.parametrize("system", ICD_SYSTEMS)
@pytest.mark.parametrize("code", ["C45.0", "C450", "c45.0", "C45.0X", "C45X", "C45", "C45.9-"])
def test_mesothelioma_is_known_under_every_spelling_of_icd(
    ask: Desk, system: str, code: str
) -> None:
    assert ask.diagnosis(condition(concept(system, code))) == "established"


@pytest.mark.parametrize("code", ["C46.0", "C44", "C34.5", "D45", "45.0", "C4"])
def test_another_icd_code_is_no_mesothelioma(ask: Desk, code: str) -> None:
    assert ask.diagnosis(condition(concept(ICD10, code))) == "none"


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("http://snomed.info/sct", "109378008"),
        ("http://snomed.info/sct/83821000000107", "109378008"),
        ("urn:oid:2.16.840.1.113883.6.96", "109378008"),
        ("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "C4456"),
        ("http://ncithesaurus-stage.nci.nih.gov", "NCIT:C4456"),
        ("http://oncotree.mskcc.org", "PLMESO"),
        ("http://purl.obolibrary.org/obo/mondo.owl", "MONDO:0006292"),
        ("", "MONDO:0006292"),
        ("http://purl.obolibrary.org/obo/doid.owl", "DOID:1790"),
        ("http://www.orpha.net", "50251"),
    ],
)
def test_mesothelioma_is_known_in_every_code_system(ask: Desk, system: str, code: str) -> None:
    assert ask.diagnosis(condition(concept(system, code))) == "established"


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("http://snomed.info.evil.example/sct", "109378008"),
        ("http://snomed.info/sctx", "109378008"),
        ("http://local.example/codes", "109378008"),
        ("http://snomed.info/sct", "9109378008"),
        ("", "9109378008"),
    ],
)
def test_the_same_digits_elsewhere_are_no_mesothelioma(ask: Desk, system: str, code: str) -> None:
    assert ask.diagnosis(condition(concept(system, code))) == "none"


@pytest.mark.parametrize("code", ["109378008", "C45.0"])
def test_a_code_that_lost_its_system_is_for_review(ask: Desk, code: str) -> None:
    assert ask.diagnosis(condition(concept("", code))) == "unconfirmed"


@pytest.mark.parametrize("code", ["9050/3", "90503", "9052/3", "90523/"])
def test_a_morphology_is_compared_by_its_digits(ask: Desk, code: str) -> None:
    extension = {
        "url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior",
        "valueCodeableConcept": concept(ICDO3, code),
    }
    cancer = concept("http://snomed.info/sct", "363346000", "Malignant neoplastic disease")
    assert ask.diagnosis(condition(cancer, extension=[extension])) == "established"


# --- letters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["NTRK1 fus\u0131on pos\u0131t\u0131ve", "NTRK1 FUS\u0130ON POS\u0130T\u0130VE"]
)
def test_an_i_of_a_turkish_system_is_an_i(ask: Desk, said: str) -> None:
    assert ask.fusion(report(said)) == "unconfirmed"


@pytest.mark.parametrize(
    "said", ["Malignant mesothel\u0131oma", "MAL\u0130GNANT MESOTHEL\u0130OMA"]
)
def test_a_diagnosis_of_a_turkish_system_is_read(ask: Desk, said: str) -> None:
    assert ask.diagnosis(condition({"text": said})) == "unconfirmed"


@pytest.mark.parametrize("said", ["\u0131mmunohistochemistry", "IMMUNOH\u0130STOCHEM\u0130STRY"])
def test_an_assay_of_a_turkish_system_is_known(ask: Desk, said: str) -> None:
    (found,) = ask.record(fusion(method={"text": said})).fusions
    assert found.assays == {Assay.IHC}


def test_a_gene_of_a_turkish_system_is_known(ask: Desk) -> None:
    named = part("48018-6", {"text": "neurotroph\u0131c receptor tyros\u0131ne k\u0131nase 1"})
    assert genes(ask, result(named, FUSION, SOMATIC)) == ["NTRK1"]


# --- one spelling --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "code", "same"),
    [
        ("https://loinc.org", "la9633-4", ("loinc", "LA9633-4")),
        ("urn:oid:2.16.840.1.113883.6.1", "69548-6", ("loinc", "69548-6")),
        ("http://www.whocc.no/atc", "l01ex12", ("atc", "L01EX12")),
        ("http://terminology.hl7.org/CodeSystem/icd-o-3", "80463/3", ("icd-o-3", "80463")),
        ("urn:oid:2.16.840.1.113883.6.43.1", "9050/3", ("icd-o-3", "90503")),
        (
            "https://any.example/CodeSystem/genomic-test-outcome-codes",
            "412",
            ("nhs-outcome", "412"),
        ),
        ("http://snomed.info/sct|http://snomed.info/sct/version/1", " 1 ", ("snomed", "1")),
        ("", " x ", ("", "x")),
        ("not a system", "x", ("not a system", "x")),
    ],
)
def test_a_coding_has_one_spelling(system: str, code: str, same: tuple[str, str]) -> None:
    assert normal(system, code) == same
