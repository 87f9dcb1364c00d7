"""What ties a genomic result to a tumour: its specimen, body site, panel, report or focus."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cds_service.codes import ICD10, ICDO3, Code
from cds_service.domain import Json, ValueSet, Vocabulary
from cds_service.reading.fhir_json import (
    code_of,
    codings,
    concept_texts,
    identifiers,
    kind,
    obj,
    objs,
    text,
)
from cds_service.reading.references import References
from cds_service.reading.roles import Roles, Words


class Neoplasms:
    """Recognises a Condition as a neoplasm: by code, by morphology behaviour, or by words."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._codes: ValueSet = vocabulary.sets["neoplasm"]
        self._words = Words(self._codes)
        self._diagnoses = vocabulary.diagnoses

    def is_neoplasm(self, condition: Json) -> bool:
        """True for C00 to C97, malignant behaviour, a listed code, or a tumour word."""
        concept = condition.get("code")
        if any(self._coded(code_of(c)) for c in codings(concept)):
            return True
        return "include" in self._words.in_text(concept_texts(concept))

    def _coded(self, code: Code) -> bool:
        if code.system == ICDO3:
            return code.code.endswith(("3", "6"))
        category = Code(ICD10, code.code[:3]) if code.system == ICD10 else code
        listed = [entry for v in self._diagnoses if (entry := v.entry(code)) is not None]
        return self._codes.entry(category) is not None or any(
            entry.listing in ("include", "review") for entry in listed
        )


class TumourTies:
    """Answers for one result whether it comes from a tumour, and from which specimen."""

    def __init__(self, roles: Roles, neoplasms: Neoplasms, references: References) -> None:
        self._roles = roles
        self._neoplasms = neoplasms
        self._references = references

    def tied(self, result: Json, container: Json, reports: Sequence[Json]) -> bool:
        """True when something stated ties the result to a tumour; a denial wins."""
        texts = [*concept_texts(result.get("code")), *concept_texts(result.get("bodySite"))]
        texts += [
            said for where in (result, *reports) for said in self._specimens(where, container)
        ]
        texts += [said for report in reports for said in concept_texts(report.get("code"))]
        if self._roles.speaks_of_tumour(texts):
            return True
        focus = (self._references.resolve(f, container) for f in objs(result.get("focus")))
        return any(
            kind(obj(f)) == "Condition" and self._neoplasms.is_neoplasm(obj(f)) for f in focus
        )

    def _specimens(self, where: Json, container: Json) -> Iterable[str]:
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
        names = own or {name for report in reports for name in self._names(report, container)}
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
