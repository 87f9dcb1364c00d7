"""PDFs -> their text, each read in a child process that cannot take the service with it."""

from __future__ import annotations

import importlib.util
import json
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cds_service.reading.pdf_layout import page_text

BUDGET = 10.0  # seconds for all documents of one patient
MAX_BYTES = 16 * 1024 * 1024
_CHILD = Path(__file__).with_name("pdf_child.py")


@dataclass(frozen=True)
class Document:
    """What could be read of an attachment, and whether that is all of it."""

    text: str = ""
    whole: bool = False


UNREADABLE = Document()


def is_pdf(data: bytes) -> bool:
    """By its first bytes; readers accept some rubbish before them."""
    return b"%PDF-" in data[:1024]


def read_all(documents: Sequence[bytes], budget: float = BUDGET) -> list[Document]:
    """Each document in its turn; one that ends the child is unreadable, the rest are read on."""
    end = time.monotonic() + budget
    found: list[Document] = []
    while len(found) < len(documents):
        left = end - time.monotonic()
        if left <= 0:
            return found + [UNREADABLE] * (len(documents) - len(found))
        if len(documents[len(found)]) > MAX_BYTES:
            found.append(UNREADABLE)
            continue
        answers = _asked([d for d in documents[len(found) :] if len(d) <= MAX_BYTES], left)
        for answer in answers:
            while len(documents[len(found)]) > MAX_BYTES:
                found.append(UNREADABLE)
            late = time.monotonic() > end + budget
            found.append(UNREADABLE if late else _document(answer))
        if len(found) < len(documents):
            found.append(UNREADABLE)
    return found


def _asked(documents: Sequence[bytes], seconds: float) -> list[str]:
    """The answers of one child, as many as it gave before it ended or was ended."""
    library = importlib.util.find_spec("pypdf")
    where = str(Path(library.origin).parents[1]) if library and library.origin else ""
    sent = b"".join(struct.pack(">Q", len(data)) + data for data in documents)
    command = [sys.executable, "-I", "-S", str(_CHILD), where]
    try:
        done = subprocess.run(
            command,
            input=sent,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env={},
            check=False,
        )
        said = done.stdout
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
    except OSError:
        return []  # no process to be had: unreadable, not a failure of the call
    complete, _, _ = said.rpartition(b"\n")
    return complete.decode().splitlines()


def _document(answer: str) -> Document:
    """The text of one answer, a blank line between its pages."""
    told = json.loads(answer)
    text = "\n\n".join(page_text(pieces) for pieces in told["pages"])
    return Document(text, bool(told["whole"]) and bool(text.strip()))
