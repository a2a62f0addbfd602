"""A big room whose members all toggle their seats: what it costs the programs, and what everybody is sent.

    python -m bench.room [--people 60] [--seconds 10]

Each member sends four toggles a second, whatever the answer. With the limits as they are most of them are refused.
"""

import argparse
import asyncio
import os
import secrets
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from matchpoint.v1 import lobby_pb2
from matchpoint.v1.lobby_pb2 import ConnectRequest, ConnectResponse, TournamentRoom
from matchpoint.v1.tournament_pb2 import TournamentSpec
from websockets.asyncio.client import ClientConnection, connect

from bench.duel import cpu_s, port_of, program

EACH_S = 0.25
READY_WITHIN_S = 20.0


class Member:
    """One person in the room, who counts what comes."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.requests = self.bytes = self.rooms = self.refused = self.done = 0
        self.code = ""

    async def send(self, **command: object) -> None:
        self.requests += 1
        request = ConnectRequest(request_id=self.requests, **command)  # type: ignore[arg-type]
        await self.socket.send(request.SerializeToString())

    async def read(self) -> None:
        """Everything, to the end."""
        async for payload in self.socket:
            assert isinstance(payload, bytes)
            self.bytes += len(payload)
            # Reading it whole would cost more here than it cost to make: the body's number is enough.
            message = ConnectResponse.FromString(payload)
            kind = message.WhichOneof("body")
            if kind == "room":
                self.rooms += 1
                self.code = message.room.code
            elif kind == "refusal":
                self.refused += 1
            elif kind == "done":
                self.done += 1


async def guest(page: str) -> str:
    """A new guest's cookie."""
    request = urllib.request.Request(
        f"{page}/api/matchpoint.v1.AccountService/CreateGuest",
        b"{}",
        {"content-type": "application/json", "origin": page},
    )
    with await asyncio.to_thread(urllib.request.urlopen, request) as answer:
        return "; ".join(value.partition(";")[0] for value in answer.headers.get_all("set-cookie"))


async def measure(page: str, people: int, seconds: float, pids: dict[str, int]) -> None:
    members: list[Member] = []
    for _ in range(people):
        socket = await connect(
            f"ws{page.removeprefix('http')}/ws/lobby",
            origin=page,  # type: ignore[arg-type]
            subprotocols=["matchpoint.v1"],  # type: ignore[list-item]
            additional_headers={"cookie": await guest(page)},
            compression=None,
        )
        members.append(Member(socket))
    readers = [asyncio.create_task(member.read()) for member in members]
    room = TournamentRoom(spec=TournamentSpec(title="Big room"), capacity=256 if people > 64 else 64)
    room.spec.format.swiss.SetInParent()
    await members[0].send(create_room=lobby_pb2.CreateRoom(tournament=room))
    while not members[0].code:
        await asyncio.sleep(0.05)
    for member in members[1:]:
        await member.send(join_room=lobby_pb2.JoinRoom(code=members[0].code))
    await asyncio.sleep(8)
    before = {name: cpu_s(pid) for name, pid in pids.items()}
    for member in members:
        member.bytes = member.rooms = member.refused = member.done = 0

    async def toggle(member: Member) -> None:
        seated = False
        ends = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < ends:
            await member.send(set_seat=lobby_pb2.SetSeat(seated=seated))
            seated = not seated
            await asyncio.sleep(EACH_S)

    await asyncio.gather(*(toggle(member) for member in members))
    used = {name: (cpu_s(pid) - before[name]) / seconds for name, pid in pids.items()}
    done, refused = (sum(getattr(member, kind) for member in members) / seconds for kind in ("done", "refused"))
    rooms, size = (sum(getattr(member, kind) for member in members) / seconds for kind in ("rooms", "bytes"))
    cpu = ", ".join(f"{name} {share:.0%}" for name, share in used.items())
    print(
        f"{people} people: {done:.0f} toggles/s carried out, {refused:.0f} refused; "
        f"{rooms / people:.1f} rooms/s to each, {size / 1e6:.2f} MB/s out; CPU {cpu}"
    )
    for reader in readers:
        reader.cancel()


async def run(people: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as programs:
        token = Path(folder) / "service.token"
        token.write_text(secrets.token_urlsafe(32))
        cores = os.sched_getaffinity(0)
        many = "1000000,60000000"
        variables = {
            "MATCHPOINT_DATA": folder,
            "MATCHPOINT_BACKEND_PORT": "0",
            "MATCHPOINT_GATEWAY_PORT": "0",
            "MATCHPOINT_HOUSE_MATCH": "0",
            "MATCHPOINT_GUESTS_PER_ADDRESS": many,
            "MATCHPOINT_OPENINGS_PER_SECOND": "10000",
            "MATCHPOINT_CALLS_PER_SECOND": "10000",
            **{key: value for key, value in os.environ.items() if key.startswith("MATCHPOINT_")},
        }
        pids = {}
        for name in ("backend", "gateway"):
            log = Path(folder) / f"{name}.log"
            pids[name] = programs.enter_context(program(name, cores, variables, log, ""))
            async with asyncio.timeout(READY_WITHIN_S):
                while (port := port_of(log)) is None:
                    await asyncio.sleep(0.05)
            variables[f"MATCHPOINT_{name.upper()}_ADDRESS"] = f"127.0.0.1:{port}"
        await measure(f"http://127.0.0.1:{port}", people, seconds, pids)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=10)
    chosen = parser.parse_args()
    asyncio.run(run(chosen.people, chosen.seconds))


if __name__ == "__main__":
    main()
