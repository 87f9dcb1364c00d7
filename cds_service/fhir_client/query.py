"""A prefetch query such as `Observation?patient=1&code=..` -> its type, id and parameters."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote


@dataclass(frozen=True)
class Query:
    """A read of one resource or a search by type; the values are plain, not encoded."""

    kind: str  # resource type
    id: str = ""  # of a read
    params: tuple[tuple[str, str], ...] = ()  # of a search

    @classmethod
    def parse(cls, text: str) -> Query:
        """Take a query apart; ValueError where it would lead elsewhere."""
        path, mark, rest = text.partition("?")
        kind, slash, ident = path.partition("/")
        plain = unquote(ident)
        if not kind.isalpha() or bool(slash) == bool(mark) or (slash and plain in ("", ".", "..")):
            raise ValueError("expected Type/id or Type?parameters")
        return cls(kind, plain, cls.pairs(rest))

    @staticmethod
    def pairs(text: str) -> tuple[tuple[str, str], ...]:
        """Names and values; a plus stays one, as codes may hold it."""
        split = (pair.partition("=") for pair in text.split("&") if pair)
        return tuple((unquote(name), unquote(value)) for name, _, value in split)

    @property
    def is_search(self) -> bool:
        """True for a search, False for a read."""
        return not self.id

    @property
    def path(self) -> str:
        """Where a read goes, below the base."""
        return f"{self.kind}/{quote(self.id, safe='')}"

    @property
    def encoded(self) -> str:
        """The parameters as part of an address."""
        return "&".join(f"{quote(n, safe='')}={quote(v, safe='')}" for n, v in self.params)
