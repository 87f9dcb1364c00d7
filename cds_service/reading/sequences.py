"""MolecularSequence, Sequence (STU3) and GenomicStudy (R5) -> the genes behind a result.

None of them states a result: a sequence has no status and no value, a study says what was looked
for. So they are read as what stands behind an Observation that is derived from them; one that
names a gene of interest and that no result answers for is Unread, never a finding and never
nothing. A sequence names its genes by RefSeq transcripts; those of the value set are known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cds_service.domain import CriterionKind, Json, Received, Unread, UnreadWhy
from cds_service.reading.fhir_json import (
    MAX_DEPTH,
    codings,
    concept_texts,
    deeper_than,
    kind,
    obj,
    objs,
    source_of,
    text,
    walk,
)
from cds_service.reading.genes import Genes, NamedGene, plain
from cds_service.reading.references import References, links

_SEQUENCES = frozenset({"MolecularSequence", "Sequence"})
_STUDY = "GenomicStudy"
# Nothing was studied, or nothing is there yet
_IDLE = frozenset({"registered", "cancelled", "entered-in-error"})
# Bases and attachments: long, and never words
_RAW = frozenset({"data", "div", "literal", "observedSeq", "sequenceString", "referenceSeqString"})


class Sequences:
    """The sequences and genomic studies of one patient."""

    def __init__(self, genes: Genes, references: References, received: Sequence[Received]) -> None:
        self._genes = genes
        self._references = references
        self._naming = [
            item
            for item in received
            if kind(item.json) in (*_SEQUENCES, _STUDY) and self._concerns(item.json)
        ]

    def behind(self, result: Json, container: Json) -> list[NamedGene]:
        """The transcripts of the sequences that a result points to; [] if none is of interest."""
        pointed = self._pointed(result, container)
        found = [named for item in pointed for named in self._transcripts(item)]
        return found if any(named.gene for named in found) else []

    def unanswered(self, results: Iterable[Json]) -> Iterator[Unread]:
        """Those that name a gene of interest and stand behind none of these results."""
        if not self._naming:
            return
        answered = {id(item) for result in results for item in self._pointed(result, result)}
        for item in self._naming:
            if id(item.json) in answered and item.doubt is None:
                continue
            deep = deeper_than(item.json, MAX_DEPTH)
            why = UnreadWhy.TOO_DEEP if deep else item.doubt or UnreadWhy.NO_RESULT
            yield Unread(source_of(item.json), CriterionKind.GENE_FUSION, why)

    def _pointed(self, result: Json, container: Json) -> Iterator[Json]:
        """Sequences and studies to which a result points, each once per pointer."""
        pointers = [r for name in ("derivedFrom", "study", "partOf") for r in links(result, name)]
        for where in (result, *objs(result.get("component"))):
            pointers += links(where, "valueReference")
        for pointer in pointers:
            target = self._references.resolve(pointer, container)
            if target is not None and kind(target) in (*_SEQUENCES, _STUDY):
                yield target

    def _concerns(self, resource: Json) -> bool:
        if kind(resource) == _STUDY and text(resource.get("status")) in _IDLE:
            return False
        if deeper_than(resource, MAX_DEPTH):
            return True
        said = (
            value
            for item in walk(resource)
            if isinstance(item, dict)
            for name, value in item.items()
            if isinstance(value, str) and name not in _RAW
        )
        return any(self._genes.in_text(plain(value)) for value in said)

    def _transcripts(self, sequence: Json) -> list[NamedGene]:
        """What each part of a sequence starts from, in the order of the parts."""
        if kind(sequence) not in _SEQUENCES:
            return []
        parts = [obj(part.get("startingSequence")) for part in objs(sequence.get("relative"))]
        concepts = [part.get("sequenceCodeableConcept") for part in parts]  # R5
        concepts.append(obj(sequence.get("referenceSeq")).get("referenceSeqId"))  # STU3, R4
        return [named for concept in concepts if (named := self._transcript(concept)) is not None]

    def _transcript(self, concept: object) -> NamedGene | None:
        said = [text(c.get("code")) for c in codings(concept)] + concept_texts(concept)
        mentions = [m for value in said for m in self._genes.in_text(plain(value))]
        if mentions:
            gene = mentions[0].genes[0]
            return NamedGene(gene, gene.symbol)
        return NamedGene(None, said[0]) if said else None
