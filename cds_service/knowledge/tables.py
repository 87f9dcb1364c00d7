"""A decision table -> proof that every combination of states fits a row and that no row is dead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from cds_service.domain import STATES, Criterion, Row
from cds_service.knowledge.files import Problems

NOTHING, INSUFFICIENT = "nothing", "insufficient-data"
# Neither shows a card of its own: no template, no indicator.
WITHOUT_CARD = frozenset({NOTHING, INSUFFICIENT})


def combinations(criteria: Sequence[Criterion]) -> Iterator[dict[str, str]]:
    """Every combination of states of the criteria."""
    names = [criterion.id for criterion in criteria]
    for states in product(*(STATES[criterion.kind] for criterion in criteria)):
        yield dict(zip(names, states, strict=True))


def first_row(table: Sequence[Row], states: dict[str, str]) -> Row | None:
    """The row that fires."""
    return next((row for row in table if row.fits(states)), None)


def check_table(
    criteria: Sequence[Criterion], table: Sequence[Row], file: str, problems: Problems
) -> None:
    """Note states and rows that are wrong, combinations without a row, rows that never fire."""
    before = problems.all()
    for number, row in enumerate(table):
        _check_row(row, number, criteria, file, problems)
    if problems.all() == before:
        _check_cover(criteria, table, file, problems)


def _check_row(
    row: Row, number: int, criteria: Sequence[Criterion], file: str, problems: Problems
) -> None:
    field = f"table[{number}]"
    legal = {criterion.id: STATES[criterion.kind] for criterion in criteria}
    for name, states in row.when.items():
        if name not in legal:
            problems.add(file, f"{field}.when.{name}", "expected the id of a criterion")
            continue
        for state in sorted(states - set(legal[name])):
            message = f"{state!r}: expected one of {', '.join(legal[name])}"
            problems.add(file, f"{field}.when.{name}", message)
    silent = row.recommendation in WITHOUT_CARD
    if silent and row.indicator:
        problems.add(file, f"{field}.indicator", f"{row.recommendation!r} shows no card")
    if not silent and not row.indicator:
        problems.add(file, f"{field}.indicator", "is missing; expected info, warning or critical")


def _check_cover(
    criteria: Sequence[Criterion], table: Sequence[Row], file: str, problems: Problems
) -> None:
    fired = set()
    for states in combinations(criteria):
        row = first_row(table, states)
        if row is None:
            told = ", ".join(f"{name} {state}" for name, state in states.items())
            problems.add(file, "table", f"no row fits: {told}")
        else:
            fired.add(row.id)
    for number, row in enumerate(table):
        if row.id not in fired:
            problems.add(file, f"table[{number}]", f"row {row.id!r} is dead: others fit first")
