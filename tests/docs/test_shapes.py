"""What docs/reading.md says of every shape is what the service does with it."""

from __future__ import annotations

import pytest

from cds_service.assess.shapes import SHAPES
from cds_service.domain import CriterionKind
from cds_service.knowledge import Knowledge
from tests.desk import Desk
from tests.docs.examples import cases
from tests.docs.other_shapes import DIAGNOSES, PRIORS
from tests.docs.shapes import FUSIONS, Shape
from tests.reading.case_table import reasons

FOUND = ("confirmed", "unconfirmed", "screening")
ALL = (*FUSIONS, *DIAGNOSES, *PRIORS)


@pytest.mark.parametrize("shape", ALL, ids=lambda shape: shape.written)
def test_a_shape_becomes_what_the_page_says(shape: Shape, knowledge: Knowledge) -> None:
    found = Desk(knowledge).about(*shape.resources, *shape.beside)
    assert (found.state(shape.criterion), found.recommendation) == shape.becomes


def test_the_page_covers_the_sixteen_shapes_that_the_reader_was_built_on() -> None:
    assert [s.number for s in FUSIONS if s.number] == [str(n) for n in range(1, 17)]


def test_explain_has_the_words_of_the_page_for_every_shape() -> None:
    words = {f"shape-{shape.number}": shape.written for shape in FUSIONS if shape.number}
    assert words == SHAPES


def test_every_shape_has_one_example_in_the_same_words() -> None:
    assert [(f"shape-{case.shape}", case.example) for case in cases()] == list(SHAPES.items())


@pytest.mark.parametrize(
    "shape", [s for s in FUSIONS if s.number and s.becomes[0] in FOUND], ids=lambda s: s.number
)
def test_explain_names_the_shape_of_a_finding(shape: Shape, knowledge: Knowledge) -> None:
    found = Desk(knowledge).about(*shape.resources, *shape.beside)
    inner = {"11": "2", "12": "4"}.get(shape.number, shape.number)  # containers of another shape
    written = f"written as shape-{inner} ({SHAPES[f'shape-{inner}']})"
    assert written in reasons(found, CriterionKind.GENE_FUSION)


def test_no_two_shapes_have_the_same_words() -> None:
    for table in (FUSIONS, DIAGNOSES, PRIORS):
        words = [shape.written for shape in table]
        assert len(set(words)) == len(words)
