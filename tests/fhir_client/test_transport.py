"""One exchange over real sockets: what is sent, what is refused, and that it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.domain import GapWhy
from cds_service.fhir_client.transport import Trouble
from tests.faults.server import Asked, Behaviour, Wire
from tests.fhir_client.conftest import LIMIT, Open, Serve


def saying(body: bytes = b"{}", status: int = 200, **headers: str) -> Behaviour:
    def behave(wire: Wire, asked: Asked) -> bool:
        wire.answer(status, body, **headers)
        return True

    return behave


def trouble(transport: Open, serve: Serve, behave: Behaviour) -> GapWhy:
    with pytest.raises(Trouble) as raised:
        transport().exchange(f"http://127.0.0.1:{serve(behave).port}/", {})
    return raised.value.why


def test_a_form_is_posted_and_nothing_compressed_is_asked_for(
    transport: Open, serve: Serve
) -> None:
    server = serve(saying(b'{"a":1}'))
    address = f"http://127.0.0.1:{server.port}/r4/Observation/_search"
    form = (("patient", "1"), ("code", "http://loinc.org|1-2,x|y+z"))
    answer = transport().exchange(address, {"Authorization": "Bearer t"}, form)
    assert (answer.status, answer.body) == (200, b'{"a":1}')
    (asked,) = server.seen
    assert (asked.method, asked.path, asked.params) == (
        "POST",
        "/r4/Observation/_search",
        dict(form),
    )
    assert asked.headers["accept-encoding"] == "identity"
    assert asked.headers["authorization"] == "Bearer t"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.headers["user-agent"] == "cds-service"


def test_neither_proxies_nor_passwords_come_from_the_environment(
    transport: Open, serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    proxy, server = serve(saying()), serve(saying())
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n", "utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    transport().exchange(f"http://127.0.0.1:{server.port}/", {})
    assert proxy.connections == 0
    assert "authorization" not in server.seen[0].headers


def test_a_cookie_is_not_sent_back(transport: Open, serve: Serve) -> None:
    server = serve(saying(Set_Cookie="a=b; Path=/"))
    opened = transport()
    for _ in range(2):
        opened.exchange(f"http://127.0.0.1:{server.port}/", {})
    assert [("cookie" in asked.headers) for asked in server.seen] == [False, False]


def test_a_redirect_is_an_answer_and_its_address_is_not_asked(
    transport: Open, serve: Serve
) -> None:
    other = serve(saying())
    server = serve(saying(b"", 302, Location=f"http://127.0.0.1:{other.port}/"))
    answer = transport().exchange(f"http://127.0.0.1:{server.port}/", {})
    assert (answer.status, answer.body) == (302, b"")
    assert other.connections == 0


@pytest.mark.parametrize("status", [302, 404, 500])
def test_the_body_of_an_error_is_not_read(transport: Open, serve: Serve, status: int) -> None:
    server = serve(saying(b"x" * 2 * LIMIT, status))
    assert transport().exchange(f"http://127.0.0.1:{server.port}/", {}).body == b""


def test_a_body_of_just_the_limit_is_read_and_one_more_byte_is_not(
    transport: Open, serve: Serve
) -> None:
    server = serve(saying(b"x" * LIMIT))
    assert len(transport().exchange(f"http://127.0.0.1:{server.port}/", {}).body) == LIMIT
    assert trouble(transport, serve, saying(b"x" * (LIMIT + 1))) is GapWhy.ANSWER_TOO_LARGE


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip", "GZIP"])
def test_an_encoded_body_is_refused_without_decoding_it(
    transport: Open, serve: Serve, encoding: str
) -> None:
    behave = saying(b"x", Content_Encoding=encoding)
    assert trouble(transport, serve, behave) is GapWhy.ANSWER_UNREADABLE


def test_an_encoding_that_is_none_is_read(transport: Open, serve: Serve) -> None:
    server = serve(saying(b"{}", Content_Encoding="Identity"))
    assert transport().exchange(f"http://127.0.0.1:{server.port}/", {}).body == b"{}"


def test_a_connection_that_the_server_closed_between_two_requests_is_opened_anew(
    transport: Open, serve: Serve
) -> None:
    def once_per_connection(wire: Wire, asked: Asked) -> bool:
        if asked.path == "/2" and len(server.seen) == 2:
            return False  # closed where an answer was due
        wire.answer(200, asked.path.encode())
        return True

    server = serve(once_per_connection)
    opened = transport()
    for path in ("/1", "/2"):
        answer = opened.exchange(f"http://127.0.0.1:{server.port}{path}", {})
        assert answer.body == path.encode()
    assert server.connections == 2


def test_a_first_request_that_fails_is_not_sent_twice(transport: Open, serve: Serve) -> None:
    server = serve(lambda wire, asked: False)
    with pytest.raises(Trouble) as raised:
        transport().exchange(f"http://127.0.0.1:{server.port}/", {})
    assert (raised.value.why, raised.value.down) == (GapWhy.NOT_REACHABLE, True)
    assert len(server.seen) == 1


@pytest.mark.timeout(20)
def test_a_deadline_that_has_passed_sends_nothing(transport: Open, serve: Serve) -> None:
    server = serve(saying())
    with pytest.raises(Trouble) as raised:
        transport(seconds=0).exchange(f"http://127.0.0.1:{server.port}/", {})
    assert raised.value.why is GapWhy.TOO_SLOW
    assert server.connections == 0


def test_the_message_of_a_trouble_holds_nothing_of_the_address(
    transport: Open, serve: Serve
) -> None:
    server = serve(lambda wire, asked: False)
    with pytest.raises(Trouble) as raised:
        transport().exchange(f"http://127.0.0.1:{server.port}/Observation?patient=canary", {})
    assert "canary" not in f"{raised.value!s} {raised.value!r} {raised.value.__cause__!r}"
