"""The commands on knowledge: is it valid, how old is it, keep this version for good."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cds_service.doors.app import open_desk
from cds_service.doors.options import (
    ANSWERED,
    OVERDUE,
    folders_of,
    load_knowledge,
    settings_of,
    today,
)
from cds_service.errors import InputError
from cds_service.knowledge import check_releases, release, report


def add(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add 'knowledge' with its actions."""
    knowledge = commands.add_parser("knowledge", help="the guidance that is loaded")
    actions = knowledge.add_subparsers(required=True, metavar="ACTION")
    for name, run, text in (
        ("check", _check, "exit 5 with file and field when anything is wrong"),
        ("report", _report, "every guideline and access position with its age"),
        ("release", _release, "keep each loaded version, so that its decisions can be repeated"),
    ):
        actions.add_parser(name, parents=[common], help=text).set_defaults(run=run)
    actions.choices["release"].add_argument(
        "--into", metavar="FOLDER", help="a knowledge folder other than the one that is loaded"
    )


def _check(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    knowledge = load_knowledge(settings)
    open_desk(settings, knowledge)  # renders every card template with extreme values
    check_releases(folders_of(settings)[0], knowledge)
    ids = ", ".join(f"{g.id} {g.version}" for g in knowledge.guidelines)
    print(f"Knowledge is valid: {ids}")
    return ANSWERED


def _report(options: argparse.Namespace) -> int:
    written = report(load_knowledge(settings_of(options)), today(options))
    for line in written.lines:
        print(line.text())
    return OVERDUE if written.overdue else ANSWERED


def _release(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    knowledge = load_knowledge(settings)
    open_desk(settings, knowledge)
    source, cards = folders_of(settings)
    into = Path(options.into or str(source))
    for guideline in knowledge.guidelines:
        try:
            made, new = release(guideline, source, cards, into)
        except OSError as error:
            raise InputError(f"{into}: cannot be written: {error.strerror}") from None
        done = "released" if new else "was released before, with the same content"
        print(f"{made.guideline} {made.version} {done}: {made.content_hash}")
    return ANSWERED
