"""What stands beside a result: other tests, other genes, reports that do not count, odd texts."""

from __future__ import annotations

import pytest

from tests.builders import (
    PRESENT,
    SNOMED,
    TBD,
    Resource,
    attachment,
    concept,
    condition,
    fusion,
    gene,
    name,
    outcome,
    part,
    report,
    result,
    results,
    spoken,
)
from tests.desk import Desk

PDF = {"contentType": "application/pdf", "data": "JVBERg=="}


def decided(ask: Desk, *resources: Resource, sick: bool = True) -> str:
    chart = [condition()] if sick else []
    return ask.about(*chart, *resources).recommendation


@pytest.mark.parametrize("status", ["entered-in-error", "preliminary"])
@pytest.mark.parametrize("code", ["322", "323", "412"])
def test_a_report_that_does_not_count_says_nothing_about_its_result(
    ask: Desk, status: str, code: str
) -> None:
    above = report(status=status, result=results("f1"), conclusionCode=outcome(code))
    assert decided(ask, fusion(id="f1"), above) == "trk-inhibitor-option"


@pytest.mark.parametrize("status", ["unknown", "banana"])
def test_a_contained_result_without_a_readable_status_is_named(ask: Desk, status: str) -> None:
    inside = {**fusion(), "id": "v1", "status": status}
    above = report(contained=[inside], result=[{"reference": "#v1"}])
    assert decided(ask, above) == "could-not-check"


def test_a_consequence_that_names_its_own_gene_is_not_passed_over(ask: Desk) -> None:
    said = part("functional-effect", concept("http://www.sequenceontology.org", "SO:0001886"), TBD)
    alone = result(gene("NTRK1"), said, value=PRESENT, code=concept(TBD, "molecular-consequence"))
    assert decided(ask, alone) != "nothing"


def test_a_retracted_result_need_not_be_valid(ask: Desk) -> None:
    retracted = fusion(status="entered-in-error", effectiveDateTime="2026-10-02T12:22:00")
    assert decided(ask, retracted) == "nothing"


@pytest.mark.parametrize("said", ["See attached report.", "Please see attached PDF", ""])
def test_words_that_point_to_an_unreadable_attachment_are_no_content(ask: Desk, said: str) -> None:
    assert decided(ask, report(said, presentedForm=[PDF])) == "could-not-check"


def test_staining_beside_a_promise_of_rna_settles_nothing(ask: Desk) -> None:
    fish = spoken("NTRK3 rearrangement detected by FISH")
    said = report("Pan-TRK IHC was negative, RNA sequencing is awaited.")
    assert decided(ask, fish, said) == "confirm-fusion"


def test_to_refute_a_benign_mesothelioma_refutes_nothing_else(ask: Desk) -> None:
    benign = condition(concept(SNOMED, "254825007"), "", "refuted", id="c2")
    assert decided(ask, fusion(), benign) == "trk-inhibitor-option"


@pytest.mark.parametrize("said", ["Antisense fusion.", "Frame: out of frame"])
def test_a_note_without_the_gene_may_doubt_the_frame(ask: Desk, said: str) -> None:
    assert decided(ask, fusion(note=[{"text": said}])) == "confirm-fusion"


@pytest.mark.parametrize("said", ["LMNA-NTRK1 G595R AND G667C", "p.Gly595Arg"])
def test_a_resistance_mutation_in_the_same_result_is_read(ask: Desk, said: str) -> None:
    both = fusion("NTRK1", "LMNA")
    both["component"] = [*both["component"], name(said)]
    assert decided(ask, both) == "prior-trk-inhibitor"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("TPM3::NTRK1 fusion and NTRK1 p.(Gly595Arg) mutation detected.", "prior-trk-inhibitor"),
        ("TPM3::NTRK1 fusion detected with no evidence of NTRK1 G595R.", "trk-inhibitor-option"),
    ],
)
def test_a_mutation_beside_a_fusion_in_one_sentence(ask: Desk, said: str, expected: str) -> None:
    assert decided(ask, fusion(), report(said)) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Negative for ALK, positive for NTRK1 fusion", "confirm-fusion"),
        ("DNA testing did not detect a fusion, RNA testing revealed ETV6::NTRK3", "confirm-fusion"),
        ("NTRK1 rearrangement, partner gene not identified", "confirm-fusion"),
        ("ETV6-NTRK3 fusion, reading frame could not be determined", "confirm-fusion"),
        ("ETV6::NTRK3 fusion (KRAS wild type)", "confirm-fusion"),
        ("ETV6::NTRK3 fusion, BRAF negative, ALK negative", "confirm-fusion"),
        ("NTRK1 fusion in the absence of other drivers", "confirm-fusion"),
        ("Negative for ALK, ROS1, NTRK1 fusion", "nothing"),
        ("No sample was positive for NTRK1 fusion", "nothing"),
        ("No NTRK fusion partner identified", "nothing"),
        ("ETV6::NTRK3, RET: negative", "nothing"),
        ("The ETV6::NTRK3 and EML4::ALK fusions were not detected", "nothing"),
    ],
)
def test_whose_result_a_sentence_states(ask: Desk, said: str, expected: str) -> None:
    assert decided(ask, report(said)) == expected


@pytest.mark.parametrize(
    "said",
    [
        "NTRK1 " + "a-" * 5000 + "% no fusion",
        "NTRK1 fusion " * 5000,
        "NTRK1 fusion &#" + "9" * 5000 + "; detected",
    ],
)
@pytest.mark.timeout(30)  # each took minutes when reading was not linear
def test_odd_texts_are_read_to_their_end(ask: Desk, said: str) -> None:
    assert decided(ask, report(said)) in ("nothing", "confirm-fusion")


def test_a_character_set_that_no_report_uses_is_unreadable(ask: Desk) -> None:
    form = attachment("a" * 300_000 + "-" + "a" * 300_000, "text/plain; charset=punycode")
    assert decided(ask, report(presentedForm=[form])) == "could-not-check"


@pytest.mark.parametrize("piece", ["<a ", '<a x="&', "<!--", "<script>", "</s", "<?", "&#"])
@pytest.mark.timeout(30)  # each took minutes when reading was not linear
def test_broken_html_is_read_to_its_end(ask: Desk, piece: str) -> None:
    form = attachment(piece * 20000, "text/html")
    assert decided(ask, report(presentedForm=[form])) in ("nothing", "could-not-check")


@pytest.mark.parametrize(
    "page",
    [
        "<!-- a > b --><p>TPM3::NTRK1 <b>fusion</b> det<i>ect</i>ed</p>",
        "<script>if (a<b) x='<p>'</script><style>p{}</style>TPM3::NTRK1 fusion detected",
        "p < 0.05 <br/>TPM3::NTRK1 fusion detected <!-- never closed",
    ],
)
def test_html_is_read_as_a_browser_shows_it(ask: Desk, page: str) -> None:
    assert decided(ask, report(presentedForm=[attachment(page, "text/html")])) == "confirm-fusion"
