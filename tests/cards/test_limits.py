"""Cards stay short: ordinary ones, and those with everything at once."""

from __future__ import annotations

import random
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

import pytest

from cds_service import tasks
from cds_service.cards import CardWriter, count_words, extremes
from cds_service.cards.findings import listed
from cds_service.domain import (
    STATES,
    Approval,
    Assay,
    Assessment,
    Certainty,
    CriterionKind,
    DataKey,
    Doubt,
    Gap,
    GapWhy,
    Nation,
    Note,
    Origin,
    Presence,
    Unread,
    UnreadWhy,
    Why,
)
from cds_service.knowledge import Knowledge
from tests.cards import builders as make
from tests.cards.access import TODAY

Member = TypeVar("Member", bound=StrEnum)


@pytest.fixture(scope="module")
def shipped(knowledge: Knowledge) -> CardWriter:
    return shipped_writer(knowledge)


def shipped_writer(knowledge: Knowledge, approvals: tuple[Approval, ...] = ()) -> CardWriter:
    """Made only if every card fits, also with everything at once."""
    return CardWriter(
        make.CARDS,
        guidelines=knowledge.guidelines,
        links=knowledge.links,
        systems=knowledge.systems,
        positions=knowledge.positions,
        namespace="org.example",
        approvals=approvals,
        service_version="0.1.0",
        task=tasks.task,
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("one two", 2),
        ("**Found:** NTRK1", 2),
        ("- a / b - c", 3),
        ("LMNA::NTRK1, 2 October 2026.", 4),
        ("... -- !", 0),
    ],
)
def test_words_are_counted_as_a_reader_would(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("items", "shown"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b", "c"], "a; b; c"),
        (["a", "b", "c", "d"], "a; b; c; and 1 more"),
    ],
)
def test_lists_over_three_items_end_with_how_many_more(items: list[str], shown: str) -> None:
    assert listed(items, 3) == shown


@pytest.mark.parametrize("nation", Nation)
@pytest.mark.parametrize(
    "told",
    [
        make.assessment(),
        make.assessment(prior_state="recorded"),
        make.assessment(diagnosis_state="unconfirmed", doubts=(Doubt.PROVISIONAL,)),
        make.assessment("unconfirmed"),
        make.assessment("screening"),
        make.assessment("not known", gaps=(Gap(DataKey.REPORTS, GapWhy.NEXT_PAGE),)),
        make.assessment(
            diagnosis_state="not known", gaps=(Gap(DataKey.CONDITIONS, GapWhy.NOT_SENT),)
        ),
    ],
    ids=lambda told: f"{told.recommendation}-{told.row}",
)
def test_an_ordinary_card_of_the_shipped_knowledge_has_at_most_180_words(
    shipped: CardWriter, knowledge: Knowledge, told: Assessment, nation: Nation
) -> None:
    (guideline,) = knowledge.guidelines
    access = knowledge.positions(guideline, nation, told.today)
    here = replace(told, guideline=guideline, nation=nation, access=access)
    card = make.card(shipped, here)
    assert count_words(card["detail"]) <= 180, card["detail"]
    assert len(card["summary"]) <= 139


@pytest.mark.parametrize(
    ("role", "site"),
    [
        ("Clinical safety officer", "Example NHS Foundation Trust"),
        (" ".join("abcdefghijklmnopqrstuvwxyzabcd"), " ".join("abcdefghijklmnopqrstuvwxyzabcd")),
    ],
    ids=["ordinary", "as many words as fit"],
)
def test_a_site_that_approved_the_rule_can_start_whatever_it_is_called(
    knowledge: Knowledge, role: str, site: str
) -> None:
    (guideline,) = knowledge.guidelines
    approval = make.approval(
        guideline=guideline.id,
        version=guideline.version,
        content_hash=guideline.content_hash,
        role=role,
        site=site,
    )
    approved = shipped_writer(knowledge, (approval,))
    told = make.assessment()
    access = knowledge.positions(guideline, told.nation, told.today)
    card = make.card(approved, replace(told, guideline=guideline, access=access))
    assert card["detail"].splitlines()[-1].startswith("Rule approved at this site: ")


def test_every_extreme_of_the_shipped_knowledge_has_at_most_240_words(
    shipped: CardWriter, knowledge: Knowledge
) -> None:
    counted = []
    for guideline in knowledge.guidelines:
        for told in extremes.trials(guideline, knowledge.positions):
            card = shipped.card(told, make.NAMES, "synthetic-1", unavailable_as_card=True)
            if card is not None:
                counted.append(count_words(card["detail"]))
                assert len(card["summary"]) <= 139
    assert shipped.failures() == 0
    assert max(counted) <= 240
    assert max(counted) > 180, "the extremes are not extreme"


def test_no_mixture_of_facts_makes_a_card_too_long(
    shipped: CardWriter, knowledge: Knowledge
) -> None:
    dice = random.Random(20261122)
    (guideline,) = knowledge.guidelines
    before = shipped.failures()
    for _ in range(400):
        nation = dice.choice(tuple(Nation))
        access = knowledge.positions(guideline, nation, TODAY)
        told = replace(anything(dice), guideline=guideline, nation=nation, access=access)
        shipped.card(told, make.NAMES, "synthetic-1", unavailable_as_card=True)
    assert shipped.failures() == before


def anything(dice: random.Random) -> Assessment:
    """Any states with any number of facts, doubts, gaps and long names."""
    fusion = dice.choice(STATES[CriterionKind.GENE_FUSION])
    diagnosis = dice.choice(STATES[CriterionKind.DIAGNOSIS])
    prior = dice.choice(STATES[CriterionKind.PRIOR_THERAPY])
    told = make.assessment(fusion, diagnosis, prior, dice.choice(("yes", "not known")))
    long = " ".join("x" * dice.randint(1, 12) for _ in range(dice.randint(0, 30)))
    source = make.source("Observation/long", laboratory=long, status=long)
    first = [replace(item, source=source, why=some(dice, Why)) for item in told.fusions]
    others = [
        make.fusion(
            presence=dice.choice(tuple(Presence)),
            certainty=dice.choice(tuple(Certainty)),
            origin=dice.choice(tuple(Origin)),
            source=make.source("Observation/o", date=f"2026-10-{number + 1:02}"),
            assays=frozenset(some(dice, Assay)),
            why=some(dice, Why),
        )
        for number in range(dice.randint(0, 20) if first else 0)
    ]
    return replace(
        told,
        fusions=(*first, *others),
        diagnoses=tuple(
            replace(item, name=long) for item in told.diagnoses for _ in range(dice.randint(1, 9))
        ),
        gaps=tuple(Gap(key, why) for key in some(dice, DataKey) for why in some(dice, GapWhy)),
        doubts=some(dice, Doubt) if diagnosis == "unconfirmed" else (),
        notes=some(dice, Note),
        unread=tuple(
            Unread(source, dice.choice(tuple(CriterionKind)), dice.choice(tuple(UnreadWhy)))
            for _ in range(dice.randint(0, 20))
        ),
    )


def some(dice: random.Random, members: type[Member]) -> tuple[Member, ...]:
    """A few members of a closed list, in any order."""
    every = list(members)
    return tuple(dice.sample(every, dice.randint(0, len(every))))
