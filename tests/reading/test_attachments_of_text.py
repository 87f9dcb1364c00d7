"""Attachments of plain text and HTML: what they say, and when a 'none' can rest on them."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from cds_service.domain import Certainty, UnreadWhy
from tests.builders import Resource, attachment, report, spoken
from tests.desk import Desk

UNSURE = [Certainty.UNCONFIRMED]
FOUND = "An ETV6::NTRK3 fusion was detected."
NONE = "No NTRK1, NTRK2 or NTRK3 fusion was detected."
SCAN: Resource = {"contentType": "image/png", "data": "iVBORw0KGgo="}


def sent(*forms: Resource, **more: Any) -> Resource:
    return report(presentedForm=list(forms), **more)


def encoded(text: str, charset: str, named: str = "") -> Resource:
    kind = f"text/plain; charset={named or charset}"
    return {"contentType": kind, "data": base64.b64encode(text.encode(charset)).decode()}


# --- what can be read -----------------------------------------------------------------------------


def test_an_observation_whose_value_is_an_attachment_is_read(ask: Desk) -> None:
    valued = spoken("", valueString=None) | {"valueAttachment": attachment(FOUND)}
    assert ask.certainties(valued) == UNSURE
    scanned = spoken("", valueString=None) | {"valueAttachment": SCAN}
    assert ask.fusion(scanned) == "not known"


def test_an_attachment_in_the_extension_of_a_later_version_is_read(ask: Desk) -> None:
    url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.valueAttachment"
    held = {"extension": [{"url": url, "valueAttachment": attachment(FOUND)}]}
    assert ask.certainties(spoken("", valueString=None) | held) == UNSURE


@pytest.mark.parametrize("broken", ["@@@@", "!"])
def test_what_is_no_base64_is_not_read_in_part(ask: Desk, broken: str) -> None:
    form = attachment(NONE)
    damaged = sent(form | {"data": broken + form["data"]})
    assert [unread.why for unread in ask.record(damaged).unread] == [UnreadWhy.ATTACHMENT]


def test_base64_may_be_broken_into_lines(ask: Desk) -> None:
    form = attachment(FOUND)
    lined = form["data"][:20] + "\r\n" + form["data"][20:]
    assert ask.certainties(sent(form | {"data": lined})) == UNSURE


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf8", "UTF-16", "us-ascii", "iso-8859-1", "latin-1", "windows-1252"]
)
def test_text_is_read_in_the_charsets_of_reports(ask: Desk, charset: str) -> None:
    assert ask.certainties(sent(encoded(FOUND, charset))) == UNSURE
    assert ask.certainties(sent(encoded(FOUND, charset, f'"{charset}"'))) == UNSURE


def test_the_charset_ends_where_the_next_parameter_begins(ask: Desk) -> None:
    assert ask.certainties(sent(encoded(FOUND, "utf-16", "utf-16; format=flowed"))) == UNSURE


def test_angle_brackets_of_plain_text_are_no_tags(ask: Desk) -> None:
    assert ask.certainties(sent(attachment("Result: <NTRK1 fusion detected>"))) == UNSURE


@pytest.mark.parametrize(
    ("charset", "named"), [("utf-8", "punycode"), ("utf-8", "x-none"), ("utf-16", "utf-8")]
)
def test_text_in_another_charset_than_it_says_is_never_a_none(
    ask: Desk, charset: str, named: str
) -> None:
    assert ask.fusion(sent(encoded(NONE, charset, named))) == "not known"


@pytest.mark.parametrize("kind", ["text/html", "application/xhtml+xml", "TEXT/HTML ; q=1"])
def test_tags_are_no_part_of_what_html_says(ask: Desk, kind: str) -> None:
    marked = attachment("<p>An <b>ETV6::NTRK3</b> fusion was <i>not</i> detected.</p>", kind)
    assert ask.fusion(sent(marked)) == "none"
    assert ask.fusion(sent(attachment("<p> </p>", kind))) == "not known"


# --- as announced ---------------------------------------------------------------------------------


def test_size_and_hash_as_announced_leave_a_none_standing(ask: Desk) -> None:
    form = attachment(NONE)
    raw = base64.b64decode(form["data"])
    digest = hashlib.sha1(raw, usedforsecurity=False)
    hashes = base64.b64encode(digest.digest()).decode(), digest.hexdigest()
    for said in (
        {"size": len(raw)},
        {"size": len(form["data"])},
        {"hash": hashes[0]},
        {"hash": hashes[1]},
    ):
        assert ask.fusion(sent(form | said)) == "none", said


@pytest.mark.parametrize(
    "said", [{"size": 0}, {"size": 9}, {"hash": "2jmj7l5rSw0yVb/vlWAYkK/YBwk="}]
)
def test_size_and_hash_of_another_text_leave_no_none(ask: Desk, said: Resource) -> None:
    assert ask.fusion(sent(attachment(NONE) | said)) == "not known"


# --- several formats of one report ----------------------------------------------------------------


def test_a_scan_beside_the_text_of_the_same_report_hides_nothing(ask: Desk) -> None:
    assert ask.fusion(sent(SCAN, attachment(NONE))) == "none"


def test_a_scan_of_another_title_may_hide_a_finding(ask: Desk) -> None:
    titled = SCAN | {"title": "Addendum"}
    assert ask.fusion(sent(titled, attachment(NONE) | {"title": "Report"})) == "not known"
    assert ask.fusion(sent(titled, attachment(NONE) | {"title": "Addendum"})) == "none"
    assert ask.fusion(sent(titled, attachment(NONE))) == "none"
    assert ask.fusion(sent(SCAN, attachment(NONE) | {"title": "Report"})) == "none"


def test_two_scans_are_two_texts(ask: Desk) -> None:
    broken = attachment(NONE) | {"size": 9}
    assert ask.fusion(sent(broken, attachment(NONE))) == "not known"
    assert ask.fusion(sent(broken | {"title": "Addendum"}, attachment(NONE))) == "not known"


def test_two_forms_that_are_not_whole_do_not_stand_for_one_another(ask: Desk) -> None:
    assert ask.fusion(sent(SCAN, attachment(NONE) | {"size": 9})) == "not known"


def test_a_format_that_says_no_type_stands_for_no_other(ask: Desk) -> None:
    nameless = {"data": SCAN["data"]}
    assert ask.fusion(sent(nameless, attachment(NONE))) == "not known"
