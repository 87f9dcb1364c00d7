"""Cards -> text that a clinician can read in a terminal."""

from __future__ import annotations

import re
import shutil
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from cds_service.domain import Assessment

_BULLET = re.compile(r"\s*[-*] ")
_NARROW, _WIDE = 40, 96
_INVISIBLE = ("Cc", "Cf", "Cs")  # control, format and half characters: they can steer a terminal


def visible(text: str) -> str:
    """The text without characters that could move a cursor or reorder words."""
    kept = (c for c in text if c == "\n" or unicodedata.category(c) not in _INVISIBLE)
    return "".join(kept)


def cards_text(cards: Sequence[dict[str, Any]], assessments: Sequence[Assessment]) -> str:
    """All cards, or why there is none."""
    width = max(_NARROW, min(_WIDE, shutil.get_terminal_size().columns))
    if not cards:
        return visible("\n".join(_no_card(assessments, width)))
    blocks = ["\n".join(_card(card, width)) for card in cards]
    return visible("\n\n".join(blocks))


def _card(card: dict[str, Any], width: int) -> Iterator[str]:
    title = f"[{card['indicator'].upper()}] {card['summary']}"
    yield from textwrap.wrap(title, width)
    yield "-" * width
    yield from _markdown(card.get("detail", ""), width)
    yield ""
    source = card["source"]
    yield f"Source: {source['label']}" + (f", {source['url']}" if "url" in source else "")
    for link in card.get("links", ()):
        yield f"Link: {link['label']}"
        yield f"      {link['url']}"
    for suggestion in card.get("suggestions", ()):
        yield from textwrap.wrap(f"Suggestion: {suggestion['label']}", width)


def _markdown(detail: str, width: int) -> Iterator[str]:
    """Paragraphs and lists of the cards; emphasis is dropped, escapes are undone."""
    for line in detail.splitlines():
        plain = re.sub(r"\*\*|^#+ ", "", line)
        plain = re.sub(r"\\([^\w\s])", r"\1", plain)
        indent = "  " if _BULLET.match(plain) else ""
        yield from textwrap.wrap(
            plain, width, subsequent_indent=indent, break_long_words=False
        ) or [""]


def _no_card(assessments: Sequence[Assessment], width: int) -> Iterator[str]:
    yield from textwrap.wrap(
        "No card: what was read rules the guidance out. 'explain' gives the reasons.", width
    )
    for assessment in assessments:
        states = "; ".join(f"{r.criterion.title}: {r.state}" for r in assessment.reasons)
        yield from textwrap.wrap(f"{assessment.guideline.title}: {states}.", width)
        if assessment.gaps:
            gaps = ", ".join(f"{gap.key} ({gap.why})" for gap in assessment.gaps)
            yield from textwrap.wrap(f"Not checked: {gaps}.", width)
