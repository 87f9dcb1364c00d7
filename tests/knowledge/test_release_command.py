"""'knowledge release' on the command line, and what 'knowledge check' says of releases."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.doors.cli import main
from cds_service.knowledge import releases
from tests.doors.commands import complaint
from tests.knowledge.conftest import GUIDELINE, Copy

ID = "genotes-ntrk-mesothelioma"


@pytest.fixture
def mounted(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """A site's own folders."""
    monkeypatch.setenv("CDS_KNOWLEDGE_DIR", str(copy.root))
    monkeypatch.setenv("CDS_CARDS_DIR", str(copy.cards))
    return copy


def test_a_version_is_released_into_the_folder_that_is_loaded(
    mounted: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["knowledge", "release"]) == 0
    (made,) = releases(mounted.root)
    assert capsys.readouterr().out == f"{ID} 0.1.0 released: {made.content_hash}\n"
    assert main(["knowledge", "release"]) == 0
    assert "0.1.0 was released before, with the same content" in capsys.readouterr().out
    assert main(["knowledge", "check"]) == 0


def test_a_release_can_be_written_elsewhere_and_mounted(
    mounted: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "kept" / "knowledge"
    assert main(["knowledge", "release", "--into", str(other)]) == 0
    assert releases(mounted.root) == ()
    (made,) = releases(other)
    monkeypatch.setenv("CDS_KNOWLEDGE_DIR", str(made.folder))
    monkeypatch.setenv("CDS_CARDS_DIR", str(made.cards))
    assert main(["knowledge", "check"]) == 0


def test_a_folder_that_cannot_be_written_ends_with_3(
    mounted: Copy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a-file").write_text("", "utf-8")
    assert main(["knowledge", "release", "--into", str(tmp_path / "a-file")]) == 3
    assert "cannot be written: Not a directory" in complaint(capsys)


def test_a_changed_version_is_refused_by_release_and_by_check(
    mounted: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["knowledge", "release"]) == 0
    mounted.replace(GUIDELINE, "NTRK gene fusion in mesothelioma", "Another title")
    capsys.readouterr()
    for action in ("release", "check"):
        assert main(["knowledge", action]) == 5
        assert "version: '0.1.0' was released with another content" in complaint(capsys)
    mounted.replace(GUIDELINE, 'version = "0.1.0"', 'version = "0.2.0"')
    assert main(["knowledge", "check"]) == 0
    assert main(["knowledge", "release"]) == 0
    assert [made.version for made in releases(mounted.root)] == ["0.1.0", "0.2.0"]


def test_cards_that_would_not_be_served_are_not_released(
    mounted: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    template = mounted.cards / ID / "confirm-fusion.md.j2"
    template.write_text("no line between summary and detail", "utf-8")
    assert main(["knowledge", "release"]) == 5
    assert "confirm-fusion.md.j2" in complaint(capsys)
    assert releases(mounted.root) == ()
