"""A decision of the store -> the same decision once more, or its reasons, in text or JSON."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cds_service.doors.answer import COULD_NOT_CHECK, NOT_ENOUGH
from cds_service.doors.options import (
    ANSWERED,
    INTERNAL,
    NOT_CHECKED,
    folders_of,
    print_json,
    settings_of,
)
from cds_service.doors.replaying import Replayed, Replayer, Verdict
from cds_service.doors.terminal import visible
from cds_service.errors import InputError
from cds_service.explain import explain, explain_text
from cds_service.settings import Settings
from cds_service.store.ledger import Ledger, open_ledger

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_CODES = """exit codes: 0 the same again, 1 it differs, 2 usage or settings, 3 no such decision,
4 it cannot be repeated, 5 knowledge invalid"""
_EXIT: Mapping[Verdict, int] = {
    Verdict.SAME: ANSWERED,
    Verdict.DIFFERS: INTERNAL,
    Verdict.NOT_REPEATABLE: NOT_CHECKED,
}
Record = Mapping[str, Any]


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add 'replay'."""
    text = "make a decision again from the input that was kept, and compare"
    command = commands.add_parser("replay", parents=[common], help=text, epilog=_CODES)
    command.add_argument("decision", metavar="DECISION", help="its id, or the uuid of its card")
    command.add_argument("--json", action="store_true", help="for programs, not for people")
    command.set_defaults(run=_replay)


def names_a_decision(name: str) -> bool:
    """True for an id or a card's uuid, unless a file is called so."""
    return _UUID.fullmatch(name) is not None and not Path(name).exists()


def explain_decision(options: argparse.Namespace) -> int:
    """Why a card was shown: by its record, and by each criterion where that can be repeated."""
    record, replayed = _repeated(settings_of(options), options.file)
    if options.json:
        print_json(_explained(record, replayed))
    else:
        print(visible("\n".join(_explained_text(record, replayed))))
    unchecked = record["recommendation"] in (COULD_NOT_CHECK, NOT_ENOUGH)
    return NOT_CHECKED if unchecked else ANSWERED


def _replay(options: argparse.Namespace) -> int:
    record, replayed = _repeated(settings_of(options), options.decision)
    told = {"decision": record["id"], "verdict": str(replayed.verdict), "why": replayed.why}
    if options.json:
        print_json(told)
    else:
        print(visible(f"{told['decision']} of {record['time']}: {told['verdict']}: {told['why']}"))
    return _EXIT[replayed.verdict]


def _repeated(settings: Settings, name: str) -> tuple[Record, Replayed]:
    """Raises InputError where no decision has this name."""
    with open_ledger(settings.store_url) as ledger:
        record = _found(ledger, name)
        content = ledger.content_of(record["id"])
    return record, Replayer(settings, *folders_of(settings)).replay(record, content)


def _found(ledger: Ledger, name: str) -> Record:
    """By its id, else the newest that showed this card: the same facts give the same card."""
    wanted = name.lower()
    kept = ledger.decision(wanted) or next(reversed(ledger.decisions_of_card(wanted)), None)
    if kept is None:
        raise InputError(f"no decision in the store has this id, or this card: {name}")
    return kept.record


def _explained(record: Record, replayed: Replayed) -> dict[str, Any]:
    repeated = replayed.assessment if replayed.verdict is Verdict.SAME else None
    return {
        "record": record,
        "replay": {"verdict": str(replayed.verdict), "why": replayed.why},
        "explained": explain(repeated) if repeated else None,
    }


def _explained_text(record: Record, replayed: Replayed) -> Iterator[str]:
    yield f"Decision {record['id']} of {record['time']}, site {record['site']}."
    yield f"Card {record['cardUuid']}." if record["cardUuid"] else "No card was made."
    if record["heldBack"]:
        yield "The card was held back: this user had dismissed it, and nothing had changed."
    yield ""
    if replayed.assessment and replayed.verdict is Verdict.SAME:
        yield explain_text(replayed.assessment)
        yield f"This was decided again from the kept input: {replayed.why}."
    else:
        yield from _recorded(record)
        yield f"The sentences behind it are not known: {replayed.why}."


def _recorded(record: Record) -> Iterator[str]:
    """What a record says by itself."""
    yield f"{record['guideline']} {record['version']}, content {record['contentHash']}"
    yield f"On {record['today']}, {record['nation']}: {record['recommendation']}."
    if "assessed" in record:
        yield f"The decision table had said {record['assessed']}."
    yield from ("", *(f"{name}: {state}" for name, state in record["states"].items()))
    yield from _list("Resources:", [_resource(item) for item in record["references"]])
    missing = [f"{gap['key']}: {gap['why']}" for gap in record["gaps"]]
    missing += [f"{item['ref']} ({item['about']}): {item['why']}" for item in record["unread"]]
    yield from _list("Not checked:", missing)
    yield from _list("Access events shown:", record["accessEvents"])
    yield ""


def _resource(item: Mapping[str, str]) -> str:
    version = f", version {item['version']}" if item["version"] else ""
    return f"{item['ref']}{version}, SHA-256 {item['digest'] or 'not known'}"


def _list(heading: str, items: list[str]) -> Iterator[str]:
    if items:
        yield from ("", heading, *(f"  - {item}" for item in items))
