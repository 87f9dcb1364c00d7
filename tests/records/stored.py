"""Decisions made by the hook door, in a real store -> their records and kept inputs.

Run as a program it repeats every decision of a store in a process of its own:
python -m tests.records.stored STORE-URL KNOWLEDGE CARDS
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of
from cds_service.doors.events import Store
from cds_service.doors.keeping import Keeping
from cds_service.doors.replaying import Replayed, Replayer
from cds_service.settings import Settings
from cds_service.store import open_store
from cds_service.store.ledger import Ledger, Span, open_ledger
from tests.doors.bodies import SERVICE
from tests.records.conftest import SECRET, noon, told
from tests.records.drawn import Drawn, drawn


@dataclass(frozen=True)
class Stored:
    """A store with decisions in it."""

    url: str
    answered: int  # calls, with 200 or 412

    def decisions(self) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Each record with the input that was kept for it."""
        with open_ledger(self.url) as ledger:
            yield from everything(ledger)


def everything(ledger: Ledger) -> Iterator[tuple[dict[str, Any], bytes]]:
    for kept in ledger.decisions(Span(), 100_000):
        yield dict(kept.record), ledger.content_of(kept.record["id"])


class Counted(Keeping):
    """The store of a running service, with a count of its decisions."""

    made = 0

    def decision(self, record: Mapping[str, Any], content: bytes = b"") -> None:
        self.made += 1
        super().decision(record, content)


class Town:
    """The same service in every nation, on every day that is drawn."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._doors: dict[tuple[Any, ...], FlaskClient] = {}

    def call(self, call: Drawn) -> int:
        """The status of the answer."""
        data = {"data": call.body, "content_type": "application/json"}
        return self._door(call).post(SERVICE, **data).status_code

    def _door(self, call: Drawn) -> FlaskClient:
        place = (call.nation, call.day, call.as_card)
        if place not in self._doors:
            settings = self._desk.settings
            here = replace(settings, nation=call.nation, unavailable_as_card=call.as_card)
            desk = replace(self._desk, settings=here)
            self._doors[place] = app_of(desk, self._store, call.noon).test_client()
        return self._doors[place]


def fill(url: str, spool: Path, desk: Desk, wanted: int) -> Stored:
    """Call until so many decisions are in the store."""
    settings = replace(desk.settings, store_url=url, spool_dir=spool)
    store = Counted(open_store(settings, noon))
    store.start()
    town = Town(desk, store)
    answered, seed = 0, 0
    while store.made < wanted:
        answered += town.call(drawn(seed)) in (200, 412)
        seed += 1
    store.close()
    return Stored(url, answered)


def replayer_of(knowledge: Path, cards: Path) -> Replayer:
    return Replayer(Settings(secret=SECRET), knowledge, cards)


def ends(stored: Stored, anew: Replayer) -> Counter[str]:
    """How the replays of all decisions end."""
    return Counter(ending(anew.replay(*decision)) for decision in stored.decisions())


def ending(replayed: Replayed) -> str:
    """'loaded' or 'released' where it is the same, else the verdict and the reason."""
    same = replayed.verdict == "same"
    return replayed.why.rpartition(" ")[2] if same else told(replayed)


def main(url: str, knowledge: str, cards: str) -> None:
    found = ends(Stored(url, 0), replayer_of(Path(knowledge), Path(cards)))
    print("\n".join(f"{count} {end}" for end, count in sorted(found.items())))


if __name__ == "__main__":
    main(*sys.argv[1:])
