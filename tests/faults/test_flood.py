"""One attacker at a time, beside a match that is watched: those who play notice nothing, and what it costs is bounded.

Each attacker (`attackers.py`) is a process of its own, at an address of its own, with the limits as they are by
default. Its time is cut into windows: one without, one with, in turn, so that what else the machine does is in both.
"""

import asyncio
import json
import os
import statistics
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from matchpoint.v1.frames_pb2 import SeatMessage

from backend.service.limits import RATES, Limits
from gameserver.domain.pong.rules import H, M, fold, sdiv
from gameserver.domain.values import LEFT, RIGHT
from tests.faults.floods import FloodFigure, note_flood
from tests.faults.test_stalled import EVERY_S, Hasty, heard_back, p99, playing, since_last
from tests.support.clients.attackers import ATTACKS
from tests.support.clients.lasting_players import duel
from tests.support.clients.players import Player
from tests.support.clients.site import Site
from tests.support.clients.views import Viewer
from tests.support.faults.loop_turns import Turns
from tests.support.processes.programs import NAMES, Program, Programs, running

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

LONG: Final = os.environ.get("MATCHPOINT_LONG") == "1"
WINDOWS: Final = 7 if LONG else 2
WITHOUT_S, WITH_S = (2.0, 4.0) if LONG else (0.8, 1.4)
LATER_S: Final = 0.003
"""Delay that a move may have beside an attacker, at the 99th percentile, in a long run on a quiet machine."""
SLOWER, SLACK_S = 2.0, 0.25
"""In a short one, beside other work: the worst of a few hundred moves is anything, and this finds what stands still."""
AGAIN: Final = 2
"""Number of more windows that an attacker gets when one was disturbed."""
SETTLES_S: Final = 0.2
"""Time after which the work of a stopped attacker is over."""
COST: Final = 0.8
"""Of one core, that an attacker may take of all programs together."""
BURST_S: Final = 5.0
"""Length of the first window, which is not weighed: by then an address has had what it may have at once (90 sessions,
at 20 calls a second)."""
MEMORY: Final = 64 << 20
TURN_S: Final = 0.020 if LONG else 0.060
"""Of CPU, for which an attacker may hold any program's event loop at once."""
USUAL: Final = Limits()
DEFAULTS: Final = {
    "MATCHPOINT_OPENINGS_PER_SECOND": "20",
    "MATCHPOINT_CALLS_PER_SECOND": "20",
    "MATCHPOINT_COST_PER_ADDRESS": "12000",
    **{f"MATCHPOINT_{name.upper()}": "{0.at_once},{0.per_minute}".format(getattr(USUAL, name)) for name in RATES},
    "MATCHPOINT_SESSIONS_PER_ACCOUNT": str(USUAL.sessions_per_account),
    "MATCHPOINT_PLACES_PER_ADDRESS": str(USUAL.places_per_address),
    "MATCHPOINT_GUESTS_LIST": "0",
}
"""The limits as they are if nobody sets them: other tests lift them."""
ENDLESS: Final = {"points_to_win": 21, "start_speed": 60_000, "paddle_half_height": 15_000}
TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")
PAGE: Final = os.sysconf("SC_PAGE_SIZE")
SWAY: Final = 6_000


class Rallying(Hasty):
    """Somebody who moves all the time and still returns every ball, so that the match does not end."""

    def __init__(self, player: Player) -> None:
        super().__init__(player)
        #: Why the clock changed, and for whom: it must not.
        self.changes: list[str] = []
        self._clock = player.view.clock.epoch

    def _react(self, message: SeatMessage) -> None:
        if self.view.clock.epoch != self._clock:
            self.changes.append(str(self.view.clock))
        self._clock = self.view.clock.epoch
        Player._react(self, message)
        now, clock, game = time.monotonic(), self.view.clock, self.view.game
        if now < self._next or game is None or not clock.rate or self.server_ms < clock.server_ms:
            return
        self._next, self._up = now + EVERY_S, not self._up
        (seat,) = self.seats
        v = game.volley
        comes_to = RIGHT if v.vx > 0 else LEFT
        y = fold(v.y0 + sdiv(v.vy * (v.t1 - v.t0), M)) if comes_to == seat else H // 2
        target = min(max(y + (SWAY if self._up else -SWAY), 0), H)
        del message.inputs[:]
        move = self.input(seat, target=target)
        self._sent[move.seq] = now
        message.inputs.append(move)


