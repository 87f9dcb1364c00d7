"""A released version is kept for good: it loads again as it was, and a change of it is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.doors.app import open_desk
from cds_service.errors import KnowledgeError
from cds_service.knowledge import Release, check_releases, data_dir, load, release, releases
from cds_service.settings import Settings
from tests.knowledge.conftest import GUIDELINE, Copy

ID, VERSION = "genotes-ntrk-mesothelioma", "0.1.0"
RELEASE = f"guidelines/{ID}/releases/{VERSION}"
EVENTS = "access/larotrectinib.toml"


def released(copy: Copy) -> Release:
    """What is loaded, as a release beside it."""
    (guideline,) = copy.load().guidelines
    made, new = release(guideline, copy.root, copy.cards, copy.root)
    assert new
    return made


def test_a_release_loads_again_with_the_same_content_hash(copy: Copy) -> None:
    before = copy.load()
    made = released(copy)
    (guideline,) = made.load().guidelines
    assert guideline == before.guidelines[0]
    assert made.load().access == before.access
    assert made.load().links == before.links
    assert made.load().vocabulary.lexicon == before.vocabulary.lexicon
    assert releases(copy.root) == (made,)


def test_a_release_holds_everything_that_cards_are_written_with(copy: Copy) -> None:
    made = released(copy)
    assert isinstance(made.cards, Path)
    open_desk(Settings(cards_dir=made.cards), made.load())  # renders every template


def test_a_release_is_what_was_loaded_when_the_knowledge_has_gone_on(copy: Copy) -> None:
    before = copy.load()
    made = released(copy)
    copy.replace(GUIDELINE, 'version = "0.1.0"', 'version = "0.2.0"')
    copy.replace(EVENTS, "NICE", "Another body")
    template = copy.cards / ID / "confirm-fusion.md.j2"
    template.write_text(template.read_text("utf-8") + "Another sentence.\n", "utf-8")
    assert copy.load().guidelines[0].content_hash != before.guidelines[0].content_hash
    assert made.load().guidelines == before.guidelines
    assert made.load().access == before.access


def test_the_loader_does_not_read_releases(copy: Copy) -> None:
    released(copy)
    copy.write(f"{RELEASE}/value_sets/more.json", "not JSON")
    assert copy.problems() == ()


def test_a_version_is_released_once(copy: Copy) -> None:
    made = released(copy)
    (guideline,) = copy.load().guidelines
    assert release(guideline, copy.root, copy.cards, copy.root) == (made, False)


def test_a_version_is_not_released_with_another_content(copy: Copy) -> None:
    released(copy)
    copy.replace(GUIDELINE, "NTRK gene fusion in mesothelioma", "Another title")
    (guideline,) = copy.load().guidelines
    with pytest.raises(KnowledgeError, match="was released with another content"):
        release(guideline, copy.root, copy.cards, copy.root)
    with pytest.raises(KnowledgeError, match=r"version: '0\.1\.0' was released"):
        check_releases(copy.root, copy.load())


def test_a_new_version_stands_beside_the_old_one(copy: Copy) -> None:
    old = released(copy)
    copy.replace(GUIDELINE, 'version = "0.1.0"', 'version = "0.2.0"')
    new = released(copy)
    assert releases(copy.root) == (old, new)
    check_releases(copy.root, copy.load())


def test_nothing_of_a_release_that_failed_is_left(copy: Copy) -> None:
    (guideline,) = copy.load().guidelines
    (copy.root / "value_sets" / "mesothelioma.json").unlink()
    with pytest.raises(OSError, match="mesothelioma"):
        release(guideline, copy.root, copy.cards, copy.root)
    folder = copy.root / "guidelines" / ID / "releases"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (GUIDELINE, "NTRK gene fusion in mesothelioma", "Another title"),
        ("value_sets/mesothelioma.json", "mesothelioma", "Mesothelioma"),
        ("lexicon.toml", "= [", "= [ "),
        ("links.toml", "label = ", "label =  "),
        (EVENTS, "NICE", "Nice"),
        (f"cards/{ID}/confirm-fusion.md.j2", "---", "---\nmore"),
        ("cards/phrases.toml", '"', '"x'),
        ("release.toml", 'content_hash = "', 'content_hash = "0'),
        ("release.toml", 'files_hash = "', 'files_hash = "0'),
    ],
)
def test_a_release_that_was_changed_is_refused(copy: Copy, file: str, old: str, new: str) -> None:
    made = released(copy)
    check_releases(copy.root, copy.load())
    copy.replace(f"{RELEASE}/{file}", old, new)
    (changed,) = releases(copy.root)
    with pytest.raises(KnowledgeError):
        changed.load()
    with pytest.raises(KnowledgeError):
        check_releases(copy.root, copy.load())
    assert made.version == changed.version


@pytest.mark.parametrize(
    "label", ["", "not TOML", 'guideline = "another"\nversion = "0.1.0"\ncontent_hash = "0"\n']
)
def test_a_folder_without_its_label_is_refused(copy: Copy, label: str) -> None:
    released(copy)
    copy.write(f"{RELEASE}/release.toml", label)
    with pytest.raises(KnowledgeError, match=r"releases/0\.1\.0/release\.toml"):
        releases(copy.root)


def test_a_release_that_is_being_written_is_none_yet(copy: Copy) -> None:
    made = released(copy)
    (copy.root / "guidelines" / ID / "releases" / ".draft").mkdir()
    assert releases(copy.root) == (made,)


def test_an_event_may_name_a_guideline_that_is_not_in_the_release(copy: Copy) -> None:
    copy.replace("access/entrectinib.toml", f'"{ID}"', '"of-another-time"')
    with pytest.raises(KnowledgeError, match="expected a guideline id"):
        load(copy.root, copy.cards)
    (guideline,) = load(copy.root, copy.cards, alone=True).guidelines
    made, _ = release(guideline, copy.root, copy.cards, copy.root)
    assert any("of-another-time" in event.disagrees for event in made.load().access)


def test_line_ends_of_another_checkout_change_nothing(copy: Copy) -> None:
    made = released(copy)
    for file in (EVENTS, "links.toml", "lexicon.toml", f"cards/{ID}/confirm-fusion.md.j2"):
        path = copy.root / RELEASE / file
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert made.load().guidelines == copy.load().guidelines


def test_what_is_shipped_agrees_with_what_was_released() -> None:
    root = data_dir("knowledge")
    check_releases(root, load(root, data_dir("cards")))
