"""Checks before every page, call and socket: headers, host names, limits; and programs that are no browser."""

import asyncio
import contextlib
import json
import logging
from pathlib import Path

import httpx
import pytest
from matchpoint.v1.lobby_pb2 import ConnectResponse
from websockets.exceptions import InvalidStatus

from gateway import app as application
from gateway.http.headers import SECURITY
from gateway.http.hosts import Hosts
from gateway.http.pages import Pages
from tests.support.fakes.gateway_peers import PERSON_TOKEN
from tests.support.harnesses.gateway import GatewayHarness, Start
from wire.channel import SET_TOKEN

pytestmark = pytest.mark.anyio

GUEST = "/api/matchpoint.v1.AccountService/CreateGuest"
ME = "/api/matchpoint.v1.AccountService/GetMe"
BEARER = {"authorization": f"Bearer {PERSON_TOKEN}"}
KEY = f"Sec-WebSocket-Key: {'A' * 22}==\r\n"
UPGRADE = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"


async def exchange(gateway: GatewayHarness, request: str) -> str:
    """Sends these bytes, and reads the answer until the gateway closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    with contextlib.closing(writer):
        writer.write(request.encode("latin-1"))
        async with asyncio.timeout(5):
            return (await reader.read()).decode("latin-1").lower()


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (200, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
        (400, "this is no HTTP\r\n\r\n"),
        (400, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"),
        (404, "GET /static/%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
        (404, f"GET /static/{'n' * 5_000} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
        (405, "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
        (421, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
        (400, f"GET /ws/play HTTP/1.1\r\nHost: localhost\r\n{UPGRADE}\r\n"),
        (403, f"GET /ws/play HTTP/1.1\r\nHost: localhost\r\nOrigin: http://x\r\n{KEY}{UPGRADE}\r\n"),
        (403, f"GET /ws/nothing HTTP/1.1\r\nHost: localhost\r\n{KEY}{UPGRADE}\r\n"),
        (421, f"GET /ws/play HTTP/1.1\r\nHost: evil.example\r\n{KEY}{UPGRADE}\r\n"),
        (500, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
    ],
    ids=lambda value: value if isinstance(value, int) else "",
)
async def test_every_answer_has_the_security_headers_refusals_and_failures_too(
    start: Start, status: int, request_: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    if status == 500:
        monkeypatch.setattr(application.Gateway, "healthz", broken)
    async with start() as gateway:
        answer = await exchange(gateway, request_)
    assert answer.startswith(f"http/1.1 {status} ")
    for name, value in SECURITY:
        assert answer.count(f"\r\n{name}: {value.lower()}\r\n") == 1, name
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == [] or status == 500


async def test_a_name_that_is_no_file_costs_no_look_at_the_disk_and_no_line_in_the_log(
    gateway: GatewayHarness, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "static" / "link.txt").symlink_to(tmp_path / "service.token")
    pages = Pages(tmp_path / "static")
    assert sorted(pages._pages) == ["app-0123456789.js", "index.html"]
    for name in ("%00", "n" * 4_000, "%2e%2e%2fservice.token", "link.txt", ".hidden", "a%5cb", "%ff"):
        assert (await gateway.http.get(f"/static/{name}")).status_code == 404
    assert caplog.records == []


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]:80", ""])
async def test_a_request_for_another_host_is_refused(gateway: GatewayHarness, host: str) -> None:
    for path in ("/", "/static/app-0123456789.js", "/healthz", "/metrics"):
        assert (await gateway.http.get(path, headers={"host": host})).status_code == 421
    assert (await gateway.http.post(GUEST, json={}, headers={"host": host})).status_code == 421


def test_hosts_are_loopback_those_of_the_origins_and_those_that_are_named() -> None:
    hosts = Hosts(["pong.internal"], ["https://pong.example", "https://other.example:8443"])
    for good in ("localhost:8000", "127.0.0.1", "[::1]:9", "pong.example", "PONG.EXAMPLE:443", "other.example:8443"):
        assert hosts.allow(good), good
    assert hosts.allow("pong.internal:1")
    for bad in (None, "", "pong.example.evil", "10.0.0.1", ":80", "pong.example:x"):
        assert not hosts.allow(bad), bad


async def test_metrics_are_not_given_out_under_a_public_name_unless_that_is_wanted(start: Start) -> None:
    public = {"host": "pong.example"}
    async with start(hosts=("pong.example",)) as gateway:
        assert (await gateway.http.get("/metrics")).status_code == 200
        assert (await gateway.http.get("/metrics", headers=public)).status_code == 404
    async with start(hosts=("pong.example",), metrics_public=True) as gateway:
        assert (await gateway.http.get("/metrics", headers=public)).status_code == 200


@pytest.mark.parametrize("path", ["/", "/static/app-0123456789.js", "/healthz", "/metrics", "/nothing"])
async def test_pages_files_health_and_metrics_have_a_limit_for_each_address(start: Start, path: str) -> None:
    async with start(pages_per_second=1) as gateway:
        answers = [await gateway.http.get(path) for _ in range(12)]
        assert [answer.status_code for answer in answers[:10]] != [429] * 10
        assert answers[-1].status_code == 429
        assert answers[-1].headers["retry-after"] == "1"
        # Pages do not use up what calls have.
        assert (await gateway.http.post(GUEST, json={})).status_code == 200


# Who comes without a browser.


async def test_a_program_without_origin_and_cookie_gets_its_token_in_a_header_and_calls_with_it(
    gateway: GatewayHarness,
) -> None:
    async with httpx.AsyncClient(base_url=str(gateway.http.base_url), trust_env=False) as native:
        answer = await native.post(GUEST, json={})
        assert (answer.status_code, answer.headers[SET_TOKEN]) == (200, PERSON_TOKEN)
        assert "set-cookie" not in answer.headers
        assert (await native.post(ME, json={})).status_code == 401
        assert (await native.post(ME, json={}, headers=BEARER)).json()["account"]["accountId"] == "account-1"
        assert (await native.post(ME, json={}, headers={"authorization": "bearer nobody"})).status_code == 401


async def test_a_page_never_sees_the_token(gateway: GatewayHarness) -> None:
    answer = await gateway.http.post(GUEST, json={})
    assert SET_TOKEN not in answer.headers
    assert "set-cookie" in answer.headers


async def test_a_cookie_or_an_origin_is_checked_whatever_else_is_sent(gateway: GatewayHarness) -> None:
    async with httpx.AsyncClient(base_url=str(gateway.http.base_url), trust_env=False) as native:
        for headers in (
            {"cookie": f"matchpoint={PERSON_TOKEN}"},
            {"cookie": f"matchpoint={PERSON_TOKEN}", **BEARER},
            {"origin": "http://evil.example", **BEARER},
            {"origin": "null"},
        ):
            assert (await native.post(ME, json={}, headers=headers)).status_code == 403


@pytest.mark.parametrize("path", ["/ws/lobby", "/ws/play", "/ws/watch"])
async def test_sockets_are_open_to_programs_without_an_origin_and_not_with_a_cookie(
    gateway: GatewayHarness, path: str
) -> None:
    async with gateway.socket(path, origin=None) as socket:
        assert socket.response is not None
    with pytest.raises(InvalidStatus) as refused:
        await gateway.socket(path, origin=None, token=PERSON_TOKEN)
    assert refused.value.response.status_code == 403


async def test_a_program_enters_the_lobby_with_a_bearer_token(gateway: GatewayHarness) -> None:
    connecting = gateway.socket("/ws/lobby", origin=None)
    connecting.additional_headers = BEARER
    async with connecting as socket:
        message = await socket.recv()
        assert isinstance(message, bytes)
        assert ConnectResponse.FromString(message).welcome.account.account_id == "account-1"


async def test_an_answer_in_json_says_what_to_do_about_a_missing_token(gateway: GatewayHarness) -> None:
    answer = await gateway.http.post(ME, json={}, headers={"origin": "http://evil.example"})
    assert "Authorization: Bearer" in json.loads(answer.text)["message"]


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
@pytest.mark.parametrize("body", [b"zz\r\n", b"2\r\n{}no end", b"1\r\n{\r\n-1\r\n"])
async def test_a_body_that_is_no_http_is_answered_once_and_is_no_fault_of_ours(
    gateway: GatewayHarness, caplog: pytest.LogCaptureFixture, body: bytes, kind: str
) -> None:
    """The answer to the call may be ready before the connection, which is answered already, is gone."""
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    with contextlib.closing(writer):
        head = f"POST {ME} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.port}\r\n"
        writer.write(f"{head}Content-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + body)
        async with asyncio.timeout(5):
            answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1
    await asyncio.sleep(0.1)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
