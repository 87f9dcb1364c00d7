"""Pieces of a page at the edges of rows, cells and columns -> the lines of a synthetic report."""

from __future__ import annotations

import pytest

from cds_service.reading.pdf_layout import page_text

Piece = tuple[float, float, float, bool, str]
LEFT, RIGHT, FAR = 30, 300, 450


def at(x: float, y: float, text: str) -> Piece:
    return (x, y, 10.0, True, text)


def below(x: float, top: float, *texts: str, step: float = 20) -> list[Piece]:
    """Lines of a column, from the top downwards."""
    return [at(x, top - step * row, text) for row, text in enumerate(texts)]


# --- pieces of one line ---------------------------------------------------------------------------


def test_a_gene_whose_letters_are_set_apart_is_one_word() -> None:
    assert page_text([at(30, 700, "NT"), at(42, 700, "RK3 fusion")]) == "NTRK3 fusion"


@pytest.mark.parametrize("second", [" detected.", "detected."])
def test_pieces_that_give_the_start_of_their_line_as_their_place_follow_each_other(
    second: str,
) -> None:
    assert page_text([at(30, 700, "NTRK3 "), at(30, 700, second)]) == "NTRK3 detected."


def test_words_that_are_set_a_little_lower_are_on_the_same_line() -> None:
    assert page_text([at(30, 700, "NTRK1"), at(300, 696, "Detected")]) == "NTRK1 | Detected"
    pieces = [at(30, 700, "NTRK1"), at(300, 700, "Dete"), at(300, 696, "cted")]
    assert page_text(pieces) == "NTRK1 | Detected"


def test_a_gap_of_three_letters_is_none_yet() -> None:
    gene = at(30, 700, "NTRK1 ")
    assert page_text([gene, at(70, 700, "Detected")]) == "NTRK1 Detected"
    assert page_text([gene, at(75, 700, "Detected")]) == "NTRK1 | Detected"


def test_narrow_columns_are_known_by_three_rows_that_start_at_one_place() -> None:
    rows = [[at(30, 700 - 20 * n, f"NTRK{n} "), at(60, 700 - 20 * n, "Absent")] for n in (1, 2, 3)]
    assert page_text([piece for row in rows for piece in row]) == (
        "NTRK1 | Absent\nNTRK2 | Absent\nNTRK3 | Absent"
    )
    assert page_text([*rows[0], *rows[1]]) == "NTRK1 Absent\nNTRK2 Absent"


def test_text_that_is_written_backwards_is_not_made_a_sentence() -> None:
    assert page_text([at(70, 700, "Detected"), at(30, 700, "NTRK1")]) == "Detected\n\nNTRK1"


# --- a result that goes on below ------------------------------------------------------------------


def test_a_result_may_be_wrapped_more_than_once() -> None:
    row = [at(LEFT, 700, "NTRK1"), at(150, 700, "RNA")]
    said = below(RIGHT, 700, "A fusion", "that was", "not seen", "in DNA", step=12)
    assert page_text([*row, *said]) == "NTRK1 | RNA | A fusion that was not seen in DNA"


@pytest.mark.parametrize(("x", "y"), [(RIGHT, 675), (RIGHT, 670), (RIGHT + 1, 688)])
def test_a_line_far_below_a_result_or_beside_it_is_a_line_of_its_own(x: float, y: float) -> None:
    row = [at(LEFT, 700, "NTRK1"), at(RIGHT, 700, "Detected")]
    assert page_text([*row, at(x, y, "Comment")]) == "NTRK1 | Detected\nComment"


# --- a cell beside those that were written before it ----------------------------------------------


def test_what_starts_less_than_a_letter_further_right_is_not_beside() -> None:
    assert page_text([at(LEFT, 700, "NTRK1"), at(LEFT + 10, 706, "RNA")]) == "NTRK1\n\nRNA"


def test_a_cell_a_little_above_or_below_its_gene_is_in_the_row() -> None:
    genes = [at(LEFT, 720, "Gene"), at(LEFT, 700, "NTRK1")]
    result, assay = at(RIGHT, 706, "Detected"), at(FAR, 696, "RNA")
    assert page_text([*genes, result]) == "Gene\nNTRK1 | Detected"
    assert page_text([*genes, result, assay]) == "Gene\nNTRK1 | Detected | RNA"
    assert page_text([genes[1], result, assay]) == "NTRK1 | Detected | RNA"


def test_a_cell_that_hangs_lower_is_in_no_row() -> None:
    pieces = [at(LEFT, 700, "NTRK1"), at(RIGHT, 706, "Detected"), at(FAR, 690, "RNA")]
    assert page_text(pieces) == "NTRK1 | Detected\nRNA"


def test_a_line_that_starts_further_in_is_no_more_of_the_cell_above_it() -> None:
    pieces = [at(LEFT, 700, "NTRK1"), at(RIGHT, 706, "Detected"), at(RIGHT + 60, 694, "RNA")]
    assert page_text(pieces) == "NTRK1 | Detected\nRNA"


def test_a_result_of_three_lines_is_one_cell() -> None:
    said = below(RIGHT, 706, "Detected.", "ETV6 is", "The partner", step=12)
    assert page_text([at(LEFT, 694, "NTRK3"), *said]) == "NTRK3 | Detected. ETV6 is The partner"


def test_the_foot_of_a_page_that_is_written_first_is_kept() -> None:
    pieces = [at(LEFT, 50, "Page 1"), at(LEFT, 700, "NTRK1"), at(RIGHT, 706, "Detected")]
    assert page_text(pieces) == "Page 1\n\nNTRK1 | Detected"


