"""A writer is not built from cards that do not fit, and replaces a card that fails at run time."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from uuid import UUID

import pytest

from cds_service.cards import CardWriter
from cds_service.domain import NOT_KNOWN, Link
from cds_service.errors import KnowledgeError
from tests.cards import builders as make

TEMPLATE = "genotes-ntrk-mesothelioma/trk-inhibitor-option.md.j2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped cards to damage."""
    return Path(shutil.copytree(make.CARDS, tmp_path / "cards"))


def damage(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(KnowledgeError) as refused:
        make.writer(folder, guidelines=(make.ONE_ROW,))
    return "\n".join(refused.value.problems)


def test_the_shipped_cards_are_accepted(folder: Path) -> None:
    assert make.writer(folder).failures() == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("fusion.short", "fusion.shrot", "has no attribute 'shrot'"),
        ("{{ approval }}", "{{ approval", "line"),
        ("{{ approval }}", "<b>{{ approval }}</b>", "expected no '<' in the detail"),
        ("{{ approval }}", "[click](x)", "expected no '[' in the detail"),
        ("{{ approval }}", "https://example.org", "expected no '://' in the detail"),
        ("{{ approval }}", "This patient is eligible.", "expected no 'eligib' in the detail"),
        ("{{ approval }}", "word " * 241, "expected a detail of at most 240 words"),
        ("and mesothelioma:", "x" * 140, "expected a summary of at most 139 characters"),
        ("\n---\n", "\n", "expected a summary, a line '---' and a detail"),
        ("{{ approval }}", "{{ ''.__class__.__mro__ }}", "access to attribute '__class__'"),
        ("shared/found", "shared/lost", "expected this file"),
    ],
)
def test_a_damaged_template_stops_the_start_by_name(
    folder: Path, old: str, new: str, said: str
) -> None:
    damage(folder, TEMPLATE, old, new)
    problems = refusal(folder)
    assert f"cards/{TEMPLATE}: " in problems
    assert said in problems


def test_a_missing_template_stops_the_start_by_name(folder: Path) -> None:
    (folder / TEMPLATE).unlink()
    assert f"cards/{TEMPLATE}: text: expected this file" in refusal(folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('inactive = "recorded', 'inactiv = "recorded', "doubt.inactive: expected a phrase"),
        ('inactive = "recorded', 'inactiv = "recorded', "doubt.inactiv: expected no such phrase"),
        ('"recorded as inactive"', '" "', "doubt.inactive: expected text"),
        ('"recorded as inactive"', "7", "doubt.inactive: expected text"),
        ("[assay]", "[essay]", "assay: expected a table"),
        ("[assay]", "[essay]", "essay: expected no such table"),
        ('rna = "RNA"', 'rna = "RNA"\nrna = "RNA"', "file: expected TOML"),
    ],
)
def test_damaged_phrases_stop_the_start_by_name(
    folder: Path, old: str, new: str, said: str
) -> None:
    damage(folder, "phrases.toml", old, new)
    assert f"cards/phrases.toml: {said}" in refusal(folder)


def test_missing_phrases_stop_the_start(folder: Path) -> None:
    (folder / "phrases.toml").unlink()
    assert "cards/phrases.toml: file: expected readable UTF-8 text" in refusal(folder)


@pytest.mark.parametrize(
    ("text", "said"), [("{", "expected readable JSON"), ('{"type": 7}', "$.type")]
)
def test_a_damaged_schema_stops_the_start(folder: Path, text: str, said: str) -> None:
    name = "schema/cds-hooks-response.schema.json"
    (folder / name).write_text(text, encoding="utf-8")
    assert f"cards/{name}: " in refusal(folder)
    assert said in refusal(folder)


def test_an_address_that_is_not_https_stops_the_start() -> None:
    links = make.LINKS | {"page": Link("page", "Page", "http://example.org/", "example")}
    with pytest.raises(KnowledgeError) as refused:
        make.writer(links=links, guidelines=(make.ONE_ROW,))
    assert "$.cards[0].links[0].url: pattern" in str(refused.value)


def failing() -> CardWriter:
    """A writer whose task builder fails for one patient, as a template could."""

    def task(*_: object, **values: object) -> dict[str, object]:
        if _[1] == "broken":
            raise ValueError("text of the record")
        return {"resourceType": "Task"}

    return make.writer(task=task, guidelines=(make.ONE_ROW,))


def test_a_card_that_fails_is_replaced_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    writer = failing()
    card = writer.card(make.assessment(), make.NAMES, "broken")
    assert card is not None
    assert card["summary"].startswith("Could not check: the service failed to write its card.")
    assert "Nothing was ruled out" in card["detail"]
    assert "NTRK fusion and mesothelioma" in card["detail"]
    assert card["source"]["topic"]["code"] == "could-not-check"
    assert card["indicator"] == "warning"
    assert UUID(card["uuid"]) != UUID(make.NAMES.uuid)  # who dismisses it never saw the right card
    assert card["extension"]["org.example.decision"]["states"]["fusion"] == "confirmed"
    assert not writer.problems({"cards": [card]})
    assert writer.failures() == 1
    assert "text of the record" not in caplog.text


def test_a_failure_for_one_patient_leaves_the_next_card_alone() -> None:
    writer = failing()
    writer.card(make.assessment(), make.NAMES, "broken")
    card = writer.card(make.assessment(), make.NAMES, "whole")
    assert card is not None
    assert card["summary"].startswith("NTRK1 fusion")
    assert writer.failures() == 1


def test_a_card_that_breaks_the_schema_is_replaced() -> None:
    writer = make.writer(guidelines=(make.ONE_ROW,))
    names = type(make.NAMES)(decision=make.NAMES.decision, uuid="not-a-uuid")
    card = writer.card(make.assessment(NOT_KNOWN), names, "synthetic-1")
    assert card is not None
    assert card["summary"].startswith("Could not check: the service failed")
    assert writer.failures() == 1


def test_failures_are_counted_across_threads() -> None:
    writer = failing()

    def fail() -> None:
        for _ in range(25):
            writer.card(make.assessment(), make.NAMES, "broken")

    threads = [threading.Thread(target=fail) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert writer.failures() == 100
