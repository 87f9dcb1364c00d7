"""Was a TRK inhibitor given before, or does a mutation make the tumour resistant to it?"""

from __future__ import annotations

import pytest

from cds_service.domain import DataKey, Note
from tests.builders import (
    ABSENT,
    GERMLINE,
    INDETERMINATE,
    SOMATIC,
    Resource,
    administration,
    concept,
    condition,
    fusion,
    gene,
    larotrectinib,
    part,
    request,
    result,
    spoken,
    statement,
)
from tests.desk import Desk

DRUG = larotrectinib()


# --- drugs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["active", "on-hold", "stopped", "completed"])
@pytest.mark.parametrize("write", [request, statement], ids=["request", "statement"])
def test_a_trk_inhibitor_that_was_or_is_given_is_recorded(
    ask: Desk, write: object, status: str
) -> None:
    assert callable(write)
    assert ask.prior(write(DRUG, status)) == "recorded"


@pytest.mark.parametrize("status", ["in-progress", "on-hold", "stopped", "completed"])
def test_a_trk_inhibitor_that_was_administered_is_recorded(ask: Desk, status: str) -> None:
    assert ask.prior(administration(DRUG, status)) == "recorded"


@pytest.mark.parametrize("status", ["draft", "cancelled", "entered-in-error"])
def test_a_request_that_came_to_nothing_is_none(ask: Desk, status: str) -> None:
    assert ask.prior(request(DRUG, status)) == "none"


@pytest.mark.parametrize("status", ["intended", "not-taken", "entered-in-error"])
def test_a_statement_of_what_was_not_taken_is_none(ask: Desk, status: str) -> None:
    assert ask.prior(statement(DRUG, status)) == "none"


@pytest.mark.parametrize("status", ["not-done", "entered-in-error"])
def test_an_administration_that_did_not_happen_is_none(ask: Desk, status: str) -> None:
    assert ask.prior(administration(DRUG, status)) == "none"


@pytest.mark.parametrize("write", [request, statement], ids=["request", "statement"])
def test_a_drug_of_unknown_status_is_not_known(ask: Desk, write: object) -> None:
    assert callable(write)
    assert ask.prior(write(DRUG, "unknown")) == "not known"


@pytest.mark.parametrize(
    "intent", ["order", "original-order", "reflex-order", "filler-order", "instance-order"]
)
def test_an_order_is_recorded(ask: Desk, intent: str) -> None:
    assert ask.prior(request(DRUG, intent=intent)) == "recorded"


@pytest.mark.parametrize("intent", ["proposal", "plan", "option"])
def test_a_plan_is_none(ask: Desk, intent: str) -> None:
    assert ask.prior(request(DRUG, intent=intent)) == "none"


def test_a_request_not_to_give_is_none(ask: Desk) -> None:
    assert ask.prior(request(DRUG, doNotPerform=True)) == "none"


def test_another_drug_is_none(ask: Desk) -> None:
    assert (
        ask.prior(request(concept("http://www.whocc.no/atc", "L01XA02", "carboplatin"))) == "none"
    )


@pytest.mark.parametrize("key", [DataKey.REQUESTS, DataKey.STATEMENTS])
def test_without_the_medications_prior_is_not_known(ask: Desk, key: DataKey) -> None:
    assert ask.about(fusion(), condition(), missing=[key]).states["prior"] == "not known"


@pytest.mark.parametrize("key", [DataKey.PATIENT, DataKey.CONDITIONS])
def test_what_holds_no_medications_cannot_hide_one(ask: Desk, key: DataKey) -> None:
    assert ask.about(fusion(), missing=[key]).states["prior"] == "none"


def test_a_drug_is_recorded_although_the_medications_are_incomplete(ask: Desk) -> None:
    found = ask.about(fusion(), condition(), request(DRUG), missing=[DataKey.STATEMENTS])
    assert found.states["prior"] == "recorded"


def test_the_drug_of_another_patient_is_not_this_patients(ask: Desk) -> None:
    found = ask.prior(request(DRUG, subject={"reference": "Patient/p2"}))
    assert found == "not known"


