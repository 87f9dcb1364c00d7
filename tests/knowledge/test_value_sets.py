"""Value sets are FHIR ValueSets; a code or word stands once; a damaged set is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fhir.resources.R4B.valueset import ValueSet

from cds_service.codes import Code
from cds_service.knowledge import Knowledge, data_dir
from tests.knowledge.conftest import GUIDELINE, Copy, refused

NAMES = sorted(
    file.name for file in (data_dir("knowledge") / "value_sets").iterdir() if file.is_file()
)
GENES = "value_sets/ntrk-genes.json"
OI = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
OUTCOME = "https://fhir.nwgenomics.nhs.uk/CodeSystem/GenomicTestOutcomeCode"
SO = "http://sequenceontology.org"
LOINC = "http://loinc.org"


@pytest.mark.parametrize("name", NAMES)
def test_a_value_set_is_valid_fhir(name: str) -> None:
    text = (data_dir("knowledge") / "value_sets" / name).read_text(encoding="utf-8")
    assert ValueSet.model_validate_json(text).status == "draft"


def test_every_entry_says_where_it_was_read(knowledge: Knowledge) -> None:
    entries = [entry for one in knowledge.vocabulary.sets.values() for entry in one.entries]
    assert len(entries) > 300
    assert all(entry.source for entry in entries)


@pytest.mark.parametrize(
    ("value_set", "system", "code", "verified"),
    [
        ("mesothelioma", "http://snomed.info/sct", "254645002", True),
        ("mesothelioma", "http://snomed.info/sct", "109372009", False),
        ("mesothelioma", "http://terminology.hl7.org/CodeSystem/icd-o-3", "9050/3", False),
        ("mesothelioma", "http://terminology.hl7.org/CodeSystem/icd-o-3", "9054/0", True),
        ("origin", LOINC, "LA6684-0", True),
        ("origin", LOINC, "LA18195-0", False),
        ("presence", LOINC, "LA18198-4", False),
        ("trk-inhibitors", "http://www.whocc.no/atc", "L01EX12", True),
    ],
)
def test_what_must_be_checked_before_release_is_marked(
    knowledge: Knowledge, value_set: str, system: str, code: str, verified: bool
) -> None:
    entry = knowledge.vocabulary.sets[value_set].entry(Code.of(system, code))
    assert entry is not None
    assert entry.verified is verified


LISTS = [
    *(("outcome-codes", OUTCOME, c, "support") for c in ("411", "421", "431", "321", "331")),
    *(
        ("outcome-codes", OUTCOME, c, "suppress")
        for c in ("313", "322", "332", "413", "422", "423", "432", "971")
    ),
    *(("outcome-codes", OUTCOME, c, "review") for c in ("314", "981", "991", "992")),
    ("outcome-codes", OUTCOME, "412", "alternative"),
    ("outcome-codes", OUTCOME, "323", "another-person"),
    *(("outcome-codes", OUTCOME, c, "no-effect") for c in ("311", "312", "961", "962")),
    *(
        ("fusion-terms", SO, f"SO:{c}", "fusion")
        for c in [
            "0001565",
            "0002085",
            "0002086",
            "0002399",
            "0001886",
            "0001882",
            "0000806",
            "0000287",
        ]
    ),
    ("fusion-terms", "", "SO:001565", "fusion"),
    ("fusion-terms", SO, "SO:0002400", "out-of-frame"),
    *(
        ("fusion-terms", SO, f"SO:{c}", "rearrangement")
        for c in [
            "0000199",
            "0002060",
            "0002061",
            "1000044",
            "1000048",
            "1000036",
            "1000030",
            "0002062",
        ]
    ),
    *(("fusion-terms", SO, f"SO:{c}", "weak-rearrangement") for c in ("0001537", "0001784")),
    *(("fusion-terms", SO, f"SO:{c}", "other-variant") for c in ("0001880", "0001583")),
    *(("presence", OI, c, "present") for c in ("POS", "DET")),
    *(("presence", OI, c, "absent") for c in ("NEG", "ND")),
    *(("presence", OI, c, "indeterminate") for c in ("IND", "E")),
    ("presence", LOINC, "LA9633-4", "present"),
    ("presence", LOINC, "LA9634-2", "absent"),
    ("origin", LOINC, "LA6684-0", "somatic"),
    ("origin", LOINC, "LA6683-2", "germline"),
    ("ntrk-genes", "http://www.genenames.org/geneId", "hgnc:8031", "include"),
    ("ntrk-genes", "http://www.genenames.org/", "8033", "include"),
    ("ntrk-genes", "http://www.ensembl.org", "ENSG00000148053.14", "include"),
    ("genomic-codes", LOINC, "69548-6", "variant"),
    ("genomic-codes", LOINC, "48018-6", "gene-studied"),
    ("genomic-codes", LOINC, "95123-6", "fusion"),
    ("genomic-codes", "http://terminology.hl7.org/CodeSystem/v2-0074", "GE", "category"),
    ("genomic-codes", "http://terminology.hl7.org/CodeSystem/v2-0074", "PAT", "report-category"),
    ("trk-inhibitors", "http://www.whocc.no/atc", "l01xe56", "include"),
    ("neoplasm", "http://hl7.org/fhir/sid/icd-10", "C73", "include"),
]


@pytest.mark.parametrize(("value_set", "system", "code", "listing"), LISTS)
def test_a_code_stands_in_its_list(
    knowledge: Knowledge, value_set: str, system: str, code: str, listing: str
) -> None:
    entry = knowledge.vocabulary.sets[value_set].entry(Code.of(system, code))
    assert entry is not None
    assert entry.listing == listing


def test_a_resistance_mutation_names_gene_and_change(knowledge: Knowledge) -> None:
    codes = {entry.code.code for entry in knowledge.vocabulary.sets["trk-resistance"].entries}
    assert codes == {
        *("NTRK1:G595R", "NTRK1:G667C", "NTRK1:G667A", "NTRK1:G667S"),
        *("NTRK3:G623R", "NTRK3:G696"),
    }


def test_reading_gets_the_value_sets_of_each_kind(knowledge: Knowledge) -> None:
    vocabulary = knowledge.vocabulary
    kinds = (vocabulary.genes, vocabulary.diagnoses, vocabulary.therapies, vocabulary.resistance)
    assert [[one.id for one in sets] for sets in kinds] == [
        ["ntrk-genes"],
        ["mesothelioma"],
        ["trk-inhibitors"],
        ["trk-resistance"],
    ]


# ------------------------------------------------------------------ damage


def group(document: dict[str, Any], number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = document["compose"]["include"][number]
    return found


def test_a_code_in_two_lists_is_refused(copy: Copy) -> None:
    denied = {"code": "8031", "display": "NTRK1"}  # another spelling of HGNC:8031
    copy.change(GENES, lambda d: d["compose"]["exclude"][0]["concept"].append(denied))
    refused(
        copy,
        GENES,
        "compose.exclude[0].concept[5]: hgnc 8031 also stands in list 'include' at "
        "compose.include[0].concept[0]",
    )


def test_a_word_in_two_entries_is_refused(copy: Copy) -> None:
    copy.replace(GENES, '"value": "TRKB"', '"value": "trka"')
    refused(copy, GENES, "compose.include[0].concept[1]: word 'trka' also stands in list 'include'")


def test_a_repeated_key_in_a_concept_is_refused(copy: Copy) -> None:
    copy.replace(GENES, '"code": "4914",', '"code": "4914", "code": "4999",')
    refused(copy, GENES, "code: stands twice in one object; expected once")


def test_a_misspelt_key_is_refused(copy: Copy) -> None:
    copy.replace(GENES, '"concept"', '"concpt"')
    refused(copy, GENES, "compose.include[0].concpt: unknown key; known here: concept, extension")
    refused(copy, GENES, "compose.include[0].concept: is missing")


def test_a_filter_that_was_not_expanded_is_refused(copy: Copy) -> None:
    copy.change(GENES, lambda d: group(d).update(filter=[{"property": "concept"}]))
    refused(copy, GENES, "compose.include[0].filter: unknown key")


def test_a_code_without_a_display_is_refused(copy: Copy) -> None:
    copy.change(GENES, lambda d: group(d)["concept"][0].pop("display"))
    refused(copy, GENES, "compose.include[0].concept[0].display: is missing")


def test_another_resource_is_refused(copy: Copy) -> None:
    copy.replace(GENES, '"ValueSet"', '"CodeSystem"')
    refused(copy, GENES, 'resourceType: "CodeSystem": expected ValueSet')


def test_a_value_set_without_codes_is_refused(copy: Copy) -> None:
    copy.change(GENES, lambda d: d.pop("compose"))
    refused(copy, GENES, "(top level): ")


def test_a_file_that_is_no_object_is_refused(copy: Copy) -> None:
    copy.write(GENES, "[]")
    refused(copy, GENES, "(top level): expected a JSON object")


def test_a_group_that_does_not_say_its_source_is_refused(copy: Copy) -> None:
    copy.change(GENES, lambda d: group(d)["extension"].pop(0))
    refused(copy, GENES, "compose.include[0]: extension value-set-source is missing")


def test_a_group_that_does_not_say_whether_it_is_verified_is_refused(copy: Copy) -> None:
    copy.change(GENES, lambda d: group(d)["extension"].pop(1))
    refused(copy, GENES, "compose.include[0]: extension value-set-verified is missing")


def test_an_unknown_extension_is_refused(copy: Copy) -> None:
    copy.change(GENES, lambda d: group(d)["extension"][0].update(url="urn:uuid:other"))
    refused(copy, GENES, "compose.include[0].extension[0].url: expected an extension of links.toml")


def test_an_extension_with_another_value_is_refused(copy: Copy) -> None:
    def change(document: dict[str, Any]) -> None:
        extension = group(document)["extension"][1]
        extension["valueString"] = str(extension.pop("valueBoolean"))

    copy.change(GENES, change)
    refused(copy, GENES, "compose.include[0].extension[1]: value-set-verified: expected valueBool")


def test_an_extension_said_twice_is_refused(copy: Copy) -> None:
    def change(document: dict[str, Any]) -> None:
        extensions = group(document)["extension"]
        extensions.append(extensions[0])

    copy.change(GENES, change)
    refused(copy, GENES, "compose.include[0].extension[2]: value-set-source stands twice")


def listed_as(copy: Copy, part: str, listing: str) -> None:
    url = copy.load().systems["value-set-list"]
    extension = {"url": url, "valueCode": listing}
    copy.change(GENES, lambda d: d["compose"][part][0]["extension"].append(extension))


def test_a_deny_list_among_the_included_codes_is_refused(copy: Copy) -> None:
    listed_as(copy, "include", "deny")
    refused(copy, GENES, "compose.include[0]: list 'deny': the deny list stands in exclude only")


def test_another_list_among_the_excluded_codes_is_refused(copy: Copy) -> None:
    listed_as(copy, "exclude", "review")
    refused(copy, GENES, "compose.exclude[0]: list 'review': the deny list stands in exclude only")


def test_a_misspelt_list_is_refused_because_its_codes_would_be_lost(copy: Copy) -> None:
    listed_as(copy, "include", "inclde")
    refused(copy, GENES, "compose: unknown list 'inclde': expected one of deny, family, include")


def test_a_general_set_that_lost_a_list_is_refused(copy: Copy) -> None:
    def change(document: dict[str, Any]) -> None:
        groups = document["compose"]["include"]
        document["compose"]["include"] = [g for g in groups if "SO:0002400" not in json.dumps(g)]

    copy.change("value_sets/fusion-terms.json", change)
    copy.replace("value_sets/fusion-terms.json", '"out-of-frame"', '"fusion"')
    refused(copy, "value_sets/fusion-terms.json", "compose: list 'out-of-frame' is missing")


def test_a_missing_general_set_is_refused(copy: Copy) -> None:
    (copy.root / "value_sets/origin.json").unlink()
    assert copy.problems() == ("value_sets/origin.json: (file): is missing; reading needs it",)


def test_a_value_set_that_nobody_uses_is_refused(copy: Copy) -> None:
    copy.write("value_sets/other-genes.json", copy.text(GENES).replace("ntrk-genes", "other-genes"))
    assert copy.problems() == ("value_sets/other-genes.json: id: no guideline uses this value set",)


def test_a_broken_value_set_is_told_once_and_not_as_unknown(copy: Copy) -> None:
    copy.replace(GENES, '"concept"', '"concpt"')
    assert not any(problem.startswith(GUIDELINE) for problem in copy.problems())
