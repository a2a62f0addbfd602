"""Cost of a restart: a game server that takes up the journals of matches that were on.

    python -m bench.restart [matches] [records]

Real journals of that length (500 of 1,458 records unless it is said otherwise; matches between two people to
21, cut off at a random moment) lie in a folder; a real `python -m gameserver` is started on it. A process that has
nothing to take up is measured beside it. CPU is what the kernel accounts to the process, user and system, and the
difference of the two is what taking up costs. The first player asks for the session whose turn would be the last.
"""

import argparse
import asyncio
import os
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Final

from matchpoint.v1.ruleset_pb2 import Ruleset as RulesetMessage
from matchpoint.v1.session_pb2 import Origin, SeatSpec, SessionSpec

from bench.duel import cpu_s
from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.specs import filled
from gameserver.domain.match.records import Opened, Record
from gameserver.domain.pong.ruleset import Ruleset
from gameserver.infrastructure.journal_files import JournalFolder
from gameserver.sessions.ports import Key
from tests.support.fakes.gameserver_peers import SERVER, SERVICE_TOKEN, FleetBackend, PlayGateway
from tests.support.harnesses.match import MatchHarness, SimulatedLine

#: Different matches: the others are the same under other names.
PLAYED: Final = 20
CODEC: Final = ProtobufCodec()
SPEC: Final = filled(
    SessionSpec(
        origin=Origin.ORIGIN_ROOM,
        ruleset=RulesetMessage(points_to_win=21),
        seats=[SeatSpec(seat=0, name="Ann", account_id="ann"), SeatSpec(seat=1, name="Ben", account_id="ben")],
    )
)


@dataclass(frozen=True)
class Start:
    """One start, in seconds: since the process was begun, but for the CPU."""

    bound: float
    player_back: float
    done: float
    cpu: float


def name_of(number: int) -> str:
    """The id of a session."""
    return f"bench-restart-{number:06}"


def played(seed: int, length: int) -> Sequence[Record]:
    """A match that was cut off at about this number of records: two average people at 20 and 60 ms."""
    secret, least = Random(seed).randbytes(32), length + Random(seed).randint(-length // 10, length // 10)
    world = MatchHarness(
        seed, (SimulatedLine(20_000), SimulatedLine(60_000)), ruleset=Ruleset(points_to_win=21), secret=secret
    )
    return world.run(lambda world: len(world.records) >= least).records


def write(folder: Path, count: int, length: int) -> int:
    """Makes journals as a game server writes them. Returns their size in bytes."""
    size = 0
    store = JournalFolder(folder)
    matches = [played(seed, length) for seed in range(min(count, PLAYED))]
    for number in range(count):
        opened, *rest = matches[number % PLAYED]
        assert isinstance(opened, Opened)
        journal = store.create(Key(name_of(number)))
        encoded = [CODEC.opened(replace(opened, session_id=name_of(number)), SPEC)]
        for record in rest:
            seal = journal.seal(encoded) if type(record) in CODEC.sealed else None
            encoded.append(CODEC.record(record, 1, seal))
        journal.append(encoded)
        size += journal.seal().length
        journal.close()
    store.close()
    return size


async def start(data: Path, count: int) -> Start:
    """Start a game server on the data, and come back to the last of its matches as soon as that can be."""
    backend = FleetBackend()  # type: ignore[abstract]  # what is not there is UNIMPLEMENTED
    await backend.start()
    (data / "service.token").write_text(SERVICE_TOKEN)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "MATCHPOINT_DATA": str(data),
        "MATCHPOINT_BACKEND_ADDRESS": f"127.0.0.1:{backend.port}",
        "MATCHPOINT_GAMESERVER_PORT": str(port),
    }
    begun = time.perf_counter()
    with (data / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gameserver", env=os.environ | settings, stdout=log, stderr=log
        )
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except ConnectionRefusedError:
                await asyncio.sleep(0.002)
        bound = time.perf_counter() - begun
        back = await _come_back(backend, port, count) - begun if count else bound
        while b"the last run is taken up" not in (data / "log").read_bytes():
            await asyncio.sleep(0.005)
        done = time.perf_counter() - begun
        await asyncio.sleep(0.5)  # what was taken up is written
        return Start(bound, back, done, cpu_s(process.pid))
    finally:
        process.kill()
        await process.wait()
        await backend.stop()


async def _come_back(backend: FleetBackend, port: int, count: int) -> float:
    """Time at which the first player had everything of the match again."""
    gateway = PlayGateway(port)
    try:
        player = gateway.browser()
        await player.join(backend.ticket(name_of(count - 1), 0, server=SERVER))
        while not (await player.next()).frame.HasField("snapshot"):
            pass
        return time.perf_counter()
    finally:
        await gateway.close()


async def main(count: int, length: int) -> int:
    """Print the figures. Returns 1 when the goal is missed."""
    with tempfile.TemporaryDirectory() as empty, tempfile.TemporaryDirectory() as full:
        size = write(Path(full, "journals"), count, length) / count
        without, found = await start(Path(empty), 0), await start(Path(full), count)
    cpu = found.cpu - without.cpu
    print(f"{count} journals of about {length} records and {size / 1000:.0f} kB")
    print(f"CPU to take them up       {cpu:.2f} s, {1000 * cpu / count:.2f} ms each")
    print(f"port bound after          {found.bound:.2f} s (with nothing to take up: {without.bound:.2f} s)")
    print(f"first player back after   {1000 * (found.player_back - found.bound):.0f} ms from then")
    print(f"all of them taken up      {found.done - found.bound:.2f} s from then")
    return int(cpu > 1 or found.player_back - found.bound > 0.3)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What a restart under matches that were on costs.")
    parser.add_argument("count", nargs="?", type=int, default=500, help="matches that were on")
    parser.add_argument("length", nargs="?", type=int, default=1_458, help="records in the journal of each")
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.count, given.length)))
