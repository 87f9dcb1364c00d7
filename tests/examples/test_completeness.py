"""Nothing that the service can say is without an example."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.doors.answer import Desk
from cds_service.knowledge import Knowledge
from tests.examples.scenarios import (
    FILES,
    ROOT,
    Scenario,
    assessments,
    folders,
    scenario,
    scenarios,
)

GUIDELINE = "genotes-ntrk-mesothelioma"
EVERY_FOLDER = pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)


def test_there_are_at_least_28_examples() -> None:
    assert len(folders()) >= 28


@EVERY_FOLDER
def test_a_folder_holds_its_four_files_and_nothing_else(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == FILES


@EVERY_FOLDER
def test_a_story_is_told_in_a_few_lines_under_a_title(folder: Path) -> None:
    text = (folder / "README.md").read_text("utf-8")
    assert text.startswith("# ")
    assert 20 <= len(text.split()) <= 120


def test_no_two_examples_tell_the_same_story() -> None:
    for name in ("README.md", "request.json"):
        texts = [(folder / name).read_text("utf-8") for folder in folders()]
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("loadable = true", ""),
        ("loadable = true", "loadable = true\nlodable = true"),
        ("status = 200", 'status = "200"'),
        ('nation = "england"', 'nation = "uk"'),
    ],
)
def test_a_slip_in_a_scenario_file_is_refused(wrong: str, right: str, tmp_path: Path) -> None:
    text = (ROOT / "source-page-patient" / "scenario.toml").read_text("utf-8")
    assert wrong in text
    (tmp_path / "scenario.toml").write_text(text.replace(wrong, right), "utf-8")
    with pytest.raises(ValueError, match=r"scenario\.toml: expected|'uk' is not a valid Nation"):
        scenario(tmp_path)


def test_every_row_of_every_table_has_an_example(knowledge: Knowledge) -> None:
    rows = {row.id for guideline in knowledge.guidelines for row in guideline.table}
    assert rows == {example.row for example in scenarios()}


def test_every_recommendation_has_an_example(knowledge: Knowledge) -> None:
    said = {row.recommendation for guideline in knowledge.guidelines for row in guideline.table}
    assert said == {example.recommendation for example in scenarios()}


def test_every_guideline_has_a_card_a_near_miss_and_one_that_could_not_be_checked(
    knowledge: Knowledge, desk: Desk
) -> None:
    found: dict[str, set[str]] = {guideline.id: set() for guideline in knowledge.guidelines}
    for example in scenarios():
        for assessment in assessments(example, desk):
            found[assessment.guideline.id].add(kind(example, assessment.states))
    assert all(kinds >= {"card", "near miss", "not known"} for kinds in found.values()), found


def kind(example: Scenario, states: dict[str, str]) -> str:
    if example.recommendation in ("could-not-check", "insufficient-data"):
        return "not known"
    if example.recommendation != "nothing":
        return "card"
    # Near: one of the two facts is there, and yet no card.
    near = {states["fusion"], states["diagnosis"]} - {"none", "not known"}
    return "near miss" if near else "far"


def test_every_nation_has_an_example(desk: Desk) -> None:
    nations = {example.nation for example in scenarios()}
    assert {str(nation) for nation in nations} == {
        "england",
        "scotland",
        "wales",
        "northern-ireland",
    }
