"""Spectators that are held still (SIGSTOP) cost the gateway little, and the players nothing."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from matchpoint.v1.frames_pb2 import SeatMessage
from websockets.asyncio.client import ClientConnection

from gameserver.domain.pong.rules import H
from tests.faults.figures import note
from tests.support.clients.lasting_players import duel
from tests.support.clients.players import Player
from tests.support.clients.site import Site
from tests.support.clients.spectator_crowd import hello
from tests.support.clients.views import View
from tests.support.processes.programs import Programs, figure, running

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

STALLED: Final = 300
EACH: Final = 64 * 1024
"""Bytes of the gateway that a stalled spectator may take."""
LITTLE: Final = 4 * 1024
"""Bytes: with less said to each, keeping it would not be seen."""
DROPPED_WITHIN_S: Final = 30.0
QUIET_S: Final = 6.0
SLOWER, SLACK_S = 2.0, 0.25
"""Time that a move may take longer beside them; a machine with other work varies as much by itself."""
EVERY_S: Final = 1 / 35
"""A player changes direction this often; the game server lets through 40 inputs a second."""
ENDLESS: Final = {"points_to_win": 21, "start_speed": 80_000}
PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class Hasty(Player):
    """Somebody who moves all the time, and measures how long each move takes to come back in a frame."""

    def __init__(self, player: Player) -> None:
        super().__init__(player.socket, player.view)
        self.seats = player.seats
        #: Seconds from input to frame.
        self.took: list[float] = []
        self._sent: dict[int, float] = {}
        self._known = 0
        self._next = 0.0
        self._up = False

    def measured(self, view: View) -> None:
        """Looks at the moves that have come."""
        (seat,) = self.seats
        for side, number, _ in view.moves[self._known :]:
            if side == seat and number in self._sent:
                self.took.append(time.monotonic() - self._sent.pop(number))
        self._known = len(view.moves)

    def _react(self, message: SeatMessage) -> None:
        super()._react(message)
        now, clock = time.monotonic(), self.view.clock
        if now < self._next or not clock.rate or self.server_ms < clock.server_ms:
            return
        self._next, self._up = now + EVERY_S, not self._up
        (seat,) = self.seats
        move = self.input(seat, target=H // 4 if self._up else 3 * H // 4)
        self._sent[move.seq] = now
        message.inputs.append(move)

    def _next_mark_s(self) -> float:
        return min(super()._next_mark_s(), max(0.0, self._next - time.monotonic()))


@asynccontextmanager
async def playing(players: Sequence[Hasty]) -> AsyncIterator[None]:
    """They play for as long as the block lasts."""

    async def one(player: Hasty) -> None:
        def over(view: View) -> bool:
            player.measured(view)
            assert view.result is None, "the match is too short for this"
            return False

        await player.play(until=over)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(player)) for player in players]
        yield
        for task in tasks:
            task.cancel()


def since_last(players: Sequence[Hasty]) -> list[float]:
    """Times of moves since the last call, ascending."""
    took = sorted(took for player in players for took in player.took)
    for player in players:
        player.took.clear()
    return took


def p99(seconds: Sequence[float]) -> float:
    return seconds[len(seconds) * 99 // 100]


class Reader:
    """A spectator that reads, and knows how much was said."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.bytes = 0

    async def read(self, session: str) -> None:
        """Watches for ever."""
        await self._socket.send(hello(session))
        async for message in self._socket:
            self.bytes += len(message)


async def heard_back(players: Sequence[Hasty]) -> None:
    """Returns once the countdown is over and each has seen a move of its own."""
    async with asyncio.timeout(20):
        while not all(player.took for player in players):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    since_last(players)


@asynccontextmanager
async def audience(page: str, session: str, count: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """A number of spectators, all watching, in a process of their own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "tests.support.clients.spectator_crowd", page, session, str(count)), stdout=PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            assert await process.stdout.readline() == b"seated\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await process.stdout.read()


def resident(programs: Programs) -> int:
    """Bytes of memory of the gateway."""
    return int(Path(f"/proc/{programs.gateway.pid}/statm").read_text().split()[1]) * PAGE


def queued(programs: Programs) -> int:
    """Bytes that the kernel keeps for the gateway's readers."""
    port = int(programs.installation.page.rpartition(":")[2])
    total = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].rpartition(":")[2], 16) == port:
            total += int(fields[4].partition(":")[0], 16)
    return total


async def test_300_spectators_held_still_take_little_of_the_gateway_and_nothing_of_the_players(tmp_path: Path) -> None:
    # Longer than by default, so that more is said to them.
    only = {"gateway": {"MATCHPOINT_STALL_S": "10"}}
    async with running(tmp_path / "data", only=only) as programs, Site(programs.installation) as site:
        host, other = await site.guests(2)
        mina, jun = await duel(host, other, **ENDLESS)
        async with (
            site.play(mina.ticket) as left,
            site.play(jun.ticket) as right,
            site.socket("/ws/watch", subprotocol="matchpoint.v1.json") as watching,
            asyncio.TaskGroup() as group,
        ):
            players = [Hasty(left), Hasty(right)]
            reader = Reader(watching)
            reading = group.create_task(reader.read(mina.session))
            async with playing(players):
                await heard_back(players)
                await asyncio.sleep(QUIET_S)
                alone = since_last(players)
                before = resident(programs)
                async with audience(site.page, mina.session, STALLED) as seats:
                    since_last(players)
                    seated = most = resident(programs)
                    began, said, waiting = time.monotonic(), reader.bytes, 0
                    seats.send_signal(signal.SIGSTOP)
                    async with asyncio.timeout(DROPPED_WITHIN_S):
                        while await asyncio.to_thread(figure, programs, "matchpoint_connections ") > len(players) + 1:
                            most = max(most, resident(programs))
                            waiting = max(waiting, await asyncio.to_thread(queued, programs))
                            await asyncio.sleep(0.2)
                    beside, said = since_last(players), reader.bytes - said
                    print(f"held for {time.monotonic() - began:.1f} s, in which {said} bytes were said to each")
            reading.cancel()
        grown, held, kernels = ((n / STALLED) for n in (most - seated, most - before, waiting))
        note("stalled-memory", f"{held / 1024:.1f} KiB of its memory, {kernels / 1024:.1f} KiB of the kernel's")
        assert held + kernels < EACH
        assert said > LITTLE, "too little was said to tell"
        # Kept, a frame costs a kilobyte of the event loop's beside its bytes.
        assert grown < said / 2, "what was said was kept"
        note("stalled-players", f"p99 {p99(beside) * 1000:.1f} ms, {p99(beside) / p99(alone):.2f} of that without them")
        assert p99(beside) < SLOWER * p99(alone) + SLACK_S
