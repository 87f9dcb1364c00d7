"""What a card says was found in a patient, and how sure that is."""

from __future__ import annotations

import pytest

from cds_service.cards import CardWriter
from cds_service.domain import (
    Assay,
    Certainty,
    Doubt,
    Match,
    Note,
    Origin,
    OtherVariant,
    Presence,
    Source,
    Why,
)
from tests.cards import builders as make


@pytest.fixture(scope="module")
def writer() -> CardWriter:
    return make.shipped()


def test_a_reported_fusion_is_told_in_the_laboratorys_terms(writer: CardWriter) -> None:
    detail = make.detail(writer, make.assessment())
    assert "LMNA::NTRK1 fusion. Reported by the laboratory as a gene fusion." in detail
    assert "Synthetic Genomic Laboratory Hub, 2 October 2026, final, origin somatic." in detail


def test_a_card_never_calls_a_finding_confirmed(writer: CardWriter) -> None:
    found = make.detail(writer, make.assessment()).split("**Diagnosis:**")[0]
    assert "confirmed" not in found


def test_a_missing_reading_frame_is_said_to_be_not_stated(writer: CardWriter) -> None:
    detail = make.detail(writer, make.assessment())
    assert "Reading frame / kinase domain: not stated." in detail


def test_a_reading_frame_that_the_laboratory_gives_is_shown(writer: CardWriter) -> None:
    told = make.assessment(fusions=(make.fusion(frame="in frame"),))
    detail = make.detail(writer, told)
    assert "Reading frame / kinase domain: stated (in frame)." in detail


def test_what_the_laboratory_did_not_state_is_named(writer: CardWriter) -> None:
    bare = make.fusion(source=Source("Observation/bare"), origin=Origin.NOT_STATED)
    detail = make.detail(writer, make.assessment(fusions=(bare,)))
    expected = "Laboratory not stated, date not stated, status not stated, origin not stated."
    assert expected in detail


def test_the_summary_names_gene_partner_and_diagnosis(writer: CardWriter) -> None:
    summary = make.card(writer, make.assessment())["summary"]
    assert summary.startswith("NTRK1 fusion (partner LMNA) and mesothelioma")


def test_a_partner_that_is_no_gene_symbol_stays_out_of_the_summary(writer: CardWriter) -> None:
    told = make.assessment(fusions=(make.fusion(partner="see report page 2", five_prime=""),))
    card = make.card(writer, told)
    assert "page 2" not in card["summary"]
    assert "NTRK1 fusion, partner see report page 2." in card["detail"]


def test_an_ntrk_rearrangement_without_a_number_says_which_gene_is_not_stated(
    writer: CardWriter,
) -> None:
    card = make.card(writer, make.assessment("unconfirmed"))
    assert card["summary"].startswith("NTRK rearrangement (gene number not stated)")
    assert "Not certain: reported as a rearrangement, not as a fusion;" in card["detail"]
    assert "which NTRK gene is not stated" in card["detail"]
    assert "Reported by the laboratory as a gene fusion" not in card["detail"]


def test_positive_staining_is_called_staining_and_not_a_fusion(writer: CardWriter) -> None:
    card = make.card(writer, make.assessment("screening"))
    assert card["summary"].startswith("NTRK protein staining and mesothelioma")
    assert "protein staining is a screening test" in card["detail"]


def test_more_than_three_reasons_end_with_their_number(writer: CardWriter) -> None:
    whys = (Why.TEXT, Why.HEDGED, Why.NOT_TIED, Why.INDETERMINATE, Why.ANTISENSE)
    told = make.assessment("unconfirmed", fusions=(make.rearrangement(why=whys),))
    detail = make.detail(writer, told)
    assert "not tied to a tumour sample; and 2 more." in detail
    assert "antisense" not in detail


def test_three_reasons_are_all_shown(writer: CardWriter) -> None:
    whys = (Why.TEXT, Why.HEDGED, Why.NOT_TIED)
    told = make.assessment("unconfirmed", fusions=(make.rearrangement(why=whys),))
    detail = make.detail(writer, told)
    assert "report text is hedged; not tied to a tumour sample." in detail
    assert "more" not in detail.split("Reading frame")[0]


@pytest.mark.parametrize("why", Why)
def test_every_reason_for_doubt_has_words_on_the_card(writer: CardWriter, why: Why) -> None:
    told = make.assessment("unconfirmed", fusions=(make.rearrangement(why=(why,)),))
    detail = make.detail(writer, told)
    assert f"Not certain: {make.PHRASES.of('why', why)}." in detail


def test_two_results_that_disagree_are_both_shown(writer: CardWriter) -> None:
    negative = make.fusion(
        presence=Presence.NOT_DETECTED,
        certainty=None,
        source=make.source("Observation/dna", date="2026-10-05"),
        assays=frozenset({Assay.DNA}),
    )
    first = make.rearrangement(why=(Why.DISAGREE,))
    detail = make.detail(writer, make.assessment("unconfirmed", fusions=(first, negative)))
    assert "Not certain: results disagree." in detail
    assert "Other results: NTRK1 not detected (DNA) 5 October 2026." in detail


