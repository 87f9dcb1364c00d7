"""No page leads nowhere, and every page can be reached from the README."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.repository import CHECKOUT, Page, name_of, page, pages

PAGES = {name_of(p.path): p for p in pages()}


def missing(source: Page) -> list[str]:
    """Links to files or headings that are not there; addresses outside are left alone."""
    found = []
    for link in source.links():
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (source.path.parent / path).resolve() if path else source.path
        there = target.exists() and (not anchor or anchor in Page(target).anchors())
        found += [] if there else [link]
    return found


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_page_leads_somewhere(name: str) -> None:
    assert missing(PAGES[name]) == []


def test_a_link_that_leads_nowhere_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text("# Title here\n[a](other.md) [b](#title-here) [c](#no-title)\n", "utf-8")
    assert missing(Page(file)) == ["other.md", "#no-title"]


def test_every_page_of_the_documentation_can_be_reached_from_the_readme() -> None:
    waiting, seen = [page("README.md").path], set[Path]()
    while waiting:
        path = waiting.pop()
        if path in seen or path.suffix != ".md":
            continue
        seen.add(path)
        links = (link.partition("#")[0] for link in Page(path).links() if "://" not in link)
        waiting += [(path.parent / link).resolve() for link in links if link]
    documented = {p.path for name, p in PAGES.items() if name.startswith("docs/")}
    assert sorted(map(name_of, documented - seen)) == []


def test_every_decision_is_in_the_list_of_decisions() -> None:
    listed = page("docs/adr/README.md").links()
    written = [path.name for path in (CHECKOUT / "docs" / "adr").glob("0*.md")]
    assert sorted(listed) == sorted(written)
