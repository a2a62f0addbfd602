"""The house rule: a result shown as final survives kill -9 of any process and counts exactly once.

People play while all three programs are killed again and again, at random times and at every named crash point. The
control is the same with the key of a result taken away from the backend: it has to count results twice, so that these
tests are seen to be able to fail. `MATCHPOINT_LONG=1` makes ten times as many kills.
"""

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from matchpoint.v1.result_pb2 import Result

from tests.faults.figures import note, spread
from tests.support.clients.lasting_players import Lasting, LastingSpectator, against_a_bot, duel
from tests.support.clients.site import Guest, Site
from tests.support.faults.crashing import points
from tests.support.faults.ledger import Books, Count, count, outbox, prove, totals_told
from tests.support.processes.programs import READY_WITHIN_S, Program, Programs, running

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

KILLS: Final = 1_000 if os.environ.get("MATCHPOINT_LONG") == "1" else 100
CONTROL_KILLS: Final = 20
PAIRS, LONERS = 4, 4
QUICK: Final = {"points_to_win": 1, "start_speed": 200_000}
CALM_S: Final = (5.0, 8.0)
"""Between two storms: long enough for a match to come to its end, or nearly."""
STORM_S: Final = (1.0, 4.0)
LIFE_S: Final = (0.0, 1.2)
"""Time that a program lives in a storm, from when it serves."""
BACKENDS_LIFE_S: Final = (0.2, 3.0)
"""Time that a backend without a crash point lives, calm or not: matches do not need it."""
HELD_STILL_S: Final = 1.5
DRAINED_WITHIN_S: Final = 30.0


@dataclass
class Torment:
    """Kills programs until there were enough kills."""

    programs: Programs
    random: random.Random
    enough: int
    #: Kinds of ends, and how often.
    deaths: dict[str, int] = field(default_factory=dict)
    #: The most telling crash points come first, and surely: the control must not depend on luck.
    owed: set[str] = field(default_factory=lambda: {"report.commit.after", "report.send.after"})
    _storm: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def kills(self) -> int:
        """By SIGKILL, at random times and at crash points."""
        return sum(number for kind, number in self.deaths.items() if "SIGTERM" not in kind)

    async def run(self) -> None:
        """Returns when there were enough kills and every program serves again."""
        weather = asyncio.create_task(self._weather())
        try:
            async with asyncio.TaskGroup() as group:
                for program in self.programs.all:
                    group.create_task(self._plague(program))
        finally:
            weather.cancel()
            await asyncio.gather(weather, return_exceptions=True)

    async def _weather(self) -> None:
        """In a storm everything dies at random; in a calm only at crash points, so that matches come to an end."""
        while True:
            for program in self.programs.all:
                await program.ready.wait()
            await asyncio.sleep(self.random.uniform(*CALM_S))
            self._storm.set()
            await asyncio.sleep(self.random.uniform(*STORM_S))
            self._storm.clear()

    async def _plague(self, program: Program) -> None:
        named = points(program.name)
        # Where a result is handed over is where it could be lost or counted twice.
        named += 2 * [point for point in named if point.startswith("report")]
        armed = ""
        while self.kills < self.enough or self.owed:
            if not await self._ends_by_itself(program, armed):
                await self._end(program, armed)
            owed = self.owed.intersection(named)
            armed = min(owed) if owed else self.random.choice(named) if named and self.random.random() < 0.7 else ""
            passes = 1 if armed.startswith("report") else self.random.randint(1, 6)
            await program.start(f"{armed}:{passes}" if armed else "")
        if armed:
            await program.kill()
            await program.start()
        await program.until_ready()

    async def _ends_by_itself(self, program: Program, armed: str) -> bool:
        """Tells whether the program comes to its crash point within its life, which begins when it serves."""
        async with asyncio.timeout(READY_WITHIN_S):
            await program.ready_or_ended()
        life = asyncio.create_task(self._life(program, armed))
        end = asyncio.create_task(program.ended())
        try:
            await asyncio.wait((life, end), return_when=asyncio.FIRST_COMPLETED)
            if not end.done():
                return False
            code = end.result()
        finally:
            life.cancel()
            end.cancel()
            await asyncio.gather(life, end, return_exceptions=True)
        assert armed, f"the {program.name} ended by itself with {code}:\n{program.tail()}"
        assert code == -signal.SIGKILL, f"the {program.name} ended with {code}:\n{program.tail()}"
        self.owed.discard(armed)
        self._died(program, armed)
        return True

    async def _life(self, program: Program, armed: str) -> None:
        """Returns when the program is to die. A program with a crash point is given the calm to come to it."""
        if program is self.programs.backend and not armed:
            # And as long as it took to start: however slow the machine is, it is there for a good part of the time.
            await asyncio.sleep(self.random.uniform(*BACKENDS_LIFE_S) + program.took_to_start)
        else:
            await self._storm.wait()
            await asyncio.sleep(self.random.uniform(*LIFE_S))

    async def _end(self, program: Program, armed: str) -> None:
        dice = self.random.random()
        if dice < 0.1 and not armed:
            await program.stop()
            self._died(program, "SIGTERM")
        elif dice < 0.2:
            program.send(signal.SIGSTOP)
            await asyncio.sleep(self.random.uniform(0, HELD_STILL_S))
            await program.kill()
            self._died(program, "SIGSTOP, then SIGKILL")
        else:
            await program.kill()
            self._died(program, "SIGKILL")

    def _died(self, program: Program, kind: str) -> None:
        name = f"{program.name} {kind}"
        self.deaths[name] = self.deaths.get(name, 0) + 1


