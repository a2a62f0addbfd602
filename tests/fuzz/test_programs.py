"""Programs that run take whatever comes over their ports, while two people play and one watches beside it."""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

import grpc
import pytest
from google.protobuf.json_format import MessageToJson
from matchpoint.v1.frames_pb2 import ClientMessage, ClockCause, Hello
from matchpoint.v1.lobby_pb2 import ConnectRequest
from websockets.exceptions import ConnectionClosedOK

from gateway.http import api
from tests.fuzz.counts import PROGRAMS
from tests.fuzz.mutations import bent, changed
from tests.fuzz.targets import COMMANDS, METHODS, WATCHED, frame, player_seeds
from tests.fuzz.ticket_target import SIGNER
from tests.support.clients.players import Player
from tests.support.clients.site import Guest, Site, room_of_two
from tests.support.clients.views import Viewer
from tests.support.processes.installation import Installation, start, stop
from wire.tickets import Ticket

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

UNLIMITED: Final = {
    f"MATCHPOINT_{name}": "10000000" if name == "COST_PER_ADDRESS" else "100000"
    for name in (
        "COST_PER_ADDRESS",
        "CALLS_PER_SECOND",
        "OPENINGS_PER_SECOND",
        "PAGES_PER_SECOND",
        "MESSAGES_PER_SECOND",
        "SOCKETS",
        "SOCKETS_PER_ADDRESS",
    )
}
AT_ONCE: Final = 8
GROWTH_MB: Final = 24.0
"""More than this after a warm-up is a leak: a room, an account and a session that are kept take some kilobytes each."""
WITHIN_S: Final = 10.0
LONG_MATCH: Final = {"points_to_win": 21}
NAMES: Final = tuple(
    f"{service.full_name}/{method.name}"
    for module in api.SERVED
    for service in module.DESCRIPTOR.services_by_name.values()
    for method in api.open_methods(service)
)
REQUEST_LINES: Final = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /static/%2e%2e/app.js HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes=0-\r\n\r\n",
    b"POST /api/matchpoint.v1.AccountService/CreateGuest HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    b"GET /ws/watch HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: matchpoint.v1\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
)


@pytest.fixture
def fuzzed(tmp_path: Path) -> Iterator[tuple[Installation, int]]:
    """A Matchpoint whose limits let everything through, so that it is not they that are tested; and its process."""
    process, installation = start(tmp_path / "data", **UNLIMITED)
    try:
        yield installation, process.pid
    finally:
        assert stop(process) == 0


