"""Each word for why something is not surer, not read or not there is given to some patient."""

from __future__ import annotations

import pytest

from cds_service.domain import (
    Assessment,
    Complete,
    DataKey,
    Doubt,
    Gap,
    GapWhy,
    Missing,
    Note,
    RepeatedKeys,
    UnreadWhy,
    Why,
)
from cds_service.reading.bundle import state_of
from tests.builders import (
    ABSENT,
    FUSION,
    ICD10,
    INDETERMINATE,
    INTERPRETATION,
    LIKELY_SOMATIC,
    SNOMED,
    SOMATIC,
    Resource,
    attachment,
    bundle,
    change,
    concept,
    condition,
    fusion,
    gene,
    hgnc,
    hypertension,
    larotrectinib,
    name,
    negative,
    origin,
    outcome,
    pair,
    pan_trk,
    part,
    rearrangement,
    report,
    request,
    result,
    results,
    spoken,
)
from tests.desk import Desk

POSITIVE, NEGATIVE = [concept(INTERPRETATION, "POS")], [concept(INTERPRETATION, "NEG")]
FISH: Resource = {"method": {"text": "FISH"}}
DEEP: Resource = {"extension": [{"url": "urn:x", "valueString": "x"}]}
for _ in range(40):
    DEEP = {"extension": [{"url": "urn:x", **DEEP}]}

