"""The figures of the case table are right, and a wrong label would be seen."""

from __future__ import annotations

import pytest

from tests.desk import Desk
from tests.reading.case_figures import Answer, binary, confusion, report
from tests.reading.case_table import ask_about, read_file, state_of

ANSWERS = (
    Answer("gene-fusion", "2", "confirmed", "confirmed"),
    Answer("gene-fusion", "2", "confirmed", "unconfirmed"),  # the wrong state, yet a finding
    Answer("gene-fusion", "2", "unconfirmed", "none"),  # missed
    Answer("gene-fusion", "10", "none", "screening"),  # a false card
    Answer("gene-fusion", "10", "none", "none"),
    Answer("gene-fusion", "10", "not known", "not known"),
    Answer("diagnosis", "codes", "established", "established"),
)


def test_a_finding_is_counted_whatever_its_certainty() -> None:
    found = binary(ANSWERS[:6])
    assert (found.true, found.false, found.missed, found.silent) == (2, 1, 1, 2)
    assert (found.recall, found.precision) == (2 / 3, 2 / 3)


def test_without_findings_nothing_was_missed_and_nothing_said() -> None:
    found = binary([Answer("gene-fusion", "3", "none", "none")])
    assert (found.recall, found.precision) == (1.0, 1.0)


def test_the_confusion_keeps_states_apart_that_are_both_findings() -> None:
    assert confusion(ANSWERS)["confirmed", "unconfirmed"] == 1
    assert confusion(ANSWERS)["confirmed", "confirmed"] == 1


def test_the_report_marks_what_is_wrong_and_counts_shapes_in_their_order() -> None:
    lines = list(report(ANSWERS))
    assert sum("<- wrong" in line for line in lines) == 3
    shapes = [line.split()[0] for line in lines if "cases," in line]
    assert shapes == ["diagnosis:", "codes", "gene-fusion:", "2", "10"]
    assert "recall 0.667, precision 0.667" in lines[shapes.index("gene-fusion:") + 2]


@pytest.mark.parametrize(
    ("label", "right"), [("none", True), ("confirmed", False), ("unconfirmed", False)]
)
def test_a_wrong_label_is_seen(
    label: str, right: bool, ask: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("cases") / "one.toml"
    path.write_text(
        f'[[case]]\nid = "x"\nshape = "2"\nstate = "{label}"\nwhy = "A test."\n'
        'given = [{genes = ["ETV6", "NTRK3"], change = "SO:0001565", value = "absent"}]\n',
        "utf-8",
    )
    (case,) = read_file(path)
    assert (state_of(ask_about(ask, case), case) == case.state) is right


@pytest.mark.parametrize(
    "line", ['state = "perhaps"', 'state = "none"\nrecomendation = "nothing"', 'state = "recorded"']
)
def test_a_case_with_a_slip_is_refused(line: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("cases") / "one.toml"
    path.write_text(
        f'[[case]]\nid = "x"\nshape = "2"\n{line}\nwhy = "A test."\ngiven = [{{}}]\n', "utf-8"
    )
    with pytest.raises(AssertionError, match="x: "):
        read_file(path)
