"""Where words stand on a page of a synthetic report -> the lines in which people read them."""

from __future__ import annotations

import pytest

from cds_service.reading.pdf import MAX_BYTES, read_all
from cds_service.reading.pdf_layout import page_text, whole_words
from tests import pdfs

Piece = tuple[float, float, float, bool, str]


def at(x: float, y: float, text: str, *, upright: bool = True) -> Piece:
    return (x, y, 10.0, upright, text)


def test_cells_on_one_height_are_one_row() -> None:
    assert page_text([at(30, 700, "NTRK1"), at(300, 700, "Not detected")]) == "NTRK1 | Not detected"


def test_a_word_in_bold_within_a_sentence_is_no_cell() -> None:
    pieces = [at(30, 700, "The "), at(50, 700, "NTRK1"), at(82, 700, " gene is normal.")]
    assert page_text(pieces) == "The NTRK1 gene is normal."


def test_a_result_that_is_wrapped_stays_with_its_gene() -> None:
    pieces = [at(30, 700, "NTRK1"), at(300, 700, "Not"), at(300, 688, "detected")]
    pieces += [at(30, 670, "NTRK3"), at(300, 670, "Detected")]
    assert page_text(pieces) == "NTRK1 | Not detected\nNTRK3 | Detected"


def test_a_result_in_the_middle_of_a_tall_row_belongs_to_that_row_only() -> None:
    pieces = [at(30, 740, "ALK and ROS1"), at(30, 700, "NTRK1, NTRK2"), at(30, 680, "and NTRK3")]
    assert page_text([*pieces, at(300, 690, "Not detected")]) == (
        "ALK and ROS1\nNTRK1, NTRK2 and NTRK3 | Not detected"
    )


def test_a_table_written_column_by_column_is_read_row_by_row() -> None:
    left = [at(30, 700 - 20 * i, f"NTRK{i + 1}") for i in range(3)]
    right = [
        at(300, 700 - 20 * i, said)
        for i, said in enumerate(["Not detected", "Detected", "Not detected"])
    ]
    assert page_text([*left, *right]).splitlines() == [
        "NTRK1 | Not detected",
        "NTRK2 | Detected",
        "NTRK3 | Not detected",
    ]


def test_cells_that_are_not_on_the_heights_of_the_genes_are_not_given_to_them() -> None:
    left = [at(30, 700 - 20 * i, f"NTRK{i + 1}") for i in range(3)]
    right = [at(300, 705 - 13 * i, said) for i, said in enumerate(["One", "Two", "Three", "Four"])]
    assert "|" not in page_text([*left, *right])


def test_text_that_is_turned_is_read_in_the_order_of_writing() -> None:
    pieces = [at(30, 700, "NTRK1 fusion", upright=False), at(42, 700, "detected", upright=False)]
    assert page_text(pieces) == "NTRK1 fusion\ndetected"


def test_a_page_without_text_is_no_text() -> None:
    assert page_text([]) == ""


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("a fu-\nsion", "a fusion"),
        ("rear\u00ad\nranged", "rearranged"),
        ("out-of-\nframe", "out-of-frame"),
        ("in-\nframe", "in-frame"),
        ("break-\napart", "break-apart"),
        ("fusion-\npositive", "fusion-positive"),
        ("TPM3-\nNTRK1", "TPM3-\nNTRK1"),
        ("p.-\n12", "p.-\n12"),
        ("none -\nfound", "none -\nfound"),
        ("non-\nsmall cell", "non-small cell"),
        ("NTRK-\npositive", "NTRK-positive"),
    ],
)
def test_a_hyphen_at_the_end_of_a_line_goes_only_where_it_broke_a_word(
    broken: str, whole: str
) -> None:
    assert whole_words(broken) == whole


def test_the_characters_that_are_read_of_one_document_are_limited() -> None:
    line = "No fusion of any of the genes that were studied. " * 2
    (found,) = read_all([pdfs.written(*[line] * 43, pages=99)])
    assert not found.whole
    assert 0 < len(found.text) <= 420_000


def test_a_document_that_is_too_large_is_not_opened() -> None:
    large = pdfs.written("NTRK1 fusion detected") + b" " * MAX_BYTES
    small = pdfs.written("Normal.")
    assert [found.text for found in read_all([large, small, large, small])] == ["", "Normal."] * 2


def test_without_time_nothing_is_read_and_nothing_is_whole() -> None:
    found = read_all([pdfs.written("NTRK1 fusion detected")] * 2, budget=0)
    assert [(one.text, one.whole) for one in found] == [("", False)] * 2


def test_the_documents_after_one_that_takes_too_long_are_read() -> None:
    found = read_all([pdfs.forms_within_forms(), pdfs.written("Normal.")], budget=120)
    assert [(one.whole, one.text) for one in found][1] == (True, "Normal.")
    assert not found[0].whole
