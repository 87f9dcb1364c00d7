"""Whatever the service has, the pages tell of: nothing is left out, nothing is made up."""

from __future__ import annotations

import re

import pytest
from flask import Flask

import cds_service.domain as domain
from cds_service import errors
from cds_service.doors.app import create_app
from cds_service.doors.cli import main
from cds_service.doors.discovery import SERVICE_ID
from cds_service.doors.envelope import PATIENT_VIEW, RESULT_NOUN_VERB
from cds_service.doors.events import LogStore
from cds_service.errors import HTTP_ANSWERS, ServiceError
from cds_service.knowledge import Knowledge
from cds_service.settings import NAMES, Settings
from tests.docs.repository import CHECKOUT, page, told

README = page("README.md")
GLOSSARY = page("GLOSSARY.md")
CAPABILITY = page("docs/cds-hooks.md")


def names(text: str, word: str) -> bool:
    """True when the word stands alone, not as part of a longer one."""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


def error_classes() -> list[str]:
    found = (value for value in vars(errors).values() if isinstance(value, type))
    return [kind.__name__ for kind in found if issubclass(kind, ServiceError)]


@pytest.fixture(scope="module")
def app(knowledge: Knowledge) -> Flask:
    return create_app(Settings(), knowledge=knowledge, store=LogStore())


def commands(capsys: pytest.CaptureFixture[str], *before: str) -> list[str]:
    """The commands that the help lists."""
    with pytest.raises(SystemExit):
        main([*before, "--help"])
    return re.findall(r"^    ([a-z]+)(?:  | *$)", capsys.readouterr().out, flags=re.MULTILINE)


@pytest.mark.parametrize("word", domain.__all__)
def test_every_public_word_of_the_domain_is_in_the_glossary(word: str) -> None:
    assert names(GLOSSARY.text, word)


@pytest.mark.parametrize("error", error_classes())
def test_every_error_is_in_the_glossary(error: str) -> None:
    assert names(GLOSSARY.text, error)


@pytest.mark.parametrize("error", HTTP_ANSWERS)
def test_every_status_of_an_error_is_told_as_it_is(error: type[errors.RequestError]) -> None:
    answer = HTTP_ANSWERS[error]
    row = f"| {answer.status} | `{answer.issue}` | `{error.__name__}` |"
    assert row in page("docs/integration-engineer.md").text
    assert f"| {answer.status} |" in CAPABILITY.text


@pytest.mark.parametrize("setting", NAMES)
def test_every_setting_is_told(setting: str) -> None:
    assert names(page("docs/settings.md").text, setting)


def test_no_page_tells_of_a_setting_that_does_not_exist() -> None:
    known = {*NAMES, "CDS_SERVICE_", "CDS_TEST_STRICT"}
    assert set(re.findall(r"\bCDS_[A-Z_]+", told())) <= known


def test_every_command_is_in_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    top = commands(capsys)
    assert {"serve", "check", "explain", "knowledge"} <= set(top)
    groups = {"knowledge", "log", "store"} & set(top)
    under = [f"{group} {name}" for group in sorted(groups) for name in commands(capsys, group)]
    assert {"knowledge check", "knowledge report", "log verify"} <= set(under)
    for command in [name for name in top if name not in groups] + under:
        assert f"| `cds-service {command}" in README.text


def test_every_exit_code_is_in_the_readme_as_the_help_has_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told_by_help = " ".join(capsys.readouterr().out.split())
    rows = dict(re.findall(r"^\| (\d) \| ([^|]+) \|$", README.text, flags=re.MULTILINE))
    assert sorted(rows) == ["0", "1", "2", "3", "4", "5", "6"]
    for code, meaning in rows.items():
        assert f"{code} {meaning.strip().split(',')[0]}" in told_by_help


def test_every_address_is_in_the_readme_and_on_the_capability_page(app: Flask) -> None:
    routes = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert f"POST /cds-services/{SERVICE_ID}" in routes
    for route in routes:
        assert f"`{route}`" in README.text
        assert f"`{route}`" in CAPABILITY.text


@pytest.mark.parametrize("hook", [PATIENT_VIEW, RESULT_NOUN_VERB])
def test_every_hook_is_in_the_readme_and_on_the_capability_page(hook: str) -> None:
    assert hook in README.text
    assert hook in CAPABILITY.text


def test_every_recommendation_is_in_the_glossary_and_on_the_page_of_cards(
    knowledge: Knowledge,
) -> None:
    said = {row.recommendation for guideline in knowledge.guidelines for row in guideline.table}
    for recommendation in said:
        assert names(GLOSSARY.text, recommendation)
        assert names(page("docs/cards.md").text, recommendation)


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        *(
            f"docs/{name}.md"
            for name in (
                "clinician",
                "integration-engineer",
                "safety-officer",
                "knowledge-author",
                "operator",
                "behaviour",
                "cards",
                "cds-hooks",
                "settings",
            )
        ),
    ],
)
def test_every_page_for_readers_says_that_this_is_not_for_clinical_use(name: str) -> None:
    words = " ".join(page(name).text.replace("*", "").lower().split())
    assert "clinical use until a responsible manufacturer places" in words


def test_every_test_that_the_safety_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", page("docs/safety-officer.md").text))
    sources = (path.read_text("utf-8") for path in (CHECKOUT / "tests").rglob("test_*.py"))
    written = {name for source in sources for name in re.findall(r"^def (test_\w+)", source, re.M)}
    assert named
    assert named <= written, f"no such test: {sorted(named - written)}"


def test_a_word_inside_a_longer_one_is_not_taken_for_told() -> None:
    assert names("`CDS_HOST` is told", "CDS_HOST")
    assert not names("`CDS_HOSTNAME` is told", "CDS_HOST")
    assert not names("GapWhy", "Gap")
