"""A real card with one thing changed: whether our schema for responses still accepts it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from cds_service.cards import ResponseSchema

Card = dict[str, Any]
LEFT_OUT = object()
NO_TEXT: tuple[object, ...] = (None, "", 7, [], {})
NO_OBJECT: tuple[object, ...] = (None, "text", [], {})
NO_OBJECTS: tuple[object, ...] = (None, [], {}, "text", ["text"])
NO_BOOLEAN = (None, "true", 1)
Parts = list[dict[str, Any]]
CODING: dict[str, Any] = {"system": "urn:example:reasons", "code": "a", "display": "A reason"}
LINK: dict[str, Any] = {"label": "A page", "url": "https://example.org/a", "type": "absolute"}


class Judge:
    """Our schema, asked about one card."""

    def __init__(self, schema: ResponseSchema, card: Card) -> None:
        self._schema = schema
        self._card = card

    def accepts(self, *path: str | int, value: object) -> bool:
        """Whether the card is still legal with this value at this path."""
        card: Any = deepcopy(self._card)
        place = card
        for step in path[:-1]:
            place = place[step]
        if value is LEFT_OUT:
            del place[path[-1]]
        else:
            place[path[-1]] = value
        return not self._schema.problems({"cards": [card]})

    def takes_only(self, *path: str | int, good: object, bad: tuple[object, ...]) -> bool:
        """Whether the good value is accepted there and every bad one is refused."""
        refused = [value for value in bad if not self.accepts(*path, value=value)]
        return self.accepts(*path, value=good) and len(refused) == len(bad)
