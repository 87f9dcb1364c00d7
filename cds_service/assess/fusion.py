"""The state of the criterion gene-fusion: the strongest current finding, none, or not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cds_service.assess.results import POSITIVE, weigh
from cds_service.assess.shapes import in_words
from cds_service.assess.tumour import asked_which_tumour, other_cancers
from cds_service.domain import (
    COUNTABLE,
    NONE,
    NOT_KNOWN,
    AssayedFusion,
    Cancer,
    CriterionKind,
    DataKey,
    Gap,
    Origin,
    PatientRecord,
    Presence,
    Unread,
    ValueSet,
    Why,
)

SOURCES = frozenset({DataKey.OBSERVATIONS, DataKey.LABORATORY, DataKey.REPORTS})


@dataclass(frozen=True)
class FusionFound:
    """State, the results behind it, and why."""

    state: str
    shown: tuple[AssayedFusion, ...]
    because: tuple[str, ...]
    why: tuple[str, ...]


def fusion_state(record: PatientRecord, genes: ValueSet, disease: str) -> FusionFound:
    """A finding stands on partial data; a 'none' needs every source complete."""
    wanted = {entry.display for entry in genes.listed("include")}
    results = [f for f in record.fusions if f.gene.members & wanted]
    countable = [f for f in results if f.source.status in COUNTABLE]
    others = other_cancers(record, disease)
    somatic = [f for f in countable if f.origin is not Origin.GERMLINE]
    standing = weigh(asked_which_tumour(somatic, others, disease))
    if standing.positive:
        behind = (*standing.positive, *standing.contradicting, *standing.failed)
        return FusionFound(
            state=str(standing.positive[0].certainty),
            shown=standing.shown,
            because=_references(behind),
            why=(*(describe(result) for result in behind), *_cancers(standing.positive, others)),
        )
    gaps = [gap for gap in record.gaps if gap.key in SOURCES]
    unread = [u for u in record.unread if u.criterion is CriterionKind.GENE_FUSION]
    if gaps or unread:
        because = tuple(dict.fromkeys(u.source.reference for u in unread))
        return FusionFound(NOT_KNOWN, (), because, _not_known(gaps, unread))
    return FusionFound(NONE, (), _references(results), _none(record, results, wanted))


def _cancers(positive: Sequence[AssayedFusion], others: Sequence[Cancer]) -> tuple[str, ...]:
    """What makes it open which tumour a finding is from."""
    if not any(Why.WHICH_TUMOUR in result.why for result in positive):
        return ()
    named = (f"{c.source.reference}: another active cancer: {c.name or 'coded'}" for c in others)
    return tuple(dict.fromkeys(named))


def describe(result: AssayedFusion) -> str:
    """One result in a line, for explain: may hold text of the record."""
    partner = f" with {result.partner}" if result.partner else ""
    assays = "/".join(sorted(assay.upper() for assay in result.assays))
    facts = [
        f"{result.source.reference}: {result.gene.symbol} fusion{partner} {result.presence}",
        str(result.certainty or ""),
        f"written as {in_words(result.shape)}" if result.shape else "",
        f"origin {result.origin}",
        f"assay {assays}" if assays else "assay not stated",
        f"status {result.source.status}",
        f"because: {', '.join(result.why)}" if result.why else "",
        result.tie.another and f"tied to: {result.tie.another}",
        result.sentence and f"from the sentence: {result.sentence}",
    ]
    return "; ".join(fact for fact in facts if fact)


def _references(results: Sequence[AssayedFusion]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(result.source.reference for result in results))


def _not_known(gaps: Sequence[Gap], unread: Sequence[Unread]) -> tuple[str, ...]:
    missing = [f"{gap.key} is not complete: {gap.why}" for gap in gaps]
    return (*missing, *(f"{u.source.reference} could not be read: {u.why}" for u in unread))


def _none(
    record: PatientRecord, results: Sequence[AssayedFusion], wanted: set[str]
) -> tuple[str, ...]:
    """Which kind of none: no test, negative, failed, preliminary, germline, another change."""
    kinds = [f"{_kind(result)}: {describe(result)}" for result in results]
    kinds += [
        f"other variant: {v.source.reference}: {v.gene.symbol} {v.change or 'alteration'}"
        f"{' (not detected)' if v.presence is Presence.NOT_DETECTED else ''}"
        for v in record.variants
        if v.gene.members & wanted
    ]
    kinds += [f"{silent.why}: {silent.reference}" for silent in record.silent]
    if kinds:
        return tuple(kinds)
    if record.genomic_results:
        return (f"other gene: none named in {record.genomic_results} genomic result(s).",)
    return ("no test: no genomic result is in the record.",)


def _kind(result: AssayedFusion) -> str:
    if result.source.status not in COUNTABLE:
        return f"status {result.source.status} does not count"
    if result.origin is Origin.GERMLINE:
        return "germline"
    if result.presence is Presence.NOT_DETECTED:
        return "negative"
    if result.presence in POSITIVE:
        return "settled by another result"
    return "failed or not assessed"
