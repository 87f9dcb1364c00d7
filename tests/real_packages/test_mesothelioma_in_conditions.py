"""Published Conditions with their code changed to mesothelioma, beside a fusion of their patient.

The status of each is as published, and decides: worked out by hand before the first run.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.doors.bodies import coded, fusion
from tests.real_packages.packages import Resources
from tests.real_packages.posting import Said, post

CODES = {
    "SNOMED CT": coded("http://snomed.info/sct", "109378008", "Mesothelioma"),
    "ICD-10-CM": coded("http://hl7.org/fhir/sid/icd-10-cm", "C45.0", "Mesothelioma of pleura"),
}
ACTIVE = (
    "john-anyperson-chf",
    "primary-cancer-condition-breast",
    "primary-cancer-condition-brian-l",
    "primary-cancer-condition-cll",
    "primary-cancer-condition-nonspecific",
    "primary-cancer-condition-nsclc",
    "us-core-condition-anxiety-jenny-m",
    "us-core-condition-depression-jenny-m",
    "us-core-condition-hypertension-jenny-m",
)
SECONDARY = ("secondary-cancer-condition-brain-mets",)
ENDED = (
    "john-anyperson-hd",  # resolved
    "primary-cancer-condition-jenny-m",  # remission
    "us-core-condition-atrial-septal-defect-brian-l",  # resolved
)


def beside_fusion(door: FlaskClient, condition: dict[str, Any]) -> Said:
    patient_id = condition["subject"]["reference"].rsplit("/", 1)[-1]
    return post(door, patient_id, fusion(subject=condition["subject"]), condition)


@pytest.fixture(params=CODES)
def mesothelioma_code(request: pytest.FixtureRequest) -> dict[str, Any]:
    return CODES[request.param]


@pytest.mark.parametrize("name", ACTIVE)
def test_an_active_confirmed_condition_establishes_the_diagnosis(
    mcode: Resources, door: FlaskClient, mesothelioma_code: dict[str, Any], name: str
) -> None:
    condition = mcode.example("Condition", name) | {"code": mesothelioma_code}
    said = beside_fusion(door, condition)
    assert (said.status, said.recommendations) == (200, ("trk-inhibitor-option",))


@pytest.mark.parametrize("name", ENDED)
def test_a_condition_in_remission_or_resolved_asks_to_confirm_the_diagnosis(
    mcode: Resources, door: FlaskClient, mesothelioma_code: dict[str, Any], name: str
) -> None:
    condition = mcode.example("Condition", name) | {"code": mesothelioma_code}
    said = beside_fusion(door, condition)
    assert (said.status, said.recommendations) == (200, ("confirm-diagnosis",))


@pytest.mark.parametrize("name", SECONDARY)
def test_a_metastasis_never_makes_the_primary(
    mcode: Resources, door: FlaskClient, mesothelioma_code: dict[str, Any], name: str
) -> None:
    condition = mcode.example("Condition", name) | {"code": mesothelioma_code}
    said = beside_fusion(door, condition)
    assert (said.status, said.recommendations) == (200, ("confirm-diagnosis",))


@pytest.mark.parametrize("name", [*ACTIVE, *ENDED, *SECONDARY])
def test_the_same_condition_with_its_own_code_gives_no_card(
    mcode: Resources, door: FlaskClient, name: str
) -> None:
    said = beside_fusion(door, mcode.example("Condition", name))
    assert (said.status, said.recommendations) == (200, ())


def test_every_published_condition_is_among_those_worked_out(mcode: Resources) -> None:
    published = {
        item.resource["id"] for item in mcode.single if item.resource["resourceType"] == "Condition"
    }
    assert published == {*ACTIVE, *ENDED, *SECONDARY}
