"""What a site approves -> one SHA-256: guideline, value sets, lexicon, card templates, phrases."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.knowledge.files import Document, entries, folders
from cds_service.knowledge.places import Folder

SHARED = "shared"  # the folder of cards/ whose templates every guideline uses


def canonical_json(value: Any) -> bytes:
    """One spelling of a value: keys sorted, no white space, UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def content_hash(guideline: Document, documents: Mapping[str, Document], cards: Folder) -> str:
    """The hash of a guideline with everything that decides what it says.

    Value sets of other guidelines and templates of other guidelines do not count; the general
    value sets and the lexicon do, because they decide what is recognised at all.
    """
    content = {
        "guideline": guideline,
        "knowledge": documents,
        "cards": dict(_card_digests(cards, guideline["id"])),
    }
    return hashlib.sha256(canonical_json(content)).hexdigest()


def _card_digests(cards: Folder, guideline: str) -> Iterator[tuple[str, str]]:
    """Shared templates and phrases, and this guideline's own; never another guideline's."""
    yield from _digests(cards, "")
    for name in folders(cards):
        if name in (guideline, SHARED):
            yield from _tree(cards / name, name)


def _tree(folder: Folder, path: str) -> Iterator[tuple[str, str]]:
    yield from _digests(folder, path)
    for name in folders(folder):
        yield from _tree(folder / name, f"{path}/{name}")


def _digests(folder: Folder, path: str) -> Iterator[tuple[str, str]]:
    for suffix in (".j2", ".toml"):
        for name in entries(folder, suffix):
            # Line ends depend on the checkout, not on what was approved.
            content = (folder / name).read_bytes().replace(b"\r\n", b"\n")
            yield f"{path}/{name}", hashlib.sha256(content).hexdigest()
