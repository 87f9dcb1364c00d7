"""A fusion and two tumours: from which of them is it?"""

from __future__ import annotations

import pytest

from cds_service.assess.tumour import asked_which_tumour, other_cancers
from cds_service.domain import CriterionKind, Why
from tests.builders import (
    ICD10,
    Resource,
    concept,
    condition,
    fusion,
    negative,
    pan_trk,
    rearrangement,
    report,
    results,
)
from tests.desk import Desk

LUNG = condition(concept(ICD10, "C34.9", "Malignant neoplasm of bronchus or lung"), id="c-lung")
PLEURA: Resource = {"specimen": {"display": "pleural biopsy"}}
LUNG_SAMPLE: Resource = {"specimen": {"display": "lung adenocarcinoma"}}


def test_another_active_cancer_leaves_an_untied_fusion_unconfirmed(ask: Desk) -> None:
    found = ask.about(fusion(), condition(), LUNG)
    assert found.recommendation == "confirm-fusion"
    assert found.fusions[0].why == (Why.WHICH_TUMOUR,)
    assert [cancer.source.reference for cancer in found.cancers] == ["Condition/c-lung"]


def test_without_another_cancer_nothing_is_asked(ask: Desk) -> None:
    found = ask.about(fusion(), condition())
    assert (found.recommendation, found.cancers) == ("trk-inhibitor-option", ())


def test_a_sample_of_the_mesothelioma_answers_the_question(ask: Desk) -> None:
    found = ask.about(fusion(**PLEURA), condition(), LUNG)
    assert (found.recommendation, found.fusions[0].why) == ("trk-inhibitor-option", ())


def test_a_sample_of_another_cancer_raises_it_whatever_is_on_record(ask: Desk) -> None:
    assert ask.fusion(fusion(**LUNG_SAMPLE)) == "unconfirmed"


def test_the_same_finding_in_a_second_result_is_tied_by_either(ask: Desk) -> None:
    tied = report("NTRK1 fusion detected in mesothelioma.")
    assert ask.about(fusion(), tied, condition(), LUNG).recommendation == "trk-inhibitor-option"


def test_a_result_of_another_gene_ties_nothing(ask: Desk) -> None:
    other = fusion("NTRK3", "ETV6", id="o2", **PLEURA)
    found = ask.about(fusion(), other, condition(), LUNG)
    assert found.recommendation == "trk-inhibitor-option"
    assert [f.gene.symbol for f in found.fusions] == ["NTRK3", "NTRK1"]
    assert Why.WHICH_TUMOUR in found.fusions[1].why


def test_a_result_of_another_specimen_ties_nothing(ask: Desk) -> None:
    liver = fusion(specimen={"reference": "Specimen/a"})
    pleura = fusion(id="o2", specimen={"reference": "Specimen/b", "display": "pleura"})
    record = ask.record(liver, pleura, condition(), LUNG)
    others = other_cancers(record, "mesothelioma")
    asked = asked_which_tumour(record.fusions, others, "mesothelioma")
    assert [Why.WHICH_TUMOUR in result.why for result in asked] == [True, False]


@pytest.mark.parametrize(
    ("weaker", "state"), [(rearrangement(), "unconfirmed"), (pan_trk(), "screening")]
)
def test_a_weaker_finding_stays_as_weak_and_asks_too(
    ask: Desk, weaker: Resource, state: str
) -> None:
    found = ask.about(weaker, condition(), LUNG)
    assert found.state(CriterionKind.GENE_FUSION) == state
    assert found.fusions[0].why[0] is Why.WHICH_TUMOUR


def test_a_negative_result_asks_nothing(ask: Desk) -> None:
    assert ask.about(negative(), condition(), LUNG).recommendation == "nothing"


def test_a_fusion_in_another_cancer_without_mesothelioma_gives_no_card(ask: Desk) -> None:
    assert ask.about(fusion(), LUNG).recommendation == "nothing"


def test_the_reason_names_the_other_cancer(ask: Desk) -> None:
    why = "\n".join(ask.reason("fusion", fusion(), condition(), LUNG).why)
    assert "Condition/c-lung: another active cancer: Malignant neoplasm of bronchus or lung" in why


def test_the_reason_names_what_ties_it_elsewhere(ask: Desk) -> None:
    why = "\n".join(ask.reason("fusion", fusion(**LUNG_SAMPLE), condition()).why)
    assert "tied to: lung adenocarcinoma" in why


def test_the_report_of_the_result_ties_it(ask: Desk) -> None:
    said = report("Diagnosis: pleural mesothelioma.", result=results("o1"))
    assert ask.fusion(fusion(), said, LUNG) == "confirmed"
