"""The labelled cases of tests/reading/cases/*.toml: what is sent, and what must become of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service.domain import NONE, STATES, Assessment, CriterionKind
from tests.builders import Resource, condition, fusion
from tests.desk import Desk
from tests.reading.case_shorthand import resources

FOLDER = Path(__file__).with_name("cases")
_KEYS = frozenset(
    {"id", "shape", "state", "why", "given", "recommendation", "because", "not_because"}
    | {"beside", "hedge", "example", "card", "not_card"}
)


@dataclass(frozen=True)
class Case:
    """One synthetic record, with the label that the documents give it."""

    id: str
    shape: str  # '1' to '16', or a family of our own: 'negative', 'conditions: codes', ...
    state: str  # of the criterion
    why: str
    given: tuple[Resource, ...]
    criterion: CriterionKind = CriterionKind.GENE_FUSION
    recommendation: str = ""  # '' where the state says it all
    because: frozenset[str] = frozenset()  # each is among the reasons for not being surer
    not_because: frozenset[str] = frozenset()
    alone: bool = False  # nothing stands beside it in the record
    hedge: bool = False  # stated with a reservation
    example: str = ""  # words of docs/reading.md, for the case that is its example
    card: tuple[str, ...] = ()  # words that stand on the card
    not_card: tuple[str, ...] = ()

    @property
    def is_finding(self) -> bool:
        return is_finding(self.state)

    @property
    def is_negative_or_hedge(self) -> bool:
        """No finding at all, or one that must not be taken at its word."""
        return not self.is_finding or self.hedge or self.state in ("unconfirmed", "screening")

    @property
    def record(self) -> tuple[Resource, ...]:
        """What is given, and what the rest of the record holds so that this decides."""
        if self.alone:
            return self.given
        if self.criterion is CriterionKind.GENE_FUSION:
            return (*self.given, condition(id="c-beside"))
        deciding = fusion(id="o-beside")
        if self.criterion is CriterionKind.DIAGNOSIS:
            return (*self.given, deciding)
        return (*self.given, deciding, condition(id="c-beside"))


def is_finding(state: str) -> bool:
    """Whether a state says that there is something."""
    return state in ("confirmed", "unconfirmed", "screening", "established", "recorded")


def load(folder: Path = FOLDER) -> tuple[Case, ...]:
    """Every case of every file, in the order of the files."""
    return tuple(case for path in sorted(folder.glob("*.toml")) for case in read_file(path))


def read_file(path: Path) -> tuple[Case, ...]:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    criterion = CriterionKind(table.get("criterion", CriterionKind.GENE_FUSION))
    return tuple(_case(row, criterion) for row in table["case"])


def _case(row: Mapping[str, Any], criterion: CriterionKind) -> Case:
    unknown = row.keys() - _KEYS - {"criterion"}
    assert not unknown, f"{row.get('id')}: unknown keys {sorted(unknown)}"
    criterion = CriterionKind(row.get("criterion", criterion))
    assert row["state"] in STATES[criterion], f"{row['id']}: no state {row['state']!r}"
    return Case(
        id=row["id"],
        shape=str(row["shape"]),
        state=row["state"],
        why=row["why"],
        given=tuple(resources(row["given"])),
        criterion=criterion,
        recommendation=row.get("recommendation", ""),
        because=frozenset(row.get("because", ())),
        not_because=frozenset(row.get("not_because", ())),
        alone=row.get("beside") is False,
        hedge=row.get("hedge", False),
        example=row.get("example", ""),
        card=tuple(row.get("card", ())),
        not_card=tuple(row.get("not_card", ())),
    )


def reasons(found: Assessment, criterion: CriterionKind) -> str:
    """Every sentence that explain has for one criterion."""
    lines = (line for r in found.reasons if r.criterion.kind is criterion for line in r.why)
    return "\n".join(lines)


def ask_about(desk: Desk, case: Case) -> Assessment:
    """What the service makes of the record of a case."""
    return desk.about(*case.record)


def state_of(found: Assessment, case: Case) -> str:
    return found.state(case.criterion) or NONE
