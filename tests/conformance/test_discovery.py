"""Discovery: what a client learns before its first call."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask.testing import FlaskClient

from cds_service.cards import ResponseSchema
from cds_service.doors.answer import Desk
from cds_service.doors.app import app_of
from cds_service.knowledge import data_dir
from cds_service.settings import Settings
from tests.conformance.conftest import requests
from tests.doors.bodies import SERVICE
from tests.doors.conftest import Events, noon

DOCS = Path(__file__).parents[2] / "docs"
Services = list[dict[str, Any]]


def templates(services: Services) -> Iterator[tuple[str, str]]:
    for service in services:
        yield from service["prefetch"].items()


def tokens(services: Services) -> list[str]:
    found = [name for _, text in templates(services) for name in re.findall(r"\{\{(.*?)\}\}", text)]
    assert found
    return found


def members(value: Any) -> Iterator[Any]:
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        yield from members(item)


def test_I_1_every_body_is_json(door: FlaskClient) -> None:
    answers = [
        door.get("/cds-services"),
        door.post(SERVICE, json=requests()["trk-inhibitor-option"]),
        door.post(SERVICE, data="{"),
        door.post("/cds-services/none"),
    ]
    for answer in answers:
        assert answer.mimetype == "application/json"
        json.loads(answer.data.decode("utf-8"))


def test_I_2_production_takes_and_names_https_addresses_only(desk: Desk) -> None:
    production = {
        "CDS_MODE": "production",
        "CDS_SECRET": "x" * 32,
        "CDS_NAMESPACE": "uk.nhs.trust",
        "CDS_NATION": "wales",
        "CDS_CLIENTS": __file__,
        "CDS_PUBLIC_URL": "https://cds.trust.example",
    }
    settings = Settings.from_environment(production)
    door = app_of(replace(desk, settings=settings), Events(), noon).test_client()
    body = requests()["trk-inhibitor-option"]
    assert door.post(SERVICE, json=body | {"fhirServer": "https://a.example"}).status_code == 200
    refused = door.post(SERVICE, json=body | {"fhirServer": "http://a.example"})
    assert refused.status_code == 400
    with pytest.raises(Exception, match="CDS_PUBLIC_URL"):
        Settings.from_environment(production | {"CDS_PUBLIC_URL": "http://a.example"})


def test_I_168_production_says_that_tls_ends_in_front_of_it() -> None:
    page = " ".join((DOCS / "settings.md").read_text("utf-8").split())
    assert "reverse proxy in front that ends TLS" in page


def test_I_3_no_member_is_null_or_empty_anywhere(door: FlaskClient) -> None:
    answers = [door.get("/cds-services").get_json(), door.post(SERVICE, json={}).get_json()]
    answers += [door.post(SERVICE, json=body).get_json() for body in requests().values()]
    for answer in answers:
        assert [member for member in members(answer) if member in (None, "", [], {})] == []


def test_I_4_discovery_is_at_cds_services(door: FlaskClient) -> None:
    assert door.get("/cds-services").status_code == 200


def test_I_5_discovery_answers_whatever_was_called_before(door: FlaskClient) -> None:
    door.post(SERVICE, data="nonsense")
    assert door.get("/cds-services", headers={"Accept": "*/*"}).status_code == 200
    assert door.get("/cds-services", headers={"Accept": "text/html"}).status_code == 200


def test_I_6_discovery_is_an_object_with_an_array_of_services(door: FlaskClient) -> None:
    told = door.get("/cds-services").get_json()
    assert list(told) == ["services"]
    assert isinstance(told["services"], list)


def test_I_6_discovery_fits_the_shipped_schema(door: FlaskClient) -> None:
    schema = ResponseSchema(data_dir("cards"), "cds-hooks-discovery.schema.json")
    told = door.get("/cds-services").get_json()
    assert schema.problems(told) == ()
    del told["services"][0]["hook"]
    assert schema.problems(told) != ()


@pytest.mark.parametrize("name", ["hook", "description", "id"])
def test_I_7_hook_description_and_id_are_strings(services: Services, name: str) -> None:
    assert all(isinstance(service[name], str) and service[name] for service in services)


def test_I_7_the_hooks_are_the_two_that_are_answered(services: Services) -> None:
    assert len({service["hook"] for service in services}) == 2
    assert services[0]["hook"] == "patient-view"


def test_I_8_every_service_has_a_title(services: Services) -> None:
    assert all(isinstance(service["title"], str) and service["title"] for service in services)


def test_I_9_every_description_says_what_the_service_does(services: Services) -> None:
    assert all("NTRK" in service["description"] for service in services)


def test_I_10_every_id_fits_into_an_address_as_it_is(services: Services) -> None:
    assert all(re.fullmatch(r"[a-z0-9-]+", service["id"]) for service in services)


def test_I_13_discovery_is_a_200(door: FlaskClient) -> None:
    assert door.get("/cds-services").status_code == 200


def test_I_16_every_listed_id_answers_at_its_address(door: FlaskClient, services: Services) -> None:
    for service in services:
        body = requests()["trk-inhibitor-option"] | {"hook": service["hook"]}
        assert door.post(f"/cds-services/{service['id']}", json=body).status_code == 200


def test_I_29_every_service_asks_for_its_data_in_discovery(services: Services) -> None:
    assert all(service["prefetch"] for service in services)


def test_I_36_every_key_of_discovery_is_read_in_a_call(
    door: FlaskClient, services: Services
) -> None:
    """Left out, each single key is missed: named on a card or in the outcome, or rules nothing."""
    whole = requests()["confirm-fusion"]
    assert set(whole["prefetch"]) == set(services[0]["prefetch"])
    for key in services[0]["prefetch"]:
        sent = {name: value for name, value in whole["prefetch"].items() if name != key}
        told = door.post(SERVICE, json=whole | {"prefetch": sent}).text
        assert told != door.post(SERVICE, json=whole).text, key


def test_I_55_every_brace_belongs_to_a_token(services: Services) -> None:
    for _, text in templates(services):
        assert "{" not in re.sub(r"\{\{[^{}]+\}\}", "", text)
        assert "}" not in re.sub(r"\{\{[^{}]+\}\}", "", text)


def test_I_56_every_token_is_a_field_of_the_context_of_both_hooks(services: Services) -> None:
    assert set(tokens(services)) == {"context.patientId"}


def test_I_57_every_token_is_a_primitive_field_at_the_root(services: Services) -> None:
    context = requests()["trk-inhibitor-option"]["context"]
    for token in tokens(services):
        assert isinstance(context[token.removeprefix("context.")], str)


def test_I_58_templates_use_plain_reads_and_searches_only(services: Services) -> None:
    for key, text in templates(services):
        kind, _, search = text.partition("?")
        assert re.fullmatch(r"[A-Z][A-Za-z]+" if search else r"[A-Z][A-Za-z]+/\{\{[^}]+\}\}", kind)
        names = [name for name, _ in parse_qsl(search)]
        assert set(names) <= {"patient", "code", "category", "_sort", "_count"}, key
        assert len(names) == len(set(names))


def test_I_59_every_token_of_a_field_starts_with_context(services: Services) -> None:
    assert all(token.startswith("context.") for token in tokens(services))


def test_I_211_both_hooks_have_one_id(services: Services) -> None:
    assert len(services) == 2
    assert len({service["id"] for service in services}) == 1


def test_I_213_the_capability_page_says_which_hooks_matter_for_safety() -> None:
    page = (DOCS / "cds-hooks.md").read_text("utf-8")
    assert "## Hooks that matter for patients' safety" in page


def test_checklist_8_version_and_hook_version_are_sent_by_setting(desk: Desk) -> None:
    door = app_of(replace(desk, settings=Settings(hooks_version="3.0.0")), Events(), noon)
    first, _ = door.test_client().get("/cds-services").get_json()["services"]
    assert (first["version"], first["hookVersion"]) == ("3.0.0", "1.0")


def test_checklist_10_discovery_is_open_to_a_client_that_sends_a_token(door: FlaskClient) -> None:
    headers = {"Authorization": "Bearer not.a.token"}
    assert door.get("/cds-services", headers=headers).status_code == 200


def test_checklist_20_no_template_depends_on_another(services: Services) -> None:
    keys = set(services[0]["prefetch"])
    assert not any(token.split(".")[0].strip("%") in keys for token in tokens(services))


def test_checklist_21_no_template_asks_for_a_status(services: Services) -> None:
    assert not any("status" in text for _, text in templates(services))


def test_checklist_60_the_capability_page_names_hooks_data_and_limits(services: Services) -> None:
    page = (DOCS / "cds-hooks.md").read_text("utf-8")
    for service in services:
        assert service["hook"].replace("org.example", "<namespace>") in page
    for key, _ in templates(services):
        assert f"`{key}`" in page, key
    for status in (200, 400, 401, 403, 404, 405, 412, 413, 415, 429, 500, 503):
        assert f"| {status} |" in page


def test_checklist_61_the_result_hook_is_reverse_domain_and_noun_verb_with_a_page(
    services: Services,
) -> None:
    hook = services[1]["hook"]
    assert re.fullmatch(r"[a-z]+(\.[a-z0-9-]+)+\.genomic-result-available", hook)
    page = (DOCS / "hooks" / "genomic-result-available.md").read_text("utf-8")
    for field in ("patientId", "userId", "encounterId", "diagnosticReportId", "results"):
        assert f"| `{field}` |" in page
    assert "| hookMaturity | 0 - Draft |" in page


def test_checklist_61_the_examples_of_the_page_are_answered(door: FlaskClient) -> None:
    page = (DOCS / "hooks" / "genomic-result-available.md").read_text("utf-8")
    examples = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    statuses = [door.post(SERVICE, json=example).status_code for example in examples]
    assert statuses == [200, 412]
