"""Settings -> the discovery document: which hooks, and which queries to prefetch."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from cds_service.domain import DataKey
from cds_service.doors.envelope import PATIENT_VIEW, asked_keys, result_hook
from cds_service.settings import Settings

SERVICE_ID = "ntrk-mesothelioma"
TITLE = "NTRK fusion in mesothelioma"
RESULT_HOOK_VERSION = "0.1.0"
DESCRIPTION = (
    "Reads the genomic results and diagnoses of a patient and, where an NTRK gene fusion or "
    "rearrangement stands beside a mesothelioma, shows what NHS GeNotes guidance says of it, "
    "with the reasons. Says so where it could not check. Not for clinical use."
)
USAGE = (
    "Send all prefetch keys. A key that is absent counts as not checked, never as empty. "
    "Show cards of every indicator: a card may say that the check was not possible. "
    "A 412 answer means that nothing could be checked, not that nothing was found."
)
_TOKEN = "{{context.patientId}}"
_PATIENT = f"patient={_TOKEN}"


def templates(settings: Settings) -> dict[DataKey, str]:
    """The prefetch templates; their only token is the patient's id, so that 2.0 clients cope."""
    codes = ",".join(settings.observation_codes)
    queries = {
        DataKey.PATIENT: f"Patient/{_TOKEN}",
        DataKey.CONDITIONS: f"Condition?{_PATIENT}&_count=500",
        DataKey.OBSERVATIONS: f"Observation?{_PATIENT}&code={codes}&_count=500",
        DataKey.LABORATORY: (f"Observation?{_PATIENT}&category=laboratory&_sort=-date&_count=2000"),
        DataKey.REPORTS: f"DiagnosticReport?{_PATIENT}&_count=500",
        DataKey.REQUESTS: f"MedicationRequest?{_PATIENT}&_count=500",
        DataKey.STATEMENTS: f"MedicationStatement?{_PATIENT}&_count=500",
    }
    return {key: queries[key] for key in asked_keys(settings)}


def queries(settings: Settings, patient_id: str) -> dict[DataKey, str]:
    """The same templates for one patient, for a service that fetches by itself."""
    ident = quote(patient_id, safe="")  # an id cannot add a parameter, nor lead elsewhere
    return {key: text.replace(_TOKEN, ident) for key, text in templates(settings).items()}


def discovery(settings: Settings) -> dict[str, Any]:
    """The same id on both hooks means: a later card replaces the earlier one."""
    hooks = {PATIENT_VIEW: "1.0", result_hook(settings): RESULT_HOOK_VERSION}
    return {"services": [_service(hook, version, settings) for hook, version in hooks.items()]}


def _service(hook: str, hook_version: str, settings: Settings) -> dict[str, Any]:
    versions: dict[str, str] = {}
    if settings.hooks_version == "3.0.0":
        versions = {"version": settings.hooks_version, "hookVersion": hook_version}
    return {
        "hook": hook,
        "id": SERVICE_ID,
        "title": TITLE,
        "description": DESCRIPTION,
        "usageRequirements": USAGE,
        "prefetch": {str(key): query for key, query in templates(settings).items()},
        **versions,
    }
