"""One line for each event; what a library or an exception says of a request never gets into it."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gunicorn.config import Config

import cds_service
from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of
from cds_service.doors.events import LogStore
from cds_service.doors.logs import ServerLog, handler, where
from cds_service.settings import LogLevel, Mode, Settings
from tests.doors.bodies import SERVICE, chart_opening
from tests.doors.conftest import client_of, noon

OURS = str(Path(cds_service.__file__).parent / "doors" / "hooks.py")
THEIRS = "/somewhere/urllib3/connectionpool.py"
Lines = Callable[[], list[str]]
DEVELOPMENT = Settings(log_level=LogLevel.DEBUG)
PRODUCTION = replace(DEVELOPMENT, mode=Mode.PRODUCTION)


@pytest.fixture(params=[DEVELOPMENT, PRODUCTION], ids=["development", "production"])
def lines(request: pytest.FixtureRequest) -> Iterator[Lines]:
    """What is written, line by line, while the root logger has our handler only."""
    yield from written(request.param)


@pytest.fixture
def json_lines() -> Iterator[Lines]:
    yield from written(PRODUCTION)


def written(settings: Settings) -> Iterator[Lines]:
    stream = io.StringIO()
    root = logging.getLogger()
    before = (root.handlers, root.level)
    root.handlers = [handler(settings, stream)]
    root.setLevel(logging.DEBUG)
    yield lambda: stream.getvalue().splitlines()
    root.handlers = before[0]
    root.setLevel(before[1])


def say(
    words: str, *args: object, path: str = OURS, name: str = "cds_service", **more: Any
) -> None:
    """A record as if it was logged in that file."""
    level = more.pop("level", logging.ERROR)
    error = more.pop("error", None)
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, level, path, 7, words, args, info)
    vars(record).update(more)
    for kept in logging.getLogger().handlers:
        if type(kept) is logging.StreamHandler:  # pytest's own would choke on what does not fit
            kept.handle(record)


def raised() -> ValueError:
    try:
        raise ValueError("Mr Canary")
    except ValueError as error:
        return error


def test_our_own_words_and_fields_are_written_on_one_line(lines: Lines) -> None:
    say("card %s\nreplaced", "one", status=200)
    (line,) = lines()
    assert "card one" in line
    assert "replaced" in line
    assert "200" in line


def test_in_production_a_line_is_json_with_time_level_and_logger(json_lines: Lines) -> None:
    say("card %s replaced", "one", status=200)
    (told,) = map(json.loads, json_lines())
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "ERROR",
        "logger": "cds_service",
        "message": "card one replaced",
        "status": 200,
    }


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR])
@pytest.mark.parametrize(
    ("words", "args"),
    [
        ("GET /Patient?name=Canary", ()),
        ("%s /Patient?name=%s", ("GET", "Canary")),
        ("Canary %s", ("GET",)),
        ("%(name)s", ({"name": "Canary"},)),
        ("%s %s", ("Canary",)),
        ("%d", ("Canary",)),
    ],
)
def test_nothing_that_a_library_says_is_written(
    lines: Lines, words: str, args: tuple[object, ...], level: int
) -> None:
    for name in ("urllib3.connectionpool", "werkzeug", "flask.app", "py.warnings", "cds_service"):
        say(words, *args, path=THEIRS, name=name, level=level, url="Canary")
    assert "Canary" not in "".join(lines())


def test_trouble_of_a_library_is_still_seen_with_its_name_and_place(json_lines: Lines) -> None:
    say("Canary", path=THEIRS, name="urllib3.connectionpool", level=logging.DEBUG)
    say("Canary", path=THEIRS, name="urllib3.connectionpool", level=logging.WARNING)
    (told,) = map(json.loads, json_lines())
    assert told["logger"] == "urllib3.connectionpool"
    assert told["place"] == "connectionpool.py:7"
    assert told["message"] == "(words withheld)"


def test_of_the_server_the_constant_part_is_written(json_lines: Lines) -> None:
    path = "/somewhere/gunicorn/arbiter.py"
    say("Worker (pid:%s) was sent %5.2f %(x)s", 1, "Canary", path=path, name="gunicorn.error")
    say("Canary", path=path, name="gunicorn.error")
    assert [json.loads(line)["message"] for line in json_lines()] == [
        "Worker (pid:...) was sent ... ...",
        "(words withheld)",
    ]


def test_an_exception_is_written_as_type_and_place(lines: Lines) -> None:
    say("failed", error=raised())
    say("failed", error=raised(), path=THEIRS, name="gunicorn.error")
    assert "Canary" not in "".join(lines())
    assert all("ValueError at test_logs.py:" in line for line in lines())
    assert len(lines()) == 2


def test_an_exception_without_a_traceback_has_no_place() -> None:
    assert where(ValueError("Canary")) == "ValueError at no place"


def test_arguments_that_do_not_fit_our_words_do_not_fail(lines: Lines) -> None:
    say("%d cards", "many")
    assert "%d cards" in lines()[0]


def test_characters_that_steer_a_terminal_are_left_out() -> None:
    stream = io.StringIO()
    made = handler(DEVELOPMENT, stream)
    made.handle(logging.LogRecord("x", 40, OURS, 1, "a\x1b[31m\r\nb\u202e", (), None))
    assert stream.getvalue().endswith("ERROR a[31m b\n")


def test_every_request_is_one_line_with_the_id_that_the_caller_got(
    desk: Desk, json_lines: Lines
) -> None:
    client = app_of(desk, LogStore(), noon).test_client()
    answered = client.post(SERVICE, json=chart_opening())
    missed = client.get("/Patient/canary?name=Canary", headers={"X-Correlation-Id": "Canary"})
    first, second = map(json.loads, json_lines())
    assert first["id"] == answered.headers["X-Correlation-Id"]
    assert second["id"] == missed.headers["X-Correlation-Id"]
    assert (first["route"], first["status"], first["site"]) == (SERVICE, 200, "local")
    assert first["recommendations"] == "nothing"
    assert (second["route"], second["status"]) == ("-", 404)
    assert "anary" not in "".join(json_lines())


def test_whatever_is_logged_during_a_request_carries_its_id(desk: Desk, json_lines: Lines) -> None:
    def failing(*_: object) -> Any:
        logging.getLogger("urllib3").warning("Canary")
        raise ValueError("Canary")

    answered = client_of(desk, assess=failing).post(SERVICE, json=chart_opening())
    told = [json.loads(line) for line in json_lines()]
    assert [line["logger"] for line in told] == ["urllib3", "cds_service"]
    assert {line["id"] for line in told} == {answered.headers["X-Correlation-Id"]}
    assert "Canary" not in "".join(json_lines())


def test_the_servers_own_log_goes_through_the_same_handler(json_lines: Lines) -> None:
    log = ServerLog(Config())
    log.error("Error handling request %s", "/Patient?name=Canary")
    try:
        raise ValueError("Canary")
    except ValueError:
        log.exception("Error handling request %s", "/Patient?name=Canary")
    log.critical("WORKER TIMEOUT (pid:%s)", 1)
    log.warning("Canary")
    log.info("Booting worker with pid: %s", 1)
    log.debug("%s", "Canary")
    told = [json.loads(line) for line in json_lines()]
    assert "Canary" not in "".join(json_lines())
    assert told[0]["message"] == "Error handling request ..."
    assert told[0]["place"].startswith("test_logs.py:")
    assert told[1]["error"].startswith("ValueError at test_logs.py:")
    assert [line["level"] for line in told] == [
        "ERROR",
        "ERROR",
        "CRITICAL",
        "WARNING",
        "INFO",
    ]


def test_the_server_keeps_no_log_of_addresses(json_lines: Lines) -> None:
    log = ServerLog(Config())
    log.access(None, None, {"RAW_URI": "/?name=Canary", "REQUEST_METHOD": "GET"}, None)
    assert json_lines() == []


def test_without_debugging_the_server_and_libraries_are_heard_only_in_trouble() -> None:
    stream = io.StringIO()
    made = handler(Settings(), stream)
    for name in ("gunicorn.error", "urllib3"):
        made.handle(logging.LogRecord(name, logging.INFO, THEIRS, 1, "said", (), None))
    assert stream.getvalue() == ""
    made.handle(logging.LogRecord("gunicorn.error", 30, THEIRS, 1, "said", (), None))
    assert stream.getvalue() != ""


def test_configuring_takes_warnings_and_failing_threads_along(
    pytester: pytest.Pytester,
) -> None:
    script = pytester.makepyfile(
        """
        import sys, threading, warnings
        from dataclasses import replace
        from cds_service.doors.logs import configure
        from cds_service.settings import LogLevel, Mode, Settings

        class Stubborn:
            def __del__(self):
                raise ValueError("Canary")

        def fail():
            raise ValueError("Canary")

        configure(Settings(mode=Mode.PRODUCTION, log_level=LogLevel.DEBUG))
        warnings.warn("Canary")
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        Stubborn()
        """
    )
    path = Path(cds_service.__file__).parents[1]
    pytester.syspathinsert(path)
    done = pytester.run(
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {str(path)!r}); exec(open({str(script)!r}).read())",
    )
    told = [json.loads(line) for line in done.errlines if line]
    assert [line["logger"] for line in told] == ["py.warnings", *["cds_service.doors.logs"] * 2]
    assert "ValueError at " in told[1]["message"]
    assert "ValueError at " in told[2]["message"]
    assert "Canary" not in done.stderr.str()
