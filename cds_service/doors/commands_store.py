"""The commands on the store as a whole: how it is, the tables of this release, what is too old."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from cds_service.doors.app import local_time
from cds_service.doors.options import ANSWERED, UNREADABLE, day, print_json, settings_of, today
from cds_service.errors import SettingsError
from cds_service.store import maintenance
from cds_service.store.purge import Purged

_CODES = """exit codes: 0 done, 2 usage or settings, 3 the store cannot be used; 'purge' also ends
with 1 where a chain does not hold and its beginning was therefore left"""
_BROKEN = 1


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add 'store' with its actions."""
    store = commands.add_parser("store", help="what must survive: its state, upgrade and purge")
    actions = store.add_subparsers(required=True, metavar="ACTION")
    for name, run, text in (
        ("state", _state, "exit 3 and say why where the store cannot be used"),
        (
            "upgrade",
            _upgrade,
            "make the tables that this release needs; production never does by itself",
        ),
        ("purge", _purge, "delete what is older than CDS_RETENTION_DAYS"),
    ):
        action = actions.add_parser(name, parents=[common], help=text, epilog=_CODES)
        action.set_defaults(run=run)
    actions.choices["state"].add_argument("--json", action="store_true", help="for programs")
    before = "delete what is older than this day, whatever the setting says"
    actions.choices["purge"].add_argument("--before", type=day, metavar="DATE", help=before)


def _state(options: argparse.Namespace) -> int:
    found = maintenance.state(settings_of(options).store_url)
    if options.json:
        print_json({"status": "degraded" if found.why else "ok", **asdict(found)})
    else:
        version = found.version or "none"
        print(f"{found.database}: {found.why or 'ok'}")
        print(f"tables: {version}, this release needs {found.expected}")
        for name, rows in found.rows.items():
            print(f"{name}: {rows}")
    return UNREADABLE if found.why else ANSWERED


def _upgrade(options: argparse.Namespace) -> int:
    before, after = maintenance.bring_up(settings_of(options).store_url)
    if before == after:
        print(f"The tables are those of this release: {after}.")
    else:
        print(f"The tables were upgraded from {before or 'none'} to {after}.")
    return ANSWERED


def _purge(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    if options.before is None and not settings.retention_days:
        raise SettingsError("CDS_RETENTION_DAYS keeps everything; name a day with --before")
    last = options.before or today(options) - timedelta(days=settings.retention_days)
    purged = maintenance.purge_before(settings.store_url, _morning(last), local_time())
    print(_told(purged))
    for writer in purged.left:
        print(f"chain {writer}: does not hold, see 'cds-service log verify'; its rest was left")
    return _BROKEN if purged.left else ANSWERED


def _morning(found: date) -> datetime:
    """The beginning of a local day."""
    return datetime.combine(found, time()).astimezone()


def _told(purged: Purged) -> str:
    return (
        f"Deleted: {purged.decisions} decisions, {purged.events} request events, "
        f"{purged.feedback} answers, {purged.patients} patients' numbers, {purged.tokens} tokens."
    )
