"""A query of discovery is taken apart and put together without changing what it asks."""

from __future__ import annotations

import pytest

from cds_service.doors.discovery import queries
from cds_service.fhir_client.query import Query
from cds_service.settings import Settings


def test_a_search_keeps_names_values_and_order() -> None:
    query = Query.parse("Observation?patient=a%20b&code=http://loinc.org|1-2,x|y+z&_count=5")
    assert query.is_search
    assert query.params == (
        ("patient", "a b"),
        ("code", "http://loinc.org|1-2,x|y+z"),
        ("_count", "5"),
    )
    assert Query.parse(f"Observation?{query.encoded}") == query


def test_a_read_has_an_id_and_its_path_is_encoded() -> None:
    query = Query.parse("Patient/a%3Fb")
    assert (query.is_search, query.id, query.path) == (False, "a?b", "Patient/a%3Fb")


@pytest.mark.parametrize(
    "text",
    ["Patient/", "Patient/.", "Patient/..", "Patient/%2e%2e", "Patient", "", "../x?a=b", "A/b?c=d"],
)
def test_what_could_lead_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected Type/id or Type"):
        Query.parse(text)


@pytest.mark.parametrize("ident", ["1&_id=2", "1#x", "1?x=y", "a%26b", "é+ü", "1&code=x"])
def test_the_id_of_a_patient_cannot_add_a_parameter(ident: str) -> None:
    for text in queries(Settings(), ident).values():
        query = Query.parse(text)
        if query.is_search:
            assert dict(query.params)["patient"] == ident
            assert [name for name, _ in query.params].count("patient") == 1
        else:
            assert query.id == ident
