"""A name, numbers, a birth date and a token through every field and error path of real servers.

All log at debug level. Whatever they write, answer as an error or count is then searched.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.abuse.spoken import comments, items, kept, send, upgraded
from tests.abuse.test_naughty_strings import positive, texts_in, with_text
from tests.abuse.watched import FAULTS, JSON, Watched, failing_server, watched
from tests.doors.bodies import RESULT_HOOK, SERVICE
from tests.security.makers import claims, ec_key, forged, header, public

NAME, NHS, MRN, BORN, TOKEN = "Zyxcanarius", "9434765919", "MRNQX77193", "1931-03-17", "tokQZcanary"
CANARIES = (NAME, NHS, MRN, BORN, TOKEN)
ALL = " ".join(CANARIES)
pytestmark = pytest.mark.timeout(300)


def record(**changes: Any) -> dict[str, Any]:
    """The positive patient, who is the canary, with a token and a FHIR server."""
    body = json.dumps(positive() | {"fhirServer": "http://127.0.0.1:9/fhir"})
    for old, new in (
        ("synthetic-1", MRN),
        ("A family", NAME),
        ("9990000018", NHS),
        ("1950-01-01", BORN),
    ):
        assert old in body
        body = body.replace(old, new)
    grant = {
        "access_token": TOKEN,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": f"patient/*.rs {TOKEN}",
        "subject": NAME,
        "patient": MRN,
    }
    made: dict[str, Any] = json.loads(body) | {"fhirAuthorization": grant} | changes
    return made


def sent(server: Watched, body: Any, **headers: str) -> int:
    return server.call("POST", SERVICE, json.dumps(body).encode(), JSON | headers)


def fields(server: Watched) -> None:
    """The canaries in every text of the request, together and one alone."""
    body = record()
    for place in texts_in(body):
        for text in (ALL, MRN):
            sent(server, with_text(body, place, text))


def bad_bodies(server: Watched) -> None:
    whole = json.dumps(record()).encode()
    for body in (
        b"",
        ALL.encode(),
        whole[:-20],
        whole + ALL.encode(),
        whole.replace(b'"final"', b"NaN"),
        whole.replace(b'"final"', b"1e999"),
        whole.replace(b'"final"', b"\xff"),
        whole.replace(b'"hook":', b'"hook": "%s", "hook":' % NAME.encode()),
        whole.replace(b'"id":', b'"id": "%s", "id":' % NAME.encode()),
        whole.replace(b'"final"', b"[" * 600 + b"]" * 600),
        whole + b" " * 300_000,
    ):
        server.call("POST", SERVICE, body)
    for kind in (f"text/{NAME}", f"application/json; charset={NAME}", ALL):
        server.call("POST", SERVICE, whole, {"Content-Type": kind})
    server.call("POST", SERVICE, whole, JSON | {"Content-Encoding": NAME})


def gaps(server: Watched) -> None:
    """Answers of a FHIR server that a client passed on, and charts without a fact."""
    outcome = {"resourceType": "OperationOutcome", "issue": [{"diagnostics": ALL}]}
    for value in (outcome, ALL, f"<html>{ALL}</html>", [ALL], {"resourceType": ALL}, 1):
        sent(server, record(prefetch=dict.fromkeys(record()["prefetch"], value)))
        sent(server, record(prefetch=record()["prefetch"] | {"conditions": value}))
    sent(server, record(prefetch={}))
    sent(server, record(hook=RESULT_HOOK, context={"patientId": MRN, "results": {"id": ALL}}))


def addresses(server: Watched) -> None:
    told = quote(ALL)
    paths = (f"/{told}", f"/cds-services/{told}", f"/health?name={told}", f"{SERVICE}?x={told}")
    for path in paths:
        for method in ("GET", "POST", "DELETE", "OPTIONS", "HEAD", NAME.upper()):
            server.call(method, path)
    names = ("Authorization", "Cookie", "User-Agent", "Referer", "Origin", "X-Forwarded-For")
    for name in (*names, "X-Correlation-Id", "X-Request-Id", "Forwarded", NAME):
        sent(server, record(), **{name: ALL})
        server.call("GET", "/cds-services", headers={name: f"Bearer {ALL}"})


def broken_requests(server: Watched) -> None:
    """What the server refuses before the application sees it."""
    head = f"POST {SERVICE} HTTP/1.1\r\nHost: x\r\n"
    for text in (
        f"GET /{NAME} HTTP/9.9\r\n\r\n",
        f"{ALL}\r\n\r\n",
        f"GET /{'x' * 9000}{NAME} HTTP/1.1\r\nHost: x\r\n\r\n",
        f"{head}{ALL}\r\n\r\n",
        f"{head}Content-Length: {NAME}\r\n\r\n",
        f"{head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n{NAME}",
        f"{head}Transfer-Encoding: {NAME}\r\n\r\n",
        f"{head}Transfer-Encoding: chunked\r\n\r\n{NAME}\r\n",
        f"{head}X: {NAME * 9000}\r\n\r\n",
        f"{head}Content-Length: 999\r\n\r\n{ALL}",
    ):
        assert " 200 " not in server.raw(text.encode())[:20]


def fhir_faults(server: Watched) -> None:
    """A FHIR server that fails in every way, and quotes the canary while it does."""
    with failing_server(ALL) as fhir:
        for fault in FAULTS:
            sent(server, record(prefetch={}, fhirServer=f"{fhir.address}/{fault}/{MRN}"))
    assert f"Bearer {TOKEN}" in fhir.tokens
    for address in ("http://127.0.0.1:1", f"http://{NAME}.example", f"https://[{NAME}", NAME):
        sent(server, record(prefetch={}, fhirServer=f"{address}/{TOKEN}"))


def tokens(server: Watched) -> None:
    """Tokens that are refused, and one that is not, with the canary in their claims."""
    for token in (
        ALL,
        TOKEN,
        f"{TOKEN}.{TOKEN}.{TOKEN}",
        good_token(iss=ALL),
        good_token(aud=ALL),
        good_token(exp=ALL),
        good_token(tenant=ALL),
        good_token(jti=""),
        forged(header(kid=ALL), claims(iat=now(), exp=now() + 60)),
        forged(header(jku=f"https://evil.example/{NAME}"), claims()),
        forged(header(alg=NAME), claims()),
        good_token()[:-8] + "AAAAAAAA",
    ):
        assert sent(server, record(), Authorization=f"Bearer {token}") == 401
    good = good_token(sub=ALL, jti=f"{TOKEN}-jti")
    body = record(fhirServer=f"https://{NAME}.example/fhir")
    answers = [sent(server, body, Authorization=f"Bearer {good}") for _ in range(2)]
    assert answers == [403, 401]  # its FHIR server is not registered for it; then it is a replay


def now() -> int:
    return int(time.time())


def good_token(**changes: Any) -> str:
    return forged(header(), claims(iat=now(), exp=now() + 300) | changes)


def signed_comments(server: Watched) -> None:
    """Feedback of a registered client, and of one that is not."""
    address = claims()["aud"] + "/feedback"
    told = {"feedback": items(ALL)}
    assert send(server, told, Authorization=f"Bearer {TOKEN}") == 401
    good = good_token(aud=address, jti=f"{TOKEN}-answers")
    assert send(server, told, Authorization=f"Bearer {good}") == 200
    assert send(server, told, Authorization=f"Bearer {good}") == 401


def search(server: Watched) -> list[str]:
    """Where a canary was found."""
    places = server.written() | {"an error body": "\n".join(server.errors)}
    places |= {"a header": "\n".join(server.headers)}
    texts = {name: f"{name}\n{text}".casefold() for name, text in places.items()}
    return [
        f"{canary} in {name}"
        for name, text in texts.items()
        for canary in CANARIES
        if canary.casefold() in text
    ]


@pytest.fixture(scope="module")
def development(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    folder = tmp_path_factory.mktemp("development")
    settings = {"CDS_FETCH_BUDGET": "0.5", "CDS_MAX_BODY": "200000"}
    with watched(folder, "cds_service", "serve", **settings) as server:
        for abuse in (fields, bad_bodies, gaps, addresses, broken_requests, fhir_faults):
            abuse(server)
        comments(server, ALL)
        server.call("GET", "/activity")
        server.call("GET", "/metrics")
        server.call("GET", "/health")
    return server


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    folder = tmp_path_factory.mktemp("production")
    key = ", ".join(f'{name} = "{value}"' for name, value in public(ec_key()).items())
    upgraded(folder)
    registry = '[[client]]\nsite = "trust-a"\niss = "https://ehr.trust.example"\n'
    registry += f"keys = [{{{key}}}]\n"
    registry += 'fhir_servers = ["https://fhir.trust.example/r4"]\n'
    (folder / "clients.toml").write_text(registry, "utf-8")
    settings = {
        "CDS_MODE": "production",
        "CDS_CLIENTS": str(folder / "clients.toml"),
        "CDS_SECRET": "s" * 40,
        "CDS_NAMESPACE": "uk.example",
        "CDS_NATION": "england",
        "CDS_PUBLIC_URL": "https://cds.trust.example",
        "CDS_HOST": "127.0.0.1",
    }
    with watched(folder, "cds_service", "serve", **settings) as server:
        for abuse in (tokens, bad_bodies, addresses, broken_requests):
            abuse(server)
        signed_comments(server)
        server.call("GET", "/metrics")
    return server


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    folder = tmp_path_factory.mktemp("broken")
    with watched(folder, "tests.abuse.broken_service") as server:
        assert sent(server, record()) == 500
        assert sent(server, record(prefetch={})) == 412
        server.call("GET", "/metrics")
    return server


def test_nothing_of_the_canary_is_left_by_the_open_service(development: Watched) -> None:
    assert search(development) == []


def test_nothing_of_the_canary_is_left_by_the_service_in_production(production: Watched) -> None:
    assert search(production) == []


def test_nothing_of_the_canary_is_left_by_a_service_that_fails_with_it(broken: Watched) -> None:
    assert search(broken) == []


def test_what_a_clinician_wrote_is_in_the_store_and_nowhere_else(
    development: Watched, production: Watched
) -> None:
    assert kept(development) == [ALL]
    assert kept(production) == [ALL]


def test_every_kind_of_error_was_among_the_answers(
    development: Watched, production: Watched, broken: Watched
) -> None:
    told = {*development.statuses, *production.statuses, *broken.statuses}
    assert told >= {200, 400, 401, 403, 404, 405, 412, 413, 415, 500}


def test_every_answer_is_in_the_log_that_was_searched(
    development: Watched, production: Watched
) -> None:
    lines = (development.folder / "errors.txt").read_text("utf-8").splitlines()
    assert sum(" request " in line for line in lines) >= len(development.statuses)
    lines = (production.folder / "errors.txt").read_text("utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    assert sum(line["message"] == "request" for line in told) >= len(production.statuses)
    assert {"signature", "audience", "replayed"} <= {line.get("refused") for line in told}


def test_the_failure_is_in_the_log_by_type_and_place(broken: Watched) -> None:
    written = (broken.folder / "errors.txt").read_text("utf-8")
    assert "ValueError at broken_service.py:" in written
    assert "(words withheld)" in written


def test_a_canary_that_was_written_would_be_found(tmp_path: Path) -> None:
    server = Watched(0, tmp_path)
    assert search(server) == []
    (tmp_path / "errors.txt").write_text(f"GET /?name={NAME.upper()}", "utf-8")
    (tmp_path / f"{MRN}.tmp").write_text("", "utf-8")
    server.errors.append(BORN)
    server.headers.append(TOKEN)
    assert len(search(server)) == 4
