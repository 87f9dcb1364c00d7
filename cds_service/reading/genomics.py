"""Observation and DiagnosticReport -> AssayedFusion, OtherVariant, Unread and gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from cds_service.domain import (
    COUNTABLE,
    RESULT_STATUSES,
    AssayedFusion,
    CriterionKind,
    DataKey,
    Gap,
    GapWhy,
    Json,
    Origin,
    OtherVariant,
    Received,
    Silent,
    Source,
    Unread,
    UnreadWhy,
    Vocabulary,
)
from cds_service.reading import reports
from cds_service.reading.certainty import Circumstances, Findings
from cds_service.reading.fhir_json import (
    MAX_DEPTH,
    codings,
    concept_texts,
    deeper_than,
    kind,
    obj,
    objs,
    source_of,
    text,
    walk,
)
from cds_service.reading.recognisers import recognisers
from cds_service.reading.references import References, named
from cds_service.reading.tumour import TumourTies
from cds_service.reading.validation import fault

_GENOMIC = {"variant", "report", "category", "other-genomic", "fusion", "consequence"}
_TYPES = ("Observation", "DiagnosticReport")


@dataclass
class Genomics:
    """What the genomic resources of one patient say."""

    fusions: list[AssayedFusion] = field(default_factory=list)
    variants: list[OtherVariant] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    results: int = 0  # genomic results that could be read, whatever they say
    silent: list[Silent] = field(default_factory=list)
    broken: int = 0


class GenomicsReader:
    """Reads the results of one patient."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        received: Sequence[Received],
        references: References | None = None,
    ) -> None:
        known = recognisers(vocabulary)
        self._genes, self._roles, self._text = known.genes, known.roles, known.text
        self._evidence, self._weigher = known.evidence, known.weigher
        self._references = references or References(received)
        self._ties = TumourTies(self._roles, known.neoplasms, self._references)
        self._received = [item for item in received if kind(item.json) in _TYPES]
        self._reports, self._derived = self._backlinks()

    def read(self) -> Genomics:
        """Every fact, in the order of the resources."""
        found = Genomics()
        for item in self._received:
            self._read_one(item, found)
        return found

    def _read_one(self, item: Received, found: Genomics) -> None:
        resource = item.json
        if deeper_than(resource, MAX_DEPTH):
            self._unread(resource, UnreadWhy.TOO_DEEP, found)
            return
        relevant = self._is_relevant(resource)
        if not relevant:
            found.broken += fault(resource) is not None if item.doubt else 0
            return
        status = text(resource.get("status"))
        if item.doubt is not None:
            self._unread(resource, item.doubt, found)
        elif status not in RESULT_STATUSES:
            self._unread(resource, UnreadWhy.STATUS, found)
        elif (why := fault(resource)) is not None and _matters(why, status):
            self._unread(resource, why, found)
        else:
            found.results += 1
            self._facts(resource, found)

    def _unread(self, resource: Json, why: UnreadWhy, found: Genomics) -> None:
        found.unread.append(Unread(source_of(resource), CriterionKind.GENE_FUSION, why))

    # --- relevance ---

    def _is_relevant(self, resource: Json) -> bool:
        """It carries a gene of interest, a genomic code or category, or is such a report."""
        concepts = [resource.get("code"), *objs(resource.get("category"))]
        concepts += [c.get("code") for c in objs(resource.get("component"))]
        if any(self._roles.role(concept) & _GENOMIC for concept in concepts):
            return True
        if kind(resource) == "DiagnosticReport":
            if self._is_report_of_ours(resource):
                return True
            if any(self._genes.in_text(said) for said in reports.sentences(resource)):
                return True
        return self._names_gene(resource)

    def _is_report_of_ours(self, report: Json) -> bool:
        """A genetic report, or a pathology report of which only an attachment is left."""
        if reports.is_genetic(report, self._roles):
            return True
        ours = reports.is_genetic_or_pathology(report, self._roles)
        return ours and reports.only_unreadable(report, self._roles)

    def _names_gene(self, resource: Json) -> bool:
        """A gene of interest in any text or coding; attachments' raw data is never searched."""
        for item in walk(resource):
            if not isinstance(item, dict):
                continue
            if "code" in item and (gene := self._genes.of_coding(item)) and gene.gene:
                return True
            texts = (v for k, v in item.items() if isinstance(v, str) and k not in ("data", "div"))
            if any("trk" in said.casefold() and self._genes.in_text(said) for said in texts):
                return True
        return False

    # --- facts ---

    def _facts(self, resource: Json, found: Genomics) -> None:
        if text(resource.get("status")) in COUNTABLE:
            found.gaps += self._unresolved(resource)
        if kind(resource) == "Observation":
            self._observation(resource, resource, found)
        else:
            self._report(resource, found)
        for contained in objs(resource.get("contained")):
            if kind(contained) != "Observation" or not self._is_relevant(contained):
                continue
            if text(contained.get("status")) not in RESULT_STATUSES:
                self._unread(resource, UnreadWhy.STATUS, found)
            else:
                self._observation(_inside(contained, resource), resource, found)

    def _unresolved(self, resource: Json) -> Iterator[Gap]:
        key = DataKey.REPORTS if kind(resource) == "DiagnosticReport" else DataKey.OBSERVATIONS
        for name in ("derivedFrom", "hasMember", "result", "related"):
            for reference in named(resource.get(name)):
                if self._references.resolve(reference, resource) is None:
                    yield Gap(key, GapWhy.UNRESOLVED)

    def _observation(self, observation: Json, container: Json, found: Genomics) -> None:
        role = self._roles.role(observation.get("code"))
        if "implication" in role:
            return  # what a drug or a diagnosis would follow from it, not the finding
        if "consequence" in role and any(named(observation.get("derivedFrom"))):
            return  # read beside the variant that it is derived from
        evidence = self._evidence.read(observation)
        for consequence in self._derived.get(id(observation), ()):
            evidence.terms |= self._evidence.read(consequence).terms
        around = self._around(observation, container)
        findings = self._weigher.weigh(evidence, around)
        _add(findings, found)
        if not findings.fusions and not findings.variants:
            found.silent += self._silence(observation, around)

    def _silence(self, result: Json, around: Circumstances) -> Iterator[Silent]:
        """Why a result that concerns us states nothing."""
        components = objs(result.get("component"))
        if "another-person" in around.outcomes:
            yield Silent(around.source.reference, "another person's sample")
        elif any("iscn" in self._roles.role(component.get("code")) for component in components):
            # ISCN names bands that many genes share: never enough, but worth naming.
            yield Silent(around.source.reference, "karyotype only, no gene can be named; read it")
        elif self._names_gene(result):
            yield Silent(around.source.reference, "a gene is named without a result for it")
        elif "suppress" in around.outcomes:
            yield Silent(around.source.reference, "an outcome code, not detected; no gene")

    def _backlinks(self) -> tuple[dict[int, list[Json]], dict[int, list[Json]]]:
        """The reports that list each result, and the consequences derived from each variant."""
        listing: dict[int, list[Json]] = {}
        derived: dict[int, list[Json]] = {}
        for item in self._received:
            is_report = kind(item.json) == "DiagnosticReport"
            consequence = "consequence" in self._roles.role(item.json.get("code"))
            believed = text(item.json.get("status")) in COUNTABLE and item.doubt is None
            if believed and (is_report or consequence):
                links = item.json.get("result" if is_report else "derivedFrom")
                for target in self._targets(links, item.json):
                    (listing if is_report else derived).setdefault(id(target), []).append(item.json)
        return listing, derived

    def _targets(self, links: object, container: Json) -> Iterator[Json]:
        for reference in named(links):
            target = self._references.resolve(reference, container)
            if target is not None:
                yield target

    def _report(self, report: Json, found: Genomics) -> None:
        if reports.only_unreadable(report, self._roles):
            if text(report.get("status")) in COUNTABLE:
                self._unread(report, UnreadWhy.ATTACHMENT, found)
            return
        around = self._around(report, report)
        if "another-person" in around.outcomes:
            found.silent += self._silence(report, around)
            return
        label = next(iter(concept_texts(report.get("code"))), "")
        said = [
            f"{label}: {line}" if label and self._is_bare(line) else line
            for line in reports.sentences(report)
        ]
        statements = [s for line in said for s in self._text.read(line)]
        findings = self._weigher.from_text(statements, around, Origin.NOT_STATED)
        _add(findings, found)
        if not findings.fusions and not findings.variants:
            found.silent += self._silence(report, around)

    def _is_bare(self, line: str) -> bool:
        """'Not detected' as the whole conclusion answers the name of the report."""
        return len(line) < 60 and self._roles.presence({"text": line})[0] is not None

    def _around(self, result: Json, container: Json) -> Circumstances:
        own = self._reports_of(result, container)
        texts = [*concept_texts(result.get("code")), *concept_texts(result.get("method"))]
        texts += [text(result.get("valueString"))]
        texts += [text(note.get("text")) for note in objs(result.get("note"))]
        assays = self._text.assays_in("\n".join(texts))
        reported = [said for report in own for said in concept_texts(report.get("code"))]
        outcomes = [c for r in (*own, result) for c in reports.all_codings(r)]
        outcomes += codings(obj(result.get("valueCodeableConcept")))
        return Circumstances(
            source=_source(result, container, own),
            tied_to_tumour=self._ties.tied(result, container, own),
            assays=assays or self._text.assays_in("\n".join(reported)),
            specimen=self._ties.specimen(result, container, own),
            outcomes=self._roles.outcome(outcomes),
        )

    def _reports_of(self, result: Json, container: Json) -> list[Json]:
        """The reports that list a result, and the report that contains it."""
        listing = [r for r in self._reports.get(id(result), []) if r is not result]
        contained = kind(container) == "DiagnosticReport" and container is not result
        return [*listing, container] if contained and container not in listing else listing


def _matters(why: UnreadWhy, status: str) -> bool:
    """A result that does not count, whatever it says, need not be valid; its status must be."""
    return why is not UnreadWhy.INVALID or status in COUNTABLE


def _add(findings: Findings, found: Genomics) -> None:
    found.fusions += findings.fusions
    found.variants += dict.fromkeys(findings.variants)


def _inside(contained: Json, container: Json) -> Json:
    """A contained result belongs to its container's patient and is no surer than it."""
    status = text(container.get("status"))
    weaker = text(contained.get("status")) if status in COUNTABLE else status
    return {**contained, "status": weaker, "subject": container.get("subject")}


def _source(result: Json, container: Json, own: Sequence[Json]) -> Source:
    """Where a fact stands; date and laboratory come from the report when only it has them."""
    source = source_of(result)
    for report in (container, *own):
        above = source_of(report)
        source = replace(
            source,
            date=source.date or above.date,
            laboratory=source.laboratory or above.laboratory,
        )
    return replace(source, reference=source_of(container).reference)