def children_of(pid: int) -> list[int]:
    """Processes that a program has started."""
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


@dataclass
class Load:
    """Use of the machine by the programs: CPU seconds, and bytes of memory."""

    cpu: dict[str, float]
    memory: dict[str, int]

    @classmethod
    def of(cls, programs: Programs) -> "Load":
        """Use until now."""
        cpu, memory = {}, {}
        for program in programs.all:
            pids = [program.pid, *children_of(program.pid)]
            fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
            # Of those that have ended too, which their parent has waited for.
            cpu[program.name] = sum(int(each) for stat in fields for each in stat[11:15]) * TICK_S
            memory[program.name] = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids) * PAGE
        return cls(cpu, memory)


@dataclass
class Windows:
    """Measurements, without and with an attacker."""

    #: Of each window: seconds from input to frame, in 99 of 100 moves.
    late_each: list[float] = field(default_factory=list)
    seconds: float = 0.0
    #: Seconds of CPU of each program, and of how many seconds they are.
    cpu: dict[str, float] = field(default_factory=dict)
    weighed: float = 0.0
    #: The longest turn of each program's loop, seconds of CPU.
    turns: dict[str, float] = field(default_factory=dict)

    async def add(
        self, programs: Programs, players: Sequence[Hasty], turns: Turns, seconds: float, *, weigh: bool
    ) -> None:
        """One more; `weigh`: its CPU counts."""
        since_last(players)
        turns.take()
        before, began = Load.of(programs), time.monotonic()
        await asyncio.sleep(seconds)
        after = Load.of(programs)
        lasted = time.monotonic() - began
        self.seconds += lasted
        self.late_each.append(p99(sorted(since_last(players))))
        self.weighed += lasted if weigh else 0.0
        for name, used in after.cpu.items():
            self.cpu[name] = self.cpu.get(name, 0.0) + (used - before.cpu[name] if weigh else 0.0)
        for name, longest in turns.take().items():
            self.turns[name] = max(longest, self.turns.get(name, 0.0))

    @property
    def late(self) -> float:
        """The 99th percentile from input to frame, seconds: the median of all windows.

        The machine itself holds up a window now and then, with an attacker or without; an attacker would all of them.
        """
        return statistics.median(self.late_each)

    def rate(self, name: str) -> float:
        """Milliseconds of CPU a second."""
        return self.cpu[name] / self.weighed * 1000


def allowed_s(without_s: float) -> float:
    """Limit of the time of a move beside an attacker."""
    return without_s + LATER_S if LONG else SLOWER * without_s + SLACK_S