def test_a_result_beside_a_long_description_is_its_cell() -> None:
    text = below(
        LEFT, 712, "Fusions of NTRK1, NTRK2 and NTRK3", "by targeted RNA sequencing of the"
    )
    text += [at(LEFT, 672, "tumour sample that was received here")]
    (said,) = page_text([*text, at(RIGHT, 698, "Not detected")]).splitlines()
    assert said.endswith("received here | Not detected")


def test_two_cells_of_two_lines_are_one_row() -> None:
    text = below(LEFT, 700, "Fusions of NTRK1, NTRK2 and NTRK3", "by RNA sequencing of the tumour")
    said = below(RIGHT, 700, "None of them was found in the", "sample that was sent to us")
    assert page_text([*text, *said]) == (
        "Fusions of NTRK1, NTRK2 and NTRK3 by RNA sequencing of the tumour"
        " | None of them was found in the sample that was sent to us"
    )


# --- the first line of the row that a cell belongs to ---------------------------------------------


@pytest.mark.parametrize("y", [700, 702, 688])
def test_a_result_beside_a_gene_list_of_two_lines_is_for_both(y: float) -> None:
    genes = [at(LEFT, 720, "ALK"), at(LEFT, 700, "NTRK1, NTRK2"), at(LEFT, 680, "and NTRK3")]
    assert page_text([*genes, at(RIGHT, y, "Not detected")]) == (
        "ALK\nNTRK1, NTRK2 and NTRK3 | Not detected"
    )


@pytest.mark.parametrize(
    ("above", "genes", "y"),
    [(712, (700, 680), 690), (720, (700,), 707), (730, (712, 704, 696, 688), 700)],
)
def test_a_result_is_not_given_to_the_gene_in_the_row_above(
    above: float, genes: tuple[float, ...], y: float
) -> None:
    lines = [at(LEFT, place, f"NTRK{n + 1}") for n, place in enumerate(genes)]
    said = page_text([at(LEFT, above, "ALK"), *lines, at(RIGHT, y, "Not detected")])
    row = " ".join(f"NTRK{n + 1}" for n in range(len(genes)))
    assert said == f"ALK\n{row} | Not detected"


# --- a table that was written column by column ----------------------------------------------------


@pytest.mark.parametrize("said", ["Detected", "(not detected)"])
def test_a_table_of_two_rows_is_put_back_in_rows(said: str) -> None:
    pieces = [*below(LEFT, 700, "NTRK1", "NTRK2"), *below(RIGHT, 700, said, said)]
    assert page_text(pieces) == f"NTRK1 | {said}\nNTRK2 | {said}"


def test_a_head_over_the_first_column_alone_stays_alone() -> None:
    pieces = below(LEFT, 720, "Genes", "NTRK1", "NTRK2")
    pieces += below(RIGHT, 700, "Detected", "Absent")
    assert page_text(pieces) == "Genes\nNTRK1 | Detected\nNTRK2 | Absent"


def test_a_third_column_may_have_one_cell_only() -> None:
    pieces = [*below(LEFT, 700, "NTRK1", "NTRK2"), *below(RIGHT, 700, "Absent", "Detected")]
    assert page_text([*pieces, at(FAR, 685, "RNA")]) == "NTRK1 | Absent\nNTRK2 | Detected | RNA"


def test_results_and_assays_that_were_written_after_the_genes_stand_beside_them() -> None:
    genes = below(LEFT, 700, "NTRK1", "NTRK2")
    rows = [at(RIGHT, 700, "Dete"), at(RIGHT + 20, 700, "cted"), at(FAR, 700, "RNA")]
    rows += [at(RIGHT, 680, "Absent"), at(FAR, 680, "RNA")]
    assert page_text([*genes, *rows]) == "NTRK1 | Detected | RNA\nNTRK2 | Absent | RNA"


def test_a_list_of_four_results_that_fit_no_gene_is_a_column() -> None:
    pieces = below(LEFT, 700, "NTRK1", "NTRK2", "NTRK3")
    pieces += below(RIGHT, 705, "One", "Two", "Three", "Four", step=13)
    assert page_text(pieces) == "NTRK1\nNTRK2\nNTRK3\n\nOne\nTwo\nThree\nFour"


# --- columns of prose -----------------------------------------------------------------------------


def row_by_row(*rows: tuple[str, str]) -> str:
    spots = [
        (x, 700 - 12 * n, said)
        for n, row in enumerate(rows)
        for x, said in zip((LEFT, RIGHT), row, strict=True)
    ]
    return page_text([at(*spot) for spot in spots])


def test_three_lines_of_prose_are_two_columns() -> None:
    said = row_by_row(
        ("The tumour was sequenced on a", "We advise that the result is"),
        ("panel of genes, and no fusion", "discussed by the team, with all"),
        ("of NTRK3 was found in it.", "that is known of the patient."),
    )
    assert said.startswith("The tumour was sequenced on a\npanel of genes, and no fusion\nof NTRK3")
    assert said.endswith(
        "\n\nWe advise that the result is\ndiscussed by the team, with all"
        "\nthat is known of the patient."
    )


def test_four_words_and_a_half_in_a_line_are_prose() -> None:
    said = row_by_row(
        ("The tumour was sequenced", "We advise that this"),
        ("on a panel of genes", "is discussed by the team"),
        ("and no fusion of NTRK3", "with all that is known"),
        ("was seen in it", "of the patient today"),
    )
    assert "|" not in said


@pytest.mark.parametrize("end", [".", ":"])
def test_whole_sentences_beside_each_other_are_rows_of_a_table(end: str) -> None:
    rows = [
        (f"The gene NTRK{n} was studied here{end}", f"No fusion of it was found{end}")
        for n in (1, 2, 3)
    ]
    assert row_by_row(*rows).splitlines() == [" | ".join(row) for row in rows]
