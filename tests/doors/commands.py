"""What the tests of the command line share: files to check, and the one line of a failure."""

from __future__ import annotations

from typing import Any

import pytest

from tests.doors.bodies import PATIENT, bundle, chart_opening, fusion, mesothelioma

PATIENT_RESOURCE = {"resourceType": "Patient", "id": PATIENT}
DAY = ("--today", "2026-11-22")
PRODUCTION = {
    "CDS_MODE": "production",
    "CDS_SECRET": "a secret of this site that is long enough",
    "CDS_NAMESPACE": "uk.nhs.trust",
    "CDS_NATION": "wales",
    "CDS_CLIENTS": __file__,
    "CDS_PUBLIC_URL": "https://cds.trust.example",
}


def positive(**changes: Any) -> dict[str, Any]:
    return chart_opening(observations=[fusion(**changes)], conditions=[mesothelioma()])


def record() -> dict[str, Any]:
    return bundle(PATIENT_RESOURCE, fusion(), mesothelioma())


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("cds-service: ")
    assert err.count("\n") == 1, err
    return err
