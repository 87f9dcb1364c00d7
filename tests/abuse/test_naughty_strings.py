"""Five hundred naughty strings in every text of a positive patient: nothing gets through."""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cds_service.cards import CardWriter
from cds_service.doors.answer import Desk, fetch_nothing
from cds_service.doors.app import app_of
from tests.abuse.naughty import CLASSES, COUNT, naughty_strings
from tests.abuse.rendered import Renderer
from tests.doors.bodies import (
    PATIENT,
    SERVICE,
    SUBJECT,
    chart_opening,
    coded,
    fusion,
    mesothelioma,
)
from tests.doors.conftest import Events, noon

WHOLE = os.environ.get("CDS_TEST_EXAMPLES", "1") != "1"
STRINGS = naughty_strings()
Path = tuple[str | int, ...]


def positive() -> dict[str, Any]:
    """A patient with a card, and text wherever a record usually has some."""
    text = {"text": "a text"}
    patient = {
        "resourceType": "Patient",
        "id": PATIENT,
        "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}],
        "name": [{"family": "A family", "given": ["A given name"], "text": "A name"}],
        "telecom": [{"system": "phone", "value": "0"}],
        "address": [{"line": ["A line"], "city": "A town", "postalCode": "A1 1AA"}],
        "birthDate": "1950-01-01",
        "gender": "female",
    }
    result = fusion(
        identifier=[{"system": "urn:oid:1.2.3", "value": "L1"}],
        method=text,
        bodySite=text,
        interpretation=[text],
        note=[text],
        performer=[{"reference": "Organization/1", "display": "A laboratory"}],
        specimen={"reference": "Specimen/1", "display": "A specimen"},
    )
    diagnosis = mesothelioma(
        bodySite=[text], note=[text], recorder={"display": "A doctor"}, onsetString="lately"
    )
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "status": "final",
        "subject": SUBJECT,
        "code": coded("http://loinc.org", "51969-4", "Genetic analysis report"),
        "result": [{"reference": "Observation/synthetic-observation"}],
        "conclusion": "See the result.",
    }
    drug = {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "medicationCodeableConcept": {"text": "a drug"},
    }
    return chart_opening(
        patient=patient,
        conditions=[diagnosis],
        observations=[result],
        diagnosticReports=[report],
        medicationRequests=[drug],
    )


def texts_in(value: Any, path: Path = ()) -> Iterator[Path]:
    """The place of every text."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from texts_in(part, (*path, name))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from texts_in(part, (*path, place))


def with_text(body: dict[str, Any], path: Path, text: str) -> dict[str, Any]:
    changed: Any = copy.deepcopy(body)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = text
    return changed  # type: ignore[no-any-return]


FIELDS = [("prefetch", *path) for path in texts_in(positive()["prefetch"])]


class Checked:
    """The service, and a judge of what it says; the same card is judged once."""

    def __init__(self, desk: Desk) -> None:
        self._events = Events()
        app = app_of(replace(desk, fetch=fetch_nothing), self._events, noon)
        self._client = app.test_client()
        self._cards = desk.cards
        self._renderer = Renderer([link.url for link in desk.knowledge.links.values()])
        self._judged: set[str] = set()
        self.cards = 0

    def problems(self, body: dict[str, Any]) -> list[str]:
        """What is wrong with the answer."""
        response = self._client.post(SERVICE, json=body)
        event = self._events.kept.pop()
        if response.status_code not in (200, 412):
            return [f"status {response.status_code}"]
        if "internal-error" in [cause.why for cause in event.causes]:
            return ["failed inside"]
        cards = response.get_json().get("cards", ())
        self.cards += len(cards)
        return [problem for card in cards for problem in self._card_problems(card)]

    def _card_problems(self, card: dict[str, Any]) -> list[str]:
        shown = repr([card[name] for name in card if name not in ("uuid", "extension")])
        if shown in self._judged:
            return []
        self._judged.add(shown)
        assert isinstance(self._cards, CardWriter)
        broken = self._cards.problems({"cards": [card]})
        return [*broken, *self._renderer.problems(card)]


@pytest.fixture(scope="module")
def checked(desk: Desk) -> Checked:
    return Checked(desk)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("field", FIELDS, ids=lambda path: ".".join(map(str, path[1:])))
def test_no_naughty_string_gets_through_or_breaks_anything(checked: Checked, field: Path) -> None:
    """Here a tenth of the strings, others for each field; all of them in the long run."""
    body = positive()
    chosen = STRINGS if WHOLE else random.Random(repr(field)).sample(STRINGS, COUNT // 10)
    found = {text[:60]: checked.problems(with_text(body, field, text)) for text in chosen}
    assert {text: problems for text, problems in found.items() if problems} == {}


def test_the_patient_without_naughty_strings_gets_a_card(checked: Checked) -> None:
    before = checked.cards
    assert checked.problems(positive()) == []
    assert checked.cards == before + 1


def test_the_strings_are_many_different_and_of_every_class() -> None:
    assert len(STRINGS) == len(set(STRINGS)) == COUNT
    assert all(set(texts) & set(STRINGS) for texts in CLASSES.values())
    assert len(FIELDS) > 80


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("detail", "<img src=x>"),
        ("detail", "<script>alert(1)</script>"),
        ("detail", "[x](https://evil.example)"),
        ("detail", "see www.evil.example"),
        ("detail", "see evil.com"),
        ("detail", "![x](y)"),
        ("detail", "# x"),
        ("detail", "|a|b|\n|-|-|\n|1|2|"),
        ("detail", "~~x~~"),
        ("detail", "a\x1b[31m"),
        ("detail", "a\u202eb"),
        ("summary", "<b>"),
        ("summary", "a\u200bb"),
        ("source", {"label": "x", "url": "https://evil.example"}),
        ("links", [{"label": "x", "url": "https://evil.example"}]),
        ("suggestions", [{"label": "[x]", "actions": []}]),
    ],
)
def test_the_judge_of_cards_can_say_no(part: str, text: Any) -> None:
    card = {"summary": "x", "detail": "**Found:** x\n\n- y (1.2)", "source": {"label": "x"}}
    judge = Renderer(["https://good.example/"])
    assert judge.problems(card) == []
    assert judge.problems(card | {part: text})
