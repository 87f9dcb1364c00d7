"""The command line: serve, check, explain, knowledge; the same answers as the hook door."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from flask import Flask

from cds_service.domain import Nation
from cds_service.doors import (
    commands_activity,
    commands_knowledge,
    commands_log,
    commands_replay,
    commands_store,
    outcome,
)
from cds_service.doors.about import NOTICE, service_version
from cds_service.doors.answer import COULD_NOT_CHECK, NOT_ENOUGH, Answer, answer
from cds_service.doors.app import Clock, create_app, local_time, open_desk
from cds_service.doors.files import Opened, open_file
from cds_service.doors.logs import configure
from cds_service.doors.options import (
    ANSWERED,
    INVALID,
    NOT_CHECKED,
    UNREADABLE,
    USAGE,
    day,
    load_knowledge,
    print_json,
    settings_of,
    today,
)
from cds_service.doors.serve import listen, serve, welcome
from cds_service.doors.terminal import cards_text, visible
from cds_service.errors import InputError, KnowledgeError, RequestError, SettingsError
from cds_service.explain import explain, explain_text
from cds_service.settings import Settings

_INTERRUPTED = 130
_CODES = """exit codes: 0 answered (cards or none), 1 internal error, 2 usage or settings,
3 input unreadable, 4 could not check, 5 knowledge invalid, 6 knowledge overdue"""
_WHOLE = "This file was taken as the patient's whole record: what is not in it counts as not there."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; every expected failure is a plain line on standard error."""
    _never_fail_on_a_letter()
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        code = run(options)
        sys.stdout.flush()
    except SettingsError as error:
        return _failed(USAGE, error)
    except (InputError, RequestError) as error:
        return _failed(UNREADABLE, error)
    except KnowledgeError as error:
        return _failed(INVALID, error)
    except BrokenPipeError:  # the reader, such as 'head', has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ANSWERED
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code


def _never_fail_on_a_letter() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _failed(code: int, error: Exception) -> int:
    print(f"cds-service: {visible(str(error))}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cds-service", description=NOTICE, epilog=_CODES)
    parser.add_argument("--version", action="version", version=f"%(prog)s {service_version()}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--today", type=day, metavar="DATE", help="as if today were this date")
    common.add_argument("--nation", choices=[str(n) for n in Nation], help="whose access position")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(commands, common)
    _add_file_command(commands, common, "check", _check, "print the cards for a patient")
    text = "print every criterion, and why; also of a card that was shown, by its uuid"
    _add_file_command(commands, common, "explain", _explain, text)
    commands_activity.add(commands, common)
    commands_knowledge.add(commands, common)
    commands_log.add(commands, common)
    commands_replay.add(commands, common)
    commands_store.add(commands, common)
    return parser


def _add_serve(commands: Any, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser("serve", parents=[common], help="answer CDS Hooks over HTTP")
    command.add_argument("--host", help="address to listen on (CDS_HOST)")
    command.add_argument("--port", type=_port, help="port to listen on (CDS_PORT)")
    command.set_defaults(run=_serve)


def _add_file_command(
    commands: Any,
    common: argparse.ArgumentParser,
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> None:
    command = commands.add_parser(name, parents=[common], help=text, epilog=_CODES)
    command.add_argument(
        "file", metavar="FILE", help="hook request, Bundle, resource or NDJSON; '-' reads stdin"
    )
    command.add_argument("--patient", default="", metavar="ID", help="which patient of the file")
    command.add_argument("--json", action="store_true", help="for programs, not for people")
    command.set_defaults(run=run)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65536):
        raise argparse.ArgumentTypeError("expected a number from 0 to 65535")
    return int(text)


def _serve(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    if options.today and settings.production:
        raise SettingsError("--today: a fixed date is for development only")
    configure(settings)
    clock = _stopped(options.today) if options.today else local_time
    host = settings.host if options.host is None else options.host
    with listen(host, settings.port if options.port is None else options.port) as bound:
        # Tokens name the address that was called, so the port must be the one that was got.
        settings = replace(settings, port=bound.getsockname()[1])

        def build() -> Flask:
            return create_app(
                settings, knowledge=load_knowledge(settings), clock=clock, seconds=_seconds
            )

        app = build()
        print(welcome(settings, bound), flush=True)
        serve(app, bound, build, settings.max_body)
    return ANSWERED


def _seconds() -> float:
    """Tokens are as old as they are, also where the day is fixed for a demonstration."""
    return local_time().timestamp()


def _stopped(day: date) -> Clock:
    noon = datetime.combine(day, time(12)).astimezone()
    return lambda: noon


def _answered(options: argparse.Namespace, settings: Settings) -> tuple[Opened, Answer]:
    opened = open_file(options.file, options.patient, settings)
    desk = open_desk(settings, load_knowledge(settings))
    return opened, answer(opened.call, desk, today(options), settings.nation)


def _check(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    if options.json:
        return _check_json(options, settings)
    opened, said = _answered(options, replace(settings, unavailable_as_card=True))
    print(cards_text(said.body["cards"], said.assessments))
    if opened.is_record:
        print(f"\n{_WHOLE}")
    return _code(said)


def _check_json(options: argparse.Namespace, settings: Settings) -> int:
    try:
        _, said = _answered(options, settings)
    except RequestError as error:
        status, body = outcome.of_error(error)
        print_json({"status": status, "body": body})
        return UNREADABLE
    print_json({"status": said.status, "body": said.body})
    return _code(said)


def _explain(options: argparse.Namespace) -> int:
    if commands_replay.names_a_decision(options.file):
        return commands_replay.explain_decision(options)
    opened, said = _answered(options, settings_of(options))
    if options.json:
        print_json([explain(assessment) for assessment in said.assessments])
        return _code(said)
    for assessment in said.assessments:
        print(visible(explain_text(assessment)))
    if opened.is_record:
        print(f"\n{_WHOLE}")
    return _code(said)


def _code(said: Answer) -> int:
    unchecked = {NOT_ENOUGH, COULD_NOT_CHECK}
    return NOT_CHECKED if any(a.recommendation in unchecked for a in said.assessments) else ANSWERED
