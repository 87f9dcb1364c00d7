"""Log records -> one line each, JSON in production: our own words, and of libraries next to none.

A library may log anything: an address with search parameters, a header, a part of a body. So only
what this package says is written out. Of the server's own messages the constant part is kept, of
all others their name, level and place; of an exception its type and places, never its words.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any, TextIO

from flask import g, has_request_context
from gunicorn.glogging import Logger
from pythonjsonlogger.json import JsonFormatter

from cds_service.doors.terminal import visible
from cds_service.settings import LogLevel, Settings

_PACKAGE = str(Path(__file__).parents[1])
_SERVER = "gunicorn"
_SLOT = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]")
_WITHHELD = "(words withheld)"
_LEVELS: Mapping[LogLevel, int] = MappingProxyType(
    {
        LogLevel.DEBUG: logging.DEBUG,
        LogLevel.INFO: logging.INFO,
        LogLevel.WARNING: logging.WARNING,
    }
)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def where(error: BaseException) -> str:
    """Type and places, not the message: a message may quote the record."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    places = " < ".join(f"{PurePath(f.filename).name}:{f.lineno}" for f in reversed(frames))
    return f"{type(error).__name__} at {places or 'no place'}"


def configure(settings: Settings) -> None:
    """Send everything that this process logs, warns of or fails with through one handler."""
    root = logging.getLogger()
    root.handlers = [handler(settings, sys.stderr)]
    root.setLevel(_LEVELS[settings.log_level])
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # it would print the arguments of a message that does not fit
    threading.excepthook = _thread_failed
    sys.unraisablehook = _unraisable


def handler(settings: Settings, stream: TextIO) -> logging.Handler:
    """The one handler; readable in development, JSON in production."""
    made = logging.StreamHandler(stream)
    made.addFilter(_talkative if settings.log_level is LogLevel.DEBUG else _worth_a_line)
    made.setFormatter(JsonLines() if settings.production else Readable())
    return made


def _ours(record: logging.LogRecord) -> bool:
    """By where the call stands: a library may log under any name."""
    return record.pathname.startswith(_PACKAGE)


def _worth_a_line(record: logging.LogRecord) -> bool:
    """Of libraries only what went wrong."""
    return _ours(record) or record.levelno >= logging.WARNING


def _talkative(record: logging.LogRecord) -> bool:
    """For somebody who looks for a fault: also what the server does."""
    of_server = record.name.startswith(_SERVER) and record.levelno >= logging.INFO
    return _worth_a_line(record) or of_server


def discreet(record: logging.LogRecord) -> logging.LogRecord:
    """A copy that holds nothing but our own words and the constant part of the server's."""
    fields: dict[str, Any] = dict(_extra(record)) if _ours(record) else {}
    if not _ours(record):
        fields["place"] = f"{PurePath(record.pathname).name}:{record.lineno}"
    if record.exc_info and record.exc_info[1]:
        fields["error"] = where(record.exc_info[1])
    if has_request_context() and "correlation" in g:
        fields["id"] = g.correlation
    said = {"msg": _words(record), "levelname": record.levelname, "levelno": record.levelno}
    times = {"created": record.created, "msecs": record.msecs}
    return logging.makeLogRecord({"name": record.name} | said | times | fields)


def _words(record: logging.LogRecord) -> str:
    if _ours(record):
        try:
            return record.getMessage()
        except (TypeError, ValueError):  # the arguments do not fit the words
            return str(record.msg)
    if record.name.startswith(_SERVER) and record.args:
        return _SLOT.sub("...", str(record.msg))
    return _WITHHELD  # words without arguments may have been put together before


def _extra(record: logging.LogRecord) -> Mapping[str, Any]:
    return {key: value for key, value in vars(record).items() if key not in _STANDARD}


class JsonLines(JsonFormatter):
    """One JSON object for each record, with time (UTC), level, logger and message."""

    def __init__(self) -> None:
        names = {"levelname": "level", "name": "logger"}
        super().__init__(["levelname", "name", "message"], timestamp="time", rename_fields=names)

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return super().format(discreet(record))


class Readable(logging.Formatter):
    """One line for each record, for a terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        kept = discreet(record)
        fields = " ".join(f"{name}={value}" for name, value in _extra(kept).items())
        return visible(" ".join(f"{super().format(kept)} {fields}".split()))


class ServerLog(Logger):  # type: ignore[misc]  # it ships no types
    """gunicorn's messages, through the same handler; it keeps no log of requests."""

    def setup(self, cfg: Any) -> None:
        """No handler of its own; what gunicorn logs goes up to the root."""
        self.cfg = cfg
        self._access_log_enabled = False
        for log in (self.error_log, self.access_log):
            log.handlers = []
            log.propagate = True
            log.setLevel(logging.NOTSET)

    def access(self, *_: Any) -> None:
        """An access log would hold addresses as they were sent; the request event does not."""

    # Each of these says where it was called, so that a record has the place of who logged it.

    def critical(self, msg: Any, *args: Any, **named: Any) -> None:
        self.error_log.critical(msg, *args, stacklevel=2, **named)

    def error(self, msg: Any, *args: Any, **named: Any) -> None:
        self.error_log.error(msg, *args, stacklevel=2, **named)

    def warning(self, msg: Any, *args: Any, **named: Any) -> None:
        self.error_log.warning(msg, *args, stacklevel=2, **named)

    def info(self, msg: Any, *args: Any, **named: Any) -> None:
        self.error_log.info(msg, *args, stacklevel=2, **named)

    def debug(self, msg: Any, *args: Any, **named: Any) -> None:
        self.error_log.debug(msg, *args, stacklevel=2, **named)

    def exception(self, msg: Any, *args: Any, **named: Any) -> None:
        self.error_log.exception(msg, *args, stacklevel=2, **named)


def _thread_failed(failed: threading.ExceptHookArgs) -> None:
    told = where(failed.exc_value) if failed.exc_value else failed.exc_type.__name__
    logging.getLogger(__name__).error("a thread failed: %s", told)


def _unraisable(failed: Any) -> None:
    logging.getLogger(__name__).error("an object could not be let go: %s", where(failed.exc_value))
