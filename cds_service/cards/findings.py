"""Facts of the record -> the strings of a view, each value through the sanitiser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cds_service.cards import view
from cds_service.cards.phrases import Phrases
from cds_service.cards.sanitise import NOT_STATED, day, line, symbol, word
from cds_service.domain import (
    Assay,
    AssayedFusion,
    Assessment,
    Certainty,
    Diagnosis,
    Note,
    Presence,
    Source,
    Therapy,
    Why,
)

MAX_GENE = 12  # longer than any of a value set, short enough for the summary

_TERMS = (
    (Why.SCREENING, "staining"),
    (Why.BREAK_APART, "rearrangement-fish"),
    (Why.REARRANGEMENT, "rearrangement"),
    (Why.TWO_GENES, "two-genes"),
    (Why.TEXT, "in-words"),
)


@dataclass(frozen=True)
class Length:
    """How much of the lists a card shows; a terse card also drops what is said elsewhere."""

    items: int
    terse: bool = False


def listed(items: Sequence[str], shown: int, separator: str = "; ") -> str:
    """The first of a list, then how many more there are."""
    text = separator.join(items[:shown])
    return f"{text}{separator}and {len(items) - shown} more" if len(items) > shown else text


def unique(items: Iterable[str]) -> list[str]:
    """Each item once, in order of first appearance."""
    return list(dict.fromkeys(items))


def finding(assessment: Assessment, phrases: Phrases, length: Length) -> view.Finding | None:
    """The deciding result, None where no result was found."""
    if not assessment.fusions:
        return None
    fusion = assessment.fusions[0]
    gene, partner = word(fusion.gene.symbol)[:MAX_GENE], symbol(fusion.partner)
    term = _term(fusion, phrases)
    open_only = fusion.why == (Why.WHICH_TUMOUR,)
    return view.Finding(
        gene=gene,
        partner=partner,
        term=term,
        short=_short(fusion, gene, term, partner, phrases),
        name=_name(fusion, gene, term, partner),
        reported_as_fusion=fusion.certainty is Certainty.CONFIRMED or open_only,
        frame=_frame(fusion),
        date=day(fusion.source.date),
        laboratory=line(fusion.source.laboratory),
        status=word(fusion.source.status),
        origin=_origin(assessment, fusion, phrases),
        why=listed([phrases.of("why", why) for why in fusion.why], length.items),
        disputed=Why.DISAGREE in fusion.why,
        which_tumour=Why.WHICH_TUMOUR in fusion.why,
        otherwise_sure=open_only,
    )


def _frame(fusion: AssayedFusion) -> str:
    """A stain of the protein has no reading frame."""
    if fusion.certainty is Certainty.SCREENING:
        return ""
    return f"stated ({line(fusion.frame)})" if fusion.frame else NOT_STATED


def others(assessment: Assessment, phrases: Phrases, length: Length) -> str:
    """The results beside the deciding one, so that a disagreement is seen."""
    return listed(
        unique(_other(fusion, phrases) for fusion in assessment.fusions[1:]), length.items
    )


def diagnosis(assessment: Assessment, phrases: Phrases, length: Length) -> view.Diagnosis | None:
    """The deciding diagnosis, None where none was found."""
    if not assessment.diagnoses:
        return None
    first = assessment.diagnoses[0]
    doubts = [phrases.of("doubt", doubt) for doubt in assessment.doubts]
    return view.Diagnosis(
        name=line(first.name) if first.name else phrases.of("diagnosis", "unnamed"),
        recorded=_recorded(first, phrases),
        doubts=listed(doubts, length.items),
        first_doubt=doubts[0] if doubts else "",
        more=0 if length.terse else len(assessment.diagnoses) - 1,
    )


def no_condition(assessment: Assessment, phrases: Phrases) -> str:
    """A sentence where the chart holds no diagnosis at all."""
    noted = Note.NO_CONDITION in assessment.notes
    return phrases.of("note", Note.NO_CONDITION) if noted else ""


def prior(assessment: Assessment, phrases: Phrases, length: Length) -> view.Prior:
    """The TRK inhibitors and resistance mutations on record."""
    drugs = unique(f"{line(item.drug)} ({word(item.status)})" for item in assessment.therapies)
    changes = unique(f"{word(v.gene.symbol)} {word(v.change)}" for v in assessment.resistance)
    said = (
        (phrases.of("note", Note.PRIOR_DRUG), listed(drugs, length.items)),
        (phrases.of("note", Note.PRIOR_RESISTANCE), listed(changes, length.items)),
    )
    return view.Prior(
        drug=bool(drugs),
        resistance=bool(changes),
        said=tuple((heading, items) for heading, items in said if items),
    )


def treatments(assessment: Assessment, length: Length) -> str:
    """The treatments on record for a clinician to weigh, newest first, as recorded."""
    told = (_treatment(item, whole=not length.terse) for item in assessment.treatments)
    return listed(unique(told), length.items)


def cancers(assessment: Assessment, length: Length) -> str:
    """Other active cancers on record, in the words of the record."""
    named = unique(line(cancer.name) for cancer in assessment.cancers)
    return listed([name for name in named if name != NOT_STATED], length.items)


def _treatment(item: Therapy, *, whole: bool) -> str:
    """Dates stay in digits, as recorded: a list of them in words would fill the card."""
    started, ended = (_digits(date) for date in (item.started, item.ended))
    until = f" to {ended}" if whole and ended not in ("", started) else ""
    return f"{line(item.drug)} ({word(item.status)}, {started or 'undated'}{until})"


def _digits(date: str) -> str:
    return "" if day(date) == NOT_STATED else word(date)


def _origin(assessment: Assessment, fusion: AssayedFusion, phrases: Phrases) -> str:
    if Note.LIKELY_SOMATIC in assessment.notes:
        return phrases.of("note", Note.LIKELY_SOMATIC)
    return phrases.of("origin", fusion.origin)


def _term(fusion: AssayedFusion, phrases: Phrases) -> str:
    if fusion.certainty is Certainty.SCREENING:
        return phrases.of("finding", "staining")
    found = next((term for why, term in _TERMS if why in fusion.why), "fusion")
    return phrases.of("finding", found)


def _short(fusion: AssayedFusion, gene: str, term: str, partner: str, phrases: Phrases) -> str:
    if fusion.gene.is_family and fusion.certainty is not Certainty.SCREENING:
        return f"{gene} {term} ({phrases.of('finding', 'gene-not-numbered')})"
    return f"{gene} {term} (partner {partner})" if partner else f"{gene} {term}"


def _name(fusion: AssayedFusion, gene: str, term: str, partner: str) -> str:
    five, three = symbol(fusion.five_prime), symbol(fusion.three_prime)
    if five and three:
        return f"{five}::{three} {term}"
    if fusion.certainty is Certainty.SCREENING:
        return f"{gene} {term}"
    return f"{gene} {term}, partner {partner or line(fusion.partner)}"


def _other(fusion: AssayedFusion, phrases: Phrases) -> str:
    assays = "/".join(phrases.of("assay", assay) for assay in Assay if assay in fusion.assays)
    said = phrases.of("presence", fusion.presence)
    if fusion.presence is Presence.DETECTED:
        said = f"{_term(fusion, phrases)} {said}"
    how = f" ({assays})" if assays else ""
    return f"{word(fusion.gene.symbol)} {said}{how} {_when(fusion.source)}"


def _when(source: Source) -> str:
    shown = day(source.date)
    return "undated" if shown == NOT_STATED else shown


def _recorded(item: Diagnosis, phrases: Phrases) -> str:
    if item.histology:
        return phrases.of("diagnosis", "histology")
    stated = [status for status in (item.clinical, item.verification) if status]
    words = [phrases.of("diagnosis", "unreadable") if s == "invalid" else word(s) for s in stated]
    return ", ".join(unique(words)) or phrases.of("diagnosis", "missing")
