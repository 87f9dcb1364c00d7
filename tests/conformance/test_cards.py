"""Cards: what every card of this service is, and what our schema would never let out."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from cds_service.doors.answer import Desk
from tests.conformance.conftest import requests
from tests.conformance.shapes import (
    CODING,
    LEFT_OUT,
    LINK,
    NO_OBJECT,
    NO_OBJECTS,
    NO_TEXT,
    Card,
    Judge,
    Parts,
)
from tests.doors.bodies import RESULT_HOOK, SERVICE, arrival, fusion, mesothelioma


def is_absolute(url: object) -> bool:
    return isinstance(url, str) and urlsplit(url).scheme == "https" and bool(urlsplit(url).hostname)


def test_I_78_a_card_keeps_its_uuid_between_calls_so_that_it_can_be_replaced(
    door: FlaskClient, card_of: dict[str, Card]
) -> None:
    again = door.post(SERVICE, json=requests()["confirm-fusion"]).get_json()["cards"]
    assert again == [card_of["confirm-fusion"]]


def test_I_80_every_uuid_is_a_uuid_of_one_card_only(cards: list[Card]) -> None:
    uuids = [card["uuid"] for card in cards]
    assert [str(UUID(uuid)) for uuid in uuids] == uuids
    assert len(set(uuids)) == len(cards)


def test_I_80_a_uuid_of_another_type_is_refused(judge: Judge, cards: list[Card]) -> None:
    bad = (*NO_TEXT, LEFT_OUT, "no uuid")
    assert judge.takes_only("uuid", good=cards[1]["uuid"], bad=bad)


def test_I_83_summary_is_under_140_characters(cards: list[Card]) -> None:
    assert all(0 < len(card["summary"]) < 140 for card in cards)


def test_I_83_a_longer_summary_is_refused(judge: Judge) -> None:
    bad = (*NO_TEXT, LEFT_OUT, "é" * 140, "two\nlines")
    assert judge.takes_only("summary", good="é" * 139, bad=bad)


def test_I_85_a_detail_is_markdown_without_html(cards: list[Card]) -> None:
    for card in cards:
        assert not re.search(r"[<>]|&\w+;", card["detail"])
        assert card["detail"].count("**") % 2 == 0


def test_I_85_html_in_a_detail_is_refused(judge: Judge) -> None:
    bad = (None, "", 7, "<b>bold</b>", "[a](javascript:b)")
    assert judge.takes_only("detail", good="**bold**\n\n- a\n- b", bad=bad)


def test_I_87_every_card_has_an_indicator(judge: Judge, cards: list[Card]) -> None:
    assert all(isinstance(card["indicator"], str) for card in cards)
    assert not judge.accepts("indicator", value=LEFT_OUT)


def test_I_88_no_other_indicator_is_accepted(judge: Judge, cards: list[Card]) -> None:
    assert {card["indicator"] for card in cards} <= {"info", "warning", "critical"}
    assert judge.takes_only("indicator", good="critical", bad=("hard-stop", "Info", "", None))


def test_I_89_the_option_is_more_urgent_than_what_needs_confirming(
    card_of: dict[str, Card],
) -> None:
    assert card_of["trk-inhibitor-option"]["indicator"] == "warning"
    assert card_of["confirm-fusion"]["indicator"] == "info"


def test_I_90_every_card_has_a_source(judge: Judge, cards: list[Card]) -> None:
    assert all(isinstance(card["source"], dict) for card in cards)
    assert judge.takes_only("source", good={"label": "A"}, bad=(*NO_OBJECT, LEFT_OUT))


def test_I_93_suggestions_stand_beside_a_selection_behavior(
    judge: Judge, cards: list[Card]
) -> None:
    assert all(("suggestions" in card) == ("selectionBehavior" in card) for card in cards)
    assert not judge.accepts("selectionBehavior", value=LEFT_OUT)


def test_I_95_no_other_selection_behavior_is_accepted(judge: Judge) -> None:
    bad = (None, "", "all", "at-least-one")
    assert judge.takes_only("selectionBehavior", good="any", bad=bad)


def test_I_96_a_selection_behavior_is_a_string(judge: Judge, cards: list[Card]) -> None:
    found = [card["selectionBehavior"] for card in cards if "suggestions" in card]
    assert found
    assert all(isinstance(behavior, str) for behavior in found)
    assert not judge.accepts("selectionBehavior", value=["any"])


def test_I_98_override_reasons_are_an_array_of_codings(judge: Judge, cards: list[Card]) -> None:
    bad = (*NO_OBJECTS, [{"display": "A"}], [CODING | {"code": 1}])
    assert judge.takes_only("overrideReasons", good=[CODING], bad=bad)
    for card in cards:
        assert all(reason["code"] for reason in card.get("overrideReasons", ()))


def test_I_100_an_override_reason_has_a_display(judge: Judge) -> None:
    bad = ([{"system": "urn:a:b", "code": "a"}], [CODING | {"display": ""}])
    assert judge.takes_only("overrideReasons", good=[CODING], bad=bad)


def test_I_103_links_are_an_array_of_objects(judge: Judge, links: Parts) -> None:
    assert all(isinstance(link, dict) for link in links)
    assert judge.takes_only("links", good=[LINK], bad=NO_OBJECTS)


def test_I_105_every_source_has_a_label(judge: Judge, cards: list[Card]) -> None:
    assert all(isinstance(card["source"]["label"], str) for card in cards)
    assert judge.takes_only("source", "label", good="A", bad=(*NO_TEXT, LEFT_OUT))


def test_I_107_the_url_of_a_source_is_absolute(judge: Judge, cards: list[Card]) -> None:
    assert all(is_absolute(card["source"].get("url", "https://a.example")) for card in cards)
    bad = (*NO_TEXT, "/page", "page", "javascript:a", "http://a.example")
    assert judge.takes_only("source", "url", good="https://a.example/b", bad=bad)


def test_I_109_the_source_is_about_the_publisher_not_about_the_case(cards: list[Card]) -> None:
    urls = {card["source"]["url"] for card in cards if "url" in card["source"]}
    assert len(urls) <= 1
    assert not any("mesothelioma" in url for url in urls)


def test_I_110_the_page_about_the_case_is_a_link(card_of: dict[str, Card]) -> None:
    for recommendation in ("trk-inhibitor-option", "confirm-fusion", "confirm-diagnosis"):
        assert any("mesothelioma" in link["url"] for link in card_of[recommendation]["links"])


def test_I_111_an_icon_that_is_no_absolute_url_is_refused(judge: Judge) -> None:
    bad = (*NO_TEXT, "/icon.png", "data:image/png;base64,AA")
    assert judge.takes_only("source", "icon", good="https://a.example/i.png", bad=bad)


def test_I_112_no_card_has_an_icon_of_an_unknown_size(cards: list[Card]) -> None:
    assert all("icon" not in card["source"] for card in cards)


def test_I_115_every_topic_is_a_coding(judge: Judge, cards: list[Card]) -> None:
    assert all(card["source"]["topic"]["code"] for card in cards)
    bad = (*NO_OBJECT, {"system": "urn:a:b"}, {"code": 1}, {"code": ""})
    assert judge.takes_only("source", "topic", good=CODING, bad=bad)


def test_I_136_an_override_reason_that_nobody_can_read_is_refused(judge: Judge) -> None:
    unreadable: tuple[Any, ...] = ("", " ", 7, None)
    bad = tuple([CODING | {"display": value}] for value in unreadable)
    assert judge.takes_only("overrideReasons", good=[CODING], bad=bad)


def test_I_138_every_link_has_a_label(judge: Judge, links: Parts) -> None:
    assert all(isinstance(link["label"], str) and link["label"] for link in links)
    assert judge.takes_only("links", 0, "label", good="A", bad=(*NO_TEXT, LEFT_OUT))


def test_I_139_every_link_has_an_absolute_https_url(judge: Judge, links: Parts) -> None:
    assert all(is_absolute(link["url"]) for link in links)
    bad = (*NO_TEXT, LEFT_OUT, "/page", "javascript:a", "http://a.example")
    assert judge.takes_only("links", 0, "url", good="https://a.example", bad=bad)


def test_I_139_every_url_of_every_card_is_a_verified_one(desk: Desk, cards: list[Card]) -> None:
    known = {link.url for link in desk.knowledge.links.values() if link.url}
    for card in cards:
        addresses = {link["url"] for link in card.get("links", ())}
        addresses |= {card["source"]["url"]} if "url" in card["source"] else set()
        assert addresses <= known
        assert "://" not in card["summary"] + card["detail"]


def test_I_141_every_link_has_a_type(judge: Judge, links: Parts) -> None:
    assert all(isinstance(link["type"], str) for link in links)
    assert not judge.accepts("links", 0, "type", value=LEFT_OUT)


def test_I_142_no_other_type_of_link_is_accepted(judge: Judge, links: Parts) -> None:
    assert {link["type"] for link in links} == {"absolute"}
    assert judge.takes_only("links", 0, "type", good="smart", bad=(*NO_TEXT, "relative"))


SMART: dict[str, object] = LINK | {"type": "smart", "appContext": "a"}


def test_I_144_an_app_context_is_a_string(judge: Judge) -> None:
    bad = tuple(SMART | {"appContext": value} for value in NO_TEXT)
    assert judge.takes_only("links", 0, good=SMART, bad=bad)


def test_I_146_no_link_has_an_app_context(links: Parts) -> None:
    assert all("appContext" not in link for link in links)


def test_I_147_an_absolute_link_with_an_app_context_is_refused(judge: Judge) -> None:
    assert judge.takes_only("links", 0, good=SMART, bad=(SMART | {"type": "absolute"},))


def test_I_212_the_card_of_an_arriving_result_is_that_of_the_next_chart_opening(
    door: FlaskClient,
) -> None:
    """Same facts and same user: the same uuid, so that the later one replaces the earlier."""
    opening = requests()["trk-inhibitor-option"]
    arrived = arrival(fusion(), conditions=[mesothelioma()])
    arrived["context"]["userId"] = opening["context"]["userId"]
    assert arrived["hook"] == RESULT_HOOK
    later, earlier = (
        door.post(SERVICE, json=body).get_json()["cards"][0]["uuid"] for body in (opening, arrived)
    )
    assert later == earlier


def test_I_214_the_value_of_every_extension_is_an_object(judge: Judge, cards: list[Card]) -> None:
    for card in cards:
        assert all(isinstance(value, dict) for value in card["extension"].values())
    bad = tuple({"org.example.a": value} for value in (*NO_OBJECT, 7))
    assert judge.takes_only("extension", good={"org.example.a": {"b": 1}}, bad=bad)


def test_I_215_every_extension_has_the_reverse_domain_of_the_site(
    judge: Judge, cards: list[Card]
) -> None:
    assert all(list(card["extension"]) == ["org.example.decision"] for card in cards)
    assert not judge.accepts("extension", value={"decision": {"a": 1}})


def codings(cards: list[Card]) -> Parts:
    found = [card["source"]["topic"] for card in cards]
    return found + [reason for card in cards for reason in card.get("overrideReasons", ())]


def test_I_216_every_coding_has_a_code(judge: Judge, cards: list[Card]) -> None:
    assert all(coding["code"] for coding in codings(cards))
    assert not judge.accepts("source", "topic", "code", value=LEFT_OUT)


def test_I_217_every_coding_has_a_system(judge: Judge, cards: list[Card]) -> None:
    assert {coding["system"].partition(":")[0] for coding in codings(cards)} == {"urn", "http"}
    bad = ("", "no address", None, 7)
    assert judge.takes_only("source", "topic", "system", good="urn:a:b", bad=bad)


def test_I_218_every_code_is_a_string(judge: Judge, cards: list[Card]) -> None:
    assert all(isinstance(coding["code"], str) for coding in codings(cards))
    assert judge.takes_only("source", "topic", "code", good="a", bad=NO_TEXT)


@pytest.mark.parametrize("missing", ["display", "system", "code"])
def test_I_219_an_override_reason_without_one_of_its_three_parts_is_refused(
    judge: Judge, missing: str
) -> None:
    part = {name: value for name, value in CODING.items() if name != missing}
    assert judge.takes_only("overrideReasons", good=[CODING], bad=([part],))


def test_I_220_a_topic_may_do_without_a_display(judge: Judge) -> None:
    assert judge.accepts("source", "topic", value={"system": "urn:a:b", "code": "a"})
    assert judge.takes_only("source", "topic", "display", good="A", bad=NO_TEXT)


def test_checklist_42_no_link_starts_by_itself(links: Parts) -> None:
    assert not any("autolaunchable" in link for link in links)


def test_checklist_46_nothing_is_done_without_a_person(door: FlaskClient) -> None:
    for body in requests().values():
        assert "systemActions" not in door.post(SERVICE, json=body).get_json()
