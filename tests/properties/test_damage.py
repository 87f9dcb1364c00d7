"""One place of a positive patient is damaged: the same card, a weaker one, or could-not-check."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from cds_service.domain import Assessment, CriterionKind
from tests.desk import Desk
from tests.properties.damage import KINDS, damaged, named, places
from tests.properties.positive import positive_patients
from tests.properties.records import assessed

PATIENTS = {record.name: record for record in positive_patients()}
FUSION = ("none", "not known", "screening", "unconfirmed", "confirmed")  # weakest first
DIAGNOSIS = ("none", "not known", "unconfirmed", "established")


@dataclass(frozen=True)
class Verdict:
    """What one damage did, where it is more than the same card, a weaker one, or a gap."""

    patient: str
    place: str
    damage: str
    result: str  # 'silence' or 'stronger'


@dataclass(frozen=True)
class Allowed:
    """Damage that takes the finding itself away, or what spoke against it; and why."""

    result: str
    patients: tuple[str, ...]
    places: tuple[str, ...]
    damage: tuple[str, ...]
    why: str

    def covers(self, verdict: Verdict) -> bool:
        known = self.result == verdict.result
        known = known and any(fnmatchcase(verdict.damage, name) for name in self.damage)
        known = known and any(fnmatchcase(verdict.patient, name) for name in self.patients)
        return known and any(fnmatchcase(verdict.place, place) for place in self.places)


def allowed() -> list[Allowed]:
    table = tomllib.loads(Path(__file__).with_name("silences.toml").read_text("utf-8"))
    return [_entry(row) for row in table["allowed"]]


def _entry(row: dict[str, Any]) -> Allowed:
    patients, places_, damage = (tuple(row[name]) for name in ("patients", "places", "damage"))
    return Allowed(row["result"], patients, places_, damage, row["why"])


Verdicts = Callable[[str], tuple[Verdict, ...]]


@pytest.fixture(scope="session")
def verdicts(ask: Desk) -> Verdicts:
    """Every place of a patient with every damage; each patient is asked about once."""
    return lru_cache(maxsize=None)(lambda name: tuple(_verdicts(ask, name)))


def _verdicts(ask: Desk, name: str) -> Iterator[Verdict]:
    record = PATIENTS[name]
    before = assessed(ask, record)
    for place in places(record.prefetch):
        for damage in KINDS:
            result = compared(before, assessed(ask, damaged(record, place, damage)))
            if result:
                yield Verdict(name, named(record, place), damage, result)


def compared(before: Assessment, after: Assessment) -> str:
    """'silence' where a card became none, 'stronger' where less was known and more is said."""
    if after.recommendation == "nothing":
        return "silence"
    lost = before.recommendation == "prior-trk-inhibitor" != after.recommendation
    lost = lost and after.recommendation == "trk-inhibitor-option"
    ranks: tuple[tuple[CriterionKind, Any], ...] = (
        (CriterionKind.GENE_FUSION, FUSION.index),
        (CriterionKind.DIAGNOSIS, DIAGNOSIS.index),
    )
    risen = any(rank(after.state(kind)) > rank(before.state(kind)) for kind, rank in ranks)
    return "stronger" if lost or risen else ""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", PATIENTS)
def test_no_damage_to_a_patient_with_a_finding_silences_or_strengthens(
    verdicts: Verdicts, name: str
) -> None:
    known = allowed()
    assert [v for v in verdicts(name) if not any(entry.covers(v) for entry in known)] == []


@pytest.mark.parametrize("name", PATIENTS)
def test_every_patient_of_these_has_a_card_before_the_damage(ask: Desk, name: str) -> None:
    assert assessed(ask, PATIENTS[name]).recommendation in {
        *("trk-inhibitor-option", "confirm-fusion", "confirm-diagnosis", "prior-trk-inhibitor"),
    }


@pytest.mark.timeout(600)
def test_no_entry_of_the_list_of_silences_is_without_use(verdicts: Verdicts) -> None:
    found = [verdict for name in PATIENTS for verdict in verdicts(name)]
    assert [part for entry in allowed() for part in unused(entry, found)] == []


def unused(entry: Allowed, found: list[Verdict]) -> Iterator[str]:
    """The patterns of an entry that no damage needs."""
    covered = [verdict for verdict in found if entry.covers(verdict)]
    for name in entry.patients:
        if not any(fnmatchcase(verdict.patient, name) for verdict in covered):
            yield f"{entry.why}: patients {name}"
    for place in entry.places:
        if not any(fnmatchcase(verdict.place, place) for verdict in covered):
            yield f"{entry.why}: places {place}"
    for damage in entry.damage:
        if not any(fnmatchcase(verdict.damage, damage) for verdict in covered):
            yield f"{entry.why}: damage {damage}"


def test_a_list_that_allows_too_much_is_noticed() -> None:
    entry = Allowed("silence", ("shape 1",), ("Observation/o1 *",), ("removed", "null"), "why")
    found = [Verdict("shape 1", "Observation/o1 component", "removed", "silence")]
    assert list(unused(entry, found)) == ["why: damage null"]
    assert not entry.covers(Verdict("shape 1", "Observation/o1 status", "removed", "stronger"))


@pytest.mark.parametrize("entry", allowed(), ids=lambda entry: entry.why[:40])
def test_every_silence_has_its_reason_in_a_sentence(entry: Allowed) -> None:
    assert entry.why.endswith(".")
    assert len(entry.why.split()) > 5
