"""The page on decisions names every member of a record, and no other."""

from __future__ import annotations

import re
from dataclasses import replace

from cds_service.store.chain import HASH, PREVIOUS
from tests.docs.repository import page
from tests.doors.bodies import chart_opening
from tests.records.conftest import BOTH, Site
from tests.records.test_odd_ends import Broken

PAGE = page("docs/decisions.md").text


def test_the_page_names_every_member_and_no_other(site: Site) -> None:
    as_card = replace(site.desk.settings, unavailable_as_card=True)
    records = [
        site.record(BOTH),
        site.with_(settings=as_card).record(chart_opening() | {"prefetch": {}}),
        site.with_(cards=Broken(site.desk.cards)).record(BOTH),
    ]
    members = {name for record in records for name in record} | {PREVIOUS, HASH}
    (table,) = re.findall(r"\| member \| meaning \|\n((?:\|.*\n)+)", PAGE)
    first_cells = [line.split(" | ")[0] for line in table.splitlines()[1:]]
    named = [name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(members)
