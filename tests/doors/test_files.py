"""Files for the command line: requests, records, and one clear line for anything else."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from cds_service.doors.cli import main
from tests.doors.bodies import PATIENT, bundle, fusion, mesothelioma
from tests.doors.commands import DAY, PATIENT_RESOURCE, complaint, positive, record

pytestmark = pytest.mark.usefixtures("proved")


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
