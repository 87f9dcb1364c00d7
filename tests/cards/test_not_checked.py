"""What a card says was not checked, and what a could-not-check card asks for."""

from __future__ import annotations

import pytest

from cds_service.cards import CardWriter
from cds_service.domain import (
    NOT_KNOWN,
    CriterionKind,
    DataKey,
    Gap,
    GapWhy,
    Note,
    Source,
    Unread,
    UnreadWhy,
)
from tests.cards import builders as make


@pytest.fixture(scope="module")
def writer() -> CardWriter:
    return make.shipped()


def unread(
    about: CriterionKind = CriterionKind.GENE_FUSION,
    why: UnreadWhy = UnreadWhy.STATUS,
    date: str = "2026-10-02",
) -> Unread:
    return Unread(Source("DiagnosticReport/unread", date=date), about, why)


def test_a_complete_record_says_that_everything_was_checked(writer: CardWriter) -> None:
    assert "**Checked:** all requested data." in make.detail(writer, make.assessment())


@pytest.mark.parametrize("why", GapWhy)
@pytest.mark.parametrize("key", DataKey)
def test_every_gap_is_named_with_its_reason(writer: CardWriter, key: DataKey, why: GapWhy) -> None:
    text = make.detail(writer, make.assessment(gaps=(Gap(key, why),)))
    words = f"{make.PHRASES.of('data', key)} ({make.PHRASES.of('gap-why', why)})"
    assert f"**Not checked:** {words}." in text
    assert "all requested data" not in text


def test_gaps_are_never_cut(writer: CardWriter) -> None:
    text = make.detail(writer, make.assessment(gaps=tuple(Gap(k, GapWhy.OUTCOME) for k in DataKey)))
    assert all(make.PHRASES.of("data", key) in text for key in DataKey)
    assert "(server error)" in text


def test_data_of_another_patient_is_named_before_other_reasons(writer: CardWriter) -> None:
    whys = (GapWhy.NEXT_PAGE, GapWhy.OUTCOME_ENTRY, GapWhy.OTHER_PATIENT)
    told = make.assessment(gaps=tuple(Gap(DataKey.OBSERVATIONS, why) for why in whys))
    text = make.detail(writer, told)
    assert "genomic results (another patient's data left out, pages missing, and 1 more)" in text


def test_a_patient_of_whom_nobody_knows_whether_alive_is_told(writer: CardWriter) -> None:
    text = make.detail(writer, make.assessment(alive=NOT_KNOWN))
    assert "whether the patient is alive" in text


def test_unknown_earlier_treatment_is_told(writer: CardWriter) -> None:
    text = make.detail(writer, make.assessment(prior_state=NOT_KNOWN))
    assert "**Not checked:** earlier NTRK inhibitors or resistance." in text


def test_known_answers_are_not_listed_as_open(writer: CardWriter) -> None:
    text = make.detail(writer, make.assessment(gaps=(Gap(DataKey.REPORTS, GapWhy.NOT_SENT),)))
    assert "alive" not in text
    assert "earlier NTRK inhibitors" not in text


@pytest.mark.parametrize("why", UnreadWhy)
def test_an_unreadable_report_is_named_with_date_and_reason(
    writer: CardWriter, why: UnreadWhy
) -> None:
    text = make.detail(writer, make.assessment(unread=(unread(why=why),)))
    assert f"a genomic report of 2 October 2026 ({make.PHRASES.of('unread-why', why)})" in text


def test_an_unreadable_report_without_a_date_is_called_undated(writer: CardWriter) -> None:
    text = make.detail(writer, make.assessment(unread=(unread(date=""),)))
    assert "an undated genomic report" in text


def test_more_than_three_unread_resources_end_with_their_number(writer: CardWriter) -> None:
    told = make.assessment("unconfirmed", unread=tuple(unread() for _ in range(5)))
    assert "and 2 more." in make.detail(writer, told)


