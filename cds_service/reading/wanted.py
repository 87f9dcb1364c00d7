"""Resources -> the references that the rules looked for in vain, for a door that may fetch them.

Nothing is decided here: the readers run over what came, and what they could not resolve is noted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from cds_service.domain import COUNTABLE, Json, Received, UnreadWhy, Vocabulary
from cds_service.reading.fhir_json import obj, reference_of, text
from cds_service.reading.genomics import GenomicsReader
from cds_service.reading.references import References
from cds_service.reading.therapies import TherapyReader

KINDS = ("Observation", "Medication", "Specimen", "Condition")


def unresolved(resources: Sequence[Received], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Literal references as written, without their versions, each once.

    The types take turns, so that a long panel leaves room for a drug.
    """
    missed = (*_of_results(resources, vocabulary), *_of_therapies(resources, vocabulary))
    names = dict.fromkeys(name.partition("/_history")[0] for name in missed)
    by_kind = [[name for name in names if _kind(name) == kind] for kind in KINDS]
    return tuple(name for row in zip_longest(*by_kind) for name in row if name)


class _Watched(References):
    """Notes what is looked for and not found."""

    def __init__(self, received: Sequence[Received]) -> None:
        super().__init__(received)
        self.missed: list[tuple[str, Json]] = []  # reference, and the resource that holds it

    def copies(self, reference: object, container: Json) -> Sequence[Json]:
        found = super().copies(reference, container)
        if not found:
            self.missed.append((text(obj(reference).get("reference")), container))
        return found


def _of_results(resources: Sequence[Received], vocabulary: Vocabulary) -> Iterator[str]:
    """Parts, specimens and focus of the results that concern us."""
    watched = _Watched(resources)
    reader = GenomicsReader(vocabulary, resources, watched)
    watched.missed.clear()  # joining reports to results looks at those of every report
    reader.read()
    # What does not count needs no parts.
    return (n for n, holder in watched.missed if text(holder.get("status")) in COUNTABLE)


def _of_therapies(resources: Sequence[Received], vocabulary: Vocabulary) -> Iterator[str]:
    """Drugs of the requests and statements that are unread without them."""
    watched = _Watched(resources)
    unread = TherapyReader(vocabulary, resources, watched).read().unread
    nameless = {item.source.reference for item in unread if item.why is UnreadWhy.NO_DRUG}
    return (name for name, holder in watched.missed if reference_of(holder) in nameless)


def _kind(name: str) -> str:
    return name.rpartition("/")[0].rpartition("/")[2]
