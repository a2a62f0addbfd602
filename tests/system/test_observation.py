"""Logs and metrics of a whole Matchpoint: one call is found in all programs by its id."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from tests.support.clients.site import Site
from tests.support.clients.views import WITHIN_S
from tests.support.processes.installation import Installation, start, stop
from wire.request_ids import REQUEST_ID

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

PROGRAMS = ("backend", "gameserver", "gateway")


@pytest.fixture(scope="module")
def talkative(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A Matchpoint that logs each call."""
    data = tmp_path_factory.mktemp("observation") / "data"
    process, installation = start(data, MATCHPOINT_LOG_LEVEL="DEBUG")
    try:
        yield installation
    finally:
        code = stop(process)
    assert code == 0


@pytest.fixture
async def site(talkative: Installation) -> AsyncIterator[Site]:
    async with Site(talkative) as site:
        yield site


def lines(installation: Installation, program: str, said: str) -> list[dict[str, Any]]:
    """Lines of a program's log with this text in them."""
    log = (installation.data / "logs" / f"{program}.log").read_text()
    return [json.loads(line) for line in log.splitlines() if said in line and line.endswith("}")]


async def logged(installation: Installation, program: str, request_id: str, method: str) -> dict[str, Any]:
    """The line that ends a method of one request, once it is written."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            for line in lines(installation, program, request_id):
                if line["request_id"] == request_id and str(line.get("method", "")).endswith(method):
                    return line
            await asyncio.sleep(0.05)


async def test_a_call_is_found_by_its_id_in_the_log_of_every_program_that_had_to_do_with_it(site: Site) -> None:
    guest = await site.guest("Mina")
    answer = await guest.post("DirectoryService/StartSession", {"bot": {}})
    assert answer.status == 200
    request_id = answer.headers[REQUEST_ID]
    at_gateway = await logged(site.installation, "gateway", request_id, "DirectoryService/StartSession")
    at_backend = await logged(site.installation, "backend", request_id, "DirectoryService/StartSession")
    at_game_server = await logged(site.installation, "gameserver", request_id, "SessionService/CreateSession")
    assert (at_gateway["status"], at_backend["code"], at_game_server["code"]) == (200, "OK", "OK")


async def test_a_call_that_is_refused_has_an_id_to_quote(site: Site) -> None:
    answer = await site.post("AccountService/GetMe", {})
    assert answer.status == 401
    request_id = answer.headers[REQUEST_ID]
    line = await logged(site.installation, "backend", request_id, "AccountService/GetMe")
    assert line["code"] == "UNAUTHENTICATED"
    assert (await logged(site.installation, "gateway", request_id, "AccountService/GetMe"))["status"] == 401


async def test_every_program_has_metrics_on_a_port_of_its_own(site: Site) -> None:
    await site.guest("Jun")
    texts = {}
    async with httpx.AsyncClient(trust_env=False, timeout=WITHIN_S) as http:
        for program in PROGRAMS:
            ready = lines(site.installation, program, '"ready"')[-1]
            texts[program] = (await http.get(f"http://127.0.0.1:{ready['metrics_port']}/metrics")).text
    guests = 'calls_seconds_count{code="OK",method="/matchpoint.v1.AccountService/CreateGuest"}'
    assert f"matchpoint_backend_{guests}" in texts["backend"]
    assert 'matchpoint_backend_database_seconds_count{kind="write"}' in texts["backend"]
    assert "matchpoint_backend_accounts_online 0.0" in texts["backend"]
    for name in ("sessions", "matches", "reports_waiting", "loop_held_seconds", "calls_seconds"):
        assert f"# TYPE matchpoint_gameserver_{name} " in texts["gameserver"]
    assert "matchpoint_connections 0.0" in texts["gateway"]
    for text in texts.values():
        assert "process_resident_memory_bytes " in text
