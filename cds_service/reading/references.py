"""References between resources, resolved inside what was sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cds_service.domain import Json, Received
from cds_service.reading.fhir_json import kind, obj, objs, text


class References:
    """Finds the resource behind a reference among the resources of one patient."""

    def __init__(self, received: Sequence[Received]) -> None:
        self._by_name: dict[str, list[Json]] = {}
        for item in received:
            own = text(item.json.get("id"))
            if own:
                self._by_name.setdefault(f"{kind(item.json)}/{own}", []).append(item.json)
            if item.full_url:
                self._by_name.setdefault(item.full_url, []).append(item.json)

    def resolve(self, reference: object, container: Json) -> Json | None:
        """The resource, or None when it was not sent."""
        return next(iter(self.copies(reference, container)), None)

    def copies(self, reference: object, container: Json) -> Sequence[Json]:
        """The resource, in each of the wordings in which it came (under two keys, perhaps)."""
        name = text(obj(reference).get("reference")).partition("/_history")[0]
        if name.startswith("#"):
            return [c for c in objs(container.get("contained")) if text(c.get("id")) == name[1:]]
        if name in self._by_name:
            return self._by_name[name]
        return self._by_name.get("/".join(name.split("/")[-2:]), ())


# STU3 keeps them in 'related', whose type may be missing: then it is what the result rests on.
_RELATED = {"hasMember": ("has-member",), "derivedFrom": ("derived-from", "")}


def links(resource: Json, name: str) -> Iterator[Json]:
    """The references of one element, in whichever version of FHIR it was written."""
    yield from named(resource.get(name))
    for related in objs(resource.get("related")):
        if text(related.get("type")) in _RELATED.get(name, ()):
            yield from named(related.get("target"))


def named(references: object) -> Iterator[Json]:
    """The references of a list that point somewhere (not only an identifier or a display)."""
    return (item for item in objs(references) if text(item.get("reference")))
