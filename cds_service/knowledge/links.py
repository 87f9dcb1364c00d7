"""knowledge/links.toml -> every address that a card may show, and our own code systems."""

from __future__ import annotations

from collections.abc import Mapping

from cds_service.domain import Link
from cds_service.knowledge.files import Problems, read_toml
from cds_service.knowledge.places import Folder
from cds_service.knowledge.schemas import fits

FILE = "links.toml"


def read_links(root: Folder, problems: Problems) -> tuple[dict[str, Link], dict[str, str]]:
    """Links by id and systems by name; both empty where the file does not fit its schema."""
    document = read_toml(root, FILE, problems)
    if document is None or not fits(document, "links", FILE, problems):
        return {}, {}
    systems: dict[str, str] = document["systems"]
    if len(set(systems.values())) < len(systems):
        problems.add(FILE, "systems", "two names share one urn:uuid:; expected one each")
    links = {
        name: Link(name, link["label"], link["url"], link["status"])
        for name, link in document["links"].items()
    }
    return links, systems


def refuse_unknown_link(
    link: str, links: Mapping[str, Link], file: str, field: str, problems: Problems
) -> None:
    """Note an id that is not in links.toml."""
    if link not in links:
        problems.add(file, field, f"{link!r}: expected an id of {FILE}")
