"""A state -> facts with bare, ordinary or extreme values that would lead to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cds_service.domain import (
    NONE,
    NOT_KNOWN,
    Assay,
    AssayedFusion,
    Cancer,
    Certainty,
    CriterionKind,
    Diagnosis,
    Gene,
    Match,
    Origin,
    OtherVariant,
    Presence,
    Source,
    Therapy,
    Unread,
    UnreadWhy,
    Why,
)

_ABSENT = (None, NONE, NOT_KNOWN)
_LONG = "Wmmmmmmm " * 20
_FAMILY = Gene("NTRK", frozenset({"NTRK1", "NTRK2", "NTRK3"}))


@dataclass(frozen=True)
class Values:
    """How long, how many and how much is stated."""

    how_many: int
    date: str = ""
    text: str = ""
    status: str = ""
    partner: str = ""
    name: str = ""
    drug: str = ""
    whys: tuple[Why, ...] = ()


BARE = Values(how_many=1)
ORDINARY = Values(
    how_many=1,
    date="2026-10-02",
    text="Genomic Laboratory Hub",
    status="final",
    partner="LMNA",
    name="Malignant mesothelioma of pleura",
    drug="larotrectinib",
    whys=(Why.REARRANGEMENT,),
)
CROWDED = Values(
    how_many=20,
    date="2026-10-22",
    text=_LONG,
    status="entered-in-error",
    partner="W" * 20,
    name=_LONG,
    drug="larotrectinib" * 2,
    whys=tuple(sorted(Why, key=lambda why: -len(why.value))),
)


def fusions(state: str | None, values: Values) -> tuple[AssayedFusion, ...]:
    """The deciding result, and as many that disagree."""
    if state in _ABSENT:
        return ()
    first = AssayedFusion(
        gene=_FAMILY if values is CROWDED and state == "unconfirmed" else _gene(1),
        presence=Presence.DETECTED,
        source=_source(values, 0),
        certainty=Certainty(state),
        partner=values.partner,
        five_prime=values.partner,
        three_prime="NTRK1" if values.partner else "",
        origin=Origin.LIKELY_SOMATIC if values is CROWDED else Origin.SOMATIC,
        why=() if state == "confirmed" else values.whys,
        frame="out of frame" if values is CROWDED else "",
    )
    others = (_disagreeing(number, values) for number in range(1, values.how_many))
    return (first, *others)


def diagnoses(state: str | None, values: Values) -> tuple[Diagnosis, ...]:
    """Entries that name the diagnosis."""
    if state in _ABSENT:
        return ()
    entry = Diagnosis(
        value_set="trial",
        match=Match.TEXT if values is CROWDED else Match.INCLUDE,
        source=_source(values, 0),
        clinical="active" if values is ORDINARY else "",
        verification="confirmed" if values is ORDINARY else "",
        name=values.name,
    )
    return tuple(
        replace(entry, source=_source(values, number)) for number in range(values.how_many)
    )


def therapies(state: str | None, values: Values) -> tuple[Therapy, ...]:
    """Recorded drugs."""
    if state in _ABSENT:
        return ()
    return tuple(
        Therapy("trial", f"{values.drug}{number or ''}", "completed", "", _source(values, number))
        for number in range(values.how_many)
    )


def treatments(values: Values) -> tuple[Therapy, ...]:
    """Other drugs on record, each over a period."""
    return tuple(
        Therapy(
            "trial",
            f"treatment{number}",
            "completed",
            "",
            _source(values, number),
            started=f"2025-09-{number + 1:02}",
            ended="2026-09-30",
        )
        for number in range(values.how_many)
    )


def cancers(values: Values) -> tuple[Cancer, ...]:
    """Other cancers on record, with names as long as they get."""
    return tuple(Cancer(_source(values, n), f"{n} {values.text}") for n in range(values.how_many))


def resistance(state: str | None) -> tuple[OtherVariant, ...]:
    """Reported resistance mutations, as long as they get."""
    if state in _ABSENT:
        return ()
    return tuple(
        OtherVariant(
            gene=_gene(number),
            change=f"G{number}595R",
            kind="other variant",
            presence=Presence.DETECTED,
            source=_source(CROWDED, number),
        )
        for number in range(CROWDED.how_many)
    )


def unread() -> tuple[Unread, ...]:
    """Many resources that could not be read."""
    kinds, whys = tuple(CriterionKind), tuple(UnreadWhy)
    return tuple(
        Unread(_source(CROWDED, number), kinds[number % len(kinds)], whys[number % len(whys)])
        for number in range(CROWDED.how_many)
    )


def _gene(number: int) -> Gene:
    symbol = f"NTRK{number % 3 + 1}"
    return Gene(symbol, frozenset({symbol}))


def _disagreeing(number: int, values: Values) -> AssayedFusion:
    return AssayedFusion(
        gene=_gene(number),
        presence=Presence.NOT_DETECTED,
        source=_source(values, number),
        assays=frozenset(Assay),
    )


def _source(values: Values, number: int) -> Source:
    return Source(
        reference=f"Observation/trial-{number}",
        status=values.status,
        date=values.date[:8] + f"{number + 1:02}" if values.date else "",
        laboratory=values.text,
    )
