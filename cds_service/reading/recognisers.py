"""A vocabulary -> everything that recognises it, compiled once and used by every call."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cds_service.domain import ValueSet, Vocabulary
from cds_service.reading.certainty import Weigher
from cds_service.reading.diagnosis_text import DiagnosisText
from cds_service.reading.evidence import EvidenceReader
from cds_service.reading.fusion_text import FusionText
from cds_service.reading.genes import Genes
from cds_service.reading.lexicon import Scanner
from cds_service.reading.neoplasms import Neoplasms
from cds_service.reading.roles import Roles


@dataclass(frozen=True)
class Recognisers:
    """Stateless recognisers of one vocabulary."""

    genes: Genes
    roles: Roles
    text: FusionText
    evidence: EvidenceReader
    weigher: Weigher
    neoplasms: Neoplasms
    diagnoses: tuple[tuple[ValueSet, DiagnosisText], ...]
    therapies: tuple[tuple[ValueSet, Scanner], ...]
    treatments: tuple[tuple[ValueSet, Scanner], ...]


@lru_cache(maxsize=4)
def recognisers(vocabulary: Vocabulary) -> Recognisers:
    """Compiled for the few vocabularies of a process; compiling takes longer than most calls."""
    genes, roles = Genes(vocabulary.genes), Roles(vocabulary)
    text = FusionText(vocabulary, genes)
    return Recognisers(
        genes=genes,
        roles=roles,
        text=text,
        evidence=EvidenceReader(genes, roles),
        weigher=Weigher(genes, text),
        neoplasms=Neoplasms(vocabulary),
        diagnoses=tuple((v, DiagnosisText(v, vocabulary.lexicon)) for v in vocabulary.diagnoses),
        therapies=tuple((v, _drug_names(v)) for v in vocabulary.therapies),
        treatments=tuple((v, _drug_names(v)) for v in vocabulary.treatments),
    )


def _drug_names(value_set: ValueSet) -> Scanner:
    """Names of each drug; the class that the scanner reports is our own display."""
    names: dict[str, list[str]] = {}
    for entry in value_set.listed("include"):
        names.setdefault(entry.display, []).extend([entry.display, *entry.words])
    return Scanner(names)
