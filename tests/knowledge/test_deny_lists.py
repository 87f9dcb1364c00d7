"""Codes and words that look like mesothelioma or NTRK and are not: every one is refused by name.

The lists here are written by hand from the references; a code added to a deny list without a line
here fails the last tests.
"""

from __future__ import annotations

import pytest

from cds_service.codes import Code
from cds_service.knowledge import Knowledge

SCT = "http://snomed.info/sct"
ICD = "http://hl7.org/fhir/sid/icd-10"
ICDO = "http://terminology.hl7.org/CodeSystem/icd-o-3"
NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
MONDO = "http://purl.obolibrary.org/obo/mondo.owl"
DOID = "http://purl.obolibrary.org/obo/doid.owl"
ORPHA = "http://www.orpha.net"
HGNC = "http://www.genenames.org"

NOT_MESOTHELIOMA = {
    SCT: "254825007 154491004 716650003 734100004 2348006 449052009 15702005 "
    "417662000 416471007 415684004 410516002 312824007",
    ICD: "D19.0 D19.1 D19.7 D19.9 C38.4 C78.2 D38.2 D48.4 Z85.8 Z80.8 Z03.1",
    ICDO: "9050/0 9050/2 9051/0 9052/0 9052/1 9054/0 9055/0 9055/1",
    NCIT: "C3786 C9351 C7633 C7635 C45661 C6536 C3762 C4499 C7354 C6382 C27250 C40129 C4457",
    MONDO: "MONDO:0002373 MONDO:0006856 MONDO:0003688 MONDO:0006363 MONDO:0006364 MONDO:0971140 "
    "MONDO:0004230 MONDO:0971143 MONDO:0971145",
    DOID: "DOID:2645 DOID:5157 DOID:1789 DOID:5884 DOID:746 DOID:2653",
    ORPHA: "676033 675822",
}
NOT_NTRK = {
    HGNC: "HGNC:2730 HGNC:10256 HGNC:10257 HGNC:2731 HGNC:27532",
    "https://www.ncbi.nlm.nih.gov/gene": "283738",
}
NOT_MESOTHELIOMA_WORDS = (
    "benign mesothelioma",
    "benign fibrous mesothelioma",
    "adenomatoid tumour",
    "adenomatoid tumor",
    "well-differentiated papillary mesothelioma",
    "well-differentiated papillary mesothelial tumour",
    "well-differentiated papillary mesothelial tumor",
    "multicystic mesothelioma",
    "mesothelioma in situ",
)
NOT_NTRK_WORDS = (
    *("NTRK4", "NTRKR1", "NTRKR2", "NTRKR3", "DDR1", "DDR2", "ROR1", "ROR2", "NTRK3-AS1"),
    *("SLITRK1", "SLITRK2", "SLITRK3", "SLITRK4", "SLITRK5", "SLITRK6", "TRK-TTT"),
)


def listed(codes: dict[str, str]) -> list[tuple[str, str]]:
    return [(system, code) for system, some in codes.items() for code in some.split()]


def listing(knowledge: Knowledge, value_set: str, system: str, code: str) -> str:
    entry = knowledge.vocabulary.sets[value_set].entry(Code.of(system, code))
    return entry.listing if entry else "not listed"


@pytest.mark.parametrize(("system", "code"), listed(NOT_MESOTHELIOMA))
def test_a_code_that_is_not_mesothelioma_is_denied(
    knowledge: Knowledge, system: str, code: str
) -> None:
    assert listing(knowledge, "mesothelioma", system, code) == "deny"


@pytest.mark.parametrize(("system", "code"), listed(NOT_NTRK))
def test_a_gene_that_is_not_ntrk_is_denied(knowledge: Knowledge, system: str, code: str) -> None:
    assert listing(knowledge, "ntrk-genes", system, code) == "deny"


def words_of(knowledge: Knowledge, value_set: str, denied: bool) -> set[str]:
    entries = knowledge.vocabulary.sets[value_set].entries
    return {w for entry in entries if (entry.listing == "deny") is denied for w in entry.words}


@pytest.mark.parametrize("word", NOT_MESOTHELIOMA_WORDS)
def test_the_name_of_a_benign_tumour_is_denied(knowledge: Knowledge, word: str) -> None:
    assert word in words_of(knowledge, "mesothelioma", denied=True)
    assert word not in words_of(knowledge, "mesothelioma", denied=False)


@pytest.mark.parametrize("word", NOT_NTRK_WORDS)
def test_the_name_of_a_look_alike_gene_is_denied(knowledge: Knowledge, word: str) -> None:
    assert word in words_of(knowledge, "ntrk-genes", denied=True)
    assert word not in words_of(knowledge, "ntrk-genes", denied=False)


