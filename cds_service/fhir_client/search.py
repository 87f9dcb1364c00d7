"""One query -> what came of it: POST _search, GET where that does not exist, pages followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cds_service.clients import Base
from cds_service.domain import DataState, GapWhy, Json, Missing, Partial
from cds_service.errors import RequestError
from cds_service.fhir_client.paging import Pages
from cds_service.fhir_client.query import Query
from cds_service.fhir_client.transport import Document, Form, Trouble
from cds_service.reading.bundle import state_of
from cds_service.strict_json import parse

_NO_POST_SEARCH = (404, 405)


class Exchange(Protocol):
    """What carries one request (Transport.exchange); raises Trouble."""

    def __call__(
        self, address: str, headers: Mapping[str, str], form: Form | None = None
    ) -> Document: ...


@dataclass(frozen=True)
class Gathered:
    """What came of one query."""

    state: DataState
    down: bool = False  # nothing came, and the server seems unable to answer anybody


def gather(exchange: Exchange, base: Base, token: str, query: Query) -> Gathered:
    """Ask, follow the pages, and say what is missing; never raises for what a server does."""
    headers = {"Accept": "application/fhir+json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    asker = _Asker(exchange, base.address, headers)
    try:
        first = asker.first(query)
    except Trouble as trouble:
        return Gathered(Missing(trouble.why), trouble.down)
    if not query.is_search:
        return Gathered(_read(first, query))
    if first.get("resourceType") != "Bundle":
        said_no = first.get("resourceType") == "OperationOutcome"
        return Gathered(Missing(GapWhy.OUTCOME if said_no else GapWhy.NOT_A_RESOURCE))
    return Gathered(_searched(asker, base, first))


def _read(resource: Json, query: Query) -> DataState:
    """A Patient by another id is left to the reading, which knows whose resource is whose."""
    if resource.get("resourceType") not in (query.kind, "OperationOutcome"):
        return Missing(GapWhy.NOT_A_RESOURCE)
    return state_of(resource)


def _searched(asker: _Asker, base: Base, first: Json) -> DataState:
    """All pages as one Bundle, so that totals, warnings and damage are judged in one place."""
    pages = Pages(base, first)
    stopped: GapWhy | None = None
    while stopped is None and (address := pages.next_address()):
        try:
            stopped = pages.add(asker.page(address))
        except Trouble as trouble:
            stopped = trouble.why
    state = state_of(pages.merged())
    if first.get("type") != "searchset":
        stopped = GapWhy.NOT_A_RESOURCE  # an answer to another question, or no known version
    if isinstance(state, Missing) or stopped is None:
        return state
    return Partial(state.resources, stopped)


class _Asker:
    """Requests to one server with one token."""

    def __init__(self, exchange: Exchange, address: str, headers: Mapping[str, str]) -> None:
        self._exchange = exchange
        self._address = address
        self._headers = headers

    def first(self, query: Query) -> Json:
        """The first answer: a resource. Raises Trouble."""
        if not query.is_search:
            return self.page(f"{self._address}/{query.path}")
        search = f"{self._address}/{query.kind}"
        document = self._exchange(f"{search}/_search", self._headers, query.params)
        if document.status in _NO_POST_SEARCH:
            return self.page(f"{search}?{query.encoded}")
        return _resource(document)

    def page(self, address: str) -> Json:
        """The resource at an address. Raises Trouble."""
        return _resource(self._exchange(address, self._headers))


def _resource(document: Document) -> Json:
    if document.status != 200:
        raise Trouble.of_status(document.status)
    try:
        value: Any = parse(document.body)
    except RequestError:
        raise Trouble(GapWhy.ANSWER_UNREADABLE) from None
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise Trouble(GapWhy.NOT_A_RESOURCE)
    return value
