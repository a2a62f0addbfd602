"""Faults of networks, disks, backends and power: a final result is never lost and never counted twice.

The real registry and the real outbox, on an event loop whose clock is a number. At the end the faults stop, and then
everything is reported within a bound of that clock.
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from random import Random
from typing import Any

import pytest
import structlog
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from matchpoint.v1.session_pb2 import Origin

from gameserver.contract.codec import ProtobufCodec
from gameserver.contract.sessions import report_message
from gameserver.contract.specs import filled
from gameserver.sessions.ports import Journal, Key, Report
from gameserver.sessions.reporter import RETRY_MOST, Reporter
from tests.support.fakes.simulated_machine import (
    DEADLINE_S,
    Killed,
    Recorder,
    SimulatedDisk,
    SimulatedNetwork,
    VirtualLoop,
)
from tests.support.harnesses.gameserver import duel
from tests.support.harnesses.sessions import registry_with
from wire.refusal import Refused


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Nothing is logged: faults are made on purpose here, thousands of times."""
    with structlog.testing.capture_logs():
        yield


#: Virtual seconds after which everything is reported once nothing fails: a call that is on its way when the faults
#: stop runs into its deadline, and then waits for its longest pause.
REPORTED_WITHIN_S = DEADLINE_S + 1.5 * RETRY_MOST + 1


class Outbox(Reporter):
    """The reporter, and a note of every result that was final before it was asked to report it."""

    def __init__(self, sink: SimulatedNetwork, final: dict[Key, bytes]) -> None:
        super().__init__(sink, ProtobufCodec(), lambda: 1_700_000_000_000)
        self._final = final

    def add(self, key: Key, report: Report, journal: Journal, wait_s: float = 0) -> None:
        digest = report_message(report, b"").digest
        assert self._final.setdefault(key, digest) == digest, "the result became another one"
        super().add(key, report, journal, wait_s)


