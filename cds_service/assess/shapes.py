"""Number of a shape -> its words, for explain; docs/reading.md has an example of each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SHAPES: Mapping[str, str] = MappingProxyType(
    {
        "shape-1": "both genes in one code, component LOINC 95123-6",
        "shape-2": "two genes studied and a fusion term of the Sequence Ontology",
        "shape-3": "two genes studied, no term for the change",
        "shape-4": "one gene and a fusion term",
        "shape-5": "one gene, and the word fusion in a text",
        "shape-6": "a molecular consequence with the term, derived from a variant with the gene",
        "shape-7": "ISCN alone: no gene can be named",
        "shape-8": "an HGVS or VICC name of the fusion as code",
        "shape-9": "extensions of STU3 and R4 core genetics",
        "shape-10": "the gene in a component that is not for it",
        "shape-11": "contained in a report: counts as what is contained",
        "shape-12": "a panel with hasMember: the members count",
        "shape-13": "a sentence as value or note",
        "shape-14": "the conclusion of a report",
        "shape-15": "an attachment that can be read",
        "shape-16": "resources of FHIR R5, as far as they name genes",
    }
)


def in_words(shape: str) -> str:
    """'shape-4 (one gene and a fusion term)'."""
    return f"{shape} ({SHAPES[shape]})" if shape in SHAPES else shape
