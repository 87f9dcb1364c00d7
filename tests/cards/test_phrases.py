"""Every member of every closed list has words."""

from __future__ import annotations

import re
from enum import StrEnum

import pytest

from cds_service.cards.phrases import expected_keys
from cds_service.domain import (
    Assay,
    CriterionKind,
    DataKey,
    Doubt,
    GapWhy,
    Nation,
    Note,
    Origin,
    Presence,
    UnreadWhy,
    Why,
)
from tests.cards import builders as make


@pytest.mark.parametrize(
    ("table", "members"),
    [
        ("why", Why),
        ("doubt", Doubt),
        ("unread-why", UnreadWhy),
        ("unread-about", CriterionKind),
        ("gap-why", GapWhy),
        ("note", Note),
        ("data", DataKey),
        ("origin", Origin),
        ("presence", Presence),
        ("assay", Assay),
        ("nation", Nation),
    ],
)
def test_each_closed_list_has_a_phrase_for_every_member(table: str, members: type[StrEnum]) -> None:
    assert set(make.PHRASES.tables[table]) == {member.value for member in members}


def test_no_phrase_holds_markup_or_the_forbidden_word() -> None:
    words = [text for table in make.PHRASES.tables.values() for text in table.values()]
    assert not [text for text in words if re.search(r"[<>*_`\[\]#|\\]|://|eligib", text)]


def test_no_two_members_of_a_list_share_their_words() -> None:
    for name, table in make.PHRASES.tables.items():
        assert len(set(table.values())) == len(table), name


def test_every_table_of_the_file_is_expected() -> None:
    assert set(make.PHRASES.tables) == set(expected_keys())