class Results(RuleBasedStateMachine):
    """Matches end while everything around them fails."""

    @initialize(seed=st.integers(0, 2**32 - 1))
    def begin(self, seed: int) -> None:
        self.loop = VirtualLoop()
        self.loop.set_exception_handler(self.unforeseen)
        self.faults: list[object] = []
        self.random = Random(seed)
        self.disk = SimulatedDisk()
        self.recorder = Recorder()
        self.network = SimulatedNetwork(self.recorder, seed)
        self.asked = 0
        #: Those of which the answer said that they are on.
        self.sessions: list[str] = []
        #: What was told as final, with its digest; and where the backend holds another result.
        self.final: dict[Key, bytes] = {}
        self.planted: set[Key] = set()
        self.up = False
        self.start()

    def unforeseen(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not isinstance(context.get("exception"), Killed):
            self.faults.append(context)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in the process, which may die of it."""
        with contextlib.suppress(Killed):
            self.loop.run_until_complete(work)
        if self.disk.dead:
            self.die(power=False)

    def start(self) -> None:
        async def starting() -> None:
            self.outbox = Outbox(self.network, self.final)
            clock = self.loop.time
            self.registry = registry_with(
                self.disk,
                self.outbox,
                lambda: int(clock() * 1e6) + 10**9,
                1_000,
                lambda: 0,
                lambda: self.random.randbytes(32),
            )
            self.registry.restore()
            assert self.registry.recovering
            await self.registry.recovering

        self.up = True
        self.run(starting())

    def die(self, *, power: bool) -> None:
        self.disk.next_process(self.random if power else None)
        self.up = False
        self.registry.dispatcher.stand_still()
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self.loop.run_until_complete(asyncio.wait(tasks))
            for task in tasks:
                assert task.cancelled() or isinstance(task.exception(), (Killed, type(None)))

    # What happens.

    @precondition(lambda self: self.up)
    @rule(house=st.booleans())
    def open(self, house: bool) -> None:
        self.asked += 1
        session_id = f"session-{self.asked:016}"
        origin = Origin.ORIGIN_HOUSE if house else Origin.ORIGIN_ROOM

        async def opening() -> None:
            try:
                await self.registry.create(session_id, filled(duel(origin=origin)))
                self.sessions.append(session_id)
            except Refused:
                assert self.disk.full

        self.run(opening())

    @precondition(lambda self: self.up and self.sessions)
    @rule(which=st.integers(0, 99), planted=st.booleans())
    def end(self, which: int, planted: bool) -> None:
        """A match ends; now and then the backend already has another result for it."""
        session_id = self.sessions[which % len(self.sessions)]
        key = Key(session_id)
        if planted and which < 20 and key not in self.final and key not in self.recorder.kept:
            self.recorder.kept[key] = b"another result"
            self.planted.add(key)

        async def ending() -> None:
            if session := self.registry.sessions.get(session_id):
                session.end(self.registry.context.clock())

        self.run(ending())

    async def end_all(self) -> None:
        for session in tuple(self.registry.sessions.values()):
            session.end(self.registry.context.clock())

    @rule(seconds=st.sampled_from([0.001, 0.05, 0.4, 3, 20, 90]))
    def wait(self, seconds: float) -> None:
        self.run(asyncio.sleep(seconds))

    @rule(drop=st.sampled_from([0.0, 0.5, 1.0]), double=st.sampled_from([0.0, 0.7]), slow=st.sampled_from([0.01, 2, 9]))
    def weather(self, drop: float, double: float, slow: float) -> None:
        self.network.drop, self.network.double, self.network.slow_s = drop, double, slow

    @rule(state=st.sampled_from(["up", "busy", "down"]))
    def backend(self, state: str) -> None:
        self.recorder.state = state

    @rule(full=st.booleans())
    def disk_fills(self, full: bool) -> None:
        self.disk.full = full

    @precondition(lambda self: self.up)
    @rule(power=st.booleans())
    def kill(self, power: bool) -> None:
        self.die(power=power)

    @precondition(lambda self: self.up)
    @rule(operations=st.integers(0, 6), last_happens=st.booleans())
    def kill_within(self, operations: int, last_happens: bool) -> None:
        """It dies at one of its next writes, before or after that."""
        self.disk.fuse, self.disk.last_happens = operations, last_happens

    @precondition(lambda self: not self.up)
    @rule()
    def restart(self) -> None:
        self.start()

    # What holds.

    @invariant()
    def nothing_final_is_lost_or_counted_twice(self) -> None:
        if not hasattr(self, "disk"):
            return
        assert not self.faults
        assert all(count == 1 for count in self.recorder.counted.values())
        for key, digest in self.final.items():
            assert key in self.disk.open or key in self.planted or self.recorder.kept[key] == digest
        for key in self.disk.reported:
            assert self.recorder.kept[key] == self.final[key]
        assert set(self.disk.refused) <= self.planted

    def teardown(self) -> None:
        """Once nothing fails any more, everything is reported within a bound, whatever was refused for good."""
        if not hasattr(self, "disk"):
            return
        try:
            self.disk.fuse, self.disk.full, self.recorder.state = None, False, "up"
            self.weather(0.0, 0.0, 0.01)
            if not self.up:
                self.start()
            self.run(self.end_all())
            self.run(asyncio.sleep(REPORTED_WITHIN_S))
            self.nothing_final_is_lost_or_counted_twice()
            assert not self.outbox.waiting
            assert not self.disk.open
            assert set(self.disk.refused) == self.planted & set(self.final)
            for session_id in self.sessions:
                assert Key(session_id) in self.final, "who was told of a session sees it end"
            for key, digest in self.final.items():
                assert key in self.planted or self.recorder.kept[key] == digest
        finally:
            self.die(power=False)
            self.loop.close()


Results.TestCase.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
TestResults = Results.TestCase


def test_without_the_check_of_the_key_the_same_network_counts_results_twice() -> None:
    """The control: were results not known by their key, the machine above would see it."""
    machine = Results()
    machine.begin(seed=7)
    machine.recorder = machine.network.recorder = Recorder(checks_keys=False)
    machine.network.drop = 0.5
    try:
        for number in range(10):
            machine.open(house=False)
            machine.end(number, planted=False)
        machine.wait(90)
        assert any(count > 1 for count in machine.recorder.counted.values())
    finally:
        machine.die(power=False)
        machine.loop.close()