def test_a_single_result_has_no_other_results(writer: CardWriter) -> None:
    assert "Other results" not in make.detail(writer, make.assessment())


def test_a_likely_somatic_origin_is_shown_as_likely(writer: CardWriter) -> None:
    told = make.assessment(notes=(Note.LIKELY_SOMATIC,))
    assert "origin likely somatic" in make.detail(writer, told)


def test_the_diagnosis_stands_with_its_recorded_status(writer: CardWriter) -> None:
    detail = make.detail(writer, make.assessment())
    assert "**Diagnosis:** Malignant mesothelioma of pleura (active, confirmed)." in detail


def test_a_diagnosis_without_a_status_says_so(writer: CardWriter) -> None:
    bare = make.diagnosis(clinical="", verification="")
    detail = make.detail(writer, make.assessment(diagnoses=(bare,)))
    assert "(status not stated)" in detail


def test_a_status_that_is_no_fhir_code_is_called_unreadable(writer: CardWriter) -> None:
    odd = make.diagnosis(clinical="invalid")
    told = make.assessment("unconfirmed", "unconfirmed", diagnoses=(odd,))
    assert "unreadable status" in make.detail(writer, told)


def test_a_diagnosis_without_a_display_of_ours_is_called_named_in_words(
    writer: CardWriter,
) -> None:
    detail = make.detail(writer, make.assessment(diagnoses=(make.diagnosis(name=""),)))
    assert "**Diagnosis:** Diagnosis named in words (active, confirmed)." in detail


def test_a_histology_result_is_named_as_such(writer: CardWriter) -> None:
    slide = make.diagnosis(histology=True, source=Source("Observation/histology"))
    assert "(histology result)" in make.detail(writer, make.assessment(diagnoses=(slide,)))


@pytest.mark.parametrize("doubt", Doubt)
def test_every_doubt_about_a_diagnosis_has_words_on_the_card(
    writer: CardWriter, doubt: Doubt
) -> None:
    told = make.assessment(diagnosis_state="unconfirmed", doubts=(doubt,))
    assert make.PHRASES.of("doubt", doubt) in make.detail(writer, told)


def test_a_diagnosis_in_remission_is_not_doubted_only_conditioned(writer: CardWriter) -> None:
    told = make.assessment(diagnosis_state="unconfirmed", doubts=(Doubt.REMISSION,))
    card = make.card(writer, told)
    assert "recorded as in remission" in card["summary"]
    assert "if mesothelioma is confirmed and active, the guidance below applies" in card["detail"]


def test_an_earlier_inhibitor_is_named_with_its_drug(writer: CardWriter) -> None:
    card = make.card(writer, make.assessment(prior_state="recorded"))
    assert "**NTRK inhibitor already recorded:** larotrectinib (completed)." in card["detail"]
    assert card["summary"].endswith("NTRK inhibitor already recorded")
    assert "Resistance" not in card["detail"]


def test_a_resistance_mutation_is_told_apart_from_a_drug(writer: CardWriter) -> None:
    mutation = OtherVariant(
        make.NTRK1,
        "G595R",
        "other variant",
        Presence.DETECTED,
        make.source("Observation/resistance"),
    )
    told = make.assessment(prior_state="recorded", therapies=(), resistance=(mutation,))
    card = make.card(writer, told)
    assert "**Resistance mutation reported:** NTRK1 G595R." in card["detail"]
    assert card["summary"].endswith("resistance mutation reported")
    assert "already recorded" not in card["detail"]


def test_drug_and_mutation_together_are_both_named(writer: CardWriter) -> None:
    mutation = OtherVariant(
        make.NTRK1, "G595R", "other variant", Presence.DETECTED, Source("Observation/r")
    )
    told = make.assessment(prior_state="recorded", resistance=(mutation,))
    card = make.card(writer, told)
    assert "resistance mutation already recorded" in card["summary"]
    assert "larotrectinib" in card["detail"]
    assert "G595R" in card["detail"]


def test_text_of_a_report_is_called_report_text(writer: CardWriter) -> None:
    spoken = make.fusion(certainty=Certainty.UNCONFIRMED, why=(Why.TEXT,))
    told = make.assessment("unconfirmed", fusions=(spoken,))
    assert make.card(writer, told)["summary"].startswith("NTRK1 fusion in report text")


def test_a_diagnosis_known_from_words_only_has_that_doubt(writer: CardWriter) -> None:
    named = make.diagnosis(match=Match.TEXT, name="mesothelioma")
    told = make.assessment(
        diagnosis_state="unconfirmed", diagnoses=(named,), doubts=(Doubt.WORDS_ONLY,)
    )
    assert "recorded in words only" in make.detail(writer, told)
