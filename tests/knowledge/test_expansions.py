"""The result of a terminology server's $expand can be dropped in; it never undoes our own lists."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cds_service.codes import Code
from tests.knowledge.conftest import Copy, refused

MESO = "value_sets/mesothelioma.json"


def expansion(*contains: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"timestamp": "2026-11-22T09:00:00Z", "contains": list(contains), **more}


MALIGNANT = {"system": "http://snomed.info/sct", "code": "109378008", "display": "Mesothelioma"}
FURTHER = {"system": "http://snomed.info/sct", "code": "999000111", "display": "Synthetic"}


def test_an_expanded_value_set_can_be_dropped_in_as_a_file(copy: Copy) -> None:
    word = {"value": "mesothelioma"}
    inner = {**FURTHER, "designation": [word]}
    top = {"abstract": True, "display": "a heading", "contains": [MALIGNANT, inner]}
    document = {
        "resourceType": "ValueSet",
        "name": "Expanded",
        "status": "active",
        "expansion": expansion(top, total=3, identifier="urn:uuid:x", parameter=[]),
    }
    copy.write(MESO, json.dumps(document))
    loaded = copy.load().vocabulary.sets["mesothelioma"]
    assert loaded.title == "Expanded"
    assert [(e.code.code, e.listing, e.verified, e.words) for e in loaded.entries] == [
        ("109378008", "include", True, ()),
        ("999000111", "include", True, ("mesothelioma",)),
    ]


def test_an_expansion_beside_our_own_codes_adds_to_them(copy: Copy) -> None:
    copy.change(MESO, lambda d: d.update(expansion=expansion(MALIGNANT, FURTHER)))
    loaded = copy.load().vocabulary.sets["mesothelioma"]
    found = [loaded.entry(Code("snomed", code)) for code in ("109378008", "999000111")]
    assert [entry.display for entry in found if entry] == ["malignant mesothelioma", "Synthetic"]


def test_a_code_for_review_stays_so_when_a_server_lists_it(copy: Copy) -> None:
    review = {"system": "http://snomed.info/sct", "code": "109372009"}
    copy.change(MESO, lambda d: d.update(expansion=expansion(review)))
    entry = copy.load().vocabulary.sets["mesothelioma"].entry(Code("snomed", "109372009"))
    assert entry is not None
    assert entry.listing == "review"


def test_an_expansion_that_holds_a_denied_code_is_refused(copy: Copy) -> None:
    benign = {"system": "http://snomed.info/sct", "code": "254825007"}
    copy.change(MESO, lambda d: d.update(expansion=expansion(MALIGNANT, benign)))
    refused(copy, MESO, "expansion.contains[1]: 254825007 is on the deny list of this set")


@pytest.mark.parametrize("cut", [{"total": 2}, {"offset": 1}])
def test_an_expansion_that_was_cut_short_is_refused(copy: Copy, cut: dict[str, int]) -> None:
    copy.change(MESO, lambda d: d.update(expansion=expansion(FURTHER, **cut)))
    refused(copy, MESO, "expansion.total: ")


def test_an_expanded_code_without_its_system_is_refused(copy: Copy) -> None:
    copy.change(MESO, lambda d: d.update(expansion=expansion({"code": "109378008"})))
    refused(copy, MESO, "expansion.contains[0]: expected system and code")
