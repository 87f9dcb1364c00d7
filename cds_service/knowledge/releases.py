"""Loaded knowledge -> a folder that holds one version of a guideline for good, and back.

Such a folder is knowledge of its own, with the cards in it: it can be loaded and mounted like any
other, and is proved by the content hash that it had when it was written.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cds_service.domain import Guideline
from cds_service.errors import KnowledgeError
from cds_service.knowledge import access, links
from cds_service.knowledge.content_hash import SHARED, canonical_json
from cds_service.knowledge.files import entries, folders
from cds_service.knowledge.guidelines import FOLDER, NAME
from cds_service.knowledge.loaded import Knowledge, load
from cds_service.knowledge.places import Folder
from cds_service.knowledge.value_sets import FOLDER as VALUE_SETS
from cds_service.knowledge.vocabulary import LEXICON, used_sets

RELEASES = "releases"
CARDS = "cards"
LABEL = "release.toml"
_SCHEMA = "schema"
_DRAFT = "."  # begins the name of a folder that is still being written
_SUFFIXES = (".j2", ".toml", ".json")


@dataclass(frozen=True)
class Release:
    """One version of one guideline, as it was."""

    guideline: str
    version: str
    content_hash: str
    files_hash: str  # of every file in it: access events and links are not in the content hash
    folder: Folder

    @property
    def cards(self) -> Folder:
        """Its card templates."""
        return self.folder / CARDS

    def load(self) -> Knowledge:
        """Its knowledge; raises KnowledgeError where it is not what was released."""
        if _files_hash(self.folder) != self.files_hash:
            raise KnowledgeError([f"{_place(self)}: (folder): was changed after its release"])
        knowledge = load(self.folder, self.cards, alone=True)
        found = [(g.id, g.version, g.content_hash) for g in knowledge.guidelines]
        if found != [(self.guideline, self.version, self.content_hash)]:
            raise KnowledgeError([f"{_place(self)}/{LABEL}: content_hash: is another one today"])
        return knowledge


def releases(root: Folder) -> tuple[Release, ...]:
    """Every release of a knowledge folder; raises KnowledgeError for a label that is none."""
    return tuple(
        _labelled(root / FOLDER / guideline / RELEASES / version, guideline, version)
        for guideline in folders(root / FOLDER)
        for version in folders(root / FOLDER / guideline / RELEASES)
        if not version.startswith(_DRAFT)
    )


def release(
    guideline: Guideline, knowledge: Folder, cards: Folder, into: Path
) -> tuple[Release, bool]:
    """Write what is loaded as a release of the knowledge folder 'into'; False where it stood there.

    Raises KnowledgeError where this version was released with another content.
    """
    place = into / FOLDER / guideline.id / RELEASES / guideline.version
    if place.is_dir():
        before = _labelled(place, guideline.id, guideline.version)
        _refuse_change(before, guideline)
        before.load()
        return before, False
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=_DRAFT) as draft:
        whole = Path(draft) / "release"
        _write(guideline, knowledge, cards, whole)
        made = _labelled(whole, guideline.id, guideline.version)
        made.load()
        whole.rename(place)  # a release is there as a whole or not at all
    return replace(made, folder=place), True


def check_releases(root: Folder, knowledge: Knowledge) -> None:
    """Raises KnowledgeError for a release that was changed, and for a version with two contents."""
    problems: list[str] = []
    for found in releases(root):
        try:
            found.load()
            for guideline in knowledge.guidelines:
                if (guideline.id, guideline.version) == (found.guideline, found.version):
                    _refuse_change(found, guideline)
        except KnowledgeError as error:
            problems += error.problems
    if problems:
        raise KnowledgeError(problems)


def _refuse_change(before: Release, guideline: Guideline) -> None:
    if before.content_hash != guideline.content_hash:
        file = f"{FOLDER}/{guideline.id}/{NAME}"
        message = f"{guideline.version!r} was released with another content; expected a new version"
        raise KnowledgeError([f"{file}: version: {message}"])


def _labelled(folder: Folder, guideline: str, version: str) -> Release:
    place = f"{FOLDER}/{guideline}/{RELEASES}/{version}/{LABEL}"
    try:
        label = tomllib.loads((folder / LABEL).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise KnowledgeError([f"{place}: (file): expected TOML: {type(error).__name__}"]) from error
    if (label.get("guideline"), label.get("version")) != (guideline, version):
        raise KnowledgeError([f"{place}: version: expected the names of its folders"])
    hashes = str(label.get("content_hash")), str(label.get("files_hash"))
    return Release(guideline, version, *hashes, folder)


def _place(found: Release) -> str:
    return f"{FOLDER}/{found.guideline}/{RELEASES}/{found.version}"


def _write(guideline: Guideline, knowledge: Folder, cards: Folder, to: Path) -> None:
    for name in _files(guideline, knowledge):
        _copy(knowledge / name, to / name)
    for name in _cards(guideline, cards):
        _copy(cards / name, to / CARDS / name)
    lines = (
        "# Released: nothing in this folder is ever changed.",
        f'guideline = "{guideline.id}"',
        f'version = "{guideline.version}"',
        f'content_hash = "{guideline.content_hash}"',
        f'files_hash = "{_files_hash(to)}"',
    )
    (to / LABEL).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _files_hash(folder: Folder) -> str:
    """One SHA-256 for every file but the label, by its place."""
    return hashlib.sha256(canonical_json(dict(_digests(folder, "")))).hexdigest()


def _digests(folder: Folder, path: str) -> Iterator[tuple[str, str]]:
    for name in entries(folder, ""):
        if f"{path}{name}" != LABEL:
            # Line ends depend on the checkout, not on what was released.
            content = (folder / name).read_bytes().replace(b"\r\n", b"\n")
            yield f"{path}{name}", hashlib.sha256(content).hexdigest()
    for name in folders(folder):
        yield from _digests(folder / name, f"{path}{name}/")


def _files(guideline: Guideline, knowledge: Folder) -> Iterator[str]:
    """What of the knowledge this guideline needs, as places in its folder."""
    yield f"{FOLDER}/{guideline.id}/{NAME}"
    yield links.FILE
    if (knowledge / LEXICON).is_file():
        yield LEXICON
    for name in sorted({*used_sets(guideline.criteria), guideline.treatments} - {""}):
        yield f"{VALUE_SETS}/{name}.json"
    for drug in sorted(guideline.drugs):
        yield f"{access.FOLDER}/{drug}.toml"


def _cards(guideline: Guideline, cards: Folder) -> Iterator[str]:
    """Its own templates, the shared ones, the phrases and the schema of answers."""
    yield from _own(cards, "")
    for name in folders(cards):
        if name in (guideline.id, SHARED, _SCHEMA):
            yield from _tree(cards, name)


def _tree(cards: Folder, path: str) -> Iterator[str]:
    yield from _own(cards, f"{path}/")
    for name in folders(cards.joinpath(path)):
        yield from _tree(cards, f"{path}/{name}")


def _own(cards: Folder, path: str) -> Iterator[str]:
    for suffix in _SUFFIXES:
        for name in entries(cards.joinpath(path) if path else cards, suffix):
            yield f"{path}{name}"


def _copy(source: Folder, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as read, to.open("wb") as written:
        shutil.copyfileobj(read, written)
