"""A whole lobby, database included, takes commands of every kind from people in rooms: each has one answer."""

import asyncio
from pathlib import Path
from random import Random
from typing import Final

import pytest
from matchpoint.v1.lobby_pb2 import ConnectRequest, CreateRoom, JoinRoom, SetReady

from backend.adapters.sql.database import Database
from backend.contract.lobby_requests import lobby_request
from tests.fuzz.counts import EXAMPLES, GUIDED, IN_ALL, LOBBY, LONG, MUTATED, PROGRAMS
from tests.fuzz.mutations import changed
from tests.fuzz.targets import COMMANDS, TARGETS
from tests.support.fakes.backend_ports import FakeClock, FakeGameServers
from tests.support.harnesses.backend import BackendHarness, Tab
from tests.support.storage.temporary_database import TemporaryDatabase

pytestmark = pytest.mark.anyio

PEOPLE: Final = 5
PAUSE_S: Final = 2.0
"""Between commands: nobody is told to wait."""


def test_a_run_has_50_000_inputs_and_a_long_one_a_million() -> None:
    assert len(TARGETS) * (GUIDED + MUTATED + EXAMPLES) + LOBBY + PROGRAMS >= IN_ALL * LONG


def command(random: Random, codes: list[str], accounts: list[str]) -> ConnectRequest:
    """A command of any kind, with the names of rooms and people that there are in some of its fields."""
    request = ConnectRequest()
    field = random.choice(COMMANDS)
    getattr(request, field.name).SetInParent()
    request.MergeFromString(changed(request.SerializeToString(), ConnectRequest, random))
    if request.WhichOneof("command") is None:
        getattr(request, field.name).SetInParent()
    for _, inner in request.ListFields():
        names = getattr(inner, "DESCRIPTOR", None) and inner.DESCRIPTOR.fields_by_name
        if names and "code" in names and random.random() < 0.8:
            inner.code = random.choice(codes)
        if names and "account_id" in names and random.random() < 0.8:
            inner.account_id = random.choice(accounts)
    return request


@pytest.mark.slow
async def test_commands_of_every_kind_have_one_answer_each_and_disturb_no_other_room(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'matchpoint.db'}"
    database = Database(url)
    await database.open()
    await database.close()
    clock, random = FakeClock(), Random(1)
    async with TemporaryDatabase("sqlite", url).opened() as store:
        harness = BackendHarness(store, clock, FakeGameServers())
        await harness.open()
        await harness.register()
        ada, bob = await harness.guest("Ada"), await harness.guest("Bob")
        await ada.do(create_room=CreateRoom())
        code = (await ada.hears("room")).room.code
        await bob.do(join_room=JoinRoom(code=code))
        people = [await harness.guest(f"Fuzz {number}") for number in range(PEOPLE)]
        codes = ["", "x", "AAAAAA"]
        for number in range(LOBBY):
            tab = random.choice(people)
            request = command(random, codes, [person.account_id for person in people])
            await answered(tab, request, codes)
            clock.advance(PAUSE_S)
            if number % 50 == 0:
                await ada.do(set_ready=SetReady(ready=number % 100 == 0))
        await bob.do(set_ready=SetReady(ready=True))
        room = await bob.sees(code=code)
        assert [member.name for member in room.members] == ["Ada", "Bob"]
        await harness.stop()


async def answered(tab: Tab, request: ConnectRequest, codes: list[str]) -> None:
    """Sends it and reads until its answer: one, and after it only what has changed."""
    tab.last_request += 1
    request.request_id = tab.last_request
    await tab.harness.lobby.handle(tab.connection, lobby_request(request))
    answers = 0
    async with asyncio.timeout(10):
        while not tab.silent() or not answers:
            message = await tab.heard()
            answers += message.in_reply_to == request.request_id
            if message.HasField("room") and message.room.code not in codes:
                codes.append(message.room.code)
    assert answers == 1, request
