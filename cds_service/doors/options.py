"""What all commands share: their exit codes, the day, the settings, the knowledge."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from datetime import date, datetime

from cds_service.domain import Nation
from cds_service.doors.app import local_time
from cds_service.knowledge import Folder, Knowledge, data_dir, load
from cds_service.settings import Settings

ANSWERED, INTERNAL, USAGE, UNREADABLE, NOT_CHECKED, INVALID, OVERDUE = range(7)


def day(text: str) -> date:
    """A date on the command line."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise argparse.ArgumentTypeError("expected a date such as 2026-11-22") from None


def today(options: argparse.Namespace) -> date:
    """The day that was asked for, else this one."""
    day: date | None = options.today
    return day or local_time().date()


def settings_of(options: argparse.Namespace) -> Settings:
    """The environment's settings; raises SettingsError."""
    settings = Settings.from_environment(os.environ)
    return replace(settings, nation=Nation(options.nation)) if options.nation else settings


def folders_of(settings: Settings) -> tuple[Folder, Folder]:
    """Where knowledge and cards lie."""
    knowledge, cards = settings.knowledge_dir, settings.cards_dir
    return knowledge or data_dir("knowledge"), cards or data_dir("cards")


def load_knowledge(settings: Settings) -> Knowledge:
    """The knowledge of the settings; raises KnowledgeError."""
    return load(*folders_of(settings))


def print_json(value: object) -> None:
    """For programs."""
    print(json.dumps(value, indent=2, ensure_ascii=True))
