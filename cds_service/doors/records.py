"""A decision and the circumstances of its call -> the record of it, in plain JSON.

A record may speak of the patient; what is logged, counted or told of a failure here never does.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cds_service.clients import Client
from cds_service.domain import NONE, Approval, Assessment, CriterionKind, Json, Received
from cds_service.doors.about import service_version
from cds_service.doors.answer import Decided, Desk, Learned
from cds_service.doors.events import LOGGER, Store
from cds_service.doors.kept_input import digest, kept_of, write
from cds_service.doors.logs import where
from cds_service.knowledge import canonical_json, matches
from cds_service.reading.fhir_json import path, reference_of, text

HOOK = "hook"
_RECORDED = (CriterionKind.GENE_FUSION, CriterionKind.DIAGNOSIS)
# What a slip in writing a record can raise: the answer of the call is right all the same.
_UNWRITABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)

Record = dict[str, Any]


@dataclass(frozen=True)
class Circumstances:
    """What a decision does not know of its call."""

    client: Client
    correlation: str  # the id of the answer, of its request event and log lines
    duration_ms: int
    door: str = HOOK
    failed: str = ""  # an id, where the service failed after the facts were known


class Recorder:
    """Writes down what was decided; a call never fails for it."""

    def __init__(self, desk: Desk, store: Store, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._store = store
        self._clock = clock
        self._secret = secret_id(desk.settings.secret)
        self._service = service_version()

    def keep(self, decided: Sequence[Decided], learned: Learned, call: Circumstances) -> None:
        """Hand the record of each decision to the store, with the input where a site keeps it."""
        for item in decided:
            if worth_a_record(item.assessment):
                try:
                    self._store.decision(*self._written(item, learned, call))
                except _UNWRITABLE as error:
                    LOGGER.error("decision not recorded id=%s %s", call.correlation, where(error))

    def _written(
        self, item: Decided, learned: Learned, call: Circumstances
    ) -> tuple[Record, bytes]:
        content = self._content(item, learned) if self._desk.settings.keep_input else b""
        settings = self._desk.settings
        record = {
            "id": str(uuid.uuid4()),
            "time": self._clock().astimezone(UTC).isoformat(timespec="milliseconds"),
            "call": call.correlation,
            "site": learned.caller.site,
            "door": call.door,
            "caller": call.client.iss,
            "patientKey": learned.caller.patient_key,
            "userId": learned.caller.user_id,
            **said(item, learned.selected.resources, self._desk.approvals),
            "heldBack": item.held_back,
            "durationMs": call.duration_ms,
            "secretId": self._secret,
            "namespace": settings.namespace,
            "hooksVersion": settings.hooks_version,
            "service": self._service,
        }
        record |= {"failed": call.failed} if call.failed else {}
        return record | ({"input": digest(content)} if content else {}), content

    def _content(self, item: Decided, learned: Learned) -> bytes:
        links, approvals = self._desk.knowledge.links, self._desk.approvals
        return write(kept_of(learned.arrived, item.assessment, item.card, links, approvals))


def secret_id(secret: bytes) -> str:
    """Which secret it was, without telling it: the first 8 hex digits of its SHA-256."""
    return hashlib.sha256(secret).hexdigest()[:8]


def worth_a_record(assessment: Assessment) -> bool:
    """A fusion or a diagnosis is on record, or it could not be seen whether one is."""
    states = (r.state for r in assessment.reasons if r.criterion.kind in _RECORDED)
    return any(state != NONE for state in states)


def said(item: Decided, resources: Sequence[Received], approvals: Sequence[Approval]) -> Record:
    """What the same facts, rules and day always give again."""
    assessment = item.assessment
    guideline = assessment.guideline
    told = _told(item)
    members = {
        "today": assessment.today.isoformat(),
        "nation": assessment.nation.value,
        "guideline": guideline.id,
        "version": guideline.version,
        "contentHash": guideline.content_hash,
        "accessEvents": [e.id for position in assessment.access for e in position.events],
        "states": assessment.states,
        "references": _references(assessment, resources),
        "gaps": [{"key": str(gap.key), "why": str(gap.why)} for gap in assessment.gaps],
        "unread": [
            {"ref": u.source.reference, "about": str(u.criterion), "why": str(u.why)}
            for u in assessment.unread
        ],
        "recommendation": told,
        "decisionKey": item.names.decision,
        "cardUuid": item.card["uuid"] if item.card else "",
        "approved": any(matches(approval, guideline) for approval in approvals),
    }
    differs = told != assessment.recommendation
    return members | ({"assessed": assessment.recommendation} if differs else {})


def _told(item: Decided) -> str:
    """What the card says; a card that could not be written was replaced by another."""
    topic = path(item.card, "source", "topic")
    return text(topic.get("code")) if topic else item.assessment.recommendation


def _references(assessment: Assessment, resources: Sequence[Received]) -> list[Record]:
    """Every resource behind the decision, in the version that was read."""
    held: defaultdict[str, list[Json]] = defaultdict(list)
    for resource in resources:
        held[reference_of(resource.json)].append(resource.json)
    named = dict.fromkeys(_named(assessment))
    return [_reference(ref, resource) for ref in named for resource in held.get(ref, [{}])]


def _named(assessment: Assessment) -> Iterator[str]:
    for reason in assessment.reasons:
        yield from reason.because
    groups: tuple[Sequence[Any], ...] = (
        assessment.fusions,
        assessment.diagnoses,
        assessment.therapies,
        assessment.resistance,
        assessment.unread,
    )
    for facts in groups:
        yield from (fact.source.reference for fact in facts)


def _reference(ref: str, resource: Mapping[str, Any]) -> Record:
    """Its digest is of its canonical JSON; '' where it stands inside another resource."""
    version = text(path(resource, "meta", "versionId"))
    known = hashlib.sha256(canonical_json(resource)).hexdigest() if resource else ""
    return {"ref": ref, "version": version, "digest": known}
