"""The use case: one patient's FHIR resources in, one assessment per guideline out. Read this first.

Every door calls it: the hook, the command line, and whatever comes later. No door has a rule of
its own, and nothing here knows a door.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from cds_service.assess import assess
from cds_service.domain import Assessment, Gap, Nation, Received
from cds_service.knowledge import Knowledge
from cds_service.reading import read


def assess_patient(
    resources: Sequence[Received],
    gaps: Sequence[Gap],
    today: date,
    nation: Nation,
    knowledge: Knowledge,
) -> tuple[Assessment, ...]:
    """Read the resources of one patient and hold every guideline against them."""
    record = read(resources, gaps, knowledge.vocabulary)
    assessments = (
        assess(record, guideline, knowledge.vocabulary, today, nation)
        for guideline in knowledge.guidelines
    )
    return tuple(
        replace(a, access=knowledge.positions(a.guideline, nation, today)) for a in assessments
    )
