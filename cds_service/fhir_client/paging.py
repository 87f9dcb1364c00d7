"""Pages of a search -> one Bundle; the next page only where it belongs to the same server."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from cds_service.clients import Base
from cds_service.domain import GapWhy, Json, RepeatedKeys
from cds_service.reading.fhir_json import text

MOST_PAGES = 20
MOST_ENTRIES = 20_000  # over all pages: far more than a record, far less than memory


class Pages:
    """The pages that came so far."""

    def __init__(self, base: Base, first: Json) -> None:
        self._base = base
        self._pages: list[Json] = [first]
        self._seen: set[str] = set()

    def next_address(self) -> str:
        """Where the next page is; '' where there is none that may be asked for."""
        links = self._next_links()
        if len(links) != 1 or len(self._pages) >= MOST_PAGES:
            return ""
        if sum(len(_entries(page)) for page in self._pages) >= MOST_ENTRIES:
            return ""
        address = self._same_server(links[0])
        if not address or address in self._seen:
            return ""
        self._seen.add(address)
        return address

    def add(self, page: Json) -> GapWhy | None:
        """Keep one more page; the reason where it is no page."""
        if page.get("resourceType") == "OperationOutcome":
            return GapWhy.OUTCOME
        if page.get("resourceType") != "Bundle" or not isinstance(page.get("entry", []), list):
            return GapWhy.NOT_A_RESOURCE
        self._pages.append(page)
        return None

    def merged(self) -> Json:
        """One Bundle: entries of all pages, the largest total, and what is left of the links."""
        first, last = self._pages[0], self._pages[-1]
        if first is last:
            return first
        whole = RepeatedKeys if any(isinstance(p, RepeatedKeys) for p in self._pages) else dict
        entries = [entry for page in self._pages for entry in _entries(page)]
        bundle = whole({**first, "entry": entries, "link": last.get("link", [])})
        totals = [t for p in self._pages if isinstance(t := p.get("total"), int)]
        if totals:
            bundle["total"] = max(totals)
        return bundle

    def _next_links(self) -> list[str]:
        links: Any = self._pages[-1].get("link")
        found = (
            [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []
        )
        return [text(link.get("url")) for link in found if link.get("relation") == "next"]

    def _same_server(self, link: str) -> str:
        """The link as an address at or below the base of the call, else ''."""
        if not link.isascii() or not link.isprintable() or link.partition("#")[0] != link:
            return ""  # joining would drop line ends without a word
        try:
            address = urljoin(f"{self._base.address}/", link)
            place = Base.parse(address.partition("?")[0])
        except ValueError:
            return ""
        return address if link and self._base.covers(place) else ""


def _entries(page: Json) -> list[Any]:
    entries = page.get("entry")
    return entries if isinstance(entries, list) else []
