"""Resources of one synthetic patient -> what the service reads, decides and says why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cds_service.codes import Code
from cds_service.domain import (
    Assessment,
    Certainty,
    Complete,
    CriterionKind,
    DataKey,
    DataState,
    Diagnosis,
    GapWhy,
    Missing,
    Nation,
    Partial,
    PatientRecord,
    Reason,
    Received,
)
from cds_service.knowledge import Knowledge
from cds_service.reading import read
from cds_service.reading.bundle import Patient, Selected, select, whole_record
from cds_service.service import assess_patient
from tests.builders import Resource, bundle, condition, fusion, patient

TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Desk:
    """Asks the service about one synthetic patient, p1."""

    knowledge: Knowledge

    def about(
        self,
        *resources: Resource,
        missing: Collection[DataKey] = (),
        partial: Collection[DataKey] = (),
        newer: Sequence[Resource] = (),
    ) -> Assessment:
        """The assessment of a record that is complete, but for the keys named."""
        states = states_of(*resources, missing=missing, partial=partial)
        return self.of_states(states, newer=newer)

    def of_states(
        self,
        states: Mapping[DataKey, DataState],
        *,
        server: str = "",
        newer: Sequence[Resource] = (),
    ) -> Assessment:
        """The assessment of a record by its prefetch states."""
        chosen = select(states, Patient("p1", server), [Received(item) for item in newer])
        return self.of_selected(chosen)

    def of_selected(self, chosen: Selected) -> Assessment:
        parts = (chosen.resources, chosen.gaps, TODAY, Nation.ENGLAND)
        (assessment,) = assess_patient(*parts, self.knowledge)
        return assessment

    def record(self, *resources: Resource) -> PatientRecord:
        """The plain facts that are read in a complete record."""
        chosen = select(states_of(*resources), Patient("p1"))
        return read(chosen.resources, chosen.gaps, self.knowledge.vocabulary)

    def certainties(self, *resources: Resource) -> list[Certainty | None]:
        """How sure each fusion of a complete record is."""
        return [found.certainty for found in self.record(*resources).fusions]

    def condition(self, code: object, **more: Any) -> Diagnosis:
        """The one diagnosis that a Condition with this code is read as."""
        (found,) = self.record(condition(code, **more)).diagnoses
        return found

    def reason(self, criterion: str, *resources: Resource) -> Reason:
        """Why one criterion of a complete record is in its state."""
        reasons = self.about(*resources).reasons
        return next(reason for reason in reasons if reason.criterion.id == criterion)

    def fusion(self, *resources: Resource) -> str:
        """State of the fusion of a living patient with mesothelioma and a complete record."""
        return self.about(*resources, condition()).state(CriterionKind.GENE_FUSION)

    def diagnosis(self, *resources: Resource) -> str:
        """State of the diagnosis of a patient with a confirmed fusion."""
        return self.about(*resources, fusion()).state(CriterionKind.DIAGNOSIS)

    def prior(self, *resources: Resource) -> str:
        """State of earlier TRK treatment of a patient with fusion and mesothelioma."""
        found = self.about(*resources, fusion(id="o-deciding"), condition())
        return found.state(CriterionKind.PRIOR_THERAPY)


def states_of(
    *resources: Resource, missing: Collection[DataKey] = (), partial: Collection[DataKey] = ()
) -> dict[DataKey, DataState]:
    """Resources under their keys; a living Patient is added where none is given."""
    own = any(item.get("resourceType") == "Patient" for item in resources)
    states = whole_record([bundle(*resources, *([] if own else [patient()]))])
    changed: dict[DataKey, DataState] = {key: Missing(GapWhy.NOT_SENT) for key in missing}
    for key in partial:
        state = states[key]
        changed[key] = Partial(getattr(state, "resources", ()), GapWhy.NEXT_PAGE)
    return {**states, **changed}


def complete(*resources: Resource) -> Complete:
    return Complete(tuple(Received(resource) for resource in resources))


def normal(system: str, code: str) -> tuple[str, str]:
    """A coding in the spelling in which codes are compared."""
    found = Code.of(system, code)
    return found.system, found.code
