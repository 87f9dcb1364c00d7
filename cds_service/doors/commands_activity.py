"""The command on figures: what was said in a time, and what came of it; counts only."""

from __future__ import annotations

import argparse
from typing import Any

from cds_service.doors.activity import named_reasons, question, table
from cds_service.doors.options import ANSWERED, day, folders_of, print_json, settings_of
from cds_service.doors.terminal import visible
from cds_service.store.ledger import open_ledger

_CODES = "exit codes: 0 done, 2 usage or settings, 3 the store cannot be read, 5 cards invalid"


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add 'activity'."""
    text = "cards, answers to them, and how often nothing could be checked"
    command = commands.add_parser("activity", parents=[common], help=text, epilog=_CODES)
    command.add_argument("--from", dest="since", type=day, metavar="DATE", help="first day, in UTC")
    command.add_argument("--to", dest="until", type=day, metavar="DATE", help="last day, in UTC")
    command.add_argument("--site", default="", help="of one site only")
    command.add_argument("--json", action="store_true", help="for programs, not for people")
    command.set_defaults(run=_activity)


def _activity(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    reasons = named_reasons(folders_of(settings)[1])
    with open_ledger(settings.store_url) as ledger:
        asked = question(reasons, options.since, options.until, options.site)
        figures = ledger.activity(asked)
    if options.json:
        print_json(figures)
    else:
        displays = {code: display for (_, code), display in reasons.items()}
        print(visible(table(figures, displays, options.site)))
    return ANSWERED
