"""Words and codes for tumours: which of them name another cancer, and tie a fusion to it."""

from __future__ import annotations

import pytest

from cds_service.domain import Certainty, Tie
from tests.builders import (
    FUSION,
    ICD10,
    ICDO3,
    LOINC,
    SNOMED,
    Resource,
    coding,
    concept,
    condition,
    fusion,
    gene,
    report,
    result,
    results,
    specimen,
    spoken,
)
from tests.desk import Desk

PROFILE = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-primary-cancer-condition"
SECONDARY = PROFILE.replace("primary", "secondary")
THYROID = "The sample is of a thyroid carcinoma"


# --- an entry of the problem list -----------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        pytest.param({"text": "secondary lung cancer"}, id="secondary"),
        pytest.param({"text": "lung cancer screening"}, id="a service"),
        pytest.param({"text": "lung tumour, tumour marker raised"}, id="a marker"),
        pytest.param({"text": "kidney stone with suspected tumour"}, id="what it comes with"),
        pytest.param(concept(ICD10, "D05.1", text="breast cancer"), id="a code outweighs words"),
        pytest.param(concept(SNOMED, "128462008", text="lung carcinoma"), id="secondary by code"),
        pytest.param(concept(ICDO3, "C34.3", "Lower lobe, lung"), id="the place of a tumour"),
    ],
)
def test_what_names_no_cancer_of_its_own_is_none(ask: Desk, code: Resource) -> None:
    assert ask.record(condition(code)).cancers == ()


@pytest.mark.parametrize(
    "code",
    [
        pytest.param({"text": "lung cancer with liver metastases with pain"}, id="words"),
        pytest.param(concept(ICDO3, "8140/3"), id="morphology"),
        pytest.param(concept(ICDO3, "C34.1", text="lung cancer"), id="a place in code"),
        pytest.param(concept(ICDO3, "8140/6"), id="metastatic morphology"),
    ],
)
def test_what_names_a_cancer_is_one(ask: Desk, code: Resource) -> None:
    assert len(ask.record(condition(code)).cancers) == 1


def test_what_its_profile_calls_a_secondary_cancer_is_none_of_its_own(ask: Desk) -> None:
    told = condition({"text": "lung cancer"}, meta={"profile": [SECONDARY]})
    assert ask.record(told).cancers == ()


def test_the_place_of_a_mesothelioma_beside_its_morphology_is_no_other_cancer(ask: Desk) -> None:
    place = coding(ICDO3, "C38.3", "Mediastinum, NOS")
    both = {"coding": [coding(ICDO3, "9052/3", "Epithelioid mesothelioma, malignant"), place]}
    assert not ask.condition(both).contradiction


# --- a Condition that a result is about -----------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "certainty"),
    [
        ({"text": "liver metastases"}, Certainty.CONFIRMED),
        (concept(SNOMED, "363346000"), Certainty.CONFIRMED),
        ({"text": "benign tumour of the parotid"}, Certainty.UNCONFIRMED),
    ],
    ids=["metastases", "malignant disease", "benign"],
)
def test_a_focus_on_a_malignant_tumour_of_any_kind_ties_a_result(
    ask: Desk, code: Resource, certainty: Certainty
) -> None:
    focused = result(gene("TPM3"), gene("NTRK1"), FUSION, focus=[{"reference": "Condition/c1"}])
    assert ask.certainties(focused, condition(code)) == [certainty]


def test_a_focus_on_what_only_its_profile_calls_a_cancer_is_another_tumour(ask: Desk) -> None:
    lobe = condition({"text": "left upper lobe"}, meta={"profile": [PROFILE]})
    focused = fusion(focus=[{"reference": "Condition/c1"}])
    assert ask.record(focused, lobe).fusions[0].tie == Tie(another="left upper lobe")


# --- what a report says ---------------------------------------------------------------------------


def tie_of(ask: Desk, *resources: Resource) -> Tie:
    """Which tumour the first result of a record is from."""
    return ask.record(*resources).fusions[0].tie


def tie_in(ask: Desk, sentence: str) -> Tie:
    return tie_of(ask, fusion(), report(sentence, result=results("o1")))


