"""knowledge/value_sets/*.json (FHIR R4 ValueSet) -> ValueSet; a code stands in one list only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.codes import Code
from cds_service.domain import Entry, ValueSet
from cds_service.knowledge.files import Document, Problems, entries, read_json
from cds_service.knowledge.places import Folder
from cds_service.knowledge.schemas import fits

INCLUDE, DENY = "include", "deny"
FOLDER = "value_sets"


@dataclass(frozen=True)
class Placed:
    """An entry and where in its file it stands."""

    field: str
    entry: Entry


def value_set_names(root: Folder) -> tuple[str, ...]:
    """Ids of all value sets, readable or not."""
    return tuple(name.removesuffix(".json") for name in entries(root / FOLDER, ".json"))


def read_value_sets(
    root: Folder, systems: Mapping[str, str], problems: Problems
) -> tuple[dict[str, ValueSet], dict[str, Document]]:
    """All value sets of the folder, and their documents for the content hash."""
    sets: dict[str, ValueSet] = {}
    documents: dict[str, Document] = {}
    for set_id in value_set_names(root):
        file = f"{FOLDER}/{set_id}.json"
        document = read_json(root, file, problems)
        if document is None or not fits(document, "value-set", file, problems):
            continue
        if document.get("id", set_id) != set_id:
            problems.add(file, "id", f"{document['id']!r}: expected the name of the file")
        placed = [*_composed(document, systems, file, problems)]
        placed += _expanded(document, placed, file, problems)
        _refuse_doubles(placed, file, problems)
        title = document.get("title") or document.get("name") or set_id
        sets[set_id] = ValueSet(set_id, title, tuple(item.entry for item in placed))
        documents[set_id] = document
    return sets, documents


def _composed(
    document: Document, systems: Mapping[str, str], file: str, problems: Problems
) -> Iterator[Placed]:
    compose = document.get("compose", {})
    for part, default in ((INCLUDE, INCLUDE), ("exclude", DENY)):
        for number, group in enumerate(compose.get(part, ())):
            field = f"compose.{part}[{number}]"
            said = _said(group, systems, file, field, problems)
            listing = str(said.get("value-set-list", default))
            if (listing == DENY) != (default == DENY):
                problems.add(file, field, f"list {listing!r}: the deny list stands in exclude only")
            for place, concept in enumerate(group["concept"]):
                yield Placed(f"{field}.concept[{place}]", _entry(group, concept, listing, said))


def _entry(group: Document, concept: Document, listing: str, said: Mapping[str, Any]) -> Entry:
    return Entry(
        code=Code.of(group["system"], concept["code"]),
        display=concept["display"],
        listing=listing,
        source=str(said.get("value-set-source", "")),
        verified=said.get("value-set-verified") is True,
        words=tuple(word["value"] for word in concept.get("designation", ())),
    )


# the name of our extension -> the only value[x] that it may carry
_VALUES = {
    "value-set-list": "valueCode",
    "value-set-source": "valueString",
    "value-set-verified": "valueBoolean",
}


def _said(
    group: Document, systems: Mapping[str, str], file: str, field: str, problems: Problems
) -> dict[str, Any]:
    """What the extensions of a group say, by our name of the extension."""
    names = {systems[name]: name for name in _VALUES}
    said: dict[str, Any] = {}
    for number, extension in enumerate(group["extension"]):
        place = f"{field}.extension[{number}]"
        name = names.get(extension["url"])
        if name is None:
            problems.add(file, f"{place}.url", "expected an extension of links.toml [systems]")
        elif _VALUES[name] not in extension:
            problems.add(file, place, f"{name}: expected {_VALUES[name]}")
        elif name in said:
            problems.add(file, place, f"{name} stands twice")
        else:
            said[name] = extension[_VALUES[name]]
    for name in ("value-set-source", "value-set-verified"):
        if name not in said:
            problems.add(file, field, f"extension {name} is missing")
    return said


def _expanded(
    document: Document, composed: list[Placed], file: str, problems: Problems
) -> list[Placed]:
    """What a terminology server's $expand adds; a code of the compose keeps its own list."""
    expansion = document.get("expansion", {})
    found = list(_contained(expansion, "expansion"))
    total = expansion.get("total", len(found))
    if total > len(found) or expansion.get("offset", 0):
        problems.add(file, "expansion.total", f"only {len(found)} of {total} codes are here")
    known = {item.entry.code: item.entry.listing for item in composed}
    added = []
    for field, concept in found:
        if concept.get("abstract", False):
            continue
        if not (concept.get("system") and concept.get("code")):
            problems.add(file, field, "expected system and code")
            continue
        code = Code.of(concept["system"], concept["code"])
        if known.get(code) == DENY:
            problems.add(file, field, f"{concept['code']} is on the deny list of this set")
        elif code not in known:
            added.append(Placed(field, _expanded_entry(code, concept, expansion)))
    return added


def _expanded_entry(code: Code, concept: Document, expansion: Document) -> Entry:
    source = f"terminology server, expanded {expansion['timestamp']}"
    words = tuple(word["value"] for word in concept.get("designation", ()))
    return Entry(code, concept.get("display") or concept["code"], INCLUDE, source, True, words)


def _contained(parent: Document, field: str) -> Iterator[tuple[str, Document]]:
    for number, concept in enumerate(parent.get("contains", ())):
        place = f"{field}.contains[{number}]"
        yield place, concept
        yield from _contained(concept, place)


def _refuse_doubles(placed: list[Placed], file: str, problems: Problems) -> None:
    codes: dict[Code, Placed] = {}
    words: dict[str, Placed] = {}
    for item in placed:
        first = codes.setdefault(item.entry.code, item)
        if first is not item:
            name = f"{item.entry.code.system} {item.entry.code.code}"
            problems.add(file, item.field, f"{name} also stands {_where(first)}")
        for word in item.entry.words:
            holder = words.setdefault(word.casefold(), item)
            if holder is not item:
                problems.add(file, item.field, f"word {word!r} also stands {_where(holder)}")


def _where(item: Placed) -> str:
    return f"in list {item.entry.listing!r} at {item.field}"
