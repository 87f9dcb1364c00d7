"""The lexicon of knowledge/lexicon.toml as one linear scanner for cues in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_LETTER_I = {ord("\u0131"): "i", ord("\u0307"): None}  # the folded '\u0130' is 'i' and a dot


@dataclass(frozen=True)
class Cue:
    """One phrase of the lexicon found in a text."""

    name: str  # class in the lexicon: 'positive', 'negative_before', ...
    start: int
    end: int


class Scanner:
    """Finds every phrase of every class; where phrases overlap, the first and longest counts."""

    def __init__(self, classes: Mapping[str, Iterable[str]]) -> None:
        self._class = {
            folded(phrase): name for name, phrases in classes.items() for phrase in phrases
        }
        longest_first = sorted(self._class, key=len, reverse=True)
        phrases = "|".join(re.escape(p).replace(r"\ ", r"\s{1,3}") for p in longest_first)
        self._pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{phrases or '(?!)'})(?![A-Za-z0-9])", re.I)

    def cues(self, value: str) -> list[Cue]:
        """All cues of a text in order, never overlapping."""
        return [
            Cue(self._class[folded(match.group())], match.start(), match.end())
            for match in self._pattern.finditer(value)
        ]

    def without(self, value: str) -> str:
        """A text with every phrase taken out."""
        return self._pattern.sub(" ", value)

    def names(self, value: str) -> frozenset[str]:
        """The classes found in a text."""
        return frozenset(cue.name for cue in self.cues(value))


def folded(phrase: str) -> str:
    """A phrase as regular expressions compare it: for them an i without or with its dot is an i."""
    return " ".join(phrase.casefold().translate(_LETTER_I).split())
