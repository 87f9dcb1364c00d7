"""What a national body said is a dated fact: the position shown is the one of the day."""

from __future__ import annotations

from datetime import date

import pytest

from cds_service.domain import AccessPosition, Nation
from cds_service.knowledge import Knowledge
from tests.knowledge.conftest import Copy

LAROTRECTINIB, ENTRECTINIB = 0, 1


def position(knowledge: Knowledge, drug: int, nation: str, day: str) -> AccessPosition:
    guideline = knowledge.guidelines[0]
    return knowledge.positions(guideline, Nation(nation), date.fromisoformat(day))[drug]


def documents(knowledge: Knowledge, drug: int, nation: str, day: str) -> list[str]:
    return [event.document for event in position(knowledge, drug, nation, day).events]


@pytest.mark.parametrize(
    ("drug", "nation", "day", "shown"),
    [
        (LAROTRECTINIB, "england", "2020-05-26", []),
        (LAROTRECTINIB, "england", "2020-05-27", ["TA630"]),
        (LAROTRECTINIB, "england", "2025-08-03", ["TA630"]),
        (LAROTRECTINIB, "england", "2025-08-04", ["GID-TA11565", "TA630"]),
        (LAROTRECTINIB, "england", "2026-11-22", ["GID-TA11565", "TA630"]),
        (ENTRECTINIB, "england", "2020-08-11", []),
        (ENTRECTINIB, "england", "2020-08-12", ["TA644"]),
        (ENTRECTINIB, "england", "2026-01-06", ["TA644"]),
        (ENTRECTINIB, "england", "2026-01-07", ["TA1118"]),
        (ENTRECTINIB, "england", "2026-11-22", ["TA1118"]),
        (ENTRECTINIB, "scotland", "2021-03-07", []),
        (ENTRECTINIB, "scotland", "2021-03-08", ["SMC2295"]),
        (ENTRECTINIB, "scotland", "2026-11-22", ["SMC2295"]),
        (LAROTRECTINIB, "scotland", "2026-11-22", []),
        (LAROTRECTINIB, "wales", "2026-11-22", []),
        (ENTRECTINIB, "wales", "2026-11-22", []),
        (LAROTRECTINIB, "northern-ireland", "2026-11-22", []),
        (ENTRECTINIB, "northern-ireland", "2026-11-22", []),
    ],
)
def test_the_position_is_the_one_of_the_day(
    knowledge: Knowledge, drug: int, nation: str, day: str, shown: list[str]
) -> None:
    assert documents(knowledge, drug, nation, day) == shown


def test_a_position_names_its_drug_and_nation_also_where_nothing_is_known(
    knowledge: Knowledge,
) -> None:
    found = position(knowledge, LAROTRECTINIB, "wales", "2026-11-22")
    assert (found.drug, found.nation, found.overdue) == ("larotrectinib", Nation.WALES, False)
    assert found.disagreement is None


@pytest.mark.parametrize(
    ("nation", "day", "disagrees"),
    [
        ("england", "2026-01-06", ""),
        ("england", "2026-01-07", "TA1118"),
        ("scotland", "2026-11-22", ""),
    ],
)
def test_the_later_event_that_contradicts_the_guidance_is_named(
    knowledge: Knowledge, nation: str, day: str, disagrees: str
) -> None:
    found = position(knowledge, ENTRECTINIB, nation, day).disagreement
    assert (found.document if found else "") == disagrees


@pytest.mark.parametrize(
    ("day", "overdue"),
    [("2026-05-20", False), ("2026-05-21", False), ("2026-05-22", True), ("2026-11-22", True)],
)
def test_a_position_is_overdue_from_the_day_after_its_review(
    knowledge: Knowledge, day: str, overdue: bool
) -> None:
    assert position(knowledge, LAROTRECTINIB, "england", day).overdue is overdue


def test_a_position_without_a_stated_review_is_never_overdue(knowledge: Knowledge) -> None:
    assert position(knowledge, ENTRECTINIB, "england", "2099-01-01").overdue is False


def test_a_replaced_event_is_kept(knowledge: Knowledge) -> None:
    replaced = {name for event in knowledge.access for name in event.replaces}
    assert replaced == {"entrectinib-england-ta644"}
    assert replaced <= {event.id for event in knowledge.access}


def test_every_event_is_linked_to_the_address_of_its_document(knowledge: Knowledge) -> None:
    for event in knowledge.access:
        assert event.document in knowledge.links[event.link].label
        assert event.last_checked == date(2026, 11, 22)


def test_no_event_says_that_a_patient_is_eligible_or_states_a_dose(knowledge: Knowledge) -> None:
    for event in knowledge.access:
        assert "eligib" not in event.text.casefold()
        assert " mg" not in event.text


def test_a_document_without_a_verified_address_has_no_link(knowledge: Knowledge) -> None:
    link = knowledge.links["genotes-devolved-nations"]
    assert (link.url, link.status) == ("", "address not found")


def test_a_drug_without_any_known_event_loads(copy: Copy) -> None:
    copy.write(
        "access/larotrectinib.toml",
        'drug = "larotrectinib"\nlast_checked = 2026-11-22\nevents = []\n',
    )
    assert documents(copy.load(), LAROTRECTINIB, "england", "2026-11-22") == []
