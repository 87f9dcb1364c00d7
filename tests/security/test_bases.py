"""Addresses of FHIR servers are compared part by part, never as a prefix."""

from __future__ import annotations

import pytest

from cds_service.clients import ANYBODY, Base, Client, Registry, open_registry

OURS = Base.parse("https://fhir.trust.example/api/r4")


@pytest.mark.parametrize(
    "address",
    [
        "https://fhir.trust.example/api/r4",
        "https://fhir.trust.example/api/r4/",
        "https://fhir.trust.example:443/api/r4",
        "https://FHIR.trust.example/api/r4/Patient",
        "https://fhir.trust.example./api/r4",
    ],
)
def test_the_same_server_is_covered_however_it_is_written(address: str) -> None:
    assert OURS.covers(Base.parse(address))


@pytest.mark.parametrize(
    "address",
    [
        "http://fhir.trust.example/api/r4",
        "https://fhir.trust.example:8443/api/r4",
        "https://fhir.trust.example/api/r",
        "https://fhir.trust.example/api/r40",
        "https://fhir.trust.example/api",
        "https://fhir.trust.example",
        "https://fhir.trust.example/API/r4",
        "https://fhir.trust.example.evil.example/api/r4",
        "https://evil.example/fhir.trust.example/api/r4",
        "https://xfhir.trust.example/api/r4",
        "https://trust.example/api/r4",
        "https://127.0.0.1/api/r4",
    ],
)
def test_another_server_is_not_covered_however_alike_it_looks(address: str) -> None:
    assert not OURS.covers(Base.parse(address))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "fhir.trust.example",
        "//fhir.trust.example",
        "ftp://fhir.trust.example",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https:///r4",
        "https://fhir.trust.example@evil.example/api/r4",
        "https://user:secret@fhir.trust.example/api/r4",
        "https://fhir.trust.example/api/r4?x=1",
        "https://fhir.trust.example/api/r4#x",
        "https://fhir.trust.example/api/../admin",
        "https://fhir.trust.example/api/./r4",
        "https://fhir.trust.example/api/%2e%2e/admin",
        "https://fhir.trust.example/api/%252e%252e/admin",
        "https://fhir.trust.example/api%2fr4",
        "https://fhir.trust.example/api//r4",
        "https://fhir.trust.example\\@evil.example/api/r4",
        "https://fhir.trust.example/api\\..\\admin",
        "https://fhir.trust.example:99999/api",
        "https://fhir.trust.example:x/api",
        "https://[::1/api",
        "https://fhir trust.example/api",
        " https://fhir.trust.example/api",
        "https://fhir.trust.example/api\r\nHost: evil.example",
        "https://fhir.trust.example/api\0",
        "https://fhir.trust.example/api\x7f",
        "https://fhir%2etrust.example/api",
        "https://./api",
        "https://fhir.trust.example/api//",
        *(f"https://fhir.trust.example/{c}" for c in '"<>^`{|}\\ '),
        "https://fhır.trust.example/api",
        "https://fhir。trust.example/api",
    ],
)
def test_an_address_with_two_readings_is_none(address: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        Base.parse(address)


@pytest.mark.parametrize(
    "address",
    ["http://localhost:8080/r4", "http://127.0.0.1/r4", "http://127.9.9.9", "http://[::1]:8080/r4"],
)
def test_the_open_registry_reads_servers_of_this_machine(address: str) -> None:
    assert open_registry().may_read(ANYBODY, Base.parse(address))


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost.evil.example/r4",
        "http://127.0.0.1.evil.example/r4",
        "http://10.0.0.1/r4",
        "http://169.254.169.254/latest",
        "http://2130706433/r4",
        "http://0x7f.1/r4",
        "http://0.0.0.0/r4",
        "https://fhir.trust.example/r4",
    ],
)
def test_the_open_registry_reads_no_other_server(address: str) -> None:
    assert not open_registry().may_read(ANYBODY, Base.parse(address))


def test_a_client_has_its_servers_and_no_others() -> None:
    client = Client(site="trust-a", iss="x", fhir_servers=(OURS,))
    other = Client(site="trust-b", iss="y")
    registry = Registry((client, other))
    assert registry.may_read(client, OURS)
    assert not registry.may_read(other, OURS)
    assert not registry.may_read(client, Base.parse("http://127.0.0.1/r4"))