@asynccontextmanager
async def attacker(name: str, page: str, scene: dict[str, str]) -> AsyncIterator[Process]:
    """An attacker that is ready."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "tests.support.clients.attackers", name, page, json.dumps(scene)),
        stdin=PIPE,
        stdout=PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        async with asyncio.timeout(30):
            assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        process.stdin.close()
        await process.stdout.read()
        await process.wait()


async def told(process: Process, word: str) -> None:
    """Tells the attacker."""
    assert process.stdin is not None
    process.stdin.write(f"{word}\n".encode())
    await process.stdin.drain()


async def attacked(
    name: str, programs: Programs, players: Sequence[Hasty], turns: Turns, scene: dict[str, str]
) -> FloodFigure:
    """Effect of one attacker on players, and its cost."""
    without, beside = Windows(), Windows()
    async with attacker(name, programs.installation.page, scene) as process:
        before = Load.of(programs).memory
        for turn in range(WINDOWS + AGAIN):
            if turn >= WINDOWS and beside.late < allowed_s(without.late):
                break
            # In the first window an address has what it may have at once: that is so many guests or rooms, whatever
            # the rate. What the attack costs is what it costs from then on.
            await without.add(programs, players, turns, WITHOUT_S, weigh=turn > 0)
            await told(process, "go")
            await beside.add(programs, players, turns, WITH_S if turn else BURST_S, weigh=turn > 0)
            await told(process, "stop")
            await asyncio.sleep(SETTLES_S)
        after = Load.of(programs).memory
        await told(process, "end")
        assert process.stdout is not None
        async with asyncio.timeout(20):
            did = json.loads(await process.stdout.readline())
    costs = {program: max(0.0, beside.rate(program) - without.rate(program)) for program in without.cpu}
    return FloodFigure(
        bytes_a_second=did["sent"] / beside.seconds,
        done_a_second=did["done"] / beside.seconds,
        gateway_ms=costs["gateway"],
        backend_ms=costs["backend"],
        gameserver_ms=costs["gameserver"],
        memory=sum(after.values()) - sum(before.values()),
        turns_ms={program: longest * 1000 for program, longest in beside.turns.items()},
        without_ms=without.late * 1000,
        beside_ms=beside.late * 1000,
    )


async def scenery(site: Site) -> dict[str, str]:
    """Targets to read: a large tournament that is on, and a match that was played."""
    guest = await site.guest()
    names = [f"Player {number}" for number in range(32)]
    local: dict[str, Any] = {"names": names, "tournament": {"title": "Large", "format": {"roundRobin": {}}}}
    tournament, _ = await guest.start(localTournament=local)
    match, ticket = await guest.start(bot={}, ruleset={"pointsToWin": 1, "startSpeed": 200_000})
    async with site.play(ticket) as player:
        player.styles = {0: lambda y: 0 if y > H // 2 else H, 1: lambda y: 0 if y > H // 2 else H}
        await player.play()
    await site.record(match)
    return {"tournament": tournament, "match": match}


def errors_of(program: Program) -> list[str]:
    """Lines of a program's log that say that something is wrong."""
    return [line for line in program.log.read_text().splitlines() if '"level": "error"' in line]


async def test_whatever_one_attacker_sends_those_who_play_are_not_held_up_and_nobody_is_paused(tmp_path: Path) -> None:
    turns = Turns(tmp_path, *NAMES)
    only = {name: turns.variables(name) | DEFAULTS for name in NAMES}
    async with running(tmp_path / "data", only=only) as programs, Site(programs.installation) as site:
        scene = await scenery(site)
        host, other = await site.guests(2)
        mina, jun = await duel(host, other, **ENDLESS)
        figures, stood_still = {}, []
        async with (
            site.play(mina.ticket) as left,
            site.play(jun.ticket) as right,
            site.watch(mina.session) as viewer,
            asyncio.TaskGroup() as group,
        ):
            players = [Rallying(left), Rallying(right)]
            watching = group.create_task(_watch(viewer))
            async with playing(players):
                await heard_back(players)
                for player in players:
                    player.changes.clear()
                for name in ATTACKS:
                    seen = viewer.view.seq
                    figures[name] = await attacked(name, programs, players, turns, scene)
                    print(f"{name}: {figures[name]}")
                    note_flood(name, figures[name])
                    assert viewer.view.seq > seen, "the viewer saw nothing meanwhile"
                    stood_still += [(name, change) for player in players for change in player.changes]
                    for player in players:
                        player.changes.clear()
            watching.cancel()
        assert not stood_still
        assert not [line for program in programs.all for line in errors_of(program)]
    for name, figure in figures.items():
        assert figure.beside_ms < 1000 * allowed_s(figure.without_ms / 1000), (name, figure)
        assert figure.cost_ms < COST * 1000, (name, figure)
        assert figure.memory < MEMORY, (name, figure)
        assert max(figure.turns_ms.values()) < TURN_S * 1000, (name, figure)


async def _watch(viewer: Viewer) -> None:
    while True:
        await viewer.hear()
