"""Every error of the service is drawn in one tree and has one answer over HTTP."""

from __future__ import annotations

import pytest

from cds_service import errors
from cds_service.errors import HTTP_ANSWERS, KnowledgeError, RequestError, ServiceError, http_answer

ALL = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, ServiceError)
]
REQUESTS = [kind for kind in ALL if issubclass(kind, RequestError)]


@pytest.mark.parametrize("kind", ALL)
def test_an_error_is_drawn_in_the_tree(kind: type[ServiceError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("kind", REQUESTS)
def test_an_error_of_a_request_has_the_status_that_the_tree_shows(kind: type[RequestError]) -> None:
    answer = http_answer(kind("prefetch: expected an object"))
    line = next(li for li in (errors.__doc__ or "").splitlines() if f" {kind.__name__} " in li)
    assert line.endswith(f"-> {answer.status}")
    assert answer == HTTP_ANSWERS[kind]


def test_an_error_without_an_answer_of_its_own_gets_the_one_above() -> None:
    class HeaderError(errors.WrongMediaType):
        """A synthetic error further down the tree."""

    assert http_answer(HeaderError("content-type")) == HTTP_ANSWERS[errors.WrongMediaType]


def test_a_knowledge_error_tells_every_problem_on_its_own_line() -> None:
    error = KnowledgeError(["a.toml: id: is missing", "b.json: id: is missing"])
    assert error.problems == ("a.toml: id: is missing", "b.json: id: is missing")
    assert str(error).splitlines() == list(error.problems)
