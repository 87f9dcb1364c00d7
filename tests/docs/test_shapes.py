"""What docs/reading.md says of every shape is what the service does with it."""

from __future__ import annotations

import pytest

from cds_service.knowledge import Knowledge
from tests.desk import Desk
from tests.docs.other_shapes import DIAGNOSES, PRIORS
from tests.docs.shapes import FUSIONS, Shape

ALL = (*FUSIONS, *DIAGNOSES, *PRIORS)


@pytest.mark.parametrize("shape", ALL, ids=lambda shape: shape.written)
def test_a_shape_becomes_what_the_page_says(shape: Shape, knowledge: Knowledge) -> None:
    found = Desk(knowledge).about(*shape.resources, *shape.beside)
    assert (found.state(shape.criterion), found.recommendation) == shape.becomes


def test_the_page_covers_the_sixteen_shapes_that_the_reader_was_built_on() -> None:
    assert [s.number for s in FUSIONS if s.number] == [str(n) for n in range(1, 17)]


def test_no_two_shapes_have_the_same_words() -> None:
    for table in (FUSIONS, DIAGNOSES, PRIORS):
        words = [shape.written for shape in table]
        assert len(set(words)) == len(words)