WHY: dict[Why, list[Resource]] = {
    Why.REARRANGEMENT: [rearrangement()],
    Why.TWO_GENES: [result(gene("TPM3"), gene("NTRK1"), SOMATIC)],
    Why.WORDS_ONLY: [result(gene("NTRK1"), name("NTRK1 fusion"), SOMATIC)],
    Why.WRONG_PLACE: [result(part("48013-7", hgnc("NTRK1")), FUSION, SOMATIC)],
    Why.VALUE_MISSING: [fusion(value=None)],
    Why.INDETERMINATE: [fusion(value=INDETERMINATE)],
    Why.CODE_DISPLAY: [result(gene("NTRK1"), change("SO:0001565", "missense_variant"), SOMATIC)],
    Why.INTERPRETATION: [fusion(interpretation=NEGATIVE)],
    Why.NOT_TIED: [result(gene("NTRK1"), FUSION)],
    Why.ORIGIN_UNCERTAIN: [result(gene("NTRK1"), FUSION, origin("LA26807-0", "De novo"))],
    Why.NOT_NUMBERED: [spoken("NTRK fusion detected.")],
    Why.OUT_OF_FRAME: [result(gene("NTRK1"), change("SO:0002400"), SOMATIC)],
    Why.ANTISENSE: [spoken("Antisense fusion involving NTRK1 detected.")],
    Why.NOT_FUNCTIONAL: [spoken("Non-functional NTRK1 fusion detected.")],
    Why.BREAK_APART: [result(gene("NTRK1"), FUSION, SOMATIC, **FISH)],
    Why.SELF_FUSION: [result(pair("NTRK1", "NTRK1"), SOMATIC)],
    Why.FIVE_PRIME: [result(pair("NTRK1", "TPM3"), SOMATIC)],
    Why.TEXT: [report("NTRK1 fusion detected.")],
    Why.HEDGED: [report("Possible NTRK1 fusion.")],
    Why.UNCLEAR: [report("NTRK1 fusion.")],
    Why.HISTORICAL: [report("Known NTRK1 fusion.")],
    Why.OUTCOME_REVIEW: [
        fusion(),
        report("x", result=results("o1"), conclusionCode=outcome("992")),
    ],
    Why.OUTCOME_SUPPRESS: [
        fusion(),
        report("x", result=results("o1"), conclusionCode=outcome("322")),
    ],
    Why.SCREENING: [pan_trk()],
    Why.DISAGREE: [fusion(), negative(id="o2")],
    Why.WHICH_TUMOUR: [fusion(), condition(concept(ICD10, "C34.9"), id="c-lung")],
}
CODED = concept(ICD10, "C45.0")
DOUBT: dict[Doubt, list[Resource]] = {
    Doubt.PROVISIONAL: [condition(verification="provisional")],
    Doubt.DIFFERENTIAL: [condition(verification="differential")],
    Doubt.UNCONFIRMED: [condition(verification="unconfirmed")],
    Doubt.SUSPECTED: [condition({"text": "?mesothelioma"})],
    Doubt.WORDS_ONLY: [condition({"text": "mesothelioma"})],
    Doubt.STATUS_INVALID: [condition(clinical="banana")],
    Doubt.REVIEW_LIST: [condition(concept(SNOMED, "109372009"))],
    Doubt.REMISSION: [condition(clinical="remission")],
    Doubt.RESOLVED: [condition(clinical="resolved")],
    Doubt.INACTIVE: [condition(clinical="inactive")],
    Doubt.HISTORY: [condition({"text": "history of mesothelioma"})],
    Doubt.REFUTED_LATER: [condition(), condition(id="c2", verification="refuted")],
    Doubt.ALTERNATIVE: [
        condition(),
        report("x", result=results("o1"), conclusionCode=outcome("412")),
    ],
    Doubt.CODE_DISPLAY: [condition(concept(ICD10, "C45.0", "Essential hypertension"))],
}
UNREAD: dict[UnreadWhy, Resource] = {
    UnreadWhy.STATUS: fusion(status="unknown"),
    UnreadWhy.NO_SUBJECT: fusion(subject=None),
    UnreadWhy.SUBJECT_UNCLEAR: fusion(subject={"reference": "urn:uuid:x"}),
    UnreadWhy.INVALID: fusion(issued="yesterday"),
    UnreadWhy.FHIR_VERSION: fusion(comments="as DSTU2 wrote it"),
    UnreadWhy.NO_RESULT: {
        "resourceType": "GenomicStudy",
        "id": "g1",
        "status": "available",
        "subject": {"reference": "Patient/p1"},
        "description": "NTRK1 rearrangement study",
    },
    UnreadWhy.TOO_DEEP: fusion(**DEEP),
    UnreadWhy.REPEATED_KEY: RepeatedKeys(fusion()),
    UnreadWhy.ATTACHMENT: report(presentedForm=[attachment("x", "application/pdf")]),
    UnreadWhy.NO_DRUG: request(None, medicationReference={"reference": "Medication/gone"}),
}
WARNING: Resource = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning"}]}
NEXT_PAGE = [{"relation": "next", "url": "https://ehr.example/2"}]
THEIRS = hypertension(subject={"reference": "Patient/p2"})
GAP: dict[GapWhy, object] = {
    GapWhy.NOT_A_RESOURCE: "Observation/o1",
    GapWhy.OUTCOME: WARNING,
    GapWhy.OUTCOME_ENTRY: bundle(WARNING),
    GapWhy.NEXT_PAGE: bundle(link=NEXT_PAGE),
    GapWhy.FEWER_THAN_TOTAL: bundle(total=1),
    GapWhy.OTHER_PATIENT: bundle(THEIRS),
    GapWhy.UNRESOLVED: bundle(result(derivedFrom=results("gone"))),
}
NOTE: dict[Note, list[Resource]] = {
    Note.LIKELY_SOMATIC: [result(gene("NTRK1"), FUSION, LIKELY_SOMATIC), condition()],
    Note.PRIOR_DRUG: [fusion(), condition(), request(larotrectinib())],
    Note.PRIOR_RESISTANCE: [fusion(), condition(), spoken("NTRK1 G595R detected.", id="o2")],
    Note.NO_CONDITION: [fusion()],
}

# Whoever asks for the data says these; reading cannot know them.
SAID_BY_DOORS = {
    GapWhy.NOT_SENT: "the hook door: a prefetch key that is not in the request",
    GapWhy.NOT_FETCHED: "the FHIR client: a key that it could not fetch",
    GapWhy.NO_TOKEN: "the hook door: no token came with the server's address",
    GapWhy.TOKEN_OF_ANOTHER: "the hook door: the token is for another patient",
    GapWhy.NOT_REGISTERED: "the hook door: the server is not the client's",
    GapWhy.SCOPE: "the FHIR client: the token does not cover it",
    GapWhy.REFUSED: "the FHIR client: 401 or 403",
    GapWhy.NOT_REACHABLE: "the FHIR client: no connection",
    GapWhy.TOO_SLOW: "the FHIR client: no whole answer in time",
    GapWhy.ANSWER_UNREADABLE: "the FHIR client: an answer that is no FHIR",
    GapWhy.ANSWER_TOO_LARGE: "the FHIR client: an answer over the limit",
    GapWhy.SERVER_PAUSED: "the FHIR client: a server that failed too often",
    GapWhy.NO_FILE: "the export door: a type without a file",
}


