"""The pages that are made of tests are as new as the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.generate import CHECKOUT, PAGES
from tests.docs.sentences import chapters, spoken


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_as_new_as_the_tests(name: str) -> None:
    written = (CHECKOUT / "docs" / name).read_text("utf-8")
    assert written == PAGES[name](), f"docs/{name} is stale: make docs"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("a_patient_who_died_gets_nothing", "A patient who died gets nothing"),
        ("an_ntrk3_fusion_read_from_a_pdf", "An NTRK3 fusion read from a PDF"),
        ("a_positive_pan_trk_stain", "A positive pan-TRK stain"),
        (
            "the_drug_of_another_patient_is_not_this_patients",
            "The drug of another patient is not this patient's",
        ),
        ("uuids_are_stable", "UUIDs are stable"),
    ],
)
def test_a_test_name_is_spelled_as_a_sentence(name: str, sentence: str) -> None:
    assert spoken(name) == sentence


def test_a_new_test_makes_a_page_stale(tmp_path: Path) -> None:
    file = tmp_path / "test_spec.py"
    file.write_text('"""About a patient."""\n\ndef test_one():\n    """More."""\n', "utf-8")
    (before,) = chapters(tmp_path)
    file.write_text(file.read_text("utf-8") + "\ndef test_two():\n    pass\n", "utf-8")
    (after,) = chapters(tmp_path)
    assert (before.title, before.words) == ("Spec", "About a patient.")
    assert [s.words for s in before.sentences] == ["One"]
    assert [s.words for s in after.sentences] == ["One", "Two"]
    assert before.sentences[0].more == "More."
