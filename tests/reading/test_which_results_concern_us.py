"""Results under a name that says nothing: which of them count as genomic, and which do not."""

from __future__ import annotations

import pytest

from tests.builders import HGNC, Resource, attachment, concept, pair, report, result, spoken
from tests.desk import Desk

LOCAL: Resource = {"code": {"text": "Result"}}
DIV = '<div xmlns="http://www.w3.org/1999/xhtml">NTRK1 was looked at.</div>'
NTRK1: Resource = concept(HGNC, "HGNC:8031")
ALK: Resource = concept(HGNC, "HGNC:427")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(result(pair("EML4", "ALK"), value=None, **LOCAL), id="a fusion component"),
        pytest.param(result(value=NTRK1, **LOCAL), id="the code of a gene"),
        pytest.param(spoken("NTRK1 was looked at.", **LOCAL), id="the name of a gene"),
        pytest.param(report("NTRK1 was looked at.", **LOCAL), id="the name in a report"),
        pytest.param(
            report(presentedForm=[attachment("NTRK1 was looked at.")], **LOCAL), id="in its text"
        ),
    ],
)
def test_a_result_counts_as_genomic_for_what_it_holds(ask: Desk, told: Resource) -> None:
    assert ask.record(told).genomic_results == 1


@pytest.mark.parametrize(("transcript", "counted"), [("NM_002529.3", 1), ("NM_004327.4", 0)])
def test_a_result_counts_for_the_gene_of_a_sequence_that_it_contains(
    ask: Desk, transcript: str, counted: int
) -> None:
    named = {"coding": [{"system": "http://www.ncbi.nlm.nih.gov/nuccore", "code": transcript}]}
    held: Resource = {"resourceType": "MolecularSequence", "id": "q1", "coordinateSystem": 0}
    held |= {"referenceSeq": {"referenceSeqId": named}}
    told = spoken("Normal.", derivedFrom=[{"reference": "#q1"}], contained=[held], **LOCAL)
    assert ask.record(told).genomic_results == counted


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(result(value=ALK, **LOCAL), id="the code of another gene"),
        pytest.param(spoken("Normal.", **LOCAL), id="no gene"),
        pytest.param(
            spoken("Normal.", **LOCAL) | {"text": {"status": "additional", "div": DIV}},
            id="narrative",
        ),
        pytest.param(
            report(
                "Normal.",
                presentedForm=[{"contentType": "image/png", "data": "NTRK1/NTRK1="}],
                **LOCAL,
            ),
            id="bytes of a picture",
        ),
    ],
)
def test_a_result_does_not_count_for_what_it_does_not_say(ask: Desk, told: Resource) -> None:
    assert ask.record(told).genomic_results == 0
