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
from cds_service.reading import consequences, reports
from cds_service.reading.attachments import Attachments
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
)
from cds_service.reading.recognisers import recognisers
from cds_service.reading.references import References, links
from cds_service.reading.relevance import Relevance
from cds_service.reading.sequences import Sequences
from cds_service.reading.tumour import TumourTies
from cds_service.reading.validation import fault

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
        self._sequences = Sequences(self._genes, self._references, received)
        self._ties = TumourTies(self._roles, known.neoplasms, self._references)
        self._received = [item for item in received if kind(item.json) in _TYPES]
        self._reports, self._derived = self._backlinks()
        self._attachments = Attachments(reports.forms(self._received, self._roles))
        self._relevance = Relevance(self._genes, self._roles, self._attachments, self._sequences)

    def read(self) -> Genomics:
        """Every fact, in the order of the resources."""
        found = Genomics()
        for item in self._received:
            self._read_one(item, found)
        ours = (item.json for item in self._received if self._relevance.concerns(item.json))
        found.unread += self._sequences.unanswered(ours)
        return found

    def _read_one(self, item: Received, found: Genomics) -> None:
        resource = item.json
        if deeper_than(resource, MAX_DEPTH):
            self._unread(resource, UnreadWhy.TOO_DEEP, found)
            return
        relevant = self._relevance.concerns(resource)
        if not relevant:
            self._irrelevant(item, found)
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

    def _irrelevant(self, item: Received, found: Genomics) -> None:
        """Not about us, unless it is called a genetic result and damage hides what it says."""
        genetic = reports.is_genetic(item.json, self._roles)
        if (item.doubt or genetic) and fault(item.json) is not None:
            found.broken += not genetic
            if genetic:
                self._unread(item.json, UnreadWhy.INVALID, found)

    def _unread(self, resource: Json, why: UnreadWhy, found: Genomics) -> None:
        found.unread.append(Unread(source_of(resource), CriterionKind.GENE_FUSION, why))

    # --- facts ---

    def _facts(self, resource: Json, found: Genomics) -> None:
        if text(resource.get("status")) in COUNTABLE:
            found.gaps += self._unresolved(resource)
            if reports.silent_but_unread(resource, self._roles, self._attachments):
                self._unread(resource, UnreadWhy.ATTACHMENT, found)
        if kind(resource) == "Observation":
            self._observation(resource, resource, found)
        else:
            self._report(resource, found)
        for contained in objs(resource.get("contained")):
            if kind(contained) != "Observation" or not self._relevance.concerns(contained):
                continue
            if text(contained.get("status")) not in RESULT_STATUSES:
                self._unread(resource, UnreadWhy.STATUS, found)
            else:
                self._observation(_inside(contained, resource), resource, found)

    def _unresolved(self, resource: Json) -> Iterator[Gap]:
        key = DataKey.REPORTS if kind(resource) == "DiagnosticReport" else DataKey.OBSERVATIONS
        for name in ("derivedFrom", "hasMember", "result", "valueReference"):
            for reference in links(resource, name):
                if self._references.resolve(reference, resource) is None:
                    yield Gap(key, GapWhy.UNRESOLVED)
        evidence, role = self._evidence.read(resource), self._roles.role(resource.get("code"))
        if consequences.is_orphan(resource, role, evidence) and not self._relevance.names_gene(
            resource
        ):
            yield Gap(key, GapWhy.UNRESOLVED)

    def _observation(self, observation: Json, container: Json, found: Genomics) -> None:
        role = self._roles.role(observation.get("code"))
        if "implication" in role:
            return  # what a drug or a diagnosis would follow from it, not the finding
        if "consequence" in role and any(links(observation, "derivedFrom")):
            return  # read beside the variant that it is derived from
        evidence = self._evidence.read(observation)
        evidence.texts += self._attachments.texts(observation)
        evidence.sequenced = self._sequences.behind(observation, container)
        for consequence in self._derived.get(id(observation), ()):
            of = self._roles.role(consequence.get("code"))
            consequences.add(self._evidence.read(consequence), of, evidence)
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
        elif self._relevance.names_gene(result) or self._sequences.behind(result, result):
            yield Silent(around.source.reference, "a gene is named without a result for it")
        elif "suppress" in around.outcomes:
            yield Silent(around.source.reference, "an outcome code, not detected; no gene")

    def _backlinks(self) -> tuple[dict[int, list[Json]], dict[int, list[Json]]]:
        """The reports that list each result, and the consequences derived from each variant."""
        listing: dict[int, list[Json]] = {}
        derived: dict[int, list[Json]] = {}
        for item in self._received:
            is_report = kind(item.json) == "DiagnosticReport"
            role = self._roles.role(item.json.get("code"))
            consequence = consequences.derives(item.json, role)
            believed = text(item.json.get("status")) in COUNTABLE and item.doubt is None
            if believed and (is_report or consequence):
                name = "result" if is_report else "derivedFrom"
                for target in self._targets(item.json, name):
                    (listing if is_report else derived).setdefault(id(target), []).append(item.json)
        return listing, derived

    def _targets(self, resource: Json, name: str) -> Iterator[Json]:
        for reference in links(resource, name):
            yield from self._references.copies(reference, resource)

    def _report(self, report: Json, found: Genomics) -> None:
        around = self._around(report, report)
        if "another-person" in around.outcomes:
            found.silent += self._silence(report, around)
            return
        label = next(iter(concept_texts(report.get("code"))), "")
        attached = frozenset(self._attachments.texts(report))
        findings = Findings()
        for line in reports.sentences(report, self._attachments):
            said = f"{label}: {line}" if label and self._is_bare(line) else line
            shape = "shape-15" if line in attached else "shape-14"
            spoken = (self._text.read(said), replace(around, written=shape), Origin.NOT_STATED)
            findings.add(self._weigher.from_text(*spoken))
        _add(findings, found)
        if not findings.fusions and not findings.variants:
            found.silent += self._silence(report, around)

    def _is_bare(self, line: str) -> bool:
        """'Not detected' as the whole conclusion answers the name of the report."""
        return self._roles.presence({"text": line})[0] is not None

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
            tie=self._ties.tie(result, container, own),
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
    """A contained result is no surer than its container."""
    status = text(container.get("status"))
    weaker = text(contained.get("status")) if status in COUNTABLE else status
    return {**contained, "status": weaker}


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
