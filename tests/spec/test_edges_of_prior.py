"""What explain says of earlier TRK treatment: it must name the record and its status."""

from __future__ import annotations

from cds_service.domain import CriterionKind, DataKey, Reason
from tests.builders import (
    SOMATIC,
    Resource,
    condition,
    fusion,
    gene,
    larotrectinib,
    part,
    request,
    result,
)
from tests.desk import Desk

MUTATED = result(gene("NTRK1"), part("48005-3", {"text": "p.G595R"}), SOMATIC, id="o2")


def prior(ask: Desk, *resources: Resource, **settings: object) -> Reason:
    found = ask.about(fusion(), condition(), *resources, **settings)  # type: ignore[arg-type]
    return next(r for r in found.reasons if r.criterion.kind is CriterionKind.PRIOR_THERAPY)


def test_nothing_on_record_says_so(ask: Desk) -> None:
    assert prior(ask).why == ("No drug of the class is recorded.",)
    found = ask.about(fusion(), condition())
    assert (found.therapies, found.resistance) == ((), ())


def test_a_drug_and_a_mutation_are_both_named(ask: Desk) -> None:
    found = prior(ask, request(larotrectinib()), MUTATED)
    assert found.because == ("MedicationRequest/m1", "Observation/o2")
    assert found.why == (
        "MedicationRequest/m1: larotrectinib, status active",
        "Observation/o2: NTRK1 G595R",
    )


def test_a_status_that_cannot_be_told_is_named(ask: Desk) -> None:
    found = prior(ask, request(larotrectinib(), "unknown"))
    assert (found.state, found.because) == ("not known", ())
    assert found.why == ("MedicationRequest/m1: larotrectinib, status unknown",)
    decided = ask.about(fusion(), condition(), request(larotrectinib(), "unknown"))
    assert (decided.therapies, decided.resistance) == ((), ())


def test_a_drug_that_does_not_count_is_named(ask: Desk) -> None:
    found = prior(ask, request(larotrectinib(), "cancelled"))
    assert (found.state, found.because) == ("none", ())
    assert found.why == ("MedicationRequest/m1: larotrectinib does not count (status cancelled)",)


def test_a_source_that_did_not_come_is_named(ask: Desk) -> None:
    found = prior(ask, missing=[DataKey.STATEMENTS])
    assert found.state == "not known"
    assert found.why == ("medicationStatements is not complete: not-sent",)
    decided = ask.about(fusion(), condition(), missing=[DataKey.STATEMENTS])
    assert (decided.therapies, decided.resistance) == ((), ())
