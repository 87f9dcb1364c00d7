"""Data lies inside the installed package, else in the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.knowledge import data_dir, load, places
from tests.knowledge.conftest import Copy


def test_a_checkout_uses_its_own_folder() -> None:
    assert (data_dir("knowledge") / "links.toml").is_file()


def test_an_installed_package_uses_the_data_inside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "cds_service" / "data" / "knowledge"
    inside.mkdir(parents=True)
    monkeypatch.setattr(places, "files", lambda name: tmp_path / name)
    assert data_dir("knowledge") == inside


def test_a_site_can_load_its_own_folder_from_anywhere(copy: Copy) -> None:
    assert load(copy.root, copy.cards).guidelines[0].id == "genotes-ntrk-mesothelioma"
