"""Request ids: each call and socket has one, which its answer names and the backend is told."""

import httpx
import pytest

from tests.support.fakes.gateway_peers import SESSION, UpstreamBackend, UpstreamGameServer
from tests.support.harnesses.gateway import GatewayHarness, Start, heard
from wire.request_ids import REQUEST_ID

pytestmark = pytest.mark.anyio

GUEST = "/api/matchpoint.v1.AccountService/CreateGuest"


def id_of(answer: httpx.Response) -> str:
    found = answer.headers.get_list(REQUEST_ID)
    assert len(found) == 1
    assert len(found[0]) == 16
    return found[0]


async def test_a_call_names_the_id_under_which_the_backend_has_heard_of_it(
    gateway: GatewayHarness, backend: UpstreamBackend
) -> None:
    answers = [await gateway.http.post(GUEST, json={"name": name}) for name in ("Mina", "taken")]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert backend.request_ids == [id_of(answer) for answer in answers]
    assert len(set(backend.request_ids)) == 2


async def test_an_id_that_a_browser_sends_is_not_taken_over(gateway: GatewayHarness, backend: UpstreamBackend) -> None:
    given = "0123456789abcdef"
    answer = await gateway.http.post(GUEST, json={}, headers={REQUEST_ID: given})
    assert backend.request_ids == [id_of(answer)] != [given]


async def test_every_http_answer_names_its_id(gateway: GatewayHarness) -> None:
    paths = ("/", "/static/app-0123456789.js", "/healthz", "/metrics", "/nothing")
    answers = [await gateway.http.get(path) for path in paths]
    answers.append(await gateway.http.get("/", headers={"host": "evil.example"}))
    assert len({id_of(answer) for answer in answers}) == len(answers)


async def test_a_socket_names_the_id_under_which_its_session_is_looked_up(
    gateway: GatewayHarness, backend: UpstreamBackend, game_server: UpstreamGameServer
) -> None:
    async with gateway.watch(session_id=SESSION) as socket:
        assert (await heard(socket)).HasField("joined")
        assert socket.response is not None
        # The stream of the topic, which all its spectators share, looks the session up under an id of its own, unless
        # it finds what is remembered.
        assert backend.request_ids[0] == socket.response.headers[REQUEST_ID]


async def test_an_upgrade_that_is_refused_names_its_id_too(start: Start) -> None:
    upgrade = {
        "connection": "upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    async with start() as gateway:
        for headers in ({"origin": "https://evil.example"}, {"host": "evil.example"}):
            answer = await gateway.http.get("/ws/watch", headers={**upgrade, **headers})
            assert answer.status_code in (403, 421)
            id_of(answer)
