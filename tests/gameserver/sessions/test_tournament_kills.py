"""Tournaments of bots in the real registry while its process is killed: one champion, every match counted once, no gap.

On an event loop whose clock is a number, with the disk that dies at any of its operations. A failure prints its seed.
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from random import Random
from typing import Any

import pytest
import structlog
from matchpoint.v1.frames_pb2 import BotStrength, Event, ServerMessage
from matchpoint.v1.ruleset_pb2 import Ruleset
from matchpoint.v1.session_pb2 import Origin, SeatSpec, SessionSpec
from matchpoint.v1.tournament_pb2 import (
    DoubleElimination,
    Groups,
    RoundRobin,
    SingleElimination,
    Swiss,
    TournamentFormat,
    TournamentSpec,
)

from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.specs import filled
from gameserver.domain.tournament import commands
from gameserver.domain.tournament.pairings import Kind
from gameserver.sessions.ports import Key
from gameserver.sessions.reporter import Reporter
from gameserver.sessions.tournament.session import TournamentSession
from gameserver.streaming.topic import Place
from tests.support.fakes.simulated_machine import Killed, Recorder, SimulatedDisk, SimulatedNetwork, VirtualLoop
from tests.support.harnesses.gameserver import SESSION
from tests.support.harnesses.sessions import registry_with
from wire.refusal import Refused

FORMATS = [
    TournamentFormat(single_elimination=SingleElimination(third_place=True)),
    TournamentFormat(double_elimination=DoubleElimination()),
    TournamentFormat(round_robin=RoundRobin()),
    TournamentFormat(swiss=Swiss()),
    TournamentFormat(groups=Groups(groups=2, advance=2)),
]
#: Virtual seconds: more than any of these takes, and what a report that has just failed may still wait.
LONGEST_S = 4_000.0
REPORTED_S = 30.0


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Nothing is logged: faults are made on purpose here."""
    with structlog.testing.capture_logs():
        yield


def cup(form: TournamentFormat, entrants: int, best_of: int, delay_s: int) -> SessionSpec:
    return SessionSpec(
        origin=Origin.ORIGIN_ROOM,
        ruleset=Ruleset(points_to_win=1, start_speed=200_000, paddle_half_height=3_000),
        seats=[
            SeatSpec(seat=n, name=f"Bot {n}", bot=BotStrength.BOT_STRENGTH_EASY, rating=100 - n)
            for n in range(entrants)
        ],
        seed=5,
        tournament=TournamentSpec(title="Cup", format=form, best_of=best_of, delay_s=delay_s),
    )