@pytest.mark.parametrize(
    "sentence",
    [
        "The sample is of a thyroid carcinoma",
        "The sample is of a thyroid cancer",
        "A lung tumour was sampled",
    ],
)
def test_a_sentence_that_names_another_tumour_ties_the_result_to_it(
    ask: Desk, sentence: str
) -> None:
    assert tie_in(ask, sentence) == Tie(another=sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("Larotrectinib is licensed for thyroid carcinoma", id="of a drug"),
        pytest.param("Please send it if the thyroid carcinoma returns", id="conditional"),
        pytest.param("No thyroid carcinoma is seen", id="denied"),
        pytest.param("The patient has a history of thyroid carcinoma", id="history"),
        pytest.param("This may be a thyroid carcinoma", id="suspected"),
        pytest.param("The kidney is normal", id="an organ without a tumour"),
        pytest.param("The liver is normal", id="a site without a tumour"),
        pytest.param("The tumour content is 40%", id="a tumour without an organ"),
        pytest.param("Metastases of a lung carcinoma are on record", id="secondary"),
        pytest.param("The breast carcinoma is in situ", id="in situ"),
        pytest.param("A benign tumour of the breast was removed", id="benign"),
        pytest.param("This is mesothelioma rather than adenocarcinoma", id="two are named"),
    ],
)
def test_a_sentence_that_names_no_other_tumour_ties_the_result_to_none(
    ask: Desk, sentence: str
) -> None:
    assert tie_in(ask, sentence) == Tie()


def test_a_sentence_of_many_words_is_no_statement_of_a_tumour(ask: Desk) -> None:
    sentence = "It is of a thyroid carcinoma and".ljust(600, "-")
    assert tie_in(ask, sentence) == Tie(another=sentence)
    assert tie_in(ask, sentence + "-") == Tie()


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(spoken(f"TPM3::NTRK1 fusion detected. {THYROID}"), id="value"),
        pytest.param(fusion(note=[{"text": THYROID}]), id="note"),
        pytest.param(fusion(comment=THYROID), id="comment of STU3"),
        pytest.param(report("TPM3::NTRK1 fusion.", note=[{"text": THYROID}]), id="of a report"),
    ],
)
def test_the_words_of_a_result_tie_it_wherever_they_stand(ask: Desk, told: Resource) -> None:
    assert tie_of(ask, told) == Tie(another=THYROID)


@pytest.mark.parametrize(
    ("finding", "another"),
    [
        pytest.param(fusion(bodySite={"text": "thyroid"}), "thyroid", id="body site"),
        pytest.param(
            fusion(code=concept(LOINC, "69548-6", text="Lung cancer panel")),
            "Lung cancer panel",
            id="name of the test",
        ),
        pytest.param(
            fusion(
                focus=[{"reference": "#c9"}],
                contained=[condition({"text": "lung carcinoma"}, id="c9")],
            ),
            "lung carcinoma",
            id="focus on a contained condition",
        ),
    ],
)
def test_what_a_result_is_about_ties_it(ask: Desk, finding: Resource, another: str) -> None:
    assert tie_of(ask, finding) == Tie(another=another)


def test_the_name_of_a_report_ties_its_result_where_nothing_else_does(ask: Desk) -> None:
    named = report(code={"text": "Lung cancer panel"}, result=results("o1"))
    assert tie_of(ask, fusion(), named) == Tie(another="Lung cancer panel")


def test_a_contained_condition_ties_a_result_to_a_tumour(ask: Desk) -> None:
    held = [condition({"text": "lung carcinoma"}, id="c9")]
    focused = result(gene("NTRK1"), FUSION, focus=[{"reference": "#c9"}], contained=held)
    assert ask.certainties(focused) == [Certainty.CONFIRMED]


def test_a_specimen_that_a_report_contains_is_of_all_its_results(ask: Desk) -> None:
    held = specimen("s9", "thyroid carcinoma")
    told = report(result=results("o1", "o2"), contained=[held], specimen=[{"reference": "#s9"}])
    bare = result(gene("NTRK3"), FUSION, id="o2")
    first, second = ask.record(fusion(), bare, told).fusions
    assert (first.specimen, second.specimen) == ("r1#s9", "r1#s9")
    assert {first.tie, second.tie} == {Tie(another="thyroid carcinoma")}
    assert second.certainty is Certainty.CONFIRMED


@pytest.mark.parametrize("place", ["conclusionCode", "codedDiagnosis"])
@pytest.mark.parametrize(
    ("concluded", "another"),
    [
        ({"text": "lung carcinoma"}, "lung carcinoma"),
        (concept(ICD10, "C34.9"), "coded as another cancer"),
        ({"text": "?lung carcinoma"}, ""),
        ({"text": "benign tumour of the breast"}, ""),
        (concept(ICD10, "I10"), ""),
    ],
    ids=["words", "code", "suspected", "benign", "another disease"],
)
def test_a_coded_conclusion_ties_the_results_of_its_report(
    ask: Desk, concluded: Resource, another: str, place: str
) -> None:
    told = report(result=results("o1")) | {place: [concluded]}
    assert tie_of(ask, fusion(), told) == Tie(another=another)
