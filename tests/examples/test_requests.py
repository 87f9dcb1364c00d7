"""The requests of the examples: real CDS Hooks, real FHIR, no real person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import jsonschema
import pytest

from cds_service.knowledge import data_dir
from tests.examples.places import arrived, is_valid, obstacles, prefetched, subjects
from tests.examples.scenarios import ROOT, Scenario, scenario, scenarios

EVERY = pytest.mark.parametrize("example", scenarios(), ids=lambda example: example.name)
NOT_VALID = {"record-of-an-old-version", "result-not-valid-fhir"}  # they are about it
STATEMENT = "The patient is synthetic: no real person, record or report stands behind this example."
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"


@EVERY
def test_a_request_keeps_to_the_schema_of_requests(example: Scenario) -> None:
    path = data_dir("cards") / "schema" / "cds-hooks-request.schema.json"
    schema = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(example.request())


@EVERY
def test_a_patient_is_said_to_be_synthetic(example: Scenario) -> None:
    assert STATEMENT in (example.folder / "README.md").read_text("utf-8")
    assert all(patient.startswith("synthetic-") for patient in subjects(example.request()))


@EVERY
def test_no_patient_bears_a_name_of_a_person(example: Scenario) -> None:
    names = [
        name
        for _, resource in prefetched(example.request())
        if resource["resourceType"] == "Patient"
        for name in resource["name"]
    ]
    assert all(name["family"] == "Synthetic" for name in names)


@EVERY
def test_an_nhs_number_is_of_the_range_that_is_given_to_nobody(example: Scenario) -> None:
    assert all(is_test_number(number) for number in nhs_numbers(example.request()))


def nhs_numbers(value: object) -> Iterator[str]:
    """Every identifier of the NHS number's system, however deep."""
    if isinstance(value, dict):
        if value.get("system") == NHS_NUMBER:
            yield value["value"]
        yield from (number for inner in value.values() for number in nhs_numbers(inner))
    elif isinstance(value, list):
        yield from (number for inner in value for number in nhs_numbers(inner))


def is_test_number(number: str) -> bool:
    digits = [int(digit) for digit in number]
    total = sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = (11 - total % 11) % 11
    return number.startswith("999") and len(digits) == 10 and check == digits[9]


def test_some_example_bears_an_nhs_number() -> None:
    found = [number for example in scenarios() for number in nhs_numbers(example.request())]
    assert len(found) > 1


@pytest.mark.parametrize(
    ("number", "good"), [("9990000018", True), ("9990000019", False), ("9434765919", False)]
)
def test_a_test_number_has_its_prefix_and_its_check_digit(number: str, good: bool) -> None:
    assert is_test_number(number) is good


@EVERY
def test_every_resource_is_valid_fhir_unless_the_example_is_about_that(example: Scenario) -> None:
    request = example.request()
    resources = [resource for _, resource in prefetched(request)] + arrived(request)
    broken = [resource["id"] for resource in resources if not is_valid(resource)]
    assert bool(broken) is (example.name in NOT_VALID)


@EVERY
def test_an_example_is_loadable_exactly_when_a_server_would_give_the_same(
    example: Scenario,
) -> None:
    found = list(obstacles(example.request()))
    assert example.loadable is (not found), found


def test_many_examples_can_be_loaded_and_some_cannot() -> None:
    loadable = [example.loadable for example in scenarios()]
    assert loadable.count(True) >= 24
    assert loadable.count(False) >= 8


@pytest.mark.parametrize(
    ("name", "obstacle"),
    [
        ("laboratory-not-sent", "laboratory was not sent"),
        ("more-pages", "laboratory did not come in full"),
        ("observations-search-failed", "observations did not come in full"),
        ("result-not-valid-fhir", "is not valid"),
        ("result-without-patient", "does not refer to the patient"),
        ("another-patients-result", "does not refer to the patient"),
        ("result-corrected", "brings resources"),
        ("consequence-without-variant", "is referred to and not there"),
    ],
)
def test_what_keeps_an_example_from_being_loaded_is_found(name: str, obstacle: str) -> None:
    assert any(obstacle in line for line in obstacles(scenario(ROOT / name).request()))


def test_a_result_under_one_key_only_is_found() -> None:
    request = scenario(ROOT / "named-fusion").request()
    request["prefetch"]["laboratory"] = {"resourceType": "Bundle", "type": "searchset", "total": 0}
    assert any("missing under laboratory" in line for line in obstacles(request))


def test_the_patient_of_the_source_page_comes_without_gene_and_without_partner() -> None:
    example = scenario(ROOT / "source-page-patient")
    text = example.request_file.read_text("utf-8")
    assert "has revealed an NTRK rearrangement" in text
    assert not re.search(r"NTRK[123]|HGNC", text)
    born = next(r for _, r in prefetched(example.request()) if r["resourceType"] == "Patient")
    assert (born["gender"], born["birthDate"][:4]) == ("male", "1949")
