"""One visitor who spoils it for others: `python -m tests.support.clients.attackers NAME PAGE SCENE`.

A process of its own, from an address of its own, and with the lowest priority that there is (SCHED_IDLE): it uses what
the machine has left, as an attacker at another machine would, and takes no time of a core from those who play. It reads
`go`, `stop` and `end`, a line each, from standard input; says `ready` at first, and at the end in JSON how much it did.
SCENE is JSON: sessions that there are to be read.
"""

import asyncio
import contextlib
import json
import os
import random
import socket
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx
from matchpoint.v1.lobby_pb2 import ConnectRequest
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.support.clients.site import COOKIE, Guest, Site

LIFE_S: Final = 120.0
BYTES: Final = 400_000_000
"""Limits, in seconds and bytes, after which it stops by itself."""
CHUNK: Final = 64 * 1024
UPGRADE: Final = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {page}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: matchpoint.v1\r\n\r\n"
)
LOST: Final = (OSError, EOFError, WebSocketException, httpx.HTTPError, ValueError, asyncio.LimitOverrunError)
ODD: Final = "aä한漢зλ✓ﬁ🎾é"


class Attacker(Site):
    """Somebody outside who comes from another address."""

    def __init__(self, page: str, scene: dict[str, str], address: str) -> None:
        super().__init__(SimpleNamespace(page=page))  # type: ignore[arg-type]
        self.address = address
        transport = httpx.AsyncHTTPTransport(local_address=address, limits=httpx.Limits(max_connections=50))
        jar = self._http.cookies.jar
        self._http = httpx.AsyncClient(base_url=page, trust_env=False, timeout=10, transport=transport, cookies=jar)
        self.scene = scene
        self.host = urlsplit(page).netloc
        self.going = asyncio.Event()
        self.sent = 0
        self.done = 0
        self.people: list[Guest] = []
        self.room = ""

    def socket(self, path: str, *, token: str = "", **_: Any) -> connect:
        """A WebSocket from its address."""
        return connect(
            self.page.replace("http", "ws", 1) + path,
            origin=self.page,  # type: ignore[arg-type]
            subprotocols=["matchpoint.v1"],  # type: ignore[list-item]
            additional_headers={"cookie": f"{COOKIE}={token}"} if token else None,
            proxy=None,
            compression=None,
            local_addr=(self.address, 0),
        )

    async def __aenter__(self) -> Self:
        return self

    async def tcp(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection from its address."""
        address, _, port = self.host.partition(":")
        plain = socket.socket()
        # What its own kernel keeps was not sent to anybody.
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, CHUNK)
        plain.bind((self.address, 0))
        plain.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(plain, (address, int(port)))
        except OSError:
            plain.close()
            raise
        return await asyncio.open_connection(sock=plain)

    async def write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        """Sends it, counted. Raises ConnectionError when the connection is gone."""
        if writer.transport.is_closing():
            raise ConnectionError("it is closed")
        writer.write(data)
        self.sent += len(data)
        await writer.drain()

    async def working(self, attack: "Attack") -> None:
        """Strikes again and again, while it may."""
        ends = time.monotonic() + LIFE_S
        while time.monotonic() < ends and self.sent < BYTES:
            await self.going.wait()
            with contextlib.suppress(*LOST):
                async with asyncio.timeout(10):
                    await attack.strike(self)
                continue
            await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Attack:
    """An attack: its work, the number of those who do it at once, and its preparation."""

    strike: Callable[[Attacker], Coroutine[Any, Any, None]]
    workers: int = 4
    people: int = 0


async def discard(reader: asyncio.StreamReader) -> None:
    """Reads and forgets."""
    while await reader.read(CHUNK):
        pass


async def pour(first: bytes, again: bytes, attacker: Attacker) -> None:
    """A WebSocket, and the same frames on it for as long as it is there."""
    reader, writer = await attacker.tcp()
    reading = None
    try:
        head = UPGRADE.format(path="/ws/watch", host=attacker.host, page=attacker.page).encode()
        await attacker.write(writer, head)
        if not (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101"):
            return
        attacker.done += 1
        reading = asyncio.create_task(discard(reader))
        await attacker.write(writer, first)
        chunk = again * max(1, CHUNK // len(again))
        while not reading.done():
            await attacker.going.wait()
            await attacker.write(writer, chunk)
    finally:
        writer.close()
        if reading is not None:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


async def say_nothing(attacker: Attacker) -> None:
    """A connection that is there until it is closed."""
    reader, writer = await attacker.tcp()
    attacker.done += 1
    try:
        await reader.read()
    finally:
        writer.close()


async def drip(attacker: Attacker) -> None:
    """A call whose body comes byte by byte."""
    reader, writer = await attacker.tcp()
    reading = asyncio.create_task(discard(reader))
    head = (
        f"POST /api/matchpoint.v1.AccountService/CreateGuest HTTP/1.1\r\nHost: {attacker.host}\r\n"
        f"Origin: {attacker.page}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n"
    )
    try:
        await attacker.write(writer, head.encode())
        attacker.done += 1
        while not reading.done():
            await attacker.write(writer, b" ")
            await asyncio.sleep(0.05)
    finally:
        writer.close()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def requests(request: Callable[[Attacker], tuple[str, str, str]], attacker: Attacker) -> None:
    """The same request over and over on one connection. `request` gives its line, its body, and who asks."""
    reader, writer = await attacker.tcp()
    try:
        while True:
            await attacker.going.wait()
            line, body, token = request(attacker)
            cookie = f"Cookie: {COOKIE}={token}\r\n" if token else ""
            head = (
                f"{line} HTTP/1.1\r\nHost: {attacker.host}\r\nOrigin: {attacker.page}\r\n{cookie}"
                f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n\r\n"
            )
            await attacker.write(writer, (head + body).encode())
            answer = (await reader.readuntil(b"\r\n\r\n")).lower()
            _, _, size = answer.partition(b"content-length: ")
            await reader.readexactly(int(size.partition(b"\r\n")[0]))
            attacker.done += answer.startswith(b"http/1.1 200")
    finally:
        writer.close()


def api(method: str, body: Callable[[Attacker], dict[str, Any]], *, signed_in: bool = False) -> Any:
    """A call of the API, over and over."""

    def request(attacker: Attacker) -> tuple[str, str, str]:
        token = random.choice(attacker.people).token if signed_in else ""
        return f"POST /api/matchpoint.v1.{method}", json.dumps(body(attacker)), token

    return partial(requests, request)


async def commands(make: Callable[[Attacker, int], ConnectRequest], attacker: Attacker) -> None:
    """Commands on a lobby connection, without waiting for an answer."""
    async with attacker.socket("/ws/lobby", token=random.choice(attacker.people).token) as socket:
        reading = asyncio.create_task(_forget(socket))
        try:
            number = 0
            while not reading.done():
                await attacker.going.wait()
                number += 1
                command = make(attacker, number)
                command.request_id = number
                content = command.SerializeToString()
                attacker.sent += len(content)
                attacker.done += 1
                await socket.send(content)
                # As fast as the gateway takes it without a word.
                await asyncio.sleep(0.09)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


async def _forget(socket: Any) -> None:
    async for _ in socket:
        pass


def a_room(_: Attacker, number: int) -> ConnectRequest:
    """Opens rooms and toggles what there is to toggle."""
    kinds: list[dict[str, Any]] = [
        {"create_room": {}},
        {"set_seat": {"seated": False}},
        {"set_seat": {"seated": True}},
        {"set_ready": {"ready": True}},
        {"new_code": {}},
        {"leave_room": {}},
    ]
    return ConnectRequest(**kinds[number % len(kinds)])


def a_line(attacker: Attacker, number: int) -> ConnectRequest:
    """Comes into the room of them all, and talks."""
    if number == 1:
        return ConnectRequest(join_room={"code": attacker.room})  # type: ignore[arg-type]
    return ConnectRequest(say={"text": f"{number} " + "쀍" * 290})  # type: ignore[arg-type]


def odd_name() -> str:
    """A name of everything."""
    return "".join(random.choices(ODD, k=random.randint(1, 20)))


def flood(first: bytes, again: bytes) -> Attack:
    """Frames on a WebSocket."""
    return Attack(partial(pour, first, again))


MASK: Final = bytes(4)
EMPTY_FRAGMENT: Final = b"\x00\x80" + MASK
FULL_FRAGMENT: Final = b"\x00\xfe\x0f\xa0" + MASK + bytes(4_000)
FULL_BEGIN: Final = b"\x02" + FULL_FRAGMENT[1:]
ATTACKS: Final[dict[str, Attack]] = {
    "empty fragments": flood(b"\x02" + EMPTY_FRAGMENT[1:], EMPTY_FRAGMENT),
    "full-size fragments": flood(FULL_BEGIN, FULL_FRAGMENT),
    "pings": flood(b"", b"\x89\x80" + MASK),
    "pongs": flood(b"", b"\x8a\x80" + MASK),
    "closes": flood(b"", b"\x88\x80" + MASK),
    "half-open TCP": Attack(say_nothing, workers=400),
    "slow bodies": Attack(drip, workers=100),
    "exports": Attack(partial(requests, lambda one: (f"GET /tournament/{one.scene['tournament']}.json", "", "")), 8),
    "replays": Attack(api("StatsService/GetReplay", lambda one: {"sessionId": one.scene["match"], "match": 1}), 8),
    "guests": Attack(api("AccountService/CreateGuest", lambda _: {"name": ""}), 8),
    "sessions": Attack(api("DirectoryService/StartSession", lambda _: {"bot": {}}, signed_in=True), 8, people=4),
    "rooms": Attack(partial(commands, a_room), 8, people=4),
    "chat": Attack(partial(commands, a_line), 8, people=4),
    "names": Attack(api("AccountService/Rename", lambda _: {"name": odd_name()}, signed_in=True), 8, people=4),
}


async def prepare(attacker: Attacker, attack: Attack, name: str) -> None:
    """Makes what the attack needs: that is no part of it."""
    for _ in range(attack.people):
        attacker.people.append(await attacker.guest())
    if name == "chat":
        async with attacker.people[0].lobby() as lobby:
            await lobby.do(create_room={})
            attacker.room = (await lobby.see_room()).code


def stay_behind() -> None:
    """Takes only what nobody else wants of the processors."""
    if hasattr(os, "sched_setscheduler") and hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    else:
        os.nice(19)


async def main(name: str, page: str, scene: dict[str, str]) -> None:
    """Does as it is told."""
    attack = ATTACKS[name]
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    # Not the address of those who play, nor of an attacker before it, who has used up what an address may do.
    address = f"127.0.0.{2 + list(ATTACKS).index(name)}"
    async with Attacker(page, scene, address) as attacker:
        await prepare(attacker, attack, name)
        stay_behind()
        print("ready", flush=True)
        workers = [asyncio.create_task(attacker.working(attack)) for _ in range(attack.workers)]
        while (line := (await reader.readline()).strip()) not in (b"", b"end"):
            (attacker.going.set if line == b"go" else attacker.going.clear)()
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        print(json.dumps({"sent": attacker.sent, "done": attacker.done}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
