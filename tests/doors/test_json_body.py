"""Bodies that JSON readers disagree about are refused, or read without losing that fact."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.domain import RepeatedKeys
from cds_service.errors import RequestError
from cds_service.strict_json import DEEPEST, parse


def refusal(raw: bytes) -> str:
    with pytest.raises(RequestError) as refused:
        parse(raw)
    return str(refused.value)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(), st.lists))
def test_whatever_json_can_hold_comes_back_as_it_was(value: Any) -> None:
    assert parse(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")) == value


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": 1,}',
        b"// words\n{}",
        b"{} {}",
        b"NaN",
        b'{"a": Infinity}',
        b"[-Infinity]",
        b'"\x00"',
        b"\xef\xbb\xbf{}",
    ],
)
def test_what_is_not_json_is_refused(raw: bytes) -> None:
    assert refusal(raw).startswith("The body is not JSON: ")


@pytest.mark.parametrize("raw", [b'{"a": "\xff"}', '{"a": 1}'.encode("utf-16"), b'"\xed\xa0\x80"'])
def test_what_is_not_utf_8_is_refused(raw: bytes) -> None:
    assert refusal(raw) == "The body is not UTF-8."


@pytest.mark.parametrize("raw", [b"1e999", b"[-1e999]", b"9" * 309, b"-" + b"9" * 5000])
def test_a_number_that_no_double_holds_is_refused(raw: bytes) -> None:
    assert refusal(raw) == "A number in the body is too large."


def test_a_long_number_that_a_double_holds_is_read() -> None:
    assert parse(b"-" + b"9" * 308) == -(10**308 - 1)


def test_a_body_as_deep_as_allowed_is_read() -> None:
    assert parse(nested(DEEPEST)) is not None


@pytest.mark.parametrize("depth", [DEEPEST + 1, 1_000, 100_000])
def test_a_body_that_is_deeper_is_refused(depth: int) -> None:
    assert refusal(nested(depth)) == f"The body is nested deeper than {DEEPEST}."


def test_depth_is_counted_through_objects_too() -> None:
    raw = b'{"a":[' * (DEEPEST // 2)
    assert parse(raw + b"]}" * (DEEPEST // 2)) is not None
    deeper = b"[" + raw + b"]}" * (DEEPEST // 2) + b"]"
    assert "deeper" in refusal(deeper)


def test_a_key_that_stands_twice_is_not_forgotten() -> None:
    value = parse(b'{"a": {"b": 1, "b": 2}, "c": [{"d": 1}]}')
    assert isinstance(value["a"], RepeatedKeys)
    assert value["a"] == {"b": 2}
    assert not isinstance(value, RepeatedKeys)
    assert not isinstance(value["c"][0], RepeatedKeys)


def test_a_text_cut_in_the_middle_of_a_character_is_read_with_a_replacement() -> None:
    assert parse(rb'["a\ud83d", "\ude00b"]') == ["a\ufffd", "\ufffdb"]


def test_a_whole_pair_and_an_escaped_backslash_are_left_alone() -> None:
    assert parse(rb'["\ud83d\ude00", "\\ud83d", "\\\ud83d"]') == [
        "\U0001f600",
        r"\ud83d",
        "\\\ufffd",
    ]


def test_a_refusal_holds_nothing_of_the_body() -> None:
    assert "Smith" not in refusal(b'{"family": "Smith" "given"}')