def test_medullary_thyroid_cancer_is_no_name_of_ntrk1(knowledge: Knowledge) -> None:
    assert "MTC" not in words_of(knowledge, "ntrk-genes", denied=False)


@pytest.mark.parametrize(
    ("value_set", "codes"), [("mesothelioma", NOT_MESOTHELIOMA), ("ntrk-genes", NOT_NTRK)]
)
def test_every_denied_code_is_written_down_here(
    knowledge: Knowledge, value_set: str, codes: dict[str, str]
) -> None:
    words = knowledge.systems["words"]
    denied = {
        entry.code
        for entry in knowledge.vocabulary.sets[value_set].listed("deny")
        if entry.code.system != words
    }
    assert denied == {Code.of(system, code) for system, code in listed(codes)}


def test_every_deny_list_is_covered_here_or_in_the_tumour_words(knowledge: Knowledge) -> None:
    with_deny = {name for name, one in knowledge.vocabulary.sets.items() if one.listed("deny")}
    assert with_deny == {"mesothelioma", "neoplasm", "ntrk-genes", "tumour-words"}


@pytest.mark.parametrize("word", ["tumour marker", "cancer screening", "in situ", "benign"])
def test_a_word_that_is_no_malignant_tumour_is_denied(knowledge: Knowledge, word: str) -> None:
    assert word in words_of(knowledge, "neoplasm", denied=True)
    assert word not in words_of(knowledge, "neoplasm", denied=False)


@pytest.mark.parametrize(
    "word", ["non-tumour", "non-tumor", "normal tissue", "tumour-free", "tumor-free", "germline"]
)
def test_tissue_without_tumour_is_denied(knowledge: Knowledge, word: str) -> None:
    assert word in words_of(knowledge, "tumour-words", denied=True)
    assert word not in words_of(knowledge, "tumour-words", denied=False)


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("http://hl7.org/fhir/sid/icd-10-cm", "D190"),
        ("urn:oid:2.16.840.1.113883.6.43.1", "90500"),
        ("http://snomed.info/sct/83821000000107", "254825007"),
        ("", "DOID:2645"),
        ("", "MONDO:0002373"),
    ],
)
def test_another_spelling_of_a_denied_code_is_denied(
    knowledge: Knowledge, system: str, code: str
) -> None:
    assert listing(knowledge, "mesothelioma", system, code) == "deny"


@pytest.mark.parametrize(
    ("system", "code"),
    [
        *(
            (SCT, code)
            for code in [
                "109378008",
                "254645002",
                "109383000",
                "109854005",
            ]
        ),
        *((ICD, code) for code in ("C45", "C45.0", "C450", "C45X", "C45.9")),
        *((ICDO, code) for code in ("9050/3", "90513", "9052/3", "9053/3")),
        *((NCIT, code) for code in ("C4456", "NCIT:C7376", "C40444")),
        *(("http://oncotree.mskcc.org", code) for code in ("PLMESO", "PEMESO", "tmeso")),
        (MONDO, "MONDO:0005112"),
        (DOID, "DOID:1790"),
        (ORPHA, "50251"),
    ],
)
def test_a_code_of_mesothelioma_is_included(knowledge: Knowledge, system: str, code: str) -> None:
    assert listing(knowledge, "mesothelioma", system, code) == "include"


@pytest.mark.parametrize(
    ("system", "code"),
    [
        *(
            (SCT, code)
            for code in [
                "109372009",
                "109853004",
                "187885008",
                "187806007",
                "115232000",
            ]
        ),
        (NCIT, "C3234"),
        (MONDO, "MONDO:0005065"),
        (ICDO, "9050/6"),
    ],
)
def test_a_code_that_does_not_state_behaviour_is_for_review(
    knowledge: Knowledge, system: str, code: str
) -> None:
    assert listing(knowledge, "mesothelioma", system, code) == "review"


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (SCT, "363346000"),
        (ICD, "C34.1"),
        (ICD, "C48.2"),
        (ICDO, "8046/3"),
        ("http://example.org/sct", "109378008"),
        ("", "109378008"),
    ],
)
def test_another_cancer_or_another_system_is_not_listed(
    knowledge: Knowledge, system: str, code: str
) -> None:
    assert listing(knowledge, "mesothelioma", system, code) == "not listed"


@pytest.mark.parametrize("code", ["62064005", "65278006", "54443001", "30383009"])
def test_a_morphology_counts_only_where_morphology_stands(knowledge: Knowledge, code: str) -> None:
    entry = knowledge.vocabulary.sets["mesothelioma"].entry(Code.of(SCT, code))
    assert entry is not None
    assert entry.listing == "morphology"
