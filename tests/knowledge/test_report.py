"""Knowledge grows old in the open: every guideline and event with its age and what is overdue."""

from __future__ import annotations

from datetime import date

import pytest

from cds_service.knowledge import Knowledge, report
from tests.knowledge.conftest import GUIDELINE, Copy

TODAY = date(2026, 11, 22)
REVIEWED = 'status = "draft"\nlast_reviewed = 2026-11-01\nnext_review_due = 2026-12-01'


def test_today_the_genotes_page_and_the_larotrectinib_review_are_overdue(
    knowledge: Knowledge,
) -> None:
    overdue = [line.id for line in report(knowledge, TODAY).overdue]
    assert overdue == ["genotes-ntrk-mesothelioma", "larotrectinib-england-gid-ta11565"]


@pytest.mark.parametrize(
    ("day", "overdue"),
    [
        (date(2025, 1, 27), []),
        (date(2025, 1, 28), ["genotes-ntrk-mesothelioma"]),
        (date(2026, 5, 21), ["genotes-ntrk-mesothelioma"]),
    ],
)
def test_nothing_is_overdue_before_the_day_after_its_review_date(
    knowledge: Knowledge, day: date, overdue: list[str]
) -> None:
    assert [line.id for line in report(knowledge, day).overdue] == overdue


def test_every_guideline_and_every_event_has_a_line_with_its_age(knowledge: Knowledge) -> None:
    lines = {line.id: line for line in report(knowledge, TODAY).lines}
    wanted = {g.id for g in knowledge.guidelines} | {event.id for event in knowledge.access}
    assert set(lines) == wanted
    assert lines["entrectinib-england-ta1118"].age_days == 319
    assert lines["genotes-ntrk-mesothelioma"].age_days == 1030


def test_an_event_that_is_still_to_come_has_no_line(knowledge: Knowledge) -> None:
    ids = {line.id for line in report(knowledge, date(2026, 1, 6)).lines}
    assert "entrectinib-england-ta644" in ids
    assert "entrectinib-england-ta1118" not in ids


def test_a_line_says_what_it_is_how_old_and_whether_overdue(knowledge: Knowledge) -> None:
    texts = {line.id: line.text() for line in report(knowledge, TODAY).lines}
    assert texts["larotrectinib-england-gid-ta11565"] == (
        "OVERDUE  access    larotrectinib, england: NICE GID-TA11565 (review): dated 2025-08-04 "
        "(475 days), checked 2026-11-22, next review 2026-05-21"
    )
    assert texts["entrectinib-england-ta644"].startswith("replaced access")
    assert texts["entrectinib-scotland-smc2295"].startswith("ok ")
    assert texts["entrectinib-scotland-smc2295"].endswith("next review not stated")


def test_a_replaced_event_is_never_overdue(copy: Copy) -> None:
    event = 'happened = 2020-08-12\nkind = "recommended"'
    copy.replace("access/entrectinib.toml", event, event + "\nnext_review = 2023-01-01")
    copy.replace("access/entrectinib.toml", 'next_review = "not stated"\n', "")
    line = next(li for li in report(copy.load(), TODAY).lines if li.id.endswith("ta644"))
    assert (line.next_review, line.replaced, line.overdue) == (date(2023, 1, 1), True, False)


@pytest.mark.parametrize(("day", "overdue"), [(TODAY, False), (date(2026, 12, 2), True)])
def test_our_own_review_has_a_line_and_can_be_overdue(copy: Copy, day: date, overdue: bool) -> None:
    copy.replace(GUIDELINE, 'status = "draft"', REVIEWED)
    line = next(li for li in report(copy.load(), day).lines if li.kind == "review")
    assert line.title == "our review of genotes-ntrk-mesothelioma 0.1.0"
    assert line.overdue is overdue
    assert "checked" not in line.text()