class TournamentKillHarness:
    """One disk and one backend; one game server process after another; one spectator who never gives up."""

    def __init__(self, spec: SessionSpec, seed: int) -> None:
        self.spec = spec
        self.random = Random(seed)
        self.loop = VirtualLoop()
        self.faults: list[object] = []
        self.loop.set_exception_handler(self.unforeseen)
        self.disk = SimulatedDisk()
        # Seldom so slow that a report could be faster.
        self.disk.sync_s = lambda: 0.0002 if self.random.random() < 0.8 else self.random.uniform(0, 0.2)
        self.recorder = Recorder()
        self.network = SimulatedNetwork(self.recorder, seed)
        self.place: Place | None = None
        self.seen: dict[int, Event] = {}
        self.over = False
        #: An organiser who meddles.
        self.meddles = False

    def unforeseen(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not isinstance(context.get("exception"), Killed):
            self.faults.append(context)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        with contextlib.suppress(Killed):
            self.loop.run_until_complete(work)

    async def live(self, seconds: float) -> None:
        """A process starts, and lives for so long unless its disk ends it, or everything is done."""
        clock = self.loop.time
        self.reporter = Reporter(self.network, ProtobufCodec(), lambda: 1)
        wall = lambda: 10**12 + int(clock() * 1e3)  # noqa: E731
        fresh = lambda: self.random.randbytes(32)  # noqa: E731
        self.registry = registry_with(self.disk, self.reporter, lambda: 10**9 + int(clock() * 1e6), 100, wall, fresh)
        self.registry.restore()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.registry.create(SESSION, filled(self.spec))
                if self.meddles:
                    asyncio.get_running_loop().create_task(self.meddle())
                await self.watch()
        if self.over:
            await asyncio.sleep(REPORTED_S)

    async def meddle(self) -> None:
        """Do something to the tournament now and then, whether it may be done or not."""
        while isinstance(session := self.registry.sessions.get(SESSION), TournamentSession):
            await asyncio.sleep(self.random.uniform(1, 40))
            pairing, entrant = self.random.randint(1, 12), self.random.randint(0, 8)
            winner = self.random.randint(0, 1)
            act = self.random.choice(
                [
                    commands.Pause(),
                    commands.Resume(),
                    commands.Resume(),
                    commands.Disqualify(entrant) if self.random.random() < 0.3 else commands.Resume(),
                    commands.ExtendDeadline(pairing, 5),
                    commands.CorrectResult(pairing, Kind.FORFEIT, winner),
                    commands.CorrectResult(pairing, Kind.CANCELLED),
                    commands.Reopen(pairing),
                ]
            )
            with contextlib.suppress(Refused):
                await session.act("", act)

    async def watch(self) -> None:
        """Follow topic 0 as a gateway does, from the last place on."""
        session = self.registry.sessions.get(SESSION)
        if session is None:
            self.over = True
            return
        watched = session.watchable(0, live=False)
        topic = watched.topic
        while True:
            news = topic.news
            frames = watched.since(self.place, self.registry.context.clock())
            if frames is not None:
                self.place = topic.here
                for frame in frames:
                    self.keep(frame)
                if topic.over:
                    self.over = True
                    return
            assert not topic.failed
            await news.wait()

    def keep(self, frame: bytes) -> None:
        told = ServerMessage.FromString(frame).frame
        for seq, event in enumerate(told.events, told.seq - len(told.events) + 1):
            assert self.seen.setdefault(seq, event) == event, "a number means one thing for ever"

    def die(self, *, power: bool) -> None:
        self.disk.next_process(self.random if power else None)
        if self.random.random() < 0.5:
            self.disk.prune()
        self.registry.dispatcher.stand_still()
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self.loop.run_until_complete(asyncio.wait(tasks))


def play(spec: SessionSpec, seed: int, kills: int, *, meddles: bool = False) -> TournamentKillHarness:
    """A tournament to its end, with a number of kills on the way; those who meddle do so until the last of them."""
    setting = TournamentKillHarness(spec, seed)
    setting.meddles = meddles
    try:
        for _ in range(kills):
            if setting.over:
                break
            if setting.random.random() < 0.7:
                setting.disk.fuse = setting.random.randint(0, 120)
                setting.disk.last_happens = setting.random.random() < 0.5
            setting.run(setting.live(setting.random.uniform(0, 120)))
            setting.die(power=setting.random.random() < 0.5)
        setting.meddles = False
        setting.run(setting.live(LONGEST_S))
        assert not setting.faults
        return setting
    finally:
        setting.die(power=False)
        setting.loop.close()


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.WhichOneof("kind"))
#: Seeds that have failed once come last: a match was reported and its journal pruned before the tournament's had it.
@pytest.mark.parametrize("seed", [*range(8), 118, 162])
def test_however_often_the_process_is_killed_each_match_counts_once_and_nobody_misses_a_number(
    form: TournamentFormat, seed: int
) -> None:
    print(f"seed {seed}")
    spec = cup(form, 8, best_of=1 + 2 * (seed % 2), delay_s=(0, 3)[seed % 3 == 2])
    setting = play(spec, seed, kills=6)
    assert setting.over
    last = setting.seen[max(setting.seen)]
    assert last.WhichOneof("body") == "tournament_result"
    result = last.tournament_result
    if form.HasField("round_robin"):  # it may end with equals
        first = [line for line in result.standings.lines if line.place == 1]
        assert result.has_champion == (len(first) == 1)
    else:
        assert result.has_champion
    assert not setting.disk.open
    assert not setting.disk.refused
    counted = setting.recorder.counted
    assert all(count == 1 for count in counted.values())
    assert Key(SESSION, 0) in counted
    matches = {
        (match.match, match.attempt)
        for event in setting.seen.values()
        for match in event.pairing.matches
        if match.HasField("result")
    }
    assert {(key.match, key.attempt) for key in counted if key.match} == matches
    assert len({match for match, _ in matches}) == result.event.matches
    assert sorted(setting.seen) == list(range(min(setting.seen), max(setting.seen) + 1))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.WhichOneof("kind"))
@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_organiser_does_between_kills_it_ends_and_no_playing_of_a_match_counts_twice(
    form: TournamentFormat, seed: int
) -> None:
    print(f"seed {seed}")
    setting = play(cup(form, 8, best_of=1, delay_s=0), seed, kills=5, meddles=True)
    assert setting.over
    assert setting.seen[max(setting.seen)].HasField("tournament_result")
    assert not setting.disk.open
    assert not setting.disk.refused
    assert all(count == 1 for count in setting.recorder.counted.values())
    assert sorted(setting.seen) == list(range(min(setting.seen), max(setting.seen) + 1))
    told = {(match.match, match.attempt) for event in setting.seen.values() for match in event.pairing.matches}
    counted = {(key.match, key.attempt) for key in setting.recorder.counted if key.match}
    assert counted <= told
