"""The folders knowledge/ and cards/ -> Knowledge, or a KnowledgeError that lists every problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from cds_service.domain import (
    AccessEvent,
    AccessPosition,
    Guideline,
    Link,
    Nation,
    Vocabulary,
)
from cds_service.errors import KnowledgeError
from cds_service.knowledge.access import positions, read_access, refuse_unknown_guidelines
from cds_service.knowledge.files import Problems
from cds_service.knowledge.guidelines import Shelf, guideline_names, read_guidelines
from cds_service.knowledge.links import read_links
from cds_service.knowledge.places import Folder
from cds_service.knowledge.value_sets import read_value_sets, value_set_names
from cds_service.knowledge.vocabulary import (
    LEXICON,
    check_lists,
    check_unused,
    read_lexicon,
    vocabulary,
)


@dataclass(frozen=True)
class Knowledge:
    """Everything that the service knows, checked as a whole."""

    guidelines: tuple[Guideline, ...]
    vocabulary: Vocabulary
    access: tuple[AccessEvent, ...]
    links: Mapping[str, Link]
    systems: Mapping[str, str]  # our own fixed urn:uuid: code systems

    def positions(
        self, guideline: Guideline, nation: Nation, today: date
    ) -> tuple[AccessPosition, ...]:
        """The access position of the day for each drug of a guideline."""
        return positions(self.access, guideline, nation, today)


def load(knowledge_dir: Folder, cards_dir: Folder, *, alone: bool = False) -> Knowledge:
    """Read and check both folders; raises KnowledgeError with every problem found.

    'alone' is one guideline without the others of its time: access events may name those.
    """
    problems = Problems()
    links, systems = read_links(knowledge_dir, problems)
    if not systems:  # nothing else can be judged without them
        raise KnowledgeError(problems.all())
    sets, documents = read_value_sets(knowledge_dir, systems, problems)
    lexicon = read_lexicon(knowledge_dir, problems)
    events, drugs = read_access(knowledge_dir, links, problems)
    deciding: dict[str, Any] = {**documents, LEXICON: lexicon}
    set_names, names = value_set_names(knowledge_dir), guideline_names(knowledge_dir)
    shelf = Shelf(links, set_names, deciding, drugs, cards_dir)
    guidelines = read_guidelines(knowledge_dir, shelf, problems)
    if not alone:
        refuse_unknown_guidelines(events, names, problems)
    check_lists(sets, set_names, problems)
    if len(guidelines) == len(names):  # else one fault would be told as many
        check_unused(guidelines, set_names, problems)
    if problems.all():
        raise KnowledgeError(problems.all())
    return Knowledge(
        guidelines=guidelines,
        vocabulary=vocabulary(guidelines, sets, lexicon),
        access=events,
        links=MappingProxyType(links),
        systems=MappingProxyType(systems),
    )
