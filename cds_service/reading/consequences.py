"""A consequence that stands apart from its variant -> what it adds to the variant's evidence."""

from __future__ import annotations

from cds_service.domain import Json
from cds_service.reading.evidence import Evidence
from cds_service.reading.references import links

_FUSIONS = {"fusion", "out-of-frame", "rearrangement"}


def derives(observation: Json, role: frozenset[str]) -> bool:
    """It says something of another Observation; what a drug would do is no part of a finding."""
    return any(links(observation, "derivedFrom")) and "implication" not in role


def add(beside: Evidence, role: frozenset[str], evidence: Evidence) -> None:
    """Terms of the consequence, or, where another code stands in its place, a stray term."""
    if "consequence" in role:
        evidence.derived |= not beside.terms <= evidence.terms
        evidence.terms |= beside.terms
        evidence.stray_terms |= beside.stray_terms & _FUSIONS
    elif not (beside.genes or beside.studied or beside.pairs):
        evidence.stray_terms |= (beside.terms | beside.stray_terms) & _FUSIONS


def is_orphan(observation: Json, role: frozenset[str], evidence: Evidence) -> bool:
    """A fusion as the consequence of a variant that nothing names."""
    linked = any(links(observation, "derivedFrom"))
    return "consequence" in role and not linked and bool(evidence.terms & _FUSIONS)
