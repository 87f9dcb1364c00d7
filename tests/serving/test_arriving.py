"""Where a request ends, whatever the pieces in which it comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.doors.arriving import LONGEST_HEAD, Arrival, Arriving
from tests.serving.requests import HEAD, WHOLE, framed

CHUNKED = b"Transfer-Encoding: chunked"
NO_BODY = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
IN_CHUNKS = framed(CHUNKED, body=b"3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n")
WITH_TRAILER = framed(CHUNKED, body=b"3\r\nabc\r\n0\r\nX: y\r\n\r\n")
LIMIT = 10_000


def arriving(*pieces: bytes, limit: int = LIMIT) -> Arriving:
    request = Arriving(limit)
    for piece in pieces:
        if request.state is Arrival.COMING:
            request.add(piece)
    return request


@pytest.mark.parametrize("whole", [WHOLE, NO_BODY, IN_CHUNKS])
def test_a_request_is_whole_with_its_last_byte_and_not_before(whole: bytes) -> None:
    assert arriving(whole[:-1]).state is Arrival.COMING
    last = arriving(whole + NO_BODY)
    assert last.state is Arrival.WHOLE
    assert last.request() == whole
    assert last.rest() == NO_BODY


@given(st.sampled_from([WHOLE, NO_BODY, IN_CHUNKS]), st.data())
def test_the_pieces_in_which_it_comes_make_no_difference(whole: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=12)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    request = arriving(*pieces)
    assert request.state is Arrival.WHOLE
    assert request.request() == whole


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail_or_end_beyond_them(data: bytes) -> None:
    for head in (b"", framed(CHUNKED)):
        request = arriving(head + data)
        assert request.request() + request.rest() == head + data or request.state is Arrival.WHOLE


def test_a_trailer_is_left_out() -> None:
    request = arriving(WITH_TRAILER + NO_BODY)
    assert request.request() == framed(CHUNKED, body=b"3\r\nabc\r\n0\r\n\r\n")
    assert request.rest() == NO_BODY


def test_a_body_over_the_limit_is_not_waited_for() -> None:
    assert arriving(framed(b"Content-Length: 10001")).state is Arrival.CUT
    assert arriving(framed(b"Content-Length: 10000")).state is Arrival.COMING


def test_chunks_over_the_limit_are_cut_a_little_behind_it() -> None:
    start = framed(CHUNKED, body=b"ffff\r\n")
    assert arriving(start + b"x" * (LIMIT + 1)).state is Arrival.COMING
    assert arriving(start + b"x" * (LIMIT + 2)).state is Arrival.CUT


@pytest.mark.parametrize("end", [b"zz\r\n", b"3\r\nabcd", b"3\r\nabc\n", b"1" * 300, b"\r\n"])
def test_chunks_that_are_none_are_noticed_at_once(end: bytes) -> None:
    assert arriving(framed(CHUNKED, body=end)).state is Arrival.CHUNKS_BROKEN


def test_a_head_is_as_long_as_it_may_be_and_no_longer() -> None:
    assert arriving(HEAD + b"x" * (LONGEST_HEAD - len(HEAD))).state is Arrival.COMING
    assert arriving(HEAD + b"x" * LONGEST_HEAD).state is Arrival.HEAD_TOO_LONG


def test_whoever_asks_to_go_on_is_told_once() -> None:
    asking = framed(b"Content-Length: 5", b"Expect: 100-continue")
    assert arriving(asking).asks_to_go_on
    assert not arriving(asking, b"12").asks_to_go_on
    assert not arriving(framed(b"Content-Length: 5")).asks_to_go_on
