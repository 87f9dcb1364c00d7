"""What an operator can set, and what stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.domain import Nation
from cds_service.errors import SettingsError
from cds_service.settings import NAMES, OBSERVATION_CODES, Mode, Settings
from tests.doors.commands import PRODUCTION


def read(**environ: str) -> Settings:
    return Settings.from_environment(environ)


def refusal(**environ: str) -> str:
    with pytest.raises(SettingsError) as refused:
        read(**environ)
    return str(refused.value)


def test_without_any_setting_the_service_is_in_development_on_loopback_for_england() -> None:
    settings = read()
    assert (settings.mode, settings.host, settings.port) == (Mode.DEVELOPMENT, "127.0.0.1", 8080)
    assert settings.nation is Nation.ENGLAND
    assert settings.patient_users
    assert settings.max_body == 32 * 1024 * 1024


def test_every_setting_is_read() -> None:
    here = str(Path(__file__).parent)
    settings = read(
        CDS_MODE="development",
        CDS_HOST="0.0.0.0",
        CDS_PORT="9000",
        CDS_PUBLIC_URL="https://cds.example.org/base/",
        CDS_SECRET="x" * 32,
        CDS_NAMESPACE="org.example.cds",
        CDS_NATION="northern-ireland",
        CDS_HOOKS_VERSION="3.0.0",
        CDS_APPROVALS=__file__,
        CDS_KNOWLEDGE_DIR=here,
        CDS_CARDS_DIR=here,
        CDS_OBSERVATION_CODES="http://loinc.org|69548-6, urn:local|NGS",
        CDS_PREFETCH_LABORATORY="false",
        CDS_PATIENT_USERS="false",
        CDS_UNAVAILABLE_AS_CARD="true",
        CDS_MAX_BODY="1024",
        CDS_CLIENTS=__file__,
        CDS_FETCH_BUDGET="1.5",
        CDS_CORS_ORIGINS="http://localhost:8080, https://ehr.example.org",
    )
    assert settings == Settings(
        mode=Mode.DEVELOPMENT,
        host="0.0.0.0",
        port=9000,
        public_url="https://cds.example.org/base",
        secret=b"x" * 32,
        namespace="org.example.cds",
        nation=Nation.NORTHERN_IRELAND,
        hooks_version="3.0.0",
        approvals=Path(__file__),
        knowledge_dir=Path(here),
        cards_dir=Path(here),
        observation_codes=("http://loinc.org|69548-6", "urn:local|NGS"),
        prefetch_laboratory=False,
        patient_users=False,
        unavailable_as_card=True,
        max_body=1024,
        clients=Path(__file__),
        fetch_budget=1.5,
        cors_origins=("http://localhost:8080", "https://ehr.example.org"),
    )


def test_a_misspelt_setting_stops_the_start_and_is_named_with_the_right_spelling() -> None:
    assert refusal(CDS_NATON="wales") == "CDS_NATON: no such setting, did you mean CDS_NATION?"


def test_a_name_that_resembles_no_setting_is_refused_all_the_same() -> None:
    assert refusal(CDS_QQQ="1") == "CDS_QQQ: no such setting"


def test_what_kubernetes_and_the_test_runner_put_there_is_left_alone() -> None:
    environ = {
        "CDS_SERVICE_PORT": "1",
        "CDS_SERVICE_HOST": "h",
        "CDS_TEST_STRICT": "1",
        "HOME": "/",
    }
    assert read(**environ) == Settings()


def test_an_empty_setting_counts_as_not_set() -> None:
    assert read(CDS_NATION=" ", CDS_APPROVALS="") == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CDS_MODE", "prod"),
        ("CDS_PORT", "65536"),
        ("CDS_PORT", "-1"),
        ("CDS_PORT", "８０"),
        ("CDS_PORT", "9" * 5000),
        ("CDS_PUBLIC_URL", "cds.example.org"),
        ("CDS_PUBLIC_URL", "ftp://example.org"),
        ("CDS_PUBLIC_URL", "https://[half"),
        ("CDS_SECRET", "short"),
        ("CDS_NAMESPACE", "Example"),
        ("CDS_NAMESPACE", "org/example"),
        ("CDS_NATION", "uk"),
        ("CDS_HOOKS_VERSION", "1.0"),
        ("CDS_APPROVALS", "no such file"),
        ("CDS_KNOWLEDGE_DIR", "no such folder"),
        ("CDS_CARDS_DIR", "no such folder"),
        ("CDS_OBSERVATION_CODES", "69548-6"),
        ("CDS_OBSERVATION_CODES", ","),
        ("CDS_OBSERVATION_CODES", "http://loinc.org|{{x}}"),
        ("CDS_PREFETCH_LABORATORY", "yes"),
        ("CDS_PATIENT_USERS", "TRUE"),
        ("CDS_UNAVAILABLE_AS_CARD", "1"),
        ("CDS_MAX_BODY", "0"),
        ("CDS_MAX_BODY", "32MiB"),
        ("CDS_CLIENTS", "no such file"),
        ("CDS_FETCH_BUDGET", "0"),
        ("CDS_FETCH_BUDGET", "31"),
        ("CDS_FETCH_BUDGET", "2 s"),
        ("CDS_FETCH_BUDGET", "nan"),
        ("CDS_CORS_ORIGINS", "*"),
        ("CDS_CORS_ORIGINS", "null"),
        ("CDS_CORS_ORIGINS", "https://ehr.example.org/"),
        ("CDS_CORS_ORIGINS", ","),
    ],
)
def test_a_value_that_cannot_be_meant_stops_the_start_by_name(name: str, value: str) -> None:
    assert refusal(**{name: value}).startswith(f"{name}: ")


def test_all_problems_are_told_at_once() -> None:
    told = refusal(CDS_PORT="x", CDS_NATION="y", CDS_ZZZ="z")
    assert [part.split(":")[0] for part in told.split("; ")] == [
        "CDS_ZZZ",
        "CDS_PORT",
        "CDS_NATION",
    ]


def test_production_starts_with_everything_of_its_own() -> None:
    settings = read(**PRODUCTION)
    assert settings.production
    assert not settings.patient_users, "cards are for practitioners unless a site says otherwise"


@pytest.mark.parametrize("missing", sorted(PRODUCTION.keys() - {"CDS_MODE"}))
def test_production_refuses_to_start_without(missing: str) -> None:
    environ = {name: value for name, value in PRODUCTION.items() if name != missing}
    assert refusal(**environ).startswith(f"{missing}: production needs ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CDS_SECRET", "for development only: not a secret"),
        ("CDS_NAMESPACE", "org.example"),
        ("CDS_PUBLIC_URL", "http://cds.trust.example"),
        ("CDS_CORS_ORIGINS", "https://ehr.trust.example"),
    ],
)
def test_production_refuses_the_values_of_development(name: str, value: str) -> None:
    told = refusal(**(PRODUCTION | {name: value}))
    assert told.startswith(f"{name}: production ")


def test_production_tells_of_a_wrong_value_once() -> None:
    assert refusal(**(PRODUCTION | {"CDS_NATION": "uk"})).count("CDS_NATION") == 1


def test_the_secret_is_not_in_what_a_log_would_show() -> None:
    assert "x" * 32 not in repr(read(CDS_SECRET="x" * 32))


def test_the_default_codes_are_ten_different_ones_with_their_systems() -> None:
    assert len(set(OBSERVATION_CODES)) == 10
    assert {code.split("|")[0] for code in OBSERVATION_CODES} == {
        "http://loinc.org",
        "http://snomed.info/sct",
    }


def test_every_setting_is_in_the_table_of_the_documentation_and_no_other() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text("utf-8")
    rows = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| `")]
    assert sorted(row.strip("`") for row in rows) == sorted(NAMES)
