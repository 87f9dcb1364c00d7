"""Assessment -> CDS Hooks card: words from cards/, checked before it leaves."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from threading import Lock
from typing import Any

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

from cds_service.cards import extremes, findings, missing, standing
from cds_service.cards.card import Names, Site, TaskBuilder, assemble, fixed
from cds_service.cards.findings import Length
from cds_service.cards.phrases import load_phrases
from cds_service.cards.reasons import load_reasons
from cds_service.cards.schema import ResponseSchema
from cds_service.cards.templates import (
    MAX_ORDINARY_WORDS,
    MAX_WORDS,
    Templates,
    Text,
    UnfitText,
    count_words,
    template_name,
    text_problems,
)
from cds_service.cards.view import View
from cds_service.domain import Approval, Assessment, Guideline, Link
from cds_service.errors import KnowledgeError

NOTHING = "nothing"
INSUFFICIENT = "insufficient-data"
COULD_NOT_CHECK = "could-not-check"

_log = logging.getLogger(__name__)
# What a template can raise: its own errors, a text that does not fit, and slips in an expression.
_UNWRITABLE = (TemplateError, ValueError, TypeError, LookupError)
# Lists are cut after three items; further only where a card would be too long to be read.
_LENGTHS = (Length(3), Length(2), Length(1))
_TERSE = Length(1, terse=True)
_TRIAL = Names(decision="0" * 64, uuid="00000000-0000-8000-8000-000000000000")


class CardWriter:
    """Built once, shared by all threads; refuses to be built from templates that do not fit."""

    def __init__(
        self,
        cards_dir: Traversable | Path,
        *,
        guidelines: Sequence[Guideline],
        links: Mapping[str, Link],
        systems: Mapping[str, str],
        positions: extremes.Positions,
        namespace: str,
        approvals: Sequence[Approval],
        service_version: str,
        task: TaskBuilder,
    ) -> None:
        """Render every template with ordinary and extreme values, or raise KnowledgeError."""
        self._phrases = load_phrases(cards_dir)
        self._templates = Templates(cards_dir)
        self._schema = ResponseSchema(cards_dir)
        self._approvals = tuple(approvals)
        self._site = Site(
            phrases=self._phrases,
            reasons=load_reasons(cards_dir),
            links=links,
            systems=systems,
            namespace=namespace,
            version=service_version,
            task=task,
        )
        self._failures = 0
        self._lock = Lock()
        problems = [p for g in guidelines for p in self._problems_of(g, positions)]
        if problems:
            raise KnowledgeError(list(dict.fromkeys(problems)))

    def card(
        self,
        assessment: Assessment,
        names: Names,
        patient_id: str,
        *,
        unavailable_as_card: bool = False,
    ) -> dict[str, Any] | None:
        """The card of an assessment, None where none is shown; never raises for a template."""
        shown = shown_recommendation(assessment, unavailable_as_card)
        if shown is None:
            return None
        try:
            return self._written(assessment, shown, names, patient_id)
        except _UNWRITABLE as error:
            kind = type(error).__name__  # the message could hold text of the record
            _log.error("card %s/%s replaced: %s", assessment.guideline.id, shown, kind)
            return self.replacement(assessment, names)

    def replacement(self, assessment: Assessment, names: Names) -> dict[str, Any] | None:
        """The fixed could-not-check card, counted; None where no card would be shown."""
        if shown_recommendation(assessment, unavailable_as_card=False) is None:
            return None
        with self._lock:
            self._failures += 1
        approved = standing.approval_of(assessment.guideline, self._approvals) is not None
        return fixed(assessment, names, self._site, approved=approved)

    def failures(self) -> int:
        """How many cards were replaced by the fixed could-not-check card."""
        return self._failures

    def problems(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        """Where a whole response breaks the schema for CDS Hooks responses."""
        return self._schema.problems(body)

    def view(self, assessment: Assessment, length: Length) -> View:
        """The harmless strings that the templates see, as long as asked for."""
        approval = standing.approval_of(assessment.guideline, self._approvals)
        return View(
            fusion=findings.finding(assessment, self._phrases, length),
            others=findings.others(assessment, self._phrases, length),
            diagnosis=findings.diagnosis(assessment, self._phrases, length),
            states={reason.criterion.kind.value: reason.state for reason in assessment.reasons},
            no_condition=findings.no_condition(assessment, self._phrases),
            prior=findings.prior(assessment, self._phrases, length),
            treatments=findings.treatments(assessment, length),
            cancers=findings.cancers(assessment, length),
            not_checked=missing.not_checked(assessment, self._phrases, length),
            guidance=standing.guidance(assessment),
            nation=self._phrases.of("nation", assessment.nation),
            access=standing.access(assessment, length),
            approval=standing.approval_line(approval, self._phrases, length),
        )

    def _written(
        self, assessment: Assessment, shown: str, names: Names, patient_id: str
    ) -> dict[str, Any]:
        approved = standing.approval_of(assessment.guideline, self._approvals) is not None
        text = self._text(assessment, shown)
        problems = text_problems(text)
        if problems:
            raise UnfitText("; ".join(problems))
        card = assemble(assessment, shown, text, names, patient_id, self._site, approved=approved)
        broken = self._schema.problems({"cards": [card]})
        if broken:
            raise UnfitText("; ".join(broken))
        return card

    def _text(self, assessment: Assessment, shown: str) -> Text:
        """The fullest text within the ordinary limit, else within the last, else the terse one."""
        drafts = []
        for length in _LENGTHS:
            drafts.append(self._draft(assessment, shown, length))
            if count_words(drafts[-1].detail) <= MAX_ORDINARY_WORDS:
                return drafts[-1]
        fitting = (draft for draft in drafts if count_words(draft.detail) <= MAX_WORDS)
        return next(fitting, None) or self._draft(assessment, shown, _TERSE)

    def _draft(self, assessment: Assessment, shown: str, length: Length) -> Text:
        view = self.view(assessment, length)
        return self._templates.render(assessment.guideline.id, shown, view)

    def _problems_of(self, guideline: Guideline, positions: extremes.Positions) -> Iterable[str]:
        for trial in extremes.trials(guideline, positions):
            shown = shown_recommendation(trial, unavailable_as_card=True)
            if shown is None:
                continue
            file = f"cards/{template_name(guideline.id, shown)}"
            try:
                self._written(trial, shown, _TRIAL, "trial")
            except _UNWRITABLE as error:
                yield f"{file}: {_place(error)}: {_said(error)}"


def shown_recommendation(assessment: Assessment, unavailable_as_card: bool) -> str | None:
    """Which template speaks; None where no card is shown."""
    if assessment.recommendation == NOTHING:
        return None
    if assessment.recommendation == INSUFFICIENT:
        return COULD_NOT_CHECK if unavailable_as_card else None
    return assessment.recommendation


def _place(error: Exception) -> str:
    return f"line {error.lineno}" if isinstance(error, TemplateSyntaxError) else "text"


def _said(error: Exception) -> str:
    return "expected this file" if isinstance(error, TemplateNotFound) else str(error)
