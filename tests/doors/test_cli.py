"""The command line: the same answers as the hook door, and one clear line for bad input."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.doors.cli import main
from tests.doors.bodies import PATIENT, SERVICE, bundle, chart_opening, fusion, mesothelioma

PATIENT_RESOURCE = {"resourceType": "Patient", "id": PATIENT}
DAY = ("--today", "2026-11-22")


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def written(*documents: object, name: str = "a file.json") -> str:
        path = tmp_path / name
        path.write_text("\n".join(json.dumps(document) for document in documents), "utf-8")
        return str(path)

    return written


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


# check


def test_check_prints_the_card_for_people(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", write(positive()), *DAY]) == 0
    told = capsys.readouterr().out
    assert told.startswith("[WARNING] ")
    assert "NTRK1" in told
    assert "Source: NHS GeNotes" in told
    assert "https://" in told
    assert "**" not in told
    assert "{" not in told
    assert max(len(line) for line in told.splitlines() if "https://" not in line) <= 96


def test_check_json_prints_exactly_what_the_hook_door_answers(
    write: Any, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    for body in (positive(), chart_opening(), chart_opening(conditions=[mesothelioma()])):
        response = client.post(SERVICE, json=body)
        assert main(["check", "--json", write(body), *DAY]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told == {"status": response.status_code, "body": response.get_json()}


@pytest.mark.parametrize(
    ("changes", "status", "code"), [({"prefetch": None}, 412, 4), ({"hook": "x"}, 400, 3)]
)
def test_check_json_prints_the_outcome_of_the_hook_door_too(
    write: Any,
    client: FlaskClient,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, Any],
    status: int,
    code: int,
) -> None:
    body = chart_opening() | changes
    answered = client.post(SERVICE, json=body).get_json()
    del answered["id"]  # the id of that one request
    assert main(["check", "--json", write(body), *DAY]) == code
    assert json.loads(capsys.readouterr().out) == {"status": status, "body": answered}


def test_check_says_in_words_that_it_could_not_check(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", write(chart_opening() | {"prefetch": None}), *DAY]) == 4
    assert capsys.readouterr().out.startswith("[INFO] ")


def test_check_ends_with_4_when_one_source_could_not_be_checked(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    body = chart_opening(conditions=[mesothelioma()], observations="<html>")
    assert main(["check", write(body), *DAY]) == 4
    assert capsys.readouterr().out.startswith("[INFO] ")


def test_check_without_a_card_says_why_and_what_was_not_read(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    body = chart_opening()
    del body["prefetch"]["medicationRequests"]
    assert main(["check", write(body), *DAY]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith("No card: what was read rules the guidance out.")
    assert "medicationRequests (not-sent)" in told


def test_the_nation_and_the_day_change_the_position_that_is_shown(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    told = set()
    for arguments in (DAY, ("--today", "2024-06-01"), (*DAY, "--nation", "scotland")):
        assert main(["check", write(positive()), *arguments]) == 0
        told.add(capsys.readouterr().out)
    assert len(told) == 3


# Files


@pytest.mark.parametrize(
    "documents",
    [
        [record()],
        [record() | {"type": "collection"}],
        [PATIENT_RESOURCE, fusion(), mesothelioma()],
        [bundle(PATIENT_RESOURCE, fusion()), mesothelioma()],
    ],
)
def test_records_are_taken_as_the_whole_record_and_the_output_says_so(
    write: Any, capsys: pytest.CaptureFixture[str], documents: list[Any]
) -> None:
    assert main(["check", write(*documents), *DAY]) == 0
    told = capsys.readouterr().out
    assert told.startswith("[WARNING] ")
    assert "whole record" in told


def test_a_request_is_not_a_whole_record(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", write(positive()), *DAY]) == 0
    assert "whole record" not in capsys.readouterr().out


def test_a_record_that_names_a_further_page_is_not_whole(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    page = bundle(PATIENT_RESOURCE, mesothelioma()) | {"link": [{"relation": "next", "url": "x"}]}
    assert main(["check", write(page), *DAY]) == 4


def test_a_single_resource_is_read(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", write(PATIENT_RESOURCE), *DAY]) == 0
    assert capsys.readouterr().out.startswith("No card")


def test_a_file_of_an_editor_that_marks_utf_8_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "marked.json"
    path.write_text(json.dumps(record(), indent=2), "utf-8-sig")
    assert main(["check", str(path), *DAY]) == 0


def test_a_dash_reads_what_is_piped_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    piped = io.TextIOWrapper(io.BytesIO(json.dumps(record()).encode()))
    monkeypatch.setattr("sys.stdin", piped)
    assert main(["check", "-", *DAY]) == 0
    assert capsys.readouterr().out.startswith("[WARNING] ")


def test_several_patients_need_a_choice(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    other = {"resourceType": "Patient", "id": "synthetic-9"}
    path = write(bundle(PATIENT_RESOURCE, other, fusion(), mesothelioma()))
    assert main(["check", path, *DAY]) == 3
    assert "--patient: synthetic-1, synthetic-9" in complaint(capsys)
    assert main(["check", path, "--patient", "synthetic-9", *DAY]) != 3
    assert not capsys.readouterr().out.startswith("[WARNING] ")
    assert main(["check", path, "--patient", PATIENT, *DAY]) == 0
    assert capsys.readouterr().out.startswith("[WARNING] ")


def test_a_patient_who_is_not_in_the_file_is_an_error(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for document in (record(), positive()):
        assert main(["check", write(document), "--patient", "nobody", *DAY]) == 3
        assert "patient" in complaint(capsys)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"not json", "The body is not JSON: Expecting value at line 1 column 1."),
        (b"[1, 2]", "expected a JSON object"),
        (b"{}", "document 1 is neither a hook request nor FHIR"),
        (b'{"resourceType": 7}', "document 1 is neither a hook request nor FHIR"),
        (b'{"resourceType": "Patient"}\n{"resource', "line 2: The body is not JSON"),
        (b'{"resourceType": "Patient"}\n{"a": 1}', "document 2 is neither a hook request"),
        (b"\xff\xfe{", "The body is not UTF-8."),
        (b"[" * 5000, "The body is nested deeper than 512."),
        (b'{"hook": "order-sign"}', "hook: this service has no such hook"),
        (b"PK\x03\x04", "The body is not JSON"),
    ],
)
@pytest.mark.parametrize("command", ["check", "explain"])
def test_bad_input_is_one_clear_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    content: bytes,
    told: str,
) -> None:
    path = tmp_path / "input"
    path.write_bytes(content)
    assert main([command, str(path), *DAY]) == 3
    assert told in complaint(capsys)


@pytest.mark.parametrize("name", ["no such file", ".", "\0"])
def test_a_file_that_cannot_be_opened_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main(["check", name]) == 3
    complaint(capsys)


# explain


def test_explain_prints_every_criterion_with_the_resources_behind_it(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", write(positive()), *DAY]) == 0
    told = capsys.readouterr().out
    assert "Observation/synthetic-observation" in told
    assert "Condition/synthetic-condition" in told


def test_explain_gives_the_reasons_where_there_is_no_card(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", write(chart_opening()), "--json", *DAY]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["recommendation"] == "nothing"
    assert {item["id"] for item in told["criteria"]} == {"alive", "fusion", "diagnosis", "prior"}


def test_nothing_of_a_record_can_steer_the_terminal(
    write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "NTRK1 fusion \x1b[2J\x07\u202edetected\u200b \ud83d"
    report = {
        "resourceType": "DiagnosticReport",
        "id": "synthetic-report",
        "status": "final",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "code": {"text": text},
        "conclusion": text,
    }
    for command in ("check", "explain"):
        main([command, write(chart_opening(diagnosticReports=[report])), *DAY])
        told = capsys.readouterr().out
        assert not set("\x1b\x07\u202e\u200b\ud83d") & set(told)


# knowledge


def test_the_shipped_knowledge_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "check"]) == 0
    assert "genotes-ntrk-mesothelioma" in capsys.readouterr().out


def test_knowledge_that_is_wrong_is_named_with_file_and_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "links.toml").write_text("nonsense = 1", "utf-8")
    monkeypatch.setenv("CDS_KNOWLEDGE_DIR", str(tmp_path))
    assert main(["knowledge", "check"]) == 5
    assert "links.toml" in capsys.readouterr().err


def test_the_report_ends_with_6_while_something_is_overdue_and_says_what(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["knowledge", "report", *DAY]) == 6
    assert "OVERDUE" in capsys.readouterr().out


def test_the_report_ends_with_0_while_nothing_is_overdue(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["knowledge", "report", "--today", "2024-02-01"]) == 0
    assert "OVERDUE" not in capsys.readouterr().out


# Usage and settings


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["check"],
        ["check", "x", "--today", "22/11/2026"],
        ["check", "x", "--nation", "uk"],
        ["serve", "--port", "65536"],
        ["knowledge"],
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: " in capsys.readouterr().err


def test_help_names_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "2 usage or settings, 3 input unreadable, 4 could not check" in told


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("cds-service ")


def test_an_unknown_setting_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CDS_NATON", "wales")
    assert main(["knowledge", "check"]) == 2
    assert "CDS_NATON" in complaint(capsys)


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path, checkout: Path) -> None:
    path = tmp_path / "request.json"
    path.write_text(json.dumps(positive()), "utf-8")
    done = subprocess.run(
        f"{json.dumps(sys.executable)} -m cds_service check {json.dumps(str(path))} | true",
        shell=True,
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


def test_production_cannot_be_served_on_a_fixed_day(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CDS_MODE", "production")
    monkeypatch.setenv("CDS_SECRET", "x" * 32)
    monkeypatch.setenv("CDS_NAMESPACE", "uk.nhs.trust")
    monkeypatch.setenv("CDS_NATION", "wales")
    assert main(["serve", *DAY]) == 2
    assert "--today" in complaint(capsys)
