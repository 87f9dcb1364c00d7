"""Texts with places of genes, as JSON -> one answer for each text; shared by all peers.

It runs in the environment of a peer, so it imports nothing but the standard library.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Span = tuple[int, int]
Given = dict[str, Any]
Reader = Callable[[Given], str]
ORDER = ("found", "hedged", "denied")


def strongest(answers: Iterable[str]) -> str:
    """The answer of a text from the answers of its genes."""
    said = set(answers)
    return next((answer for answer in ORDER if answer in said), "nothing")


def answer_of(*, negated: bool, uncertain: bool, elsewhere: bool) -> str:
    """The answer for one gene; elsewhere: supposed, another person's, or only talked about."""
    if elsewhere:
        return "nothing"
    if uncertain:
        return "hedged"
    return "denied" if negated else "found"


def targets(given: Given, parts: Sequence[Span]) -> list[Span]:
    """Genes that have a word for a fusion or a stain in the same sentence."""
    found = []
    for start, end in parts:
        named = any(start <= term[0] < end for term in given["terms"])
        found += [(a, b) for a, b in given["genes"] if named and start <= a < end]
    return found


def serve(readers: Callable[[dict[str, list[str]]], dict[str, Reader]]) -> None:
    """Read all texts with each way of the peer, and print the answers and the seconds."""
    asked = json.load(sys.stdin)
    answers = {}
    for name, read in readers(asked["cues"]).items():
        for given in asked["texts"][:20]:
            read(given)  # the first calls load what the library loads late
        start = time.perf_counter()
        said = [read(given) for given in asked["texts"]]
        answers[name] = {"answers": said, "seconds": time.perf_counter() - start}
    json.dump(answers, sys.stdout)
