"""Public documents, such as key sets: the same bounds as every exchange, and no token."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import trustme

from cds_service.fhir_client import Documents
from tests.faults.faults import body, raw, status, then_drip, then_hang
from tests.faults.server import Behaviour, Listener
from tests.faults.town import context
from tests.fhir_client.conftest import Serve

pytestmark = pytest.mark.timeout(60)
KEYS = b'{"keys":[]}'


def test_a_document_comes_with_its_headers_and_no_token_is_sent(serve: Serve) -> None:
    server = serve(body(KEYS, "application/json", Cache_Control="max-age=60"))
    document = Documents().get(f"http://127.0.0.1:{server.port}/jwks.json", 10, 1000)
    assert document is not None
    assert (document.status, document.body) == (200, KEYS)
    assert document.headers["Cache-Control"] == "max-age=60"
    assert "authorization" not in server.seen[0].headers
    assert server.seen[0].method == "GET"


def test_an_error_is_an_answer_without_a_body(serve: Serve) -> None:
    server = serve(status(500))
    document = Documents().get(f"http://127.0.0.1:{server.port}/", 10, 1000)
    assert document is not None
    assert (document.status, document.body) == (500, b"")


def test_a_redirect_is_not_followed(serve: Serve) -> None:
    other = serve(body(KEYS))
    server = serve(status(302, Location=f"http://127.0.0.1:{other.port}/"))
    document = Documents().get(f"http://127.0.0.1:{server.port}/", 10, 1000)
    assert document is not None
    assert document.status == 302
    assert other.connections == 0


@pytest.mark.parametrize(
    "behave",
    [
        body(b" " * 1001),
        body(KEYS, Content_Encoding="gzip"),
        raw(b"no HTTP at all\r\n\r\n"),
        raw(),
        then_hang(b""),
        then_drip(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b" "),
    ],
    ids=["too large", "compressed", "no HTTP", "closed", "silent", "dripping"],
)
def test_what_is_no_answer_in_time_is_none(serve: Serve, behave: Behaviour) -> None:
    server = serve(behave)
    assert Documents().get(f"http://127.0.0.1:{server.port}/", 0.5, 1000) is None


@pytest.mark.parametrize("address", ["", "file:///etc/hostname", "http://u:p@127.0.0.1/"])
def test_what_is_no_address_is_none(address: str) -> None:
    assert Documents().get(address, 1, 1000) is None


def test_a_port_where_nobody_listens_is_none() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert Documents().get(f"http://127.0.0.1:{bound.getsockname()[1]}/", 5, 1000) is None


def test_a_private_authority_counts_for_the_address_that_it_is_given_for(tmp_path: Path) -> None:
    authority = trustme.CA()
    pem = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(pem)
    server = Listener(body(KEYS), tls=context(authority.issue_cert("127.0.0.1"))).start()
    address = f"https://127.0.0.1:{server.port}/jwks.json"
    try:
        document = Documents({address: str(pem)}).get(address, 10, 1000)
        assert document is not None
        assert document.body == KEYS
        assert Documents().get(address, 10, 1000) is None
    finally:
        server.stop()
