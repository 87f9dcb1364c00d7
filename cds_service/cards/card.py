"""Rendered words and an assessment -> the JSON of one CDS Hooks card."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

from cds_service.cards import missing
from cds_service.cards.findings import unique
from cds_service.cards.phrases import Phrases
from cds_service.cards.reasons import Coding
from cds_service.cards.templates import Text
from cds_service.domain import Assessment, Link

_SUGGESTING = frozenset({"trk-inhibitor-option", "confirm-diagnosis", "confirm-fusion"})
_SHOWING_ACCESS = frozenset({"trk-inhibitor-option", "prior-trk-inhibitor", "confirm-diagnosis"})
_COULD_NOT_CHECK = "could-not-check"
_REFERENCE = re.compile(r"[A-Z][A-Za-z]{1,63}/[A-Za-z0-9\-.]{1,64}")


class TaskBuilder(Protocol):
    """Writes the FHIR Task of the suggestion (cds_service.tasks.task)."""

    def __call__(
        self,
        assessment: Assessment,
        patient_id: str,
        *,
        systems: Mapping[str, str],
        text: str,
        description: str,
    ) -> dict[str, Any]:
        """A FHIR R4 Task as JSON."""
        ...


@dataclass(frozen=True)
class Names:
    """Who a card is: decision key and card uuid (cds_service.identity)."""

    decision: str
    uuid: str


@dataclass(frozen=True)
class Site:
    """What all cards of one running service share."""

    phrases: Phrases
    reasons: tuple[Coding, ...]  # why a card may be put away
    links: Mapping[str, Link]
    systems: Mapping[str, str]
    namespace: str
    version: str
    task: TaskBuilder


def assemble(
    assessment: Assessment,
    shown: str,
    text: Text,
    names: Names,
    patient_id: str,
    site: Site,
    *,
    approved: bool,
) -> dict[str, Any]:
    """The whole card; members without a value are left out."""
    card: dict[str, Any] = {
        "uuid": names.uuid,
        "summary": text.summary,
        "detail": text.detail,
        "indicator": assessment.indicator or "info",
        "source": _source(assessment, shown, site),
    }
    if shown in _SUGGESTING:
        card["selectionBehavior"] = "at-most-one"
        card["suggestions"] = [_suggestion(assessment, text, names, patient_id, site)]
    card["overrideReasons"] = _reasons(site)
    links = _links(assessment, shown, site)
    if links:
        card["links"] = links
    card["extension"] = _extension(assessment, shown, names, site, approved)
    return card


def fixed(assessment: Assessment, names: Names, site: Site, *, approved: bool) -> dict[str, Any]:
    """The card shown when the right one could not be written; needs no template."""
    detail = f"{site.phrases.of('fixed', 'detail')} {assessment.guideline.title}."
    return {
        # Not the name of the card that it replaces: who dismisses this one never saw that one.
        "uuid": str(uuid5(NAMESPACE_URL, f"urn:uuid:{names.uuid}#fixed")),
        "summary": site.phrases.of("fixed", "summary"),
        "detail": detail,
        "indicator": "warning",
        "source": _source(assessment, _COULD_NOT_CHECK, site),
        "overrideReasons": _reasons(site),
        "extension": _extension(assessment, _COULD_NOT_CHECK, names, site, approved),
    }


def references(assessment: Assessment) -> list[str]:
    """The resources behind the decision, as legal FHIR references; others are left out."""
    named = [reference for reason in assessment.reasons for reference in reason.because]
    named += [fusion.source.reference for fusion in assessment.fusions]
    named += [diagnosis.source.reference for diagnosis in assessment.diagnoses]
    named += [therapy.source.reference for therapy in assessment.therapies]
    named += [variant.source.reference for variant in assessment.resistance]
    return unique(reference for reference in named if _REFERENCE.fullmatch(reference))


def _source(assessment: Assessment, shown: str, site: Site) -> dict[str, Any]:
    topic = {
        "system": site.systems["recommendations"],
        "code": shown,
        "display": shown.replace("-", " "),
    }
    if shown == _COULD_NOT_CHECK:
        return {"label": site.phrases.of("service", "label"), "topic": topic}
    document = assessment.guideline.source
    home = site.links[document.home].url
    address = {"url": home} if home else {}
    return {"label": document.publisher, **address, "topic": topic}


def _reasons(site: Site) -> list[dict[str, str]]:
    return [dict(reason) for reason in site.reasons]


def _links(assessment: Assessment, shown: str, site: Site) -> list[dict[str, str]]:
    """Addresses of knowledge/links.toml only; a document without one is named, not linked."""
    ids = list(assessment.guideline.links)
    if shown in _SHOWING_ACCESS:
        ids += _behind(assessment)
    found = [site.links[link] for link in unique(ids)]
    by_url = {link.url: link for link in found if link.url}
    return [{"label": link.label, "url": link.url, "type": "absolute"} for link in by_url.values()]


def _behind(assessment: Assessment) -> Iterable[str]:
    for position in assessment.access:
        for event in sorted(position.events, key=lambda event: event.happened, reverse=True):
            if event.link:
                yield event.link


def _suggestion(
    assessment: Assessment, text: Text, names: Names, patient_id: str, site: Site
) -> dict[str, Any]:
    task = site.task(
        assessment,
        patient_id,
        systems=site.systems,
        text=site.phrases.of("suggestion", "task"),
        description=text.summary,
    )
    action = {
        "type": "create",
        "description": site.phrases.of("suggestion", "description"),
        "resource": task,
    }
    return {
        "label": site.phrases.of("suggestion", "label"),
        # The same card offers the same suggestion: feedback names it by this uuid.
        "uuid": str(uuid5(UUID(names.uuid), "suggestion")),
        "isRecommended": True,
        "actions": [action],
    }


def _extension(
    assessment: Assessment, shown: str, names: Names, site: Site, approved: bool
) -> dict[str, Any]:
    guideline = assessment.guideline
    members = {
        "decision": names.decision,
        "guideline": guideline.id,
        "version": guideline.version,
        "contentHash": guideline.content_hash,
        "recommendation": shown,
        "states": assessment.states,
        "references": references(assessment),
        "notChecked": missing.names(assessment),
        "approved": approved,
        "service": site.version,
    }
    # The standard allows no empty member; 'approved' is an answer, also when it is no.
    kept = {name: value for name, value in members.items() if value not in ("", [], {})}
    return {f"{site.namespace}.decision": kept}
