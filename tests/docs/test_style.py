"""What every file of the repository keeps to: size, names, one catch-all, no machine's traces."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs.repository import files, name_of, python_files

LONGEST_FILE = 300
LONGEST_FUNCTION = 60
VAGUE = frozenset({"utils", "util", "common", "manager", "helpers", "misc"})
# Put together here, so that this file does not hold them either.
TRACES = re.compile(
    "|".join(
        (
            r"/wor" + "k/",
            r"/ro" + "ot/",
            r"/home/" + r"\w",
            r"/Users/" + r"\w",
            r"/tmp/" + r"(venv|bash)",
            r"py" + r"pi\.org",
            r"python" + r"hosted\.org",
            r"npm" + r"js\.(org|com)",
            r"deb" + r"\.debian\.org",
            r"-url[= ]+https?://(?!\S*example\.org)",
        )
    )
)
LEFT_OVER = re.compile(r"\b(" + "TO" + "DO|FIX" + r"ME)\b")
PYTHON = {name_of(path): path for path in python_files()}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def too_long(source: str) -> list[str]:
    """Functions over the limit, decorators and docstring included."""
    return [
        f"{node.name}: {(node.end_lineno or node.lineno) - node.lineno + 1} lines"
        for node in functions(ast.parse(source))
        if (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]


def catches_all(source: str) -> list[int]:
    """Lines on which everything is caught: bare, Exception or BaseException."""
    handlers = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.ExceptHandler))
    return [h.lineno for h in handlers if h.type is None or _is_all(h.type)]


def handles_all(source: str) -> int:
    """How often a web error handler is registered for every exception."""
    calls = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call))
    return sum(
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "errorhandler"
        and any(_is_all(argument) for argument in call.args)
        for call in calls
    )


def _is_all(node: ast.expr) -> bool:
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return bool(names & {"Exception", "BaseException"})


def traces(text: str) -> list[str]:
    """What tells of the machine on which a file was written."""
    return [match.group() for match in TRACES.finditer(text)]


def test_every_file_can_be_read_in_one_sitting() -> None:
    lines = {name: _text(path).count("\n") for name, path in PYTHON.items()}
    assert {name: number for name, number in lines.items() if number >= LONGEST_FILE} == {}


def test_every_function_fits_on_a_screen() -> None:
    found = {name: too_long(_text(path)) for name, path in PYTHON.items()}
    assert {name: long for name, long in found.items() if long} == {}


def test_every_file_is_named_for_what_is_inside() -> None:
    assert [name for name in PYTHON if set(Path(name).with_suffix("").parts) & VAGUE] == []


def test_only_the_application_catches_everything() -> None:
    shipped = {n: p.read_text("utf-8") for n, p in PYTHON.items() if n.startswith("cds_service/")}
    assert {name: lines for name, text in shipped.items() if (lines := catches_all(text))} == {}
    counted = {name: number for name, text in shipped.items() if (number := handles_all(text))}
    assert counted == {"cds_service/doors/app.py": 1}


def test_no_file_tells_of_the_machine_on_which_it_was_written() -> None:
    found = {name_of(path): seen for path in files() if (seen := traces(_text(path)))}
    assert found == {}


def test_nothing_is_left_for_later() -> None:
    found = [name_of(path) for path in files() if LEFT_OVER.search(_text(path))]
    assert found == []


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


def test_these_checks_can_fail() -> None:
    long = "def f():\n" + "    pass\n" * LONGEST_FUNCTION
    assert too_long(long) == ["f: 61 lines"]
    assert too_long("def f():\n    pass\n") == []
    assert catches_all("try:\n    f()\nexcept (KeyError, Exception):\n    pass\n") == [3]
    assert catches_all("try:\n    f()\nexcept KeyError:\n    pass\n") == []
    assert handles_all("app.errorhandler(Exception)(f)") == 1
    assert handles_all("app.errorhandler(KeyError)(f)") == 0
    assert traces("see /wor" + "k/main")
    assert not traces("artwork/main and work/main")
