"""What ties a genomic result to a tumour: its specimen, body site, panel, report or focus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cds_service.domain import NO_TIE, Json, Tie
from cds_service.reading.fhir_json import (
    concept_texts,
    identifiers,
    kind,
    obj,
    objs,
    text,
)
from cds_service.reading.neoplasms import Neoplasms, profiles, reports_said, together
from cds_service.reading.references import References
from cds_service.reading.roles import Roles


class TumourTies:
    """Answers for one result whether it comes from a tumour, and from which specimen."""

    def __init__(self, roles: Roles, neoplasms: Neoplasms, references: References) -> None:
        self._roles = roles
        self._neoplasms = neoplasms
        self._references = references
        self._said: dict[int, Tie] = {}  # of each report: many results may share one

    def tied(self, result: Json, container: Json, reports: Sequence[Json]) -> bool:
        """True when something stated ties the result to a tumour; a denial wins."""
        texts = [*concept_texts(result.get("code")), *concept_texts(result.get("bodySite"))]
        texts += self._samples(result, container, reports)
        texts += [said for report in reports for said in concept_texts(report.get("code"))]
        if self._roles.speaks_of_tumour(texts):
            return True
        return any(map(self._neoplasms.is_neoplasm, self._focus(result, container)))

    def tie(self, result: Json, container: Json, reports: Sequence[Json]) -> Tie:
        """Which tumour it is from; the name of a test counts only where nothing else is said."""
        every = (result, *(report for report in reports if report is not result))
        places = [*self._samples(result, container, reports)]
        places += concept_texts(result.get("bodySite"))
        ties = [self._neoplasms.tie_of_place(said) for said in places if said]
        ties += [
            self._neoplasms.tie_of_concept(condition.get("code"), profiles(condition))
            for condition in self._focus(result, container)
        ]
        told = (self._told_once(report) for report in every[1:])
        stated = together([*ties, self._told(result), *told])
        if stated != NO_TIE:
            return stated
        names = [said for where in every for said in concept_texts(where.get("code"))]
        return together(map(self._neoplasms.tie_of_words, names))

    def _told_once(self, report: Json) -> Tie:
        known = self._said.get(id(report))
        if known is None:
            known = self._said[id(report)] = self._told(report)
        return known

    def _told(self, where: Json) -> Tie:
        """What the words and coded conclusions of a result or report tie it to."""
        ties = [self._neoplasms.tie_of_words(said) for said in reports_said(where) if said]
        coded = (*objs(where.get("conclusionCode")), *objs(where.get("codedDiagnosis")))
        return together([*ties, *map(self._neoplasms.tie_of_concept, coded)])

    def _focus(self, result: Json, container: Json) -> Iterator[Json]:
        """The Conditions that a result is about."""
        for reference in objs(result.get("focus")):
            target = obj(self._references.resolve(reference, container))
            if kind(target) == "Condition":
                yield target

    def _samples(self, result: Json, container: Json, reports: Sequence[Json]) -> Iterator[str]:
        """Words for the specimens of a result and its reports; a report may contain its own."""
        yield from self._specimens(result, container)
        for report in reports:
            yield from self._specimens(report, report)

    def _specimens(self, where: Json, container: Json) -> Iterator[str]:
        for reference in objs(where.get("specimen")):
            yield text(reference.get("display"))
            specimen = self._references.resolve(reference, container)
            if specimen is not None:
                yield from concept_texts(specimen.get("type"))
                yield from concept_texts(obj(specimen.get("collection")).get("bodySite"))
                yield from (text(note.get("text")) for note in objs(specimen.get("note")))

    def specimen(self, result: Json, container: Json, reports: Sequence[Json]) -> str:
        """One name for the stated specimen, '' when none or several are stated."""
        own = self._names(result, container)
        names = own or {name for report in reports for name in self._names(report, report)}
        return next(iter(names)) if len(names) == 1 else ""

    def _names(self, where: Json, container: Json) -> set[str]:
        return {name for r in objs(where.get("specimen")) if (name := self._name(r, container))}

    def _name(self, reference: Json, container: Json) -> str:
        """A Specimen is known by its identifier where it has one, else by its reference."""
        specimen = self._references.resolve(reference, container)
        pairs = identifiers({"identifier": reference.get("identifier")})
        pairs = (identifiers(specimen) if specimen is not None else frozenset()) or pairs
        if pairs:
            return "|".join(min(pairs))
        name = text(reference.get("reference")).partition("/_history")[0]
        return f"{text(container.get('id'))}{name}" if name.startswith("#") else name
