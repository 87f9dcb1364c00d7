"""PatientRecord + Guideline -> Assessment: pure, and the only place where 'matches' is decided."""

from __future__ import annotations

from datetime import date

from cds_service.assess.diagnosis import Diagnosed, diagnosis_state
from cds_service.assess.fusion import FusionFound, fusion_state
from cds_service.assess.prior import Prior, prior_state
from cds_service.assess.treatments import treatments_on_record
from cds_service.assess.tumour import other_cancers
from cds_service.domain import (
    NOT_KNOWN,
    Assessment,
    Criterion,
    CriterionKind,
    DataKey,
    Guideline,
    Nation,
    Note,
    Origin,
    PatientRecord,
    Reason,
    Row,
    Vocabulary,
)


def assess(
    record: PatientRecord, guideline: Guideline, vocabulary: Vocabulary, today: date, nation: Nation
) -> Assessment:
    """Hold one guideline against one patient; the first row of its table that fits wins."""
    by_kind = {criterion.kind: criterion for criterion in guideline.criteria}
    disease = by_kind[CriterionKind.DIAGNOSIS].value_set
    genes = vocabulary.sets[by_kind[CriterionKind.GENE_FUSION].value_set]
    fusion = fusion_state(record, genes, disease)
    diagnosis = diagnosis_state(record, disease, fusion)
    therapy = by_kind[CriterionKind.PRIOR_THERAPY]
    prior = prior_state(record, therapy.value_set, vocabulary.sets[therapy.resistance])
    reasons = tuple(
        _reason(criterion, record, fusion, diagnosis, prior) for criterion in guideline.criteria
    )
    row = _row(guideline, {reason.criterion.id: reason.state for reason in reasons})
    return Assessment(
        guideline=guideline,
        reasons=reasons,
        row=row.id,
        recommendation=row.recommendation,
        indicator=row.indicator,
        today=today,
        nation=nation,
        fusions=fusion.shown,
        diagnoses=diagnosis.shown,
        therapies=prior.therapies,
        treatments=treatments_on_record(record, guideline.treatments),
        cancers=other_cancers(record, disease),
        resistance=prior.resistance,
        gaps=record.gaps,
        unread=record.unread,
        doubts=diagnosis.doubts,
        notes=_notes(record, fusion, prior),
    )


def _row(guideline: Guideline, states: dict[str, str]) -> Row:
    """Loading has proved that some row fits every combination."""
    return next(row for row in guideline.table if row.fits(states))


def _reason(
    criterion: Criterion,
    record: PatientRecord,
    fusion: FusionFound,
    diagnosis: Diagnosed,
    prior: Prior,
) -> Reason:
    if criterion.kind is CriterionKind.GENE_FUSION:
        return Reason(criterion, fusion.state, fusion.because, fusion.why)
    if criterion.kind is CriterionKind.DIAGNOSIS:
        return Reason(criterion, diagnosis.state, diagnosis.because, diagnosis.why)
    if criterion.kind is CriterionKind.PRIOR_THERAPY:
        return Reason(criterion, prior.state, prior.because, prior.why)
    return _alive(criterion, record)


def _alive(criterion: Criterion, record: PatientRecord) -> Reason:
    source = record.patient_source
    because = (source.reference,) if source else ()
    why = {
        "deceased": "The Patient resource records a death.",
        "yes": "The Patient resource records no death.",
        NOT_KNOWN: "No Patient resource could be read; the patient counts as alive.",
    }
    return Reason(criterion, record.alive, because, (why[record.alive],))


def _notes(record: PatientRecord, fusion: FusionFound, prior: Prior) -> tuple[Note, ...]:
    missed = any(gap.key is DataKey.CONDITIONS for gap in record.gaps)
    likely = bool(fusion.shown) and fusion.shown[0].origin is Origin.LIKELY_SOMATIC
    rules = (
        (likely, Note.LIKELY_SOMATIC),
        (bool(prior.therapies), Note.PRIOR_DRUG),
        (bool(prior.resistance), Note.PRIOR_RESISTANCE),
        (record.conditions_read == 0 and not missed, Note.NO_CONDITION),
    )
    return tuple(note for holds, note in rules if holds)


__all__ = ["assess"]
