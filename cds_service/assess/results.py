"""Several results of one gene -> those that still stand, and whether they disagree.

A later result replaces an earlier one only on the same stated specimen by the same class of assay.
RNA settles IHC and FISH in both directions unless stated specimens differ. A failed or not-assessed
test settles nothing. Any other disagreement stays, and makes the finding unconfirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cds_service.domain import Assay, AssayedFusion, Certainty, Presence, Why

POSITIVE = frozenset({Presence.DETECTED, Presence.INDETERMINATE})
_SETTLING = frozenset({Presence.DETECTED, Presence.NOT_DETECTED})
_SETTLED = frozenset({Assay.IHC, Assay.FISH})
_STRENGTH = (Certainty.CONFIRMED, Certainty.UNCONFIRMED, Certainty.SCREENING)


@dataclass(frozen=True)
class Standing:
    """What is left after replacing and settling."""

    positive: tuple[AssayedFusion, ...]  # strongest first
    contradicting: tuple[AssayedFusion, ...]  # negatives that disagree with a positive
    failed: tuple[AssayedFusion, ...]  # RNA tests of the leading gene that gave no answer

    @property
    def shown(self) -> tuple[AssayedFusion, ...]:
        """The leading result, then what adds to it or speaks against it."""
        best = self.positive[0]
        more = (p for p in self.positive[1:] if _adds(p, best))
        return (best, *more, *self.contradicting, *self.failed)


def weigh(results: Sequence[AssayedFusion]) -> Standing:
    """Replace, settle, then compare what is left, gene by gene."""
    heard = [r for r in dict.fromkeys(results) if r.presence in (*POSITIVE, *_SETTLING)]
    dated = [r for r in heard if r.specimen and r.assays]  # only these can replace
    left = [rest for r in heard for rest in _unanswered(r, [o for o in dated if _replaces(o, r)])]
    rna = [r for r in left if Assay.RNA in r.assays]  # only these can settle
    left = [rest for r in left for rest in _unanswered(r, [o for o in rna if _settles(o, r)])]
    negative = [r for r in left if r.presence is Presence.NOT_DETECTED]
    denied = _answered(negative)
    positive = [_doubted(r, denied) for r in left if r.presence in POSITIVE]
    stated = _answered(positive)
    against = [n for n in negative if n.gene.members & stated]
    disputed = any(Why.DISAGREE in p.why for p in positive)
    return Standing(
        positive=tuple(sorted(positive, key=_rank)),
        contradicting=tuple(dict.fromkeys(against)) if disputed else (),
        failed=tuple(r for r in results if _failed_rna(r) and _concerns(r, positive)),
    )


def _adds(result: AssayedFusion, best: AssayedFusion) -> bool:
    """Another gene or another partner; the same finding said twice adds nothing."""
    partners = {result.partner, best.partner} - {""}
    return not result.gene.members & best.gene.members or len(partners) > 1


def _failed_rna(result: AssayedFusion) -> bool:
    return Assay.RNA in result.assays and result.presence is Presence.NOT_ASSESSED


def _concerns(result: AssayedFusion, positive: Sequence[AssayedFusion]) -> bool:
    """A failed test is worth showing while the finding still waits for one."""
    unsure = [p for p in positive if p.certainty is not Certainty.CONFIRMED]
    return any(result.gene.members & p.gene.members for p in unsure)


def _rank(result: AssayedFusion) -> tuple[int, int, int, str]:
    """Strongest first; then the result that names its gene and partner; then the newest."""
    assert result.certainty is not None
    named = len(result.gene.members), 0 if result.partner else 1
    return (_STRENGTH.index(result.certainty), *named, _reversed(result.source.date))


def _reversed(day: str) -> str:
    return "".join(chr(0x7F - ord(c)) for c in day)


def _unanswered(result: AssayedFusion, others: Sequence[AssayedFusion]) -> list[AssayedFusion]:
    """What is left of a result that others answer: a negative is answered gene by gene."""
    if result.presence is not Presence.NOT_DETECTED:
        return [] if _covered(result, others) else [result]
    rest = result.gene.members - _answered(others)
    return [replace(result, gene=replace(result.gene, members=rest))] if rest else []


def _answered(others: Iterable[AssayedFusion]) -> frozenset[str]:
    return frozenset().union(*(other.gene.members for other in others))


def _covered(result: AssayedFusion, others: Iterable[AssayedFusion]) -> bool:
    """Every gene that the result may mean is answered by another result."""
    answered = _answered(others)
    return bool(answered) and result.gene.members <= answered


def _replaces(later: AssayedFusion, earlier: AssayedFusion) -> bool:
    """Same stated specimen, same assay class, and a later date."""
    same = bool(earlier.specimen) and later.specimen == earlier.specimen
    same = same and bool(earlier.assays) and later.assays == earlier.assays
    return same and later.presence in _SETTLING and _is_later(later, earlier)


def _is_later(later: AssayedFusion, earlier: AssayedFusion) -> bool:
    """Compared as far as both dates go; a date that is missing goes nowhere."""
    new, old = later.source.date, earlier.source.date
    shared = min(len(new), len(old))
    return new[:shared] > old[:shared]


def _settles(rna: AssayedFusion, other: AssayedFusion) -> bool:
    differ = bool(rna.specimen) and bool(other.specimen) and rna.specimen != other.specimen
    # 'pan-TRK IHC negative, RNA awaited' names both: it cannot be told which one answered.
    answered_by_rna = Assay.RNA in rna.assays and not rna.assays & _SETTLED
    settling = answered_by_rna and rna.presence in _SETTLING
    return settling and bool(other.assays) and other.assays <= _SETTLED and not differ


def _doubted(result: AssayedFusion, denied: frozenset[str]) -> AssayedFusion:
    """A finding that another standing result denies is at most unconfirmed."""
    if not result.gene.members <= denied:
        return result
    weaker = result.certainty
    if weaker is Certainty.CONFIRMED:
        weaker = Certainty.UNCONFIRMED
    why = tuple(dict.fromkeys((*result.why, Why.DISAGREE)))
    return replace(result, certainty=weaker, why=why)