# --- resistance ----------------------------------------------------------------------------------


def mutation(symbol: str, change: str, *more: Resource, **said: object) -> Resource:
    protein = part("48005-3", concept("http://varnomen.hgvs.org", change))
    return result(gene(symbol), protein, *(more or (SOMATIC,)), **({"id": "o9"} | said))


@pytest.mark.parametrize(
    ("symbol", "change"),
    [
        ("NTRK1", "p.Gly595Arg"),
        ("NTRK1", "p.G595R"),
        ("NTRK1", "p.(Gly667Cys)"),
        ("NTRK1", "p.G667A"),
        ("NTRK1", "p.G667S"),
        ("NTRK3", "p.Gly623Arg"),
        ("NTRK3", "p.G696A"),
        ("NTRK3", "p.G696C"),
    ],
)
def test_a_kinase_domain_mutation_of_resistance_is_recorded(
    ask: Desk, symbol: str, change: str
) -> None:
    assert ask.prior(mutation(symbol, change)) == "recorded"


@pytest.mark.parametrize(
    ("symbol", "change"),
    [
        ("NTRK1", "p.G595W"),
        ("NTRK1", "p.R342W"),
        ("NTRK2", "p.G595R"),
        ("NTRK3", "p.G595R"),
        ("NTRK1", "p.G623R"),
        ("NTRK1", "p.G696A"),
    ],
)
def test_another_mutation_or_another_gene_is_none(ask: Desk, symbol: str, change: str) -> None:
    assert ask.prior(mutation(symbol, change)) == "none"


def test_an_off_target_mutation_is_never_resistance(ask: Desk) -> None:
    assert ask.prior(spoken("BRAF V600E and KRAS G12D detected.", id="o9")) == "none"


def test_a_germline_mutation_is_none(ask: Desk) -> None:
    assert ask.prior(mutation("NTRK1", "p.G595R", GERMLINE)) == "none"


@pytest.mark.parametrize("value", [ABSENT, INDETERMINATE], ids=["absent", "indeterminate"])
def test_a_mutation_that_was_not_found_is_none(ask: Desk, value: Resource) -> None:
    assert ask.prior(mutation("NTRK1", "p.G595R", value=value)) == "none"


@pytest.mark.parametrize("status", ["preliminary", "cancelled"])
def test_a_mutation_that_was_not_signed_off_is_none(ask: Desk, status: str) -> None:
    assert ask.prior(mutation("NTRK1", "p.G595R", status=status)) == "none"


def test_a_mutation_named_in_a_report_is_recorded(ask: Desk) -> None:
    told = spoken("NTRK1 G595R mutation detected in the kinase domain.", id="o9")
    assert ask.prior(told) == "recorded"


def test_a_mutation_denied_in_a_report_is_none(ask: Desk) -> None:
    told = spoken("NTRK1 G595R mutation not detected.", id="o9")
    assert ask.prior(told) == "none"


# --- which of the two ----------------------------------------------------------------------------


def test_the_card_is_told_which_of_the_two_was_found(ask: Desk) -> None:
    drug = ask.about(fusion(), condition(), request(DRUG)).notes
    assert Note.PRIOR_DRUG in drug
    assert Note.PRIOR_RESISTANCE not in drug
    change = ask.about(fusion(), condition(), mutation("NTRK1", "p.G595R")).notes
    assert Note.PRIOR_RESISTANCE in change
    assert Note.PRIOR_DRUG not in change


def test_a_resistance_mutation_takes_the_place_of_an_option(ask: Desk) -> None:
    found = ask.about(fusion(), condition(), mutation("NTRK1", "p.G595R"))
    assert found.recommendation == "prior-trk-inhibitor"


def test_a_drug_that_does_not_count_is_named(ask: Desk) -> None:
    reason = ask.reason("prior", request(DRUG, "cancelled"))
    assert "larotrectinib" in reason.why[0]
    assert "cancelled" in reason.why[0]
