"""Text of a record becomes one harmless line."""

from __future__ import annotations

import pytest

from cds_service.cards.sanitise import day, line, symbol, word
from tests.cards.hostile import HOSTILE

ALLOWED_PUNCTUATION = set(" :-./()+,")


@pytest.mark.parametrize(
    "name",
    [
        "North West Genomic Laboratory Hub",
        "Hôpital Saint-Louis, Paris",
        "Laboratory 7 (Floor 2/3)",
        "ETV6::NTRK3",
    ],
)
def test_the_name_of_a_laboratory_is_shown_as_it_is(name: str) -> None:
    assert line(name) == name


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_text_keeps_a_character_that_could_form_markup(text: str) -> None:
    shown = line(text)
    assert all(character.isalnum() or character in ALLOWED_PUNCTUATION for character in shown)
    assert "://" not in shown
    assert "www." not in shown.lower()
    assert len(shown) <= 60
    assert len(shown.split()) <= 8
    assert "\n" not in shown


@pytest.mark.parametrize("text", ["", "   ", "\u202e\u200b", "<>[]|", "---", "\ud800", "\u3164"])
def test_what_leaves_nothing_to_read_is_not_stated(text: str) -> None:
    assert line(text) == "not stated"


def test_a_link_cannot_be_put_together_from_removed_parts() -> None:
    assert "www." not in line("wwwwww..www.evil").lower()
    assert "://" not in line("http::////evil")


def test_a_bare_host_name_is_no_longer_one_word() -> None:
    assert line("evil.example/path") == "evil. example/path"


def test_a_decimal_point_is_kept() -> None:
    assert line("version 1.5") == "version 1.5"


def test_the_word_eligible_never_comes_from_a_record() -> None:
    assert line("Eligible ELIGIBILITY laboratory") == "laboratory"


def test_letters_in_full_width_are_read_as_plain_letters() -> None:
    assert line("ｗｗｗ.evil") == "evil"


def test_a_letter_written_in_two_parts_is_kept_as_one() -> None:
    assert line("Ho\u0302pital") == "Hôpital"


def test_marks_stacked_on_a_letter_are_taken_off() -> None:
    assert line("L" + "\u0337\u0338\u0353" * 20 + "ab") == "Lab"


def test_letters_that_run_right_to_left_do_not_reorder_the_line() -> None:
    assert line("Lab אבג 1") == "Lab 1"


@pytest.mark.parametrize("partner", ["LMNA", "TPM3", "RP11-124A.1", "HLA-A"])
def test_a_gene_symbol_is_taken_for_one(partner: str) -> None:
    assert symbol(partner) == partner


@pytest.mark.parametrize("partner", ["not a symbol", "X" * 21, "script:alert(1)"])
def test_other_words_are_no_gene_symbol(partner: str) -> None:
    assert symbol(partner) == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [("final", "final"), ("not a code", "not"), ("x" * 50, "x" * 20), ("<>", "not stated")],
)
def test_a_code_is_one_short_word(value: str, shown: str) -> None:
    assert word(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2026-10-02", "2 October 2026"),
        ("2026-10-02T12:30:00Z", "2 October 2026"),
        ("2026-10", "October 2026"),
        ("2026", "2026"),
    ],
)
def test_a_date_is_written_in_words_as_precise_as_it_was(value: str, shown: str) -> None:
    assert day(value) == shown


@pytest.mark.parametrize("value", ["", "yesterday", "2026-13-01", "2026-02-30", "<b>2026"])
def test_what_is_no_date_is_not_stated(value: str) -> None:
    assert day(value) == "not stated"
