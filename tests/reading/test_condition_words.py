"""Words beside a diagnosis in a Condition: what they reserve, what they deny."""

from __future__ import annotations

import pytest

from tests.builders import ICD10, concept, condition
from tests.desk import Desk

UNCONFIRMED = """
mesothelioma
Mesothelioma NOS
malignant pleural mesothelioma, no metastases
?meso
?mesothelioma
mesothelioma?
query mesothelioma
queried meso
suspected mesothelioma
possible mesothelioma
probable mesothelioma
likely meso
mesothelioma vs adenocarcinoma
differential diagnosis: mesothelioma
ddx meso
rule out mesothelioma
r/o mesothelioma
to exclude mesothelioma
mesothelioma cannot be excluded
mesothelioma not excluded
features suspicious of meso
asbestos exposure, ?meso
pleural effusion ?mesothelioma
concern for mesothelioma
history of mesothelioma
h/o mesothelioma
previous mesothelioma
PMH mesothelioma
mesothelioma, histology awaited
mesothelioma, not confirmed
provisional: mesothelioma
mesothelioma, not otherwise specified
previous asbestos exposure, mesothelioma
mesothelioma; no histology
consistent with mesothelioma
screening for mesothelioma
"""
NONE = """
no mesothelioma
not mesothelioma
no evidence of mesothelioma
mesothelioma excluded
mesothelioma ruled out
negative for mesothelioma
without mesothelioma
mesothelioma unlikely
never had mesothelioma
absence of mesothelioma
mesothelioma not found
denies mesothelioma
family history of mesothelioma
FH mesothelioma
father had mesothelioma
husband died of mesothelioma
familial mesothelioma
brother: mesothelioma
benign mesothelioma
adenomatoid tumour
multicystic mesothelioma
mesothelioma in situ
well-differentiated papillary mesothelioma
benign multicystic peritoneal mesothelioma
asbestos exposure
asbestosis
pleural plaques
pleural effusion
diffuse pleural thickening
mesothelial proliferation
mesenteric mass
lung adenocarcinoma
"""


@pytest.mark.parametrize("words", UNCONFIRMED.strip().splitlines())
def test_mesothelioma_in_words_is_at_most_unconfirmed(ask: Desk, words: str) -> None:
    assert ask.diagnosis(condition({"text": words})) == "unconfirmed"


@pytest.mark.parametrize("words", NONE.strip().splitlines())
def test_words_that_deny_it_or_name_another_disease_are_none(ask: Desk, words: str) -> None:
    assert ask.diagnosis(condition({"text": words})) == "none"


@pytest.mark.parametrize(
    ("words", "qualifier"),
    [
        ("?meso", "suspected"),
        ("history of mesothelioma", "history"),
        ("family history of mesothelioma", "family"),
        ("family  history of\nmesothelioma", "family"),
        ("no mesothelioma", "negated"),
    ],
)
def test_a_reservation_has_a_name(ask: Desk, words: str, qualifier: str) -> None:
    assert qualifier in ask.condition({"text": words}).qualifiers


@pytest.mark.parametrize("words", ["mesothelioma NOS", "mesothelioma, no metastases"])
def test_what_only_looks_like_a_reservation_is_none(ask: Desk, words: str) -> None:
    assert ask.condition({"text": words}).qualifiers == frozenset()


def test_a_denial_reaches_the_next_comma_only(ask: Desk) -> None:
    assert ask.diagnosis(condition({"text": "no effusion, mesothelioma"})) == "unconfirmed"


def test_the_display_of_a_local_code_is_read_like_text(ask: Desk) -> None:
    local = concept("http://local.example", "x1", "Query mesothelioma")
    assert ask.condition(local).qualifiers == {"suspected"}


def test_a_code_beside_a_question_is_suspected(ask: Desk) -> None:
    assert ask.condition(concept(ICD10, "C45.0", text="?malignancy")).qualifiers == {"suspected"}