class Fuzz:
    """Somebody who sends anything."""

    def __init__(self, site: Site, random: Random) -> None:
        self.site = site
        self.random = random
        self.guest: Guest | None = None
        self.sent = 0
        host, _, port = site.page.removeprefix("http://").partition(":")
        self.address = (host, int(port))

    async def one(self) -> None:
        """One input, to one of the entrances."""
        self.sent += 1
        if self.guest is None or self.random.random() < 0.01:
            self.guest = await self.site.guest()
        kind = self.random.random()
        if kind < 0.5:
            await self.call()
        elif kind < 0.75:
            await self.socket()
        elif kind < 0.9:
            await self.bytes_of_http()
        else:
            await self.bytes_of_grpc()

    async def call(self) -> None:
        """Any method, with any body."""
        number = self.random.randrange(len(METHODS))
        data = changed(b"", METHODS[number], self.random)
        kind = "application/proto"
        if self.random.random() < 0.5:
            message = METHODS[number].FromString(data)
            kind, data = "application/json", MessageToJson(message).encode()
        if self.random.random() < 0.2:
            data = bent(data, self.random)
        assert self.guest is not None
        token = self.random.choice((self.guest.token, self.guest.token, "", "x"))
        name = NAMES[number].removeprefix("matchpoint.v1.")
        answer = await self.site.post(name, data, token=token, kind=kind)
        assert answer.status < 500, (name, kind, data, answer)
        if answer.status == 401:
            self.guest = None

    async def socket(self) -> None:
        """A socket that is let in, and sends messages, frames and bytes of any kind."""
        assert self.guest is not None
        path = self.random.choice(("/ws/watch", "/ws/play", "/ws/lobby"))
        spoken = self.random.choice(("matchpoint.v1", "matchpoint.v1.json"))
        head = (
            f"GET {path} HTTP/1.1\r\nHost: {self.address[0]}:{self.address[1]}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer {self.guest.token}\r\nSec-WebSocket-Protocol: {spoken}\r\n\r\n"
        ).encode()
        async with self.connection() as (reader, writer):
            writer.write(head)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert int(answer.split()[1]) < 500, (path, answer)
            writer.write(self.frames(path, json=spoken.endswith("json")))
            await self.some_of(reader)

    def frames(self, path: str, *, json: bool) -> bytes:
        """Messages to send on a socket."""
        random = self.random
        sent = b""
        for _ in range(random.randint(1, 4)):
            kind: Any = ClientMessage
            data = random.choice((*player_seeds(), *(message.SerializeToString() for message in WATCHED)))
            if path == "/ws/lobby":
                request = ConnectRequest(request_id=random.randrange(9))
                getattr(request, random.choice(COMMANDS).name).SetInParent()
                kind, data = ConnectRequest, request.SerializeToString()
            elif not sent and random.random() < 0.7:
                ticket = Ticket("A-session-nobody-made", "gameserver-1", "x", "x", (0,), "player", 2**40)
                data = ClientMessage(hello=Hello(protocol=1, ticket=SIGNER.sign(ticket))).SerializeToString()
            data = changed(data, kind, random)
            if json:
                data = MessageToJson(kind.FromString(data)).encode()
            sent += frame(data[:60_000], 1 if json else 2)
        return bent(sent, random) if random.random() < 0.5 else sent

    async def bytes_of_http(self) -> None:
        """Requests that are bent, in one or two pieces."""
        request = bent(self.random.choice(REQUEST_LINES), self.random)
        async with self.connection() as (reader, writer):
            at = self.random.randrange(len(request) + 1)
            writer.write(request[:at])
            with contextlib.suppress(OSError):
                await writer.drain()
                writer.write(request[at:])
                writer.write_eof()
            answer = await self.some_of(reader)
            if answer.startswith(b"HTTP/1.1 "):
                assert int(answer.split()[1]) < 500, (request, answer[:200])

    async def bytes_of_grpc(self) -> None:
        """Bytes that are a request of no method, to a method of either program."""
        where = self.random.choice((self.site.installation.backend, self.site.installation.gameserver))
        name = self.random.choice((*NAMES, "matchpoint.v1.SessionService/CreateSession", "grpc.health.v1.Health/Check"))
        token = self.site.installation.service_token
        metadata = (("authorization", f"Bearer {token}"),) if self.random.random() < 0.7 else ()
        async with grpc.aio.insecure_channel(where) as channel:
            method: Any = channel.unary_unary(f"/{name}")
            data = bent(changed(b"", self.random.choice(METHODS), self.random), self.random)
            code = await method(data, metadata=metadata, timeout=WITHIN_S).code()
            assert code not in (grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL), (name, data)

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A TCP connection that ends in one way or the other."""
        reader, writer = await asyncio.open_connection(*self.address)
        try:
            yield reader, writer
        finally:
            if self.random.random() < 0.5:
                writer.transport.abort()
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def some_of(self, reader: asyncio.StreamReader) -> bytes:
        """Next message, if one comes within a moment."""
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(0.03):
                return await reader.read(65_536)
        return b""


async def test_programs_that_are_sent_anything_log_no_fault_and_disturb_no_match(
    fuzzed: tuple[Installation, int],
) -> None:
    installation, process = fuzzed
    async with Site(installation) as site:
        ada, bob = await site.guests(2)
        async with room_of_two(ada, bob, **LONG_MATCH) as (left, right):
            await left.do(start={})
            session_id, ticket = await left.see_started()
            _, other = await right.see_started()
            over = asyncio.Event()
            async with site.play(ticket) as one, site.play(other) as two, site.watch(session_id) as viewer:
                beside = [asyncio.create_task(person_plays(player, over)) for player in (one, two)]
                beside.append(asyncio.create_task(watches(viewer, over)))
                try:
                    await fuzz(site, PROGRAMS // 4)
                    before = resident_mb(process)
                    await fuzz(site, PROGRAMS - PROGRAMS // 4)
                    grown = {name: mb - before[name] for name, mb in resident_mb(process).items()}
                finally:
                    over.set()
                    await asyncio.gather(*beside)
                assert max(grown.values()) < GROWTH_MB, grown
                for player in (one, two, viewer):
                    # Each event was held to the rules; and a pause is what somebody would notice.
                    assert player.view.clock.cause in (ClockCause.CLOCK_CAUSE_START, ClockCause.CLOCK_CAUSE_END)
        await nobody_is_connected(installation)
    assert faults(installation) == []


async def fuzz(site: Site, count: int) -> None:
    """Sends a number of inputs, some at once."""
    fuzzes = [Fuzz(site, Random(number)) for number in range(AT_ONCE)]

    async def go_on(one: Fuzz) -> None:
        while sum(each.sent for each in fuzzes) < count:
            await one.one()

    await asyncio.gather(*(go_on(one) for one in fuzzes))


async def person_plays(player: Player, over: asyncio.Event) -> None:
    """Plays for as long as the fuzzing lasts."""
    try:
        await player.play(until=lambda view: over.is_set() or view.result is not None)
    except ConnectionClosedOK:
        # In a long run the match ends, and what was said after it came too late.
        await player.watch_to_the_end()


async def watches(viewer: Viewer, over: asyncio.Event) -> None:
    """Watches for as long."""
    await viewer.until(lambda view: over.is_set() or view.result is not None)


def resident_mb(up: int) -> dict[str, float]:
    """Memory of each program, by its command line."""
    found = {}
    for child in Path(f"/proc/{up}/task/{up}/children").read_text().split():
        command = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        pages = int(Path(f"/proc/{child}/statm").read_text().split()[1])
        found[" ".join(command[-2:])] = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return found


async def nobody_is_connected(installation: Installation) -> None:
    """Waits until the gateway counts no socket any more."""
    async with asyncio.timeout(2 * WITHIN_S):
        while True:
            text = (await asyncio.to_thread(installation.get, "/metrics")).decode()
            if all(line.endswith(" 0.0") for line in text.splitlines() if "sockets" in line and line[0] != "#"):
                return
            await asyncio.sleep(0.2)


def faults(installation: Installation) -> list[dict[str, Any]]:
    """Faults of their own that the programs have logged."""
    lines = [line for path in (installation.data / "logs").glob("*.log") for line in path.read_text().splitlines()]
    entries = [json.loads(line) if line.startswith("{") else {"level": "error", "event": line} for line in lines]
    return [entry for entry in entries if entry["level"] in ("error", "critical") or "exception" in entry]
