"""The bridge to the contract's unary methods, and what else is asked for by HTTP."""

import asyncio
import base64
import contextlib
import re

import httpx
import pytest
from matchpoint.internal.v1 import entry_pb2
from matchpoint.v1 import directory_pb2, friend_pb2, lobby_pb2
from matchpoint.v1.account_pb2 import CreateGuestRequest, CreateGuestResponse
from matchpoint.v1.refusal_pb2 import Reason, Refusal

from gateway.http.api import open_methods
from gateway.http.limits import NETWORKS_MAX, Limits
from tests.support.fakes.gateway_peers import DEVICE, PERSON_TOKEN, UpstreamBackend
from tests.support.harnesses.gateway import GatewayHarness, Start

pytestmark = pytest.mark.anyio

GUEST = "/api/matchpoint.v1.AccountService/CreateGuest"
ME = "/api/matchpoint.v1.AccountService/GetMe"


def refusal_of(response: httpx.Response) -> Refusal:
    value = response.json()["details"][0]["value"]
    return Refusal.FromString(base64.b64decode(value + "=" * (-len(value) % 4)))


async def test_a_call_in_json(gateway: GatewayHarness) -> None:
    response = await gateway.http.post(GUEST, json={"name": "미나"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {"account": {"accountId": "account-1", "name": "미나"}}


async def test_the_same_call_in_protobuf(gateway: GatewayHarness) -> None:
    body = CreateGuestRequest(name="Mina").SerializeToString()
    response = await gateway.http.post(GUEST, content=body, headers={"content-type": "application/proto"})
    assert response.headers["content-type"] == "application/proto"
    assert CreateGuestResponse.FromString(response.content).account.name == "Mina"


async def test_signing_in_sets_a_cookie_that_pages_cannot_read_and_signing_out_clears_it(
    gateway: GatewayHarness,
) -> None:
    response = await gateway.http.post(GUEST, json={})
    cookie = response.headers.get_list("set-cookie")[0]
    assert cookie.startswith(f"matchpoint={PERSON_TOKEN};")
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=31536000"} <= set(cookie.split("; "))
    assert PERSON_TOKEN not in response.text
    assert (await gateway.http.post(ME, json={})).json()["account"]["accountId"] == "account-1"
    response = await gateway.http.post("/api/matchpoint.v1.AccountService/SignOut", json={})
    assert "Max-Age=0" in response.headers["set-cookie"]
    assert (await gateway.http.post(ME, json={})).status_code == 401


async def test_where_browsers_come_by_https_the_cookie_is_secure_and_bound_to_the_host(start: Start) -> None:
    async with start(origins=("https://pong.example",)) as gateway:
        gateway.http.headers["origin"] = "https://pong.example"
        cookie = (await gateway.http.post(GUEST, json={})).headers.get_list("set-cookie")[0]
        assert cookie.startswith(f"__Host-matchpoint={PERSON_TOKEN};")
        assert "Secure" in cookie.split("; ")
        for name, status in (("__Host-matchpoint", 200), ("matchpoint", 401)):
            gateway.http.cookies.clear()
            response = await gateway.http.post(ME, json={}, headers={"cookie": f"{name}={PERSON_TOKEN}"})
            assert response.status_code == status


async def test_the_backend_learns_the_address_of_the_browser_not_the_gateways(
    gateway: GatewayHarness, backend: UpstreamBackend
) -> None:
    await gateway.http.post(GUEST, json={}, headers={"matchpoint-address": "6.6.6.6", "x-forwarded-for": "6.6.6.6"})
    assert backend.peers == ["127.0.0.1"]


async def test_a_browser_is_known_by_a_cookie_of_its_own_and_the_backend_learns_it(
    gateway: GatewayHarness, backend: UpstreamBackend
) -> None:
    response = await gateway.http.post(
        GUEST, json={}, headers={b"user-agent": ("Firefox/143 é" + "x" * 2_000).encode("latin-1")}
    )
    session, device = response.headers.get_list("set-cookie")
    assert device.startswith(f"matchpoint-device={DEVICE};")
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=31536000"} <= set(device.split("; "))
    assert not session.startswith("matchpoint-device")
    await gateway.http.post(GUEST, json={})
    (agent, before), (_, after) = backend.browsers
    assert (before, after) == ("", DEVICE)
    assert agent.startswith("Firefox/143 ")
    assert agent.isascii()
    assert len(agent) <= 512


async def test_a_refusal_comes_as_a_connect_error_with_its_details(gateway: GatewayHarness) -> None:
    response = await gateway.http.post(GUEST, json={"name": "taken"})
    assert response.status_code == 409
    assert response.json()["code"] == "already_exists"
    refusal = refusal_of(response)
    assert (refusal.reason, refusal.field) == (Reason.REASON_NAME_TAKEN, "name")


@pytest.mark.parametrize(
    "path",
    [
        "/api/matchpoint.v1.AccountService/Nothing",
        "/api/matchpoint.v1.Nothing/GetMe",
        "/api/matchpoint.internal.v1.EntryService/LocateSession",
        "/api/matchpoint.internal.v1.EntryService/GetTicketKeys",
        "/api/matchpoint.internal.v1.ReportService/ReportStats",
        "/api/matchpoint.v1.LobbyService/Connect",
        "/api/matchpoint.internal.v1.FleetService/Register",
        "/api/matchpoint.v1.SessionService/CreateSession",
        "/api/grpc.health.v1.Health/Check",
    ],
)
async def test_a_method_that_is_unknown_or_not_for_browsers_does_not_exist(gateway: GatewayHarness, path: str) -> None:
    response = await gateway.http.post(path, json={})
    assert (response.status_code, response.json()["code"]) == (404, "unimplemented")


def test_only_unary_methods_for_everybody_or_players_are_open() -> None:
    for service in (
        directory_pb2.DESCRIPTOR.services_by_name["DirectoryService"],
        friend_pb2.DESCRIPTOR.services_by_name["FriendService"],
    ):
        assert {method.name for method in open_methods(service)} == {method.name for method in service.methods}
    for service in (
        entry_pb2.DESCRIPTOR.services_by_name["EntryService"],
        lobby_pb2.DESCRIPTOR.services_by_name["LobbyService"],
    ):
        assert open_methods(service) == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{not json", "application/json", 400),
        (b'{"nothing": 1}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b"\xff\xff\xff", "application/proto", 400),
        (b"x" * 70_000, "application/json", 413),
        (b"name=Mina", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(
    gateway: GatewayHarness, body: bytes, kind: str, status: int
) -> None:
    response = await gateway.http.post(GUEST, content=body, headers={"content-type": kind})
    assert response.status_code == status
    assert response.json()["message"]
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1", "null"])
async def test_calls_from_other_origins_are_refused(gateway: GatewayHarness, origin: str) -> None:
    response = await gateway.http.post(GUEST, json={}, headers={"origin": origin})
    assert (response.status_code, refusal_of(response).reason) == (403, Reason.REASON_NOT_ALLOWED)


async def test_calls_by_get_are_not_answered(gateway: GatewayHarness) -> None:
    assert (await gateway.http.get(GUEST)).status_code == 405


async def test_too_many_calls_of_one_address_are_refused(start: Start) -> None:
    async with start(calls_per_second=1) as gateway:
        statuses = [(await gateway.http.post(ME, json={})).status_code for _ in range(12)]
    assert statuses[:10] == [401] * 10
    assert statuses[-1] == 429


async def test_when_the_backend_is_away_calls_and_health_say_so(
    gateway: GatewayHarness, backend: UpstreamBackend
) -> None:
    assert (await gateway.http.get("/healthz")).status_code == 200
    await backend.server.stop(0)
    response = await gateway.http.post(ME, json={})
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")


async def test_health_is_503_without_a_backend(gateway: GatewayHarness, backend: UpstreamBackend) -> None:
    await backend.server.stop(0)
    assert (await gateway.http.get("/healthz")).status_code == 503


@pytest.mark.parametrize("path", ["/", "/room/ABC234", "/play/s1", "/watch/s1", "/result/s1", "/replay/s1/1"])
async def test_every_address_of_the_application_is_the_one_page(gateway: GatewayHarness, path: str) -> None:
    response = await gateway.http.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert "Matchpoint" in response.text


async def test_files_with_a_hash_are_kept_for_ever_and_packed(gateway: GatewayHarness) -> None:
    response = await gateway.http.get("/static/app-0123456789.js")
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    again = await gateway.http.get("/static/app-0123456789.js", headers={"if-none-match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/nothing", "/play", "/room/ABC234/more", "/favicon.ico"])
async def test_an_unknown_address_is_the_page_which_says_so_with_the_status_for_it(
    gateway: GatewayHarness, path: str
) -> None:
    page = await gateway.http.get("/")
    response = await gateway.http.get(path, headers={"if-none-match": page.headers["etag"]})
    assert (response.status_code, response.text) == (404, page.text)
    assert response.headers["content-security-policy"] == page.headers["content-security-policy"]
    assert (await gateway.http.head(path)).status_code == 404
    assert (await gateway.http.get("/api/matchpoint.v1.AccountService/GetMe")).status_code == 405


@pytest.mark.parametrize("path", ["/static/nothing.js", "/static/..%2fservice.token", "/static/%2e%2e", "/nothing"])
async def test_nothing_outside_the_folder_is_given_out(gateway: GatewayHarness, path: str) -> None:
    assert (await gateway.http.get(path)).status_code == 404


async def test_every_response_has_the_strict_policy(gateway: GatewayHarness) -> None:
    for path in ("/", "/static/nothing", "/healthz"):
        headers = (await gateway.http.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


async def test_metrics_count_connections_frames_and_streams(gateway: GatewayHarness, game_server: object) -> None:
    async with gateway.watch() as socket:
        await socket.recv(), await socket.recv()
        text = (await gateway.http.get("/metrics")).text
        assert "matchpoint_connections 1.0" in text
        assert re.search(r'matchpoint_frames_total\{to="spectators"\} 1\.0', text)
        assert 'matchpoint_upstream_streams{kind="topic"} 1.0' in text


@pytest.mark.parametrize("path", ["/ws/lobby", "/ws/play", "/ws/watch"])
@pytest.mark.parametrize(
    ("origin", "subprotocol", "status"),
    [
        ("http://evil.example", "matchpoint.v1", 403),
        ("", None, 400),
        ("", "chat", 400),
    ],
)
async def test_an_upgrade_from_elsewhere_or_for_another_protocol_is_answered_with_an_error(
    gateway: GatewayHarness, path: str, origin: str | None, subprotocol: str | None, status: int
) -> None:
    from websockets.exceptions import InvalidStatus

    with pytest.raises(InvalidStatus) as refused:
        async with gateway.socket(path, origin=origin, subprotocol=subprotocol):
            pass
    assert refused.value.response.status_code == status


async def test_too_many_connections_of_one_address_are_refused(start: Start) -> None:
    from websockets.exceptions import InvalidStatus

    async with start(sockets_per_address=2) as gateway:
        async with gateway.socket("/ws/watch"), gateway.socket("/ws/watch"):
            with pytest.raises(InvalidStatus) as refused:
                await gateway.socket("/ws/watch")
            assert refused.value.response.status_code == 429
        async with gateway.socket("/ws/watch"):
            pass


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"POST /api/x/y HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_a_connection_that_sends_no_whole_request_is_given_up(start: Start, sent: bytes) -> None:
    async with start(http_idle_s=1) as gateway:
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        with contextlib.closing(writer):
            writer.write(sent)
            async with asyncio.timeout(4):
                assert await reader.read() == b""


def test_the_table_of_addresses_is_bounded_and_keeps_those_with_sockets() -> None:
    limits = Limits(calls=1, openings=1, pages=1, sockets_per_address=1, sockets=10, work=1_000)
    limits.opened("busy", 0.0)
    for number in range(NETWORKS_MAX + 10):
        limits.may_call(f"address {number}", 0.0)
    assert not limits.may_open("busy", 0.0)
    assert len(limits._networks) == NETWORKS_MAX
