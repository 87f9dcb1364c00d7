"""PDFs and the child process that reads them: what it is given, and what becomes of its answers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cds_service.reading import pdf
from cds_service.reading.pdf import UNREADABLE, Document, is_pdf, read_all

SMALL = [b"one", b"two", b"three"]
LARGE = b"too large"


def answer(*pages: str, whole: bool = True) -> str:
    """What the child says of a document with a line on each page."""
    told = [[[30, 700, 10.0, True, line]] if line else [] for line in pages]
    return json.dumps({"pages": told, "whole": whole})


@dataclass
class Child:
    """Stands for the child: each time it is asked it gives its next answers."""

    answers: Iterator[Sequence[str]]
    asked: list[tuple[list[bytes], float]] = field(default_factory=list)

    def __call__(self, documents: Sequence[bytes], seconds: float) -> Sequence[str]:
        self.asked.append((list(documents), seconds))
        return next(self.answers)


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Child:
    """A child without answers yet; the clock stands still at 100, and 8 bytes are too many."""
    made = Child(iter(()))
    monkeypatch.setattr(pdf, "_asked", made)
    monkeypatch.setattr(pdf, "MAX_BYTES", 8)
    clock(monkeypatch, repeat(100.0))
    return made


def clock(monkeypatch: pytest.MonkeyPatch, times: Iterator[float]) -> None:
    monkeypatch.setattr(pdf, "time", SimpleNamespace(monotonic=lambda: next(times)))


def read(text: str) -> Document:
    return Document(text, whole=True)


# --- which documents a child is given -------------------------------------------------------------


@pytest.mark.parametrize(("before", "known"), [(0, True), (1019, True), (1020, False)])
def test_a_pdf_says_so_near_its_beginning(before: int, known: bool) -> None:
    assert is_pdf(b" " * before + b"%PDF-1.7") is known


def test_all_documents_of_a_patient_are_read_by_one_child(child: Child) -> None:
    child.answers = iter([[answer("NTRK1"), answer("NTRK2"), answer("NTRK3")]])
    assert read_all(SMALL) == [read("NTRK1"), read("NTRK2"), read("NTRK3")]
    assert child.asked == [(SMALL, 10.0)]


def test_a_document_that_is_too_large_is_left_out(child: Child) -> None:
    child.answers = iter([[answer("NTRK1"), answer("NTRK3")]])
    assert read_all([LARGE, LARGE[:8], LARGE, b"last", LARGE]) == [
        UNREADABLE,
        read("NTRK1"),
        UNREADABLE,
        read("NTRK3"),
        UNREADABLE,
    ]
    assert child.asked == [([LARGE[:8], b"last"], 10.0)]


def test_a_document_that_ends_the_child_costs_only_itself(child: Child) -> None:
    child.answers = iter([[answer("NTRK1")], [answer("NTRK3")]])
    assert read_all(SMALL) == [read("NTRK1"), UNREADABLE, read("NTRK3")]
    assert [documents for documents, _ in child.asked] == [SMALL, SMALL[2:]]


@pytest.mark.parametrize("budget", [0.0, -1.0])
def test_without_time_no_child_is_asked(child: Child, budget: float) -> None:
    assert read_all(SMALL, budget) == [UNREADABLE] * 3
    assert child.asked == []


def test_the_time_that_is_left_is_given_to_the_next_child(
    child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    child.answers = iter([[], [answer("NTRK2")], [answer("NTRK3")]])
    clock(monkeypatch, iter([100.0, 100.0, 100.5, 100.5, 101.0]))
    assert read_all(SMALL, budget=1.0) == [UNREADABLE, read("NTRK2"), UNREADABLE]
    assert [seconds for _, seconds in child.asked] == [1.0, 0.5]


def test_when_time_runs_out_the_rest_is_unread(
    child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    child.answers = iter([[]])
    clock(monkeypatch, iter([100.0, 100.0, 101.0]))
    assert read_all(SMALL, budget=1.0) == [UNREADABLE] * 3


@pytest.mark.parametrize(("late", "text"), [(102.0, "NTRK1"), (102.1, "")])
def test_an_answer_is_laid_out_for_as_long_as_it_was_waited_for(
    child: Child, monkeypatch: pytest.MonkeyPatch, late: float, text: str
) -> None:
    child.answers = iter([[answer("NTRK1")]])
    clock(monkeypatch, iter([100.0, 100.0, late]))
    assert [found.text for found in read_all(SMALL[:1], budget=1.0)] == [text]


# --- what it says ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (answer("NTRK1 fusion", "detected."), Document("NTRK1 fusion\n\ndetected.", True)),
        (answer("NTRK1", whole=False), Document("NTRK1", False)),
        (answer(""), Document("", False)),
        (answer(), Document("", False)),
    ],
    ids=["two pages", "not whole", "empty page", "no page"],
)
def test_the_pages_of_a_document_follow_each_other(
    child: Child, told: str, found: Document
) -> None:
    child.answers = iter([[told]])
    assert read_all([b"one"]) == [found]


# --- how it is started ----------------------------------------------------------------------------


@dataclass
class Started:
    """Stands for subprocess.run: keeps what it is given, and ends as it is told to."""

    ending: bytes | Exception
    command: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)

    def __call__(self, command: list[str], **settings: Any) -> subprocess.CompletedProcess[bytes]:
        self.command, self.settings = command, settings
        if isinstance(self.ending, Exception):
            raise self.ending
        return subprocess.CompletedProcess(command, 0, stdout=self.ending)


def started(monkeypatch: pytest.MonkeyPatch, ending: bytes | Exception) -> Started:
    made = Started(ending)
    monkeypatch.setattr(subprocess, "run", made)
    return made


def test_the_child_sees_its_documents_the_library_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = started(monkeypatch, f"{answer('NTRK1')}\n{answer('NTRK3')}\n".encode())
    assert read_all([b"one", b"three"]) == [read("NTRK1"), read("NTRK3")]
    python, *flags, program, library = made.command
    assert (python, flags, Path(program).name) == (sys.executable, ["-I", "-S"], "pdf_child.py")
    assert (Path(library) / "pypdf").is_dir()
    assert made.settings.pop("timeout") > 5
    assert made.settings == {
        "input": b"\0\0\0\0\0\0\0\x03one\0\0\0\0\0\0\0\x05three",
        "stdout": subprocess.PIPE,
        "stderr": subprocess.DEVNULL,
        "env": {},
        "check": False,
    }


@pytest.mark.parametrize("library", [None, SimpleNamespace(origin=None)])
def test_without_the_library_the_child_is_given_no_place_of_it(
    monkeypatch: pytest.MonkeyPatch, library: object
) -> None:
    made = started(monkeypatch, b"")
    util = SimpleNamespace(find_spec={"pypdf": library}.__getitem__)
    monkeypatch.setattr(pdf, "importlib", SimpleNamespace(util=util))
    assert read_all([b"one"]) == [UNREADABLE]
    assert made.command[-1] == ""


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (b"", UNREADABLE),
        (answer("NTRK1").encode(), UNREADABLE),
        (f"{answer('NTRK1')}\n{{".encode(), read("NTRK1")),
    ],
    ids=["nothing", "half a line", "a line and a half"],
)
def test_only_whole_lines_of_a_child_that_took_too_long_are_answers(
    monkeypatch: pytest.MonkeyPatch, said: bytes, found: Document
) -> None:
    started(monkeypatch, subprocess.TimeoutExpired("child", 1.0, output=said))
    assert read_all([b"one"]) == [found]
    started(monkeypatch, said)
    assert read_all([b"one"]) == [found]


@pytest.mark.parametrize("ending", [OSError(), subprocess.TimeoutExpired("child", 1.0)])
def test_a_child_that_cannot_be_started_or_says_nothing_leaves_the_document_unread(
    monkeypatch: pytest.MonkeyPatch, ending: Exception
) -> None:
    started(monkeypatch, ending)
    assert read_all([b"one"]) == [UNREADABLE]
