"""Assessment and caller -> decision key and card uuid: the same facts give the same names.

The key follows what was found, not where it was stored: resource ids and version ids are left
out, so a copy of a result under a new id is the same decision. The uuid adds the user, so that
one person's dismissal of a card is not another's.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cds_service.domain import NOT_KNOWN, AssayedFusion, Assessment, CriterionKind, DataKey

_ALIVE = "yes"


@dataclass(frozen=True)
class Caller:
    """Who asks, where, about whom; the secret of the site never shows in a repr."""

    secret: bytes = field(repr=False)
    site: str
    patient_key: str
    user_id: str


def decision_key(assessment: Assessment, caller: Caller) -> str:
    """HMAC-SHA256, in hex, over the site, the patient, the rule, the positions and the facts."""
    said = {
        "site": caller.site,
        "patient": caller.patient_key,
        "guideline": assessment.guideline.id,
        "version": assessment.guideline.version,
        "access": _access(assessment),
        "nation": assessment.nation.value,
        "recommendation": assessment.recommendation,
        "facts": _facts(assessment),
    }
    return hmac.new(caller.secret, _canonical(said), hashlib.sha256).hexdigest()


def card_uuid(decision_key: str, caller: Caller) -> str:
    """UUID version 8 (RFC 9562) from the decision key and the user."""
    key, user = bytes.fromhex(decision_key), caller.user_id.encode("utf-8", "surrogatepass")
    digest = hmac.new(key, user, hashlib.sha256).digest()
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | 0x8 << 76  # version 8: the bits are ours
    number = number & ~(0x3 << 62) | 0x2 << 62  # variant of RFC 9562
    return str(UUID(int=number))


def _facts(assessment: Assessment) -> dict[str, Any]:
    return {
        "states": _states(assessment),
        "fusions": _sorted(_fusion(fusion) for fusion in assessment.fusions),
        "doubts": _sorted(doubt.value for doubt in assessment.doubts),
        "gaps": _sorted(
            [gap.key.value, gap.why.value]
            for gap in assessment.gaps
            if gap.key is not DataKey.PATIENT
        ),
        "unread": _sorted(
            [item.criterion.value, item.why.value, item.source.status, item.source.date]
            for item in assessment.unread
        ),
        "therapies": _sorted([item.drug, item.status] for item in assessment.therapies),
        "resistance": _sorted(
            [item.gene.symbol, item.change, item.source.status] for item in assessment.resistance
        ),
    }


def _states(assessment: Assessment) -> dict[str, str]:
    """A missing Patient counts as alive: whether it came with a call is no fact of the patient."""
    alive = {r.criterion.id for r in assessment.reasons if r.criterion.kind is CriterionKind.ALIVE}
    return {
        name: _ALIVE if name in alive and state == NOT_KNOWN else state
        for name, state in assessment.states.items()
    }


def _fusion(fusion: AssayedFusion) -> list[str]:
    return [
        fusion.gene.symbol,
        fusion.partner,
        fusion.presence.value,
        fusion.certainty.value if fusion.certainty else "",
        fusion.origin.value,
        fusion.source.status,
        fusion.source.date,
    ]


def _access(assessment: Assessment) -> list[Any]:
    return _sorted(
        [position.drug, event.id] for position in assessment.access for event in position.events
    )


def _sorted(values: Iterable[Any]) -> list[Any]:
    """A set in one order: neither the order nor a repetition of facts is a new decision."""
    by_text = {_canonical(value): value for value in values}
    return [by_text[text] for text in sorted(by_text)]


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
