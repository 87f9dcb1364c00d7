"""Requests whose end is in dispute are refused, so that no second request hides in the first."""

from __future__ import annotations

import pytest

from tests.serving.requests import BODY, HEAD, WHOLE, framed
from tests.serving.servers import Server, answer, one_answer

HIDDEN = b"GET /health HTTP/1.1\r\nHost: hidden\r\nConnection: close\r\n\r\n"
LENGTH = f"Content-Length: {len(BODY)}".encode()
CHUNKED = b"Transfer-Encoding: chunked"
CHUNKS = f"{len(BODY):x}\r\n".encode() + BODY + b"\r\n0\r\n\r\n"
SMUGGLED = {
    "a length and chunks": framed(LENGTH, CHUNKED, body=CHUNKS),
    "chunks and a length": framed(CHUNKED, LENGTH, body=CHUNKS),
    "a length that ends before the chunks": framed(b"Content-Length: 4", CHUNKED, body=CHUNKS),
    "two lengths": framed(LENGTH, b"Content-Length: 0", body=BODY),
    "the same length twice": framed(LENGTH, LENGTH, body=BODY),
    "a list of lengths": framed(LENGTH + b", 0", body=BODY),
    "a length with a sign": framed(b"Content-Length: +" + LENGTH[16:], body=BODY),
    "a negative length": framed(b"Content-Length: -1", body=BODY),
    "a length in hexadecimal": framed(b"Content-Length: 0x10", body=BODY),
    "a length in other digits": framed("Content-Length: ١٠".encode(), body=BODY),
    "an empty length": framed(b"Content-Length:", body=BODY),
    "a length with an underscore": framed(b"Content-Length: 1_0", body=BODY),
    "chunked twice": framed(CHUNKED, CHUNKED, body=CHUNKS),
    "chunked twice in a list": framed(b"Transfer-Encoding: chunked, chunked", body=CHUNKS),
    "not chunked at last": framed(b"Transfer-Encoding: chunked, identity", body=CHUNKS),
    "a coding that is almost chunked": framed(b"Transfer-Encoding: xchunked", body=CHUNKS),
    "a coding without chunks": framed(b"Transfer-Encoding: identity", body=CHUNKS),
    "a space before the colon": framed(b"Transfer-Encoding : chunked", body=CHUNKS),
    "a folded field": framed(b"X: y\r\n Transfer-Encoding: chunked", LENGTH, body=BODY),
    "a control character in a name": framed(b"Transfer-\x00Encoding: chunked", LENGTH, body=BODY),
    "a carriage return alone in a field": framed(b"X: y\rContent-Length: 0", LENGTH, body=BODY),
    "chunks in HTTP/1.0": framed(CHUNKED, body=CHUNKS).replace(b"HTTP/1.1", b"HTTP/1.0", 1),
    "a chunk size that is none": framed(CHUNKED, body=b"zz\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a chunk size with a sign": framed(CHUNKED, body=b"+5\r\n12345\r\n0\r\n\r\n"),
    "a chunk size with a prefix": framed(CHUNKED, body=b"0x5\r\n12345\r\n0\r\n\r\n"),
    "a chunk longer than it says": framed(CHUNKED, body=b"3\r\n12345\r\n0\r\n\r\n"),
    "a huge chunk size": framed(CHUNKED, body=b"fffffffffffffffff\r\n12345"),
    "a bare line feed after a chunk size": framed(CHUNKED, body=b"5\n12345\r\n0\r\n\r\n"),
    "a version that nobody speaks": WHOLE.replace(b"HTTP/1.1", b"HTTP/9.9", 1),
    "no version": WHOLE.replace(b" HTTP/1.1", b"", 1),
    "a request line of one word": b"NONSENSE\r\n\r\n",
    "TLS on the plain port": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a head in another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


def refused(server: Server, sent: bytes) -> bytes:
    """The one answer to these bytes, checked: refused, closed, and nothing behind it answered."""
    with server.connect() as connection:
        connection.sendall(sent)
        told = answer(connection)
    assert told.count(b"HTTP/1.1 ") == 1, told
    assert b'"status":"ok"' not in told
    assert b'"summary"' not in told
    return told


@pytest.mark.parametrize("sent", SMUGGLED.values(), ids=SMUGGLED)
def test_a_request_without_one_clear_end_is_refused(server: Server, sent: bytes) -> None:
    told = refused(server, sent + HIDDEN)
    assert told.split(b" ")[1] in (b"400", b"501", b"505")
    assert b'"OperationOutcome"' in told


def test_one_clear_end_is_answered_and_so_is_what_comes_behind_it(server: Server) -> None:
    for clear in (WHOLE, framed(CHUNKED, body=CHUNKS)):
        with server.connect() as connection:
            connection.sendall(
                clear + HIDDEN.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
            )
            told = answer(connection)
        assert b'"summary"' in told
        assert b'"status":"ok"' in told


def test_a_head_that_is_too_long_is_refused_before_it_ends(server: Server) -> None:
    told = refused(server, HEAD + b"X-Long: " + b"x" * 70_000)
    assert told.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"414"),
        (framed(b"X: " + b"x" * 9000, LENGTH, body=BODY), b"431"),
        (framed(*[b"X: y"] * 70, LENGTH, body=BODY), b"431"),
    ],
)
def test_a_field_that_is_too_long_is_refused(server: Server, sent: bytes, status: bytes) -> None:
    assert refused(server, sent).split(b" ")[1] == status


def test_a_body_that_is_too_long_is_refused_before_it_comes(server: Server) -> None:
    told = refused(server, framed(b"Content-Length: 99999999999"))
    assert told.startswith(b"HTTP/1.1 413 ")
    assert b'"too-long"' in told


def test_what_cannot_be_parsed_is_repeated_nowhere(server: Server) -> None:
    told = refused(server, b"GET /?name=CANARY-1 HTTP/1.1\r\nCANARY-2 : x\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 400 ")
    assert b"CANARY" not in told
    told = refused(server, b"CANARY-3 CANARY-4\r\n\r\n")
    assert b"CANARY" not in told
    assert server.logged("request refused by the server")
    assert "CANARY" not in server.log.read_text("utf-8")


def test_headers_of_a_proxy_change_nothing(server: Server) -> None:
    fields = (
        b"X-Forwarded-For: 203.0.113.7",
        b"X-Forwarded-Proto: https",
        b"X-Forwarded-Host: elsewhere.example",
        b"Forwarded: host=elsewhere.example;proto=https",
        b"Script_Name: /elsewhere",
    )
    with server.connect() as connection:
        connection.sendall(WHOLE)
        plain = one_answer(connection).partition(b"\r\n\r\n")[2]
    with server.connect() as connection:
        connection.sendall(framed(*fields, LENGTH, body=BODY))
        told = one_answer(connection)
    assert told.partition(b"\r\n\r\n")[2] == plain
    assert b"elsewhere" not in told