def test_the_report_that_decides_is_named_before_the_rest(writer: CardWriter) -> None:
    drugs = tuple(unread(CriterionKind.PRIOR_THERAPY, UnreadWhy.NO_DRUG) for _ in range(4))
    told = make.assessment("unconfirmed", unread=(*drugs, unread()))
    assert "**Not checked:** a genomic report of 2 October 2026" in make.detail(writer, told)


def test_could_not_check_names_the_report_to_be_read(writer: CardWriter) -> None:
    card = make.card(writer, make.assessment(NOT_KNOWN, unread=(unread(),)))
    assert (
        "A genomic report of 2 October 2026 could not be read by this service: read it for NTRK."
        in card["detail"]
    )
    assert card["summary"].startswith("Mesothelioma recorded; could not check for an NTRK fusion")


def test_could_not_check_without_a_named_report_asks_for_all(writer: CardWriter) -> None:
    gap = Gap(DataKey.REPORTS, GapWhy.NOT_SENT)
    text = make.detail(writer, make.assessment(NOT_KNOWN, gaps=(gap,)))
    assert "diagnostic reports (not sent)" in text
    assert "Read this patient's genomic reports for NTRK." in text
    assert "Look for mesothelioma" not in text


def test_a_fusion_without_known_diagnosis_asks_for_the_diagnosis(writer: CardWriter) -> None:
    gap = Gap(DataKey.CONDITIONS, GapWhy.NOT_SENT)
    card = make.card(writer, make.assessment(diagnosis_state=NOT_KNOWN, gaps=(gap,)))
    assert card["summary"].startswith("NTRK1 fusion (partner LMNA) found; could not check")
    assert "Look for mesothelioma in the diagnoses and pathology." in card["detail"]
    assert "read it for NTRK" not in card["detail"]
    assert card["indicator"] == "warning"


def test_an_unreadable_diagnosis_is_to_be_read_for_mesothelioma(writer: CardWriter) -> None:
    told = make.assessment(
        diagnosis_state=NOT_KNOWN, unread=(unread(CriterionKind.DIAGNOSIS, UnreadWhy.INVALID),)
    )
    expected = "A diagnosis entry of 2 October 2026 could not be read by this service"
    assert expected in make.detail(writer, told)


def test_a_chart_without_any_condition_is_not_taken_for_an_answer(writer: CardWriter) -> None:
    told = make.assessment(diagnosis_state=NOT_KNOWN, notes=(Note.NO_CONDITION,))
    assert "No diagnosis of any kind is on record." in make.detail(writer, told)


def test_could_not_check_speaks_for_this_service_not_for_genotes(writer: CardWriter) -> None:
    card = make.card(writer, make.assessment(NOT_KNOWN))
    assert card["source"]["label"] == "CDS service: guidance check"
    assert "url" not in card["source"]


def test_too_little_data_gives_no_card_unless_asked(writer: CardWriter) -> None:
    told = make.assessment(NOT_KNOWN, NOT_KNOWN)
    assert told.recommendation == "insufficient-data"
    assert writer.card(told, make.NAMES, "synthetic-1") is None


def test_too_little_data_is_could_not_check_when_asked(writer: CardWriter) -> None:
    told = make.assessment(NOT_KNOWN, NOT_KNOWN)
    card = make.card(writer, told, unavailable_as_card=True)
    assert card["summary"].startswith("Could not check for an NTRK fusion or for mesothelioma")
    assert card["source"]["topic"]["code"] == "could-not-check"
    assert "Read this patient's genomic reports" in card["detail"]
    assert "Look for mesothelioma" in card["detail"]


@pytest.mark.parametrize(
    "states",
    [("none", "established"), ("confirmed", "none")],
    ids=["no fusion", "no mesothelioma"],
)
def test_a_guideline_that_is_ruled_out_gives_no_card(
    writer: CardWriter, states: tuple[str, str]
) -> None:
    told = make.assessment(*states)
    assert writer.card(told, make.NAMES, "synthetic-1", unavailable_as_card=True) is None
