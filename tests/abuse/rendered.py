"""A card -> what is wrong with it once a client has rendered its Markdown, as GitHub would."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

# What the card templates write: paragraphs, lists, emphasis. Anything else came from a record.
ALLOWED = frozenset(
    {
        "inline",
        "text",
        "softbreak",
        "text_special",
        *(
            f"{name}_{side}"
            for name in ("paragraph", "bullet_list", "list_item", "strong", "em", "link")
            for side in ("open", "close")
        ),
    }
)
_STEERING = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_ADDRESS = re.compile(r"\bwww\.|://|\w@\w", re.IGNORECASE)
_MARKUP = re.compile(r"[<>\[\]`|&*_~#{}\\]")


class Renderer:
    """GitHub-flavoured Markdown with HTML let through and bare addresses made links."""

    def __init__(self, addresses: Collection[str]) -> None:
        self._addresses = frozenset(addresses)
        self._parser = MarkdownIt("gfm-like", {"html": True, "linkify": True})

    def problems(self, card: dict[str, Any]) -> list[str]:
        """What a record could have put there."""
        found = [f"detail: {problem}" for problem in self._marked(card.get("detail", ""))]
        for name, text in _plain(card):
            found += [f"{name}: {text!r}"] if _MARKUP.search(text) or _STEERING.search(text) else []
        found += [f"address {url}" for url in _urls(card) if url not in self._addresses]
        return found

    def _marked(self, text: str) -> Iterator[str]:
        if _ADDRESS.search(text):
            yield "an address in the text"
        if _STEERING.search(text):
            yield "a character that steers"
        for token in _flat(self._parser.parse(text)):
            if token.type not in ALLOWED:
                yield token.type
            address = token.attrs.get("href", "")
            if address and address not in self._addresses:
                yield f"link to {address}"


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


def _plain(card: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts that a client shows as they are."""
    yield "summary", card["summary"]
    yield "source", card["source"]["label"]
    for suggestion in card.get("suggestions", ()):
        yield "suggestion", suggestion["label"]
        for action in suggestion["actions"]:
            yield "action", action["description"]
            yield "task", action["resource"].get("description", "")
    for link in card.get("links", ()):
        yield "link", link["label"]


def _urls(card: dict[str, Any]) -> Iterator[str]:
    yield from (card["source"][name] for name in ("url", "icon") if name in card["source"])
    yield from (link["url"] for link in card.get("links", ()))
