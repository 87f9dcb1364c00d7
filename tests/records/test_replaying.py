"""Stored decisions are repeated byte for byte, also after the knowledge went on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cds_service.doors.answer import Desk
from cds_service.knowledge import load, release
from tests.records.conftest import noon
from tests.records.drawn import drawn
from tests.records.stored import Stored, ends, fill, replayer_of

# 100 in `make test`, the same in every run; CDS_TEST_EXAMPLES=10 repeats all 1,000.
WANTED = 100 * int(os.environ.get("CDS_TEST_EXAMPLES", "1"))
CHECKOUT = Path(__file__).parents[2]
KNOWLEDGE, CARDS = CHECKOUT / "knowledge", CHECKOUT / "cards"
ID = "genotes-ntrk-mesothelioma"
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="session")
def stored(whole_desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Stored:
    folder = tmp_path_factory.mktemp("decisions")
    url = f"sqlite:///{folder / 'store.sqlite'}"
    return fill(url, folder / "spool", whole_desk, WANTED)


@pytest.fixture
def changed(tmp_path: Path) -> tuple[Path, Path]:
    """Knowledge and cards of a later day, without the release of the earlier one."""
    knowledge, cards = tmp_path / "knowledge", tmp_path / "cards"
    shutil.copytree(KNOWLEDGE, knowledge)
    shutil.copytree(CARDS, cards)
    replace(
        knowledge / "guidelines" / ID / "guideline.toml", 'version = "0.1.0"', "version='9.0.0'"
    )
    replace(knowledge / "value_sets" / "mesothelioma.json", "109378008", "109378009")
    for events in (knowledge / "access").iterdir():
        replace(events, "NICE", "Another body")
    replace(knowledge / "links.toml", 'url = "https://', 'url = "https://moved.')
    template = cards / ID / "confirm-fusion.md.j2"
    template.write_text(template.read_text("utf-8") + "\n\nAnother sentence.\n", "utf-8")
    return knowledge, cards


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, f"{file.name} does not hold {old!r}"
    file.write_text(text.replace(old, new), "utf-8")


def test_the_decisions_are_of_every_kind(stored: Stored) -> None:
    records = [record for record, _ in stored.decisions()]
    assert len(records) == WANTED
    assert len({record["id"] for record in records}) == WANTED
    said = {record["recommendation"] for record in records}
    assert said > {"trk-inhibitor-option", "confirm-fusion", "confirm-diagnosis", "nothing"}
    assert {"could-not-check", "prior-trk-inhibitor"} <= said
    assert {record["nation"] for record in records} > {"england", "scotland"}
    assert noon().date().isoformat() in {record["today"] for record in records}
    assert len({record["today"] for record in records}) == 4


def test_a_seed_draws_the_same_call_again() -> None:
    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)


def test_all_are_the_same_again(stored: Stored) -> None:
    assert ends(stored, replayer_of(KNOWLEDGE, CARDS)) == {"loaded": WANTED}


def test_all_are_the_same_again_in_another_process(stored: Stored) -> None:
    command = [
        sys.executable,
        "-m",
        "tests.records.stored",
        stored.url,
        *map(str, (KNOWLEDGE, CARDS)),
    ]
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"}
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{WANTED} loaded\n"


def test_all_are_the_same_again_with_the_release_when_the_knowledge_has_changed(
    stored: Stored, changed: tuple[Path, Path]
) -> None:
    (guideline,) = load(KNOWLEDGE, CARDS).guidelines
    release(guideline, KNOWLEDGE, CARDS, changed[0])
    assert ends(stored, replayer_of(*changed)) == {"released": WANTED}


def test_without_the_release_none_is_repeated_and_it_is_said_why(
    stored: Stored, changed: tuple[Path, Path]
) -> None:
    (guideline,) = load(KNOWLEDGE, CARDS).guidelines
    missing = f"{ID} with content hash {guideline.content_hash}"
    why = f"cannot be repeated: neither loaded nor released: {missing}"
    assert ends(stored, replayer_of(*changed)) == {why: WANTED}


def test_access_events_and_links_are_those_of_the_day_also_where_nothing_was_released(
    stored: Stored, tmp_path: Path
) -> None:
    knowledge = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, knowledge)
    for events in (knowledge / "access").iterdir():
        replace(events, "NICE", "Another body")
    replace(knowledge / "links.toml", 'url = "https://', 'url = "https://moved.')
    assert load(knowledge, CARDS).guidelines == load(KNOWLEDGE, CARDS).guidelines
    assert ends(stored, replayer_of(knowledge, CARDS)) == {"loaded": WANTED}


def test_a_release_that_was_changed_is_not_used(stored: Stored, changed: tuple[Path, Path]) -> None:
    (guideline,) = load(KNOWLEDGE, CARDS).guidelines
    made, _ = release(guideline, KNOWLEDGE, CARDS, changed[0])
    replace(Path(str(made.cards)) / "phrases.toml", '"', '" ')
    (why,) = ends(stored, replayer_of(*changed))
    assert why.startswith("cannot be repeated: a release cannot be read: guidelines/")
    assert why.endswith("was changed after its release")


def test_the_records_are_plain_json(stored: Stored) -> None:
    for record, content in stored.decisions():
        assert json.loads(json.dumps(record)) == record
        assert content
