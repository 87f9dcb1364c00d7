"""The pages that people look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

from flask.testing import FlaskClient

from cds_service.domain import Approval
from cds_service.doors.about import NOTICE
from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of
from cds_service.doors.health import health
from cds_service.settings import Settings
from tests.doors.conftest import Events, noon

TODAY = date(2026, 11, 22)


class Outline(HTMLParser):
    """Tags, links and language of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.language = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        values = dict(attrs)
        self.language = self.language or (values.get("lang") or "" if tag == "html" else "")
        if tag == "a":
            self.links.append(values["href"] or "")


def test_the_home_page_links_discovery_and_health_and_both_answer(client: FlaskClient) -> None:
    page = Outline(client.get("/").text)
    assert page.links == ["/cds-services", "/health"]
    assert [client.get(link).status_code for link in page.links] == [200, 200]


def test_the_home_page_can_be_read_aloud(client: FlaskClient) -> None:
    page = Outline(client.get("/").text)
    assert page.language == "en-GB"
    assert page.tags.count("h1") == 1
    assert {"title", "main", "caption"} <= set(page.tags)
    assert not {"script", "style", "img", "iframe"} & set(page.tags)


def test_the_home_page_and_health_say_that_this_is_not_for_clinical_use(
    client: FlaskClient,
) -> None:
    assert NOTICE.startswith("Not for clinical use")
    assert NOTICE in client.get("/").text
    assert client.get("/health").get_json()["notice"] == NOTICE


def test_behind_a_proxy_the_links_of_the_home_page_are_those_that_callers_use(desk: Desk) -> None:
    settings = Settings(public_url="https://cds.example.org/base")
    page = app_of(replace(desk, settings=settings), Events(), noon).test_client().get("/").text
    assert Outline(page).links[0] == "https://cds.example.org/base/cds-services"


def test_health_names_every_guideline_with_its_age_and_what_is_overdue(
    client: FlaskClient,
) -> None:
    told = client.get("/health").get_json()
    assert told["status"] == "ok"
    assert told["today"] == "2026-11-22"
    (guideline,) = told["guidelines"]
    assert guideline["id"] == "genotes-ntrk-mesothelioma"
    assert guideline["lastReviewed"] == "2024-01-27"
    assert guideline["ageDays"] == 1030
    assert guideline["overdue"]
    assert len(guideline["contentHash"]) == 64
    assert "genotes-ntrk-mesothelioma" in told["overdue"]


def test_nothing_of_the_guidance_is_overdue_on_the_day_it_was_reviewed(desk: Desk) -> None:
    client = app_of(desk, Events(), lambda: datetime(2024, 1, 27, tzinfo=UTC)).test_client()
    told = client.get("/health").get_json()
    assert not told["guidelines"][0]["overdue"]
    assert "genotes-ntrk-mesothelioma" not in told["overdue"]


def test_health_says_approved_only_of_the_very_content_that_was_approved(desk: Desk) -> None:
    guideline = desk.knowledge.guidelines[0]
    approval = Approval(
        guideline=guideline.id,
        version=guideline.version,
        content_hash=guideline.content_hash,
        approved_by="A synthetic name",
        role="A synthetic role",
        approved_on=TODAY,
        site="synthetic",
    )
    other = replace(approval, content_hash="0" * 64)
    for approvals, approved in (((), False), ((other,), False), ((other, approval), True)):
        told = health(replace(desk, approvals=approvals), TODAY)
        assert told["guidelines"][0]["approved"] is approved


def test_health_counts_the_cards_that_could_not_be_written(desk: Desk) -> None:
    class Failing:
        def card(self, *_: object, **__: object) -> None:
            return None

        def replacement(self, *_: object) -> None:
            return None

        def failures(self) -> int:
            return 3

    assert health(desk, TODAY)["cardFailures"] == desk.cards.failures()
    assert health(replace(desk, cards=Failing()), TODAY)["cardFailures"] == 3
