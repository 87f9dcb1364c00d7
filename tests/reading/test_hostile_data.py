"""Whatever is done to the resources: nothing raises, and nothing turns a finding into silence."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.domain import DataKey, Json
from cds_service.reading.bundle import Patient, patient_ids, select, state_of, whole_record
from tests.builders import (
    ATC,
    LOINC,
    Resource,
    attachment,
    bundle,
    concept,
    condition,
    fusion,
    histology,
    hypertension,
    larotrectinib,
    negative,
    pan_trk,
    patient,
    report,
    request,
    result,
    results,
    specimen,
    spoken,
    statement,
)
from tests.desk import Desk

Path = tuple[str | int, ...]

# `make test` runs a few hundred examples; CDS_TEST_EXAMPLES=10 runs ten times as many.
TIMES = int(os.environ.get("CDS_TEST_EXAMPLES", "1"))
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def examples(count: int) -> settings:
    """The same examples in every run, so that a red build is red for everybody."""
    return settings(
        max_examples=count * TIMES,
        derandomize=TIMES == 1,
        deadline=None,
        suppress_health_check=SLOW,
        database=None,
    )


POSITIVE: list[Resource] = [
    patient(birthDate="1949-01-01"),
    fusion(
        effectiveDateTime="2026-03-01",
        method={"text": "RNA sequencing"},
        specimen={"reference": "Specimen/s1"},
        interpretation=[concept("http://terminology.hl7.org/CodeSystem/v3-x", "POS")],
    ),
    condition(recordedDate="2026-01-01"),
    specimen("s1"),
]
RICH: list[Resource] = [
    *POSITIVE,
    negative(id="o2", method={"text": "DNA"}),
    pan_trk(id="o3"),
    spoken("No NTRK fusion detected. Possible ETV6::NTRK3 rearrangement.", id="o4"),
    histology(concept("http://terminology.hl7.org/CodeSystem/icd-o-3", "9052/3")),
    report("NTRK1 fusion.", result=results("o1"), presentedForm=[attachment("NTRK1 fusion")]),
    hypertension(),
    request(larotrectinib()),
    statement(None, medicationReference={"reference": "Medication/med1"}),
    {"resourceType": "Medication", "id": "med1", "code": larotrectinib()},
]

# --- nothing raises -------------------------------------------------------------------------------

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=True),
    st.text(max_size=12),
    st.sampled_from(["", "NTRK1", "::", "http://[", "Patient/p1", "\ud800", "9" * 400, "p.G595R"]),
    st.sampled_from([[], {}, [[]], [None], [{}], {"coding": 1}, {"reference": []}, [{"code": {}}]]),
)


def places(value: object, path: Path = ()) -> Iterator[Path]:
    """The path of everything inside a resource."""
    items = value.items() if isinstance(value, dict) else enumerate(value)  # type: ignore[arg-type]
    for key, child in items:
        yield (*path, key)
        if isinstance(child, (dict, list)):
            yield from places(child, (*path, key))


def put(resource: Resource, path: Path, value: object) -> Resource:
    """A copy with one place changed."""
    changed = copy.deepcopy(resource)
    inside: Resource = changed
    for key in path[:-1]:
        inside = inside[key]  # type: ignore[index]
    inside[path[-1]] = value  # type: ignore[index]
    return changed


def without(resource: Resource, path: Path) -> Resource:
    changed = copy.deepcopy(resource)
    inside: Resource = changed
    for key in path[:-1]:
        inside = inside[key]  # type: ignore[index]
    del inside[path[-1]]  # type: ignore[arg-type]
    return changed


@st.composite
def damaged(draw: st.DrawFn) -> list[Resource]:
    """The rich record with up to four places overwritten."""
    resources = copy.deepcopy(RICH)
    for _ in range(draw(st.integers(1, 4))):
        index = draw(st.integers(0, len(resources) - 1))
        path = draw(st.sampled_from(list(places(resources[index])) or [("id",)]))
        resources[index] = put(resources[index], path, draw(JUNK))
    return resources


@examples(300)
@given(resources=damaged())
def test_no_damage_raises(ask: Desk, resources: list[Resource]) -> None:
    found = ask.of_states(whole_record([bundle(*resources)]))
    assert found.recommendation in {row.recommendation for row in found.guideline.table}


@examples(150)
@given(value=st.recursive(JUNK, lambda c: st.lists(c) | st.dictionaries(st.text(max_size=5), c)))
def test_no_value_of_a_prefetch_key_raises(ask: Desk, value: object) -> None:
    state = state_of(value)
    assert ask.of_states(dict.fromkeys(DataKey, state)).states
    assert isinstance(patient_ids({DataKey.PATIENT: state}), tuple)


@examples(150)
@given(entry=JUNK, name=st.sampled_from(["resource", "fullUrl", "search", "request", "link"]))
def test_no_bundle_raises(entry: object, name: str) -> None:
    states: Json = {"resourceType": "Bundle", "entry": [{name: entry}, entry], "link": entry}
    select({DataKey.OBSERVATIONS: state_of(states)}, Patient("p1", "http://["))


@examples(200)
@given(
    said=st.text(max_size=300)
    | st.lists(
        st.sampled_from(
            [
                "NTRK1",
                "no",
                "fusion",
                "::",
                "-",
                "detected",
                ",",
                ".",
                "\n",
                "if",
                "not",
                "TPM3",
                "(",
                ":",
            ]
        ),
        max_size=40,
    ).map(" ".join)
)
def test_no_sentence_raises_or_confirms(ask: Desk, said: str) -> None:
    assert ask.fusion(spoken(said)) != "confirmed"
    assert ask.fusion(report(said)) != "confirmed"


LONG = [
    *("NTRK1 " * 10_000, "NTRK1/" * 10_000, "NTRK1 fusion " * 8_000, "TPM3::NTRK1 " * 8_000),
    *("NTRK1\nfusion\n" * 8_000, "p.G595R NTRK1 " * 8_000, "no " * 40_000, "(" * 90_000),
]


@pytest.mark.parametrize("said", LONG, ids=[said[:14].strip() for said in LONG])
@pytest.mark.timeout(20)
def test_a_very_long_sentence_is_read_in_time(ask: Desk, said: str) -> None:
    assert ask.fusion(spoken(said)) != "confirmed"


# --- order and bystanders -------------------------------------------------------------------------


def shuffled(value: Any, draw: st.DrawFn) -> Any:
    """The same resource with its components, codings and members in another order."""
    if isinstance(value, dict):
        items = draw(st.permutations(list(value.items())))
        return {key: shuffled(child, draw) for key, child in items}
    if isinstance(value, list):
        return [shuffled(child, draw) for child in draw(st.permutations(value))]
    return value


@st.composite
def reordered(draw: st.DrawFn, resources: list[Resource]) -> list[Resource]:
    return draw(st.permutations([shuffled(item, draw) for item in resources]))


@examples(60)
@given(st.data())
def test_no_order_changes_a_state(ask: Desk, data: st.DataObject) -> None:
    expected = ask.about(*RICH).states
    assert ask.about(*data.draw(reordered(RICH))).states == expected


@pytest.mark.parametrize("resources", [POSITIVE, [fusion(), negative(id="o2")], RICH[4:]])
@examples(25)
@given(st.data())
def test_no_order_changes_what_is_recommended(
    ask: Desk, resources: list[Resource], data: st.DataObject
) -> None:
    expected = ask.about(*resources).recommendation
    assert ask.about(*data.draw(reordered(resources))).recommendation == expected


BYSTANDERS: list[Resource] = [
    result(id="b1", code=concept(LOINC, "2823-3", "Potassium"), value={"text": "4.1"}),
    hypertension(id="b2"),
    request(concept(ATC, "L01XA02", "carboplatin"), id="b3"),
    report("Normal chest X-ray.", id="b4", code=concept(LOINC, "36643-5", "XR Chest")),
    {"resourceType": "Organization", "id": "b5", "name": "A hospital"},
    fusion("ALK", "EML4", id="b6"),
    {"resourceType": "Encounter", "id": "b7", "subject": {"reference": "Patient/p1"}},
]


@examples(60)
@given(added=st.lists(st.sampled_from(BYSTANDERS), unique_by=lambda item: item["id"]))
def test_nothing_unrelated_changes_a_state(ask: Desk, added: list[Resource]) -> None:
    for resources in (POSITIVE, [patient(), negative(), condition()], RICH):
        assert ask.about(*resources, *added).states == ask.about(*resources).states


# --- nothing turns a finding into silence ---------------------------------------------------------

GENE, CODE = "Observation.component", "Condition.code"
# Without these the record no longer names the gene, or the disease: another statement, not damage.
SAYS_LESS = {
    GENE,
    *(f"{GENE}.1{part}" for part in ("", ".valueCodeableConcept")),
    *(f"{GENE}.1.valueCodeableConcept.coding{part}" for part in ("", ".0")),
    *(f"{CODE}{part}" for part in ("", ".coding", ".coding.0")),
}
FIELDS = {
    f"{item['resourceType']}.{'.'.join(map(str, path))}": (index, path)
    for index, item in enumerate(POSITIVE)
    for path in places(item)
}
DAMAGE = ["", "x", 7, None, [], {}, [{}], True]


def with_change(field: str, change: Callable[[Resource, Path], Resource]) -> list[Resource]:
    index, path = FIELDS[field]
    return [*POSITIVE[:index], change(POSITIVE[index], path), *POSITIVE[index + 1 :]]


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_that_is_lost_silences_a_fusion(ask: Desk, field: str) -> None:
    silent = ask.about(*with_change(field, without)).recommendation == "nothing"
    assert silent == (field in SAYS_LESS)


@pytest.mark.parametrize("field", sorted(set(FIELDS) - SAYS_LESS))
def test_no_field_that_is_damaged_silences_a_fusion(ask: Desk, field: str) -> None:
    def silent(junk: object) -> bool:
        changed = with_change(field, lambda resource, path: put(resource, path, junk))
        return ask.about(*changed).recommendation == "nothing"

    assert [junk for junk in DAMAGE if silent(junk)] == []
