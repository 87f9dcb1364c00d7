"""Text of a patient's record -> one short line that cannot form Markdown, HTML or a link."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

NOT_STATED = "not stated"
MAX_CHARACTERS = 60
# Sixty one-letter words would fit into sixty characters and push a card over its word limit.
MAX_WORDS = 8
MAX_SYMBOL = 20

_PUNCTUATION = frozenset(" :-./()+,")
# Letters by category, yet drawn as nothing.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0")
_UNWANTED = re.compile(r"://|www\.|eligib\w*", re.IGNORECASE)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# Some clients make a link of 'example.com': a dot before a letter gets a space.
_DOTTED = re.compile(r"\.(?=[^\W\d_])")
_SYMBOL = re.compile(rf"[A-Za-z0-9.-]{{1,{MAX_SYMBOL}}}")
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


def line(value: str) -> str:
    """A value of the record as one harmless line, 'not stated' when nothing is left of it."""
    letters = "".join(_kept(character) for character in unicodedata.normalize("NFKC", value))
    words = _DOTTED.sub(". ", _without_unwanted(letters)).split()[:MAX_WORDS]
    short = " ".join(words)[:MAX_CHARACTERS].strip()
    return short if any(character.isalnum() for character in short) else NOT_STATED


def symbol(value: str) -> str:
    """A gene symbol, '' when the value does not look like one."""
    shown = line(value)
    return shown if _SYMBOL.fullmatch(shown) else ""


def word(value: str) -> str:
    """A code or the symbol of a gene: one short word, 'not stated' when nothing is left of it."""
    shown = line(value)
    return shown if shown == NOT_STATED else shown.split()[0][:MAX_SYMBOL]


def day(value: str) -> str:
    """An ISO date, possibly partial, as '2 October 2026', 'October 2026' or '2026'."""
    match = _DATE.match(value)
    if match is None:
        return NOT_STATED
    year, month, number = match.groups()
    try:
        checked = date(int(year), int(month or 1), int(number or 1))
    except ValueError:
        return NOT_STATED
    if number:
        return written(checked)
    return f"{_MONTHS[checked.month - 1]} {year}" if month else year


def written(value: date) -> str:
    """A date in words; calendar.month_name would follow the locale of the process."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def _kept(character: str) -> str:
    if character.isspace():
        return " "
    if character in _PUNCTUATION:
        return character
    # Letters that run right to left would reorder the words beside them.
    plain = character.isalnum() and unicodedata.bidirectional(character) in ("L", "EN")
    return character if plain and character not in _INVISIBLE else ""


def _without_unwanted(text: str) -> str:
    """Removed until nothing is left to remove: 'wwwww.w.' holds the word twice."""
    cleaned = _UNWANTED.sub("", text)
    while cleaned != text:
        text, cleaned = cleaned, _UNWANTED.sub("", cleaned)
    return cleaned
