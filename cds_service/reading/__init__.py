"""FHIR JSON -> PatientRecord: the only place that knows FHIR shapes."""

from __future__ import annotations

from collections.abc import Sequence

from cds_service.domain import (
    NOT_KNOWN,
    CriterionKind,
    Gap,
    PatientRecord,
    Received,
    Unread,
    Vocabulary,
)
from cds_service.reading.cancers import CancerReader
from cds_service.reading.conditions import ConditionReader
from cds_service.reading.fhir_json import kind, source_of, text
from cds_service.reading.genomics import GenomicsReader
from cds_service.reading.therapies import TherapyReader
from cds_service.reading.validation import fault


def read(
    resources: Sequence[Received], gaps: Sequence[Gap], vocabulary: Vocabulary
) -> PatientRecord:
    """Read one patient's resources into plain facts; what cannot be read is named."""
    genomics = GenomicsReader(vocabulary, resources).read()
    diagnoses = ConditionReader(vocabulary).read(resources)
    therapies = TherapyReader(vocabulary, resources).read()
    cancers = CancerReader(vocabulary).read(resources)
    alive, unread, patient = _alive(resources)
    return PatientRecord(
        alive=alive,
        fusions=tuple(genomics.fusions),
        variants=tuple(genomics.variants),
        diagnoses=tuple(diagnoses.diagnoses),
        therapies=tuple(therapies.therapies),
        cancers=tuple(cancers),
        unread=(*genomics.unread, *diagnoses.unread, *therapies.unread, *unread),
        gaps=tuple(dict.fromkeys((*gaps, *genomics.gaps))),
        conditions_read=diagnoses.conditions,
        genomic_results=genomics.results,
        silent=tuple(dict.fromkeys(genomics.silent)),
        broken=genomics.broken,
        patient_source=source_of(patient.json) if patient else None,
    )


def _alive(resources: Sequence[Received]) -> tuple[str, list[Unread], Received | None]:
    """Whether the patient is alive; a Patient that cannot be believed says nothing."""
    patient = next((item for item in resources if kind(item.json) == "Patient"), None)
    if patient is None:
        return NOT_KNOWN, [], None
    why = patient.doubt or fault(patient.json)
    if why is not None:
        return NOT_KNOWN, [Unread(source_of(patient.json), CriterionKind.ALIVE, why)], patient
    dead = patient.json.get("deceasedBoolean") is True
    dead = dead or bool(text(patient.json.get("deceasedDateTime")))
    return ("deceased" if dead else "yes"), [], patient
