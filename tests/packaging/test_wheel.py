"""The wheel: one top-level name, typed, and with the data that clinicians review."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.packaging.conftest import Image


@pytest.fixture(scope="session")
def names(distributions: Path) -> frozenset[str]:
    """The files of the wheel that was built from the source distribution."""
    return contents(distributions)


def contents(folder: Path) -> frozenset[str]:
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


def test_the_wheel_brings_one_top_level_name(names: frozenset[str]) -> None:
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"cds_service"}
    assert len(tops) == 2


@pytest.mark.parametrize("folder", ["knowledge", "cards", "fhir_examples"])
def test_the_wheel_carries_every_file_of_a_data_folder(
    folder: str, checkout: Path, names: frozenset[str]
) -> None:
    files = {
        path.relative_to(checkout).as_posix()
        for path in (checkout / folder).rglob("*")
        if path.is_file()
    }
    assert files
    assert {f"cds_service/data/{name}" for name in files} <= names


def test_the_wheel_says_that_it_is_typed(names: frozenset[str]) -> None:
    assert "cds_service/py.typed" in names


def test_the_wheel_carries_its_licence_and_its_command(
    names: frozenset[str], distributions: Path
) -> None:
    (licence,) = (name for name in names if name.endswith("dist-info/licenses/LICENSE"))
    (scripts,) = (name for name in names if name.endswith("dist-info/entry_points.txt"))
    (wheel,) = distributions.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert b"Apache License" in archive.read(licence)
        assert b"cds-service = cds_service.doors.cli:main" in archive.read(scripts)


def test_no_test_and_no_byte_code_enters_the_wheel(names: frozenset[str]) -> None:
    assert not {name for name in names if "/tests/" in name or "__pycache__" in name}


def test_a_wheel_by_way_of_the_source_distribution_is_the_same(
    names: frozenset[str], image: Image
) -> None:
    assert contents(image.build.root("build") / "build" / "dist") == names
