"""Sequences and genomic studies: what stands behind a result, and never a result themselves."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.domain import Certainty, CriterionKind, UnreadWhy, Why
from tests.builders import (
    ABSENT,
    FUSION,
    LOINC,
    MINE,
    SOMATIC,
    Resource,
    attachment,
    concept,
    fusion,
    negative,
    part,
    report,
    result,
)
from tests.desk import Desk

REFSEQ = "http://www.ncbi.nlm.nih.gov/nuccore"
# BCR and ABL1 as in the R5 example of a fused sequence; the NTRK transcripts of the value set
BCR, ABL1, NTRK1, NTRK3 = "NM_004327.4", "NM_005157.6", "NM_002529.3", "NM_001012338.3"
BEHIND: Resource = {"derivedFrom": [{"reference": "MolecularSequence/q1"}]}


def transcript(code: str) -> Resource:
    return {"coding": [{"system": REFSEQ, "code": code}]}


def sequence(*codes: str, **more: Any) -> Resource:
    """A sequence of R5, joined from parts of these transcripts."""
    counted = concept(LOINC, "LA30102-0", "1-based character counting")
    starts = [{"sequenceCodeableConcept": transcript(code)} for code in codes]
    parts = [{"coordinateSystem": counted, "startingSequence": start} for start in starts]
    body: Resource = {"resourceType": "MolecularSequence", "id": "q1", "subject": MINE}
    body |= {"type": "rna", "relative": parts or None}
    return {key: value for key, value in (body | more).items() if value is not None}


def older_sequence(kind: str, code: str) -> Resource:
    """The one transcript of a sequence of STU3 (Sequence) or R4 (MolecularSequence)."""
    body: Resource = {"resourceType": kind, "id": "q1", "patient": MINE, "coordinateSystem": 0}
    return body | {"referenceSeq": {"referenceSeqId": transcript(code)}}


def study(description: str, status: str = "available", **more: Any) -> Resource:
    body: Resource = {"resourceType": "GenomicStudy", "id": "g1", "subject": MINE}
    return body | {"status": status, "description": description} | more


def unread(ask: Desk, *resources: Resource) -> list[tuple[CriterionKind, UnreadWhy]]:
    return [(found.criterion, found.why) for found in ask.record(*resources).unread]


NO_RESULT = [(CriterionKind.GENE_FUSION, UnreadWhy.NO_RESULT)]


# --- alone ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "resource",
    [
        sequence(BCR, NTRK1),
        sequence(NTRK3),
        sequence(relative="NM_002529"),
        older_sequence("Sequence", NTRK1),
        older_sequence("MolecularSequence", NTRK3),
        study("Targeted RNA panel: ALK, NTRK1, ROS1"),
        study("x", status="unknown", note=[{"text": "NTRK3 rearrangement"}]),
    ],
)
def test_what_names_the_gene_without_a_result_is_neither_a_finding_nor_nothing(
    ask: Desk, resource: Resource
) -> None:
    assert unread(ask, resource) == NO_RESULT
    assert ask.record(resource).fusions == ()
    assert ask.fusion(resource) == "not known"


@pytest.mark.parametrize(
    "resource",
    [
        sequence(BCR, ABL1),
        sequence("NM_0025291.3"),
        sequence(),
        sequence(literal="NTRK1"),
        older_sequence("MolecularSequence", BCR),
        study("Whole exome"),
        study("NTRK1 rearrangement", status="registered"),
        study("NTRK1 rearrangement", status="cancelled"),
        study("NTRK1 rearrangement", status="entered-in-error"),
        {"resourceType": "GenomicStudy", "id": "g1", "subject": {"reference": "Patient/other"}},
    ],
)
def test_a_sequence_or_study_of_something_else_says_nothing(ask: Desk, resource: Resource) -> None:
    assert unread(ask, resource) == []


def test_a_sequence_of_nobody_is_not_read(ask: Desk) -> None:
    lost = sequence(BCR, NTRK1, subject=None)
    assert unread(ask, lost) == [(CriterionKind.GENE_FUSION, UnreadWhy.NO_SUBJECT)]
    assert unread(ask, sequence(BCR, ABL1, subject=None)) == []


def test_nesting_without_end_in_a_sequence_is_unread(ask: Desk) -> None:
    nested: Resource = {"text": "NTRK1"}
    for _ in range(2_000):
        nested = {"extension": [nested]}
    assert unread(ask, sequence(**nested)) == [(CriterionKind.GENE_FUSION, UnreadWhy.TOO_DEEP)]


def test_what_a_sequence_nested_without_end_names_is_not_known(ask: Desk) -> None:
    nested: Resource = {"literal": "ACGT"}
    for _ in range(100):
        nested = {"extension": [nested]}
    assert unread(ask, sequence(BCR, ABL1, **nested)) == [
        (CriterionKind.GENE_FUSION, UnreadWhy.TOO_DEEP)
    ]


def test_a_report_without_end_does_not_answer_for_a_sequence(ask: Desk) -> None:
    nested: Resource = {}
    for _ in range(100):
        nested = {"extension": [nested]}
    panel = report(code={"text": "Panel"}, presentedForm=[attachment("No fusion.")], **nested)
    found = unread(ask, panel, sequence(BCR, NTRK1))
    assert found == [(CriterionKind.GENE_FUSION, UnreadWhy.TOO_DEEP), *NO_RESULT]


# --- behind a result -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "transcripts", "why"),
    [
        ((FUSION, SOMATIC), (NTRK1,), (Why.WRONG_PLACE,)),
        ((FUSION, SOMATIC), (BCR, NTRK1), (Why.WRONG_PLACE,)),
        ((SOMATIC,), (BCR, NTRK1), (Why.WRONG_PLACE, Why.TWO_GENES)),
        ((SOMATIC,), (NTRK1, NTRK3), (Why.WRONG_PLACE, Why.TWO_GENES)),
    ],
)
def test_a_fusion_whose_gene_stands_only_in_its_sequence_is_unconfirmed(
    ask: Desk, parts: tuple[Resource, ...], transcripts: tuple[str, ...], why: tuple[Why, ...]
) -> None:
    record = ask.record(result(*parts, **BEHIND), sequence(*transcripts))
    (found,) = record.fusions
    assert (found.shape, found.certainty, found.why) == ("shape-16", Certainty.UNCONFIRMED, why)
    assert (found.gene.symbol, record.unread, record.gaps) == ("NTRK1", (), ())


@pytest.mark.parametrize(
    ("found", "behind"),
    [
        (result(FUSION, SOMATIC, value=ABSENT, **BEHIND), sequence(BCR, NTRK1)),
        (result(SOMATIC, value=ABSENT, **BEHIND), sequence(BCR, NTRK1)),
        (result(SOMATIC, **BEHIND), sequence(NTRK1)),
        (result(SOMATIC, **BEHIND), sequence(NTRK1, NTRK1)),
        (result(SOMATIC, **BEHIND), sequence(BCR, ABL1, NTRK1)),
        (result(FUSION, SOMATIC, **BEHIND), sequence(BCR, ABL1)),
        (result(FUSION, SOMATIC, status="preliminary", **BEHIND), sequence(BCR, NTRK1)),
    ],
)
def test_a_result_that_states_no_fusion_of_its_sequence_finds_none(
    ask: Desk, found: Resource, behind: Resource
) -> None:
    assert ask.fusion(found, behind) == "none"


@pytest.mark.parametrize("kind", ["Sequence", "MolecularSequence"])
def test_the_gene_of_an_older_sequence_stands_behind_its_result(ask: Desk, kind: str) -> None:
    pointed = result(FUSION, SOMATIC, derivedFrom=[{"reference": f"{kind}/q1"}])
    assert ask.fusion(pointed, older_sequence(kind, NTRK1)) == "unconfirmed"
    assert ask.fusion(pointed, older_sequence(kind, BCR)) == "none"


def test_a_transcript_in_words_stands_behind_its_result(ask: Desk) -> None:
    start = {"startingSequence": {"sequenceCodeableConcept": {"text": f"transcript {NTRK1}"}}}
    found = ask.fusion(result(FUSION, SOMATIC, **BEHIND), sequence(relative=[start]))
    assert found == "unconfirmed"


def test_each_sequence_is_answered_for_itself(ask: Desk) -> None:
    both = sequence(BCR, NTRK1), sequence(BCR, NTRK3, id="q2")
    assert unread(ask, result(FUSION, SOMATIC, **BEHIND), *both) == NO_RESULT
    inside = {"derivedFrom": [{"reference": "#q1"}], "contained": [sequence(ABL1)]}
    assert unread(ask, fusion(**inside), sequence(BCR, NTRK1)) == NO_RESULT


def test_a_sequence_that_was_not_sent_leaves_a_gap(ask: Desk) -> None:
    assert ask.fusion(result(FUSION, SOMATIC, **BEHIND)) == "not known"


def test_an_observation_of_any_code_is_looked_at_when_its_sequence_names_the_gene(
    ask: Desk,
) -> None:
    plain = result(code={"text": "Panel"}, status="unknown", **BEHIND)
    assert unread(ask, plain, sequence(BCR, ABL1)) == []
    assert (CriterionKind.GENE_FUSION, UnreadWhy.STATUS) in unread(ask, plain, sequence(BCR, NTRK1))


def test_a_value_that_is_a_sequence_is_doubtful(ask: Desk) -> None:
    pointer = {"valueReference": {"reference": "MolecularSequence/q1"}}
    pointed = result(FUSION, SOMATIC, value=None, **pointer)
    assert ask.fusion(pointed, sequence(BCR, NTRK1)) == "unconfirmed"
    assert ask.fusion(pointed, sequence(BCR, ABL1)) == "none"
    assert ask.fusion(pointed) == "not known"


def test_the_value_of_a_component_can_be_a_sequence(ask: Desk) -> None:
    place = part("81252-9", {}) | {"valueReference": {"reference": "MolecularSequence/q1"}}
    place.pop("valueCodeableConcept")
    assert ask.fusion(result(place, FUSION, SOMATIC), sequence(BCR, NTRK1)) == "unconfirmed"


def test_a_contained_sequence_of_r5_is_read_with_its_result(ask: Desk) -> None:
    inside = sequence(BCR, NTRK1, subject=None)
    pointer = [{"reference": "#q1"}]
    assert ask.fusion(result(FUSION, SOMATIC, contained=[inside], derivedFrom=pointer)) == (
        "unconfirmed"
    )


def test_a_gene_in_its_place_outweighs_the_sequence(ask: Desk) -> None:
    assert ask.fusion(fusion("NTRK1", "TPM3", **BEHIND), sequence(BCR, NTRK3)) == "confirmed"


def test_a_study_is_answered_by_the_report_that_names_it(ask: Desk) -> None:
    link = {"study": [{"reference": "GenomicStudy/g1"}]}
    panel = study("Targeted RNA panel: ALK, NTRK1, ROS1")
    assert ask.fusion(panel, report("No NTRK fusion detected.", **link)) == "none"
    assert ask.fusion(panel, negative(), report("No NTRK fusion detected.")) == "not known"
    assert ask.fusion(panel, negative(partOf=link["study"])) == "none"
