"""An Observation or DiagnosticReport -> whether it could say something of a gene of interest."""

from __future__ import annotations

from cds_service.domain import Json
from cds_service.reading import reports
from cds_service.reading.attachments import Attachments, forms_of
from cds_service.reading.fhir_json import kind, objs, walk
from cds_service.reading.genes import Genes
from cds_service.reading.roles import Roles
from cds_service.reading.sequences import Sequences

_GENOMIC = {"variant", "report", "category", "other-genomic", "fusion", "consequence"}


class Relevance:
    """Tells the results that concern us from the rest of a record."""

    def __init__(
        self, genes: Genes, roles: Roles, attachments: Attachments, sequences: Sequences
    ) -> None:
        self._genes = genes
        self._roles = roles
        self._attachments = attachments
        self._sequences = sequences

    def concerns(self, resource: Json) -> bool:
        """It carries a gene of interest, a genomic code or category, or is such a report."""
        concepts = [resource.get("code"), *objs(resource.get("category"))]
        concepts += [c.get("code") for c in objs(resource.get("component"))]
        if any(self._roles.role(concept) & _GENOMIC for concept in concepts):
            return True
        if kind(resource) == "DiagnosticReport" or forms_of(resource):
            if self._is_report_of_ours(resource):
                return True
            said = reports.sentences(resource, self._attachments)
            if any(map(self._genes.in_text, said)):
                return True
        return self.names_gene(resource) or bool(self._sequences.behind(resource, resource))

    def _is_report_of_ours(self, report: Json) -> bool:
        """A genetic report, or a pathology report of which only an attachment is left."""
        if reports.is_genetic(report, self._roles):
            return True
        ours = reports.is_genetic_or_pathology(report, self._roles)
        return ours and reports.silent_but_unread(report, self._roles, self._attachments)

    def names_gene(self, resource: Json) -> bool:
        """A gene of interest in any text or coding; attachments' raw data is never searched."""
        for item in walk(resource):
            if not isinstance(item, dict):
                continue
            if "code" in item and (gene := self._genes.of_coding(item)) and gene.gene:
                return True
            texts = (v for k, v in item.items() if isinstance(v, str) and k not in ("data", "div"))
            if any(map(self._genes.are_in, texts)):
                return True
        return False
