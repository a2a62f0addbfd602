"""One visitor who asks for everything, and a neighbour who plays: limits as they are if nobody sets them.

Each comes from a loopback address of their own. The gateway's own limits are lifted: these are the backend's.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from tests.support.processes.installation import UNHURRIED, Installation, start, stop

pytestmark = pytest.mark.anyio

FLOOD, NEIGHBOUR = "127.0.0.66", "127.0.0.7"
GATEWAYS = {"MATCHPOINT_OPENINGS_PER_SECOND", "MATCHPOINT_CALLS_PER_SECOND", "MATCHPOINT_COST_PER_ADDRESS"}
SESSION_WITHIN_S = 30.0


@dataclass
class Visitor:
    """Somebody at an address; each of their guests has a cookie."""

    page: str
    http: httpx.AsyncClient

    async def call(self, method: str, body: dict[str, object], cookie: str = "") -> httpx.Response:
        headers = {"origin": self.page} | ({"cookie": cookie} if cookie else {})
        return await self.http.post(f"/api/matchpoint.v1.{method}", json=body, headers=headers)

    async def guest(self) -> str:
        """A new guest's cookie; empty when there is none to be had."""
        answer = await self.call("AccountService/CreateGuest", {})
        self.http.cookies.clear()
        if answer.status_code == 429:
            return ""
        assert answer.status_code == 200, answer.text
        return "; ".join(cookie.partition(";")[0] for cookie in answer.headers.get_list("set-cookie"))

    async def session(self, cookie: str) -> int:
        """The status of having a session against a bot started."""
        return (await self.call("DirectoryService/StartSession", {"bot": {}}, cookie)).status_code


@pytest.fixture
async def installation(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """A Matchpoint with the limits that it has by itself."""
    unset = dict.fromkeys(UNHURRIED.keys() - GATEWAYS, "")
    process, installation = await asyncio.to_thread(start, tmp_path_factory.mktemp("strangers") / "data", **unset)
    try:
        yield installation
    finally:
        code = await asyncio.to_thread(stop, process)
    assert code == 0


def visitor(installation: Installation, address: str) -> Visitor:
    transport = httpx.AsyncHTTPTransport(local_address=address, limits=httpx.Limits(max_connections=20))
    client = httpx.AsyncClient(base_url=installation.page, trust_env=False, timeout=10, transport=transport)
    return Visitor(installation.page, client)


async def test_one_address_gets_its_share_and_a_neighbour_plays_at_once(installation: Installation) -> None:
    flood, neighbour = visitor(installation, FLOOD), visitor(installation, NEIGHBOUR)
    async with flood.http, neighbour.http:
        guests = list(filter(None, [await flood.guest() for _ in range(60)]))
        assert 40 <= len(guests) <= 50, len(guests)
        statuses: Counter[int] = Counter()
        for _ in range(5):
            statuses.update(await asyncio.gather(*(flood.session(cookie) for cookie in guests)))
        assert set(statuses) <= {200, 429}
        assert 90 <= statuses[200] <= 120, statuses
        cookie = await neighbour.guest()
        assert cookie
        assert await neighbour.session(cookie) == 200
        # Nobody comes to any of them: they are let go, and leave nothing behind.
        async with asyncio.timeout(2 * SESSION_WITHIN_S):
            while (await neighbour.call("DirectoryService/ListSessions", {"pageSize": 100})).json().get("sessions", []):
                listed = (await neighbour.call("DirectoryService/ListSessions", {})).json()["sessions"]
                if [live["origin"] for live in listed] == ["ORIGIN_HOUSE"]:
                    break
                await asyncio.sleep(0.5)
        matches = (await neighbour.call("StatsService/ListMatches", {})).json()
        assert not matches.get("matches")
        assert await flood.session(guests[0]) == 200
