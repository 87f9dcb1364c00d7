"""All 180 combinations of states of the shipped table, against the rule written a second time."""

from __future__ import annotations

from itertools import product

import pytest

from cds_service.domain import Guideline
from cds_service.knowledge import Knowledge
from cds_service.knowledge.tables import combinations, first_row

ALIVE = ("deceased", "yes", "not known")
FUSION = ("confirmed", "unconfirmed", "screening", "none", "not known")
DIAGNOSIS = ("established", "unconfirmed", "none", "not known")
PRIOR = ("recorded", "none", "not known")
ALL = list(product(ALIVE, FUSION, DIAGNOSIS, PRIOR))


def expected(alive: str, fusion: str, diagnosis: str, prior: str) -> tuple[str, str, str]:
    """Row, recommendation and indicator, told the other way round: by what is known."""
    if alive == "deceased":
        return "1", "nothing", ""
    if fusion == "none":
        return "2", "nothing", ""
    if diagnosis == "none":
        return "3", "nothing", ""
    if "not known" in (fusion, diagnosis):
        return something_not_known(fusion, diagnosis)
    if fusion != "confirmed":
        return "7", "confirm-fusion", "info"
    if diagnosis == "unconfirmed":
        return "6", "confirm-diagnosis", "info"
    if prior == "recorded":
        return "4", "prior-trk-inhibitor", "info"
    return "5", "trk-inhibitor-option", "warning"


def something_not_known(fusion: str, diagnosis: str) -> tuple[str, str, str]:
    if fusion == diagnosis:
        return "10", "insufficient-data", ""
    if fusion == "not known":
        return "9", "could-not-check", "info"
    if fusion == "screening":
        return "8b", "could-not-check", "info"
    return "8a", "could-not-check", "warning"


@pytest.fixture(scope="module")
def guideline(knowledge: Knowledge) -> Guideline:
    return next(g for g in knowledge.guidelines if g.id == "genotes-ntrk-mesothelioma")


def test_every_combination_of_states_gets_the_recommendation_of_the_architecture(
    guideline: Guideline, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, lines = [], []
    for combination in ALL:
        states = dict(zip(("alive", "fusion", "diagnosis", "prior"), combination, strict=True))
        row = first_row(guideline.table, states)
        fired = (row.id, row.recommendation, row.indicator) if row else None
        told = " | ".join(f"{state:11}" for state in combination)
        lines.append(f"{told} -> row {row.id if row else '?':3} {row and row.recommendation}")
        if fired != expected(*combination):
            wrong.append((combination, fired))
    with capsys.disabled():
        print("\n" + "\n".join(lines))
    assert wrong == []


def test_the_table_has_180_combinations(guideline: Guideline) -> None:
    found = {tuple(states.values()) for states in combinations(guideline.criteria)}
    assert len(found) == 180
    assert found == set(ALL)


def test_every_row_fires_for_somebody(guideline: Guideline) -> None:
    fired = {expected(*combination)[0] for combination in ALL}
    assert [row.id for row in guideline.table] == sorted(
        fired, key=lambda row: (int(row.rstrip("ab")), row)
    )