class Crowd:
    """People who play one match after another."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.guests: list[Guest] = []
        #: What was shown as final, by session; everybody who looked saw the same.
        self.shown: dict[str, Result] = {}
        self.gaps: list[float] = []
        self.tenures = 0
        self.closing = False

    async def come(self, count: int) -> None:
        """A number of people, before anything is killed."""
        self.guests += await self.site.guests(count)

    async def play(self) -> None:
        """Returns when `closing` is set and every match has come to its end."""
        async with asyncio.TaskGroup() as group:
            for pair in range(PAIRS):
                group.create_task(self._duels(self.guests[2 * pair], self.guests[2 * pair + 1]))
            for guest in self.guests[2 * PAIRS :]:
                group.create_task(self._alone(guest))

    async def _duels(self, host: Guest, other: Guest) -> None:
        while not self.closing:
            left, right = await duel(host, other, **QUICK)
            watcher = LastingSpectator(self.site, left.session)
            await self._to_the_end(left, right, watcher)

    async def _alone(self, guest: Guest) -> None:
        while not self.closing:
            await self._to_the_end(await against_a_bot(guest, **QUICK))

    async def _to_the_end(self, *people: Lasting) -> None:
        async with asyncio.TaskGroup() as group:
            ends = [group.create_task(someone.until_the_end()) for someone in people]
        results = [end.result() for end in ends]
        assert all(result == results[0] for result in results), f"{people[0].session} ended in two ways: {results}"
        self.shown[people[0].session] = results[0]
        for someone in people:
            self.gaps += someone.gaps
            self.tenures += len(someone.view.tenures)


@pytest.fixture
def seed() -> int:
    """Of everything that is left to chance here; MATCHPOINT_SEED repeats a run as far as the machine lets it."""
    seed = int(os.environ.get("MATCHPOINT_SEED", "") or random.SystemRandom().randrange(1 << 32))
    print(f"\nMATCHPOINT_SEED={seed}")
    return seed


@asynccontextmanager
async def after_kills(
    data: Path, kills: int, seed: int, *, keyless: bool = False
) -> AsyncIterator[tuple[Programs, Crowd]]:
    """The programs, whole again, after a number of kills under play, with every result on its way delivered."""
    only = {"backend": {"MATCHPOINT_KEYLESS": "1"}} if keyless else {}
    async with running(data, only=only) as programs, Site(programs.installation) as site:
        crowd = Crowd(site)
        await crowd.come(2 * PAIRS + LONERS)
        torment = Torment(programs, random.Random(seed), kills)
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            group.create_task(crowd.play())
            await torment.run()
            crowd.closing = True
        async with asyncio.timeout(DRAINED_WITHIN_S):
            while waiting := outbox(programs):
                print(f"{len(waiting)} results are on their way")
                await asyncio.sleep(0.5)
        took = time.monotonic() - began
        print(f"{torment.kills} kills in {took:.0f} s; {len(crowd.shown)} results")
        for kind, number in sorted(torment.deaths.items()):
            print(f"  {number:4} {kind}")
        assert torment.kills >= kills
        if not keyless:
            note("kills", f"{torment.kills:,} in {took / 60:.1f} min", seed)
            note("away", spread(crowd.gaps), seed)
        yield programs, crowd


async def test_whatever_is_killed_every_result_that_was_shown_is_kept_exactly_once(tmp_path: Path, seed: int) -> None:
    async with after_kills(tmp_path / "data", KILLS, seed) as (programs, crowd):
        books = Books(programs.installation.database)
        found = count(crowd.shown, books)
        print(f"  {found}")
        note("results", f"{found.shown:,}", seed)
        note("wrong", str(found.lost + found.double + found.different), seed)
        assert found == Count(len(crowd.shown), lost=0, double=0, different=0, recorded=found.recorded)
        assert found.shown >= KILLS // 5, "too little was played for this to mean anything"
        for guest in crowd.guests:
            assert totals_told(await guest.stats()) == books.totals(guest.account_id)
        assert list((programs.journals / "refused").iterdir()) == []
        proven = prove((programs.journals / "reported").iterdir())
        assert proven == {session_id: results[0] for session_id, results in books.results.items()}


async def test_the_control_without_the_key_of_a_result_the_same_kills_count_results_twice(
    tmp_path: Path, seed: int
) -> None:
    async with after_kills(tmp_path / "data", CONTROL_KILLS, seed, keyless=True) as (programs, crowd):
        found = count(crowd.shown, Books(programs.installation.database))
        print(f"  {found}")
        note("control", f"{found.double} of {found.recorded}, in {CONTROL_KILLS} kills", seed)
        assert found.lost == 0
        assert found.double > 0
