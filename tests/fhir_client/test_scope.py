"""What the scopes of a token say of a query, in both versions of SMART."""

from __future__ import annotations

import pytest

from cds_service.fhir_client.query import Query
from cds_service.fhir_client.scope import Cover, cover

SEARCH = "Observation?patient=1&category=laboratory&_count=500"
READ = "Patient/1"
CODE = "Observation?patient=1&code=http://loinc.org|69548-6,http://loinc.org|81247-9"


@pytest.mark.parametrize(
    ("scope", "query", "expected"),
    [
        # a token that states no scope is judged by its server
        ("", SEARCH, Cover.WHOLE),
        ("   ", READ, Cover.WHOLE),
        # version 1
        ("patient/Observation.read", SEARCH, Cover.WHOLE),
        ("user/*.read", READ, Cover.WHOLE),
        ("system/*.*", SEARCH, Cover.WHOLE),
        ("launch patient/Patient.read openid", READ, Cover.WHOLE),
        ("patient/Observation.write", SEARCH, Cover.NOTHING),
        ("patient/Condition.read", SEARCH, Cover.NOTHING),
        ("patient/observation.read", SEARCH, Cover.NOTHING),
        # version 2
        ("patient/Observation.rs", SEARCH, Cover.WHOLE),
        ("patient/Observation.s", SEARCH, Cover.WHOLE),
        ("patient/Observation.cruds", SEARCH, Cover.WHOLE),
        ("patient/*.r", READ, Cover.WHOLE),
        ("patient/Observation.r", SEARCH, Cover.NOTHING),
        ("patient/Patient.s", READ, Cover.NOTHING),
        ("patient/Observation.cud", SEARCH, Cover.NOTHING),
        ("patient/Observation.sr", SEARCH, Cover.NOTHING),
        ("patient/Observation.", SEARCH, Cover.NOTHING),
        # version 2 with a restriction of its own
        ("patient/Observation.rs?category=laboratory", SEARCH, Cover.WHOLE),
        ("patient/Observation.rs?category=vital-signs", SEARCH, Cover.PART),
        ("patient/Observation.rs?category=http://example.org/c|laboratory", SEARCH, Cover.PART),
        ("patient/Observation.rs?category=laboratory&status=final", SEARCH, Cover.PART),
        ("patient/Observation.rs?code=http://loinc.org|69548-6", CODE, Cover.PART),
        ("patient/Observation.rs?category=vital-signs patient/*.rs", SEARCH, Cover.WHOLE),
        ("patient/Observation.r?category=laboratory", SEARCH, Cover.NOTHING),
        # nothing about resources, or nothing that is a scope
        ("launch/patient openid fhirUser", SEARCH, Cover.NOTHING),
        ("Observation.read", SEARCH, Cover.NOTHING),
        ("patient/Observation", SEARCH, Cover.NOTHING),
        ("patient/Observation.readwrite", SEARCH, Cover.NOTHING),
        ("patient/Observation.read?category=laboratory", SEARCH, Cover.NOTHING),
        ("xpatient/Observation.read", SEARCH, Cover.NOTHING),
    ],
)
def test_a_scope_covers_a_query_wholly_in_part_or_not(
    scope: str, query: str, expected: Cover
) -> None:
    assert cover(scope, Query.parse(query)) is expected
