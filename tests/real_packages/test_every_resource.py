"""Every published resource: none breaks the service, and none is taken for a finding."""

from __future__ import annotations

from collections import Counter

import pytest
from flask.testing import FlaskClient

from tests.real_packages.packages import Published, Resources
from tests.real_packages.posting import Said, post, post_entries

CLAIMS = (
    "trk-inhibitor-option",
    "prior-trk-inhibitor",
    "confirm-diagnosis",
    "confirm-fusion",
)
FOUND = ("confirmed", "unconfirmed", "screening", "established", "recorded")


@pytest.fixture(scope="module", params=["genomics_reporting", "mcode"])
def published(request: pytest.FixtureRequest) -> Resources:
    found: Resources = request.getfixturevalue(request.param)
    return found


def wrong(said: Said) -> bool:
    """No answer, or one that says that something was found."""
    claims = [r for r in said.recommendations if r in CLAIMS]
    states = [state for states in said.states for state in states.values()]
    return said.status not in (200, 412) or bool(claims) or any(s in FOUND for s in states)


def test_no_published_resource_alone_breaks_the_service_or_is_taken_for_a_finding(
    published: Resources, door: FlaskClient, counts: dict[str, Counter[str]]
) -> None:
    title = f"{published.package.name} {published.package.version}, each resource alone"
    counted = counts.setdefault(title, Counter())
    failures = []
    for item in published.single:
        said = post(door, item.patient_id, item.resource)
        counted[f"{item.resource['resourceType']}: {said.summary}"] += 1
        failures += [f"{item.where}: {said.summary} {said.states}"] if wrong(said) else []
    assert not failures, "\n".join(failures)


def test_no_published_bundle_as_a_whole_breaks_the_service_or_is_taken_for_a_finding(
    published: Resources, door: FlaskClient, counts: dict[str, Counter[str]]
) -> None:
    title = f"{published.package.name} {published.package.version}, each Bundle for each patient"
    counted = counts.setdefault(title, Counter())
    failures = []
    for bundle in published.bundles:
        for patient_id in patients(bundle):
            said = post_entries(door, patient_id, bundle.resource["entry"])
            counted[f"Bundle: {said.summary}"] += 1
            failures += [f"{bundle.where}: {said.summary} {said.states}"] if wrong(said) else []
    assert counted
    assert not failures, "\n".join(failures)


def patients(bundle: Published) -> list[str]:
    """The ids of the Patients in a Bundle; by fullUrl where a Patient has none."""
    entries = bundle.resource["entry"]
    found = [e for e in entries if e["resource"]["resourceType"] == "Patient"]
    return [str(e["resource"].get("id") or e["fullUrl"]) for e in found] or ["invented"]


def test_the_packages_hold_what_was_read_in_them(
    genomics_reporting: Resources, mcode: Resources
) -> None:
    assert kinds(genomics_reporting) == {"Observation": 266, "DiagnosticReport": 15}
    assert kinds(mcode) == {"Observation": 140, "DiagnosticReport": 8, "Condition": 14}


def kinds(resources: Resources) -> Counter[str]:
    return Counter(item.resource["resourceType"] for item in resources.single)


def test_a_finding_would_be_noticed() -> None:
    fine = Said(200, (), ())
    assert not wrong(fine)
    assert wrong(Said(500, (), ()))
    assert wrong(Said(200, ("confirm-fusion",), ({},)))
    assert wrong(Said(200, ("could-not-check",), ({"fusion": "unconfirmed"},)))
    assert not wrong(Said(200, ("could-not-check",), ({"fusion": "not known"},)))
