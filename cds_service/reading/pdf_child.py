"""PDFs on standard input -> where their words stand, as JSON lines; a program of its own.

Hostile PDFs exhaust any reader, so this runs as a child with limits on memory and time that the
operating system keeps. It is started by path and imports nothing of this package.
"""

from __future__ import annotations

import io
import json
import logging
import math
import re
import resource
import signal
import struct
import sys
from typing import Any

MEMORY = 512 * 1024 * 1024
SECONDS = 3.0  # of the processor, for one document; a busy machine is no hostile document
MAX_PAGES = 100
MAX_CHARACTERS = 400_000
MAX_PIECES = 4_000  # on one page; the parent puts them in order in time that grows faster
_SCAN = 500  # pixels on both sides: a logo is smaller
_FEW = 200  # letters on a page that is a picture: a header and a page number
_PAINTS = re.compile(rb"(?<![^\s\]>)])(?:Do|BI|sh|f\*?|F|S|s|B\*?|b\*?|Tj|TJ|'|\")(?!\S)")
# What damage makes a reader raise; anything else ends the child, and the parent goes on without it
_BROKEN = (ImportError, MemoryError, OSError, RuntimeError, TypeError, ValueError)


class Skipped(logging.Handler):
    """Hears when the library leaves out a part of a page, which it only warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said = False

    def emit(self, _record: logging.LogRecord) -> None:
        self.said = True


def main() -> None:
    """Answer each document with one line; the parent knows by their number which one killed us."""
    # A signal without a handler ends the process even inside a call that never returns.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF})
    sys.path += sys.argv[1:]
    skipped = Skipped()
    for name in ("pypdf._page", "pypdf.filters"):
        logging.getLogger(name).addHandler(skipped)
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    while header := sys.stdin.buffer.read(8):
        (length,) = struct.unpack(">Q", header)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        answer = read(sys.stdin.buffer.read(length), skipped)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def read(data: bytes, skipped: Skipped) -> dict[str, Any]:
    """The pages of a document, and whether all of it could be read."""
    from pypdf import PdfReader  # after the limits are set and the path is known
    from pypdf.errors import PyPdfError

    skipped.said = False
    pages: list[list[Any]] = []
    try:
        document = PdfReader(io.BytesIO(data))
        count = len(document.pages)
        whole, left = count <= MAX_PAGES, MAX_CHARACTERS
        for number in range(min(count, MAX_PAGES)):
            pieces, complete = _page(document.pages[number])
            left -= sum(len(piece[-1]) for piece in pieces)
            if left < 0:
                return {"pages": pages, "whole": False}
            pages.append(pieces)
            whole = whole and complete
    except (PyPdfError, ArithmeticError, AttributeError, LookupError, *_BROKEN):
        return {"pages": pages, "whole": False}
    return {"pages": pages, "whole": whole and not skipped.said}


def _page(page: Any) -> tuple[list[Any], bool]:
    """The pieces of a page as [x, y, size, upright, text], and whether it holds no more."""
    pieces: list[Any] = []

    def heard(text: str, cm: list[float], tm: list[float], _font: object, size: float) -> None:
        place = (*_place(tm, cm), size)
        a, b, x, y, high = place if all(map(math.isfinite, place)) else (1.0, 0.0, 0.0, 0.0, 1.0)
        if text.strip():
            pieces.append([round(x, 1), round(y, 1), abs(high * (abs(a) or 1)), b == 0, text])

    page.extract_text(visitor_text=heard)
    letters = sum(character.isalnum() for piece in pieces for character in piece[-1])
    content = page.get_contents()
    paints = content is not None and _PAINTS.search(content.get_data()) is not None
    if not letters:
        return pieces, not paints
    hidden = letters < _FEW and any(_is_scan(image) for image in _images(page))
    complete = len(pieces) <= MAX_PIECES and not hidden and not _numbers_only(page)
    return pieces[:MAX_PIECES], complete


def _place(tm: list[float], cm: list[float]) -> tuple[float, float, float, float]:
    """Scale, slant and origin of a text in the space of the page."""
    a = tm[0] * cm[0] + tm[1] * cm[2]
    b = tm[0] * cm[1] + tm[1] * cm[3]
    x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
    y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
    return a, b, x, y


def _resources(page: Any, kind: str) -> list[Any]:
    """The fonts or pictures that a page may use."""
    named = (page.get("/Resources") or {}).get(kind)
    named = named.get_object() if named is not None else {}
    return [item.get_object() for item in named.values()]


def _images(page: Any) -> list[Any]:
    """Pictures of a page, those in a form of it too."""
    drawn = _resources(page, "/XObject")
    forms = [item for item in drawn if item.get("/Subtype") == "/Form"]
    drawn += [item for form in forms for item in _resources(form, "/XObject")]
    return [item for item in drawn if item.get("/Subtype") == "/Image"]


def _is_scan(image: Any) -> bool:
    return int(image.get("/Width", 0)) >= _SCAN and int(image.get("/Height", 0)) >= _SCAN


def _numbers_only(page: Any) -> bool:
    """A font whose glyphs are numbers and nothing says which letters they are."""
    return any(
        font.get("/Subtype") == "/Type0"
        and "/ToUnicode" not in font
        and str(font.get("/Encoding")).startswith("/Identity")
        for font in _resources(page, "/Font")
    )


if __name__ == "__main__":
    main()
