"""The commands on what was decided: are the records as they were written, which are there, one."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from cds_service.doors.options import ANSWERED, INTERNAL, day, print_json, settings_of
from cds_service.doors.terminal import visible
from cds_service.errors import InputError
from cds_service.store.chain import FAULTS, Fault, Head, Verified
from cds_service.store.ledger import Kept, Ledger, Span, open_ledger

_CODES = """exit codes: 0 done, and every record is as it was written; 1 a record was changed,
removed or moved; 2 usage or settings; 3 the store cannot be read, or holds no such decision"""
_MOST = 100_000


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add 'log' with its actions."""
    log = commands.add_parser("log", help="what was decided, and whether the record is intact")
    actions = log.add_subparsers(required=True, metavar="ACTION")
    for name, run, text in (
        ("verify", _verify, "exit 1 and name every record that was changed, removed or moved"),
        ("list", _list, "decisions of a time, newest first"),
        ("show", _show, "one decision by its id, or all of a card by its uuid"),
    ):
        action = actions.add_parser(name, parents=[common], help=text, epilog=_CODES)
        action.add_argument("--json", action="store_true", help="for programs, not for people")
        action.set_defaults(run=run)
    noted = "what 'log verify --json' printed earlier, kept elsewhere: is all of it still there?"
    actions.choices["verify"].add_argument("--noted", metavar="FILE", help=noted)
    _add_span(actions.choices["list"])
    actions.choices["show"].add_argument("id", metavar="DECISION|CARD")


def _add_span(command: argparse.ArgumentParser) -> None:
    command.add_argument("--from", dest="since", type=day, metavar="DATE", help="first day")
    command.add_argument("--to", dest="until", type=day, metavar="DATE", help="last day")
    command.add_argument("--site", default="", help="of one site only")
    command.add_argument("--most", type=_number, default=50, help="how many (50)")
    text = "every call instead of decisions; nothing of a patient is in them"
    command.add_argument("--events", action="store_true", help=text)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 7 and 0 < int(text) <= _MOST):
        raise argparse.ArgumentTypeError(f"expected a number from 1 to {_MOST}")
    return int(text)


def _verify(options: argparse.Namespace) -> int:
    noted = _noted(options.noted) if options.noted else {}
    with open_ledger(settings_of(options).store_url) as ledger:
        found = ledger.verify(noted)
    if options.json:
        print_json(_verified(found))
    else:
        print(visible("\n".join(_verified_text(found))))
    return INTERNAL if found.faults else ANSWERED


def _noted(file: str) -> dict[str, Head]:
    """The heads of an earlier run; raises InputError."""
    try:
        heads = json.loads(Path(file).read_text("utf-8"))["heads"]
        return {str(w): Head(int(h["seq"]), str(h["hash"])) for w, h in heads.items()}
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise InputError(f"{file}: expected what 'log verify --json' prints") from None


def _verified(found: Verified) -> dict[str, Any]:
    return {
        "intact": not found.faults,
        "records": found.records,
        "purged": found.purged,
        "heads": {writer: head._asdict() for writer, head in found.heads.items()},
        "faults": [fault._asdict() for fault in found.faults],
    }


def _verified_text(found: Verified) -> Iterator[str]:
    yield from map(_fault, found.faults)
    told = f"{found.records} records in {len(found.heads)} chains"
    if found.purged:
        told += f", {found.purged} before them purged"
    yield f"{told}: " + (f"{len(found.faults)} FAULTS" if found.faults else "as they were written")


def _fault(fault: Fault) -> str:
    record = f", decision {fault.id}" if fault.id else ""
    place = f"chain {fault.writer}, number {fault.seq}{record}"
    return f"{fault.what}: {place}: {FAULTS[fault.what]}"


def _list(options: argparse.Namespace) -> int:
    span = Span(_morning(options.since), _morning(options.until, days=1), options.site)
    with open_ledger(settings_of(options).store_url) as ledger:
        found = _listed(ledger, span, options)
    if options.json:
        print_json(found)
    elif not found:
        print("Nothing of this time is in the store.")
    else:
        line = _event_line if options.events else _decision_line
        print(visible("\n".join(map(line, found))))
    return ANSWERED


def _listed(ledger: Ledger, span: Span, options: argparse.Namespace) -> list[Mapping[str, Any]]:
    if options.events:
        return ledger.events(span, options.most)
    return [_whole(kept) for kept in ledger.decisions(span, options.most)]


def _morning(found: date | None, days: int = 0) -> str:
    """The beginning of a local day."""
    if found is None:
        return ""
    return datetime.combine(found + timedelta(days), time()).astimezone().isoformat()


def _decision_line(found: Mapping[str, Any]) -> str:
    record = found["record"]
    parts = [record.get(name) for name in ("time", "id", "site", "recommendation", "cardUuid")]
    return "  ".join(str(part or "-") for part in parts)


def _event_line(event: Mapping[str, Any]) -> str:
    said = ",".join(event.get("recommendations", ())) or "-"
    parts = [event.get(name) for name in ("time", "id", "site", "route", "status", "duration_ms")]
    return "  ".join([*(str(part) for part in parts), said])


def _show(options: argparse.Namespace) -> int:
    with open_ledger(settings_of(options).store_url) as ledger:
        one = ledger.decision(options.id)
        found = [one] if one else ledger.decisions_of_card(options.id)
    if not found:
        raise InputError("No decision and no card has this id.")
    if options.json:
        print_json([_whole(kept) for kept in found])
    else:
        print(visible("\n\n".join("\n".join(_shown(kept)) for kept in found)))
    return ANSWERED


def _whole(kept: Kept) -> dict[str, Any]:
    place = {"writer": kept.writer, "seq": kept.seq, "storedAt": kept.stored_at}
    return {"record": kept.record, **place}


def _shown(kept: Kept) -> Iterator[str]:
    for name, value in kept.record.items():
        yield f"{name}: {value if isinstance(value, str) else json.dumps(value)}"
    yield f"stored at {kept.stored_at}, chain {kept.writer}, number {kept.seq}"