@pytest.mark.parametrize(("why", "resources"), WHY.items(), ids=[str(why) for why in WHY])
def test_a_fusion_that_is_not_confirmed_says_so(
    ask: Desk, why: Why, resources: list[Resource]
) -> None:
    found = ask.about(*resources, condition())
    assert found.states["fusion"] in ("unconfirmed", "screening")
    assert why in found.fusions[0].why


@pytest.mark.parametrize(("doubt", "resources"), DOUBT.items(), ids=[str(why) for why in DOUBT])
def test_a_diagnosis_that_is_not_established_says_so(
    ask: Desk, doubt: Doubt, resources: list[Resource]
) -> None:
    found = ask.about(fusion(), *resources)
    assert found.states["diagnosis"] == "unconfirmed"
    assert doubt in found.doubts


@pytest.mark.parametrize(("why", "resource"), UNREAD.items(), ids=[str(why) for why in UNREAD])
def test_a_resource_that_could_not_be_read_says_so(
    ask: Desk, why: UnreadWhy, resource: Resource
) -> None:
    assert [unread.why for unread in ask.about(resource).unread] == [why]


def with_observations(ask: Desk, value: object) -> Assessment:
    states = {key: Complete() for key in DataKey} | {DataKey.OBSERVATIONS: state_of(value)}
    return ask.of_states(states)


@pytest.mark.parametrize(("why", "value"), GAP.items(), ids=[str(why) for why in GAP])
def test_data_that_did_not_come_whole_says_so(ask: Desk, why: GapWhy, value: object) -> None:
    found = with_observations(ask, value)
    assert Gap(DataKey.OBSERVATIONS, why) in found.gaps
    assert found.states["fusion"] == "not known"


@pytest.mark.parametrize("why", SAID_BY_DOORS)
def test_a_gap_that_a_door_names_is_passed_on(ask: Desk, why: GapWhy) -> None:
    states = {key: Complete() for key in DataKey} | {DataKey.REPORTS: Missing(why)}
    assert ask.of_states(states).gaps == (Gap(DataKey.REPORTS, why),)


@pytest.mark.parametrize(("note", "resources"), NOTE.items(), ids=[str(note) for note in NOTE])
def test_a_further_fact_is_noted(ask: Desk, note: Note, resources: list[Resource]) -> None:
    assert note in ask.about(*resources).notes


@pytest.mark.parametrize("note", Note)
def test_a_patient_without_such_a_fact_has_no_note_of_it(ask: Desk, note: Note) -> None:
    assert note not in ask.about(fusion(), condition()).notes


def test_a_confirmed_fusion_in_established_disease_has_no_reservation(ask: Desk) -> None:
    found = ask.about(fusion(), condition())
    assert (found.fusions[0].why, found.doubts, found.gaps, found.unread) == ((), (), (), ())


def test_every_word_has_a_patient() -> None:
    assert set(WHY) == set(Why)
    assert set(DOUBT) == set(Doubt)
    assert set(UNREAD) == set(UnreadWhy)
    assert set(GAP) | set(SAID_BY_DOORS) == set(GapWhy)
    assert not set(GAP) & set(SAID_BY_DOORS)
    assert set(NOTE) == set(Note)


def test_a_negative_result_is_not_doubted_by_an_interpretation_that_agrees(ask: Desk) -> None:
    assert ask.fusion(fusion(value=ABSENT, interpretation=NEGATIVE)) == "none"
    assert ask.fusion(fusion(value=ABSENT, interpretation=POSITIVE)) == "unconfirmed"
