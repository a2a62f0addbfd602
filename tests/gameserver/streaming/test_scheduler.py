"""The scheduler: nobody early, nobody forgotten, the latest wish counts."""

import asyncio
import time
from socket import socketpair

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameserver.streaming.scheduler import Scheduler

pytestmark = pytest.mark.anyio


class Sleeper:
    """Writes down when it is woken."""

    def __init__(self) -> None:
        self.scheduled: int | None = None
        self.woken: list[int] = []
        self.awake = asyncio.Event()

    def on_due(self, now: int) -> None:
        self.woken.append(now)
        self.awake.set()


def clock() -> int:
    return time.monotonic_ns() // 1_000


async def test_it_wakes_at_the_due_time_and_never_before() -> None:
    scheduler = Scheduler(clock, asyncio.get_running_loop())
    sleepers = [Sleeper() for _ in range(20)]
    dues = [clock() + 700 * n for n in range(20)]
    for sleeper, due in zip(sleepers, dues, strict=True):
        scheduler.at(sleeper, due)
    async with asyncio.timeout(5):
        await asyncio.gather(*(sleeper.awake.wait() for sleeper in sleepers))
    for sleeper, due in zip(sleepers, dues, strict=True):
        assert len(sleeper.woken) == 1
        assert sleeper.woken[0] >= due


async def test_an_earlier_wish_moves_the_timer() -> None:
    scheduler = Scheduler(clock, asyncio.get_running_loop())
    late, soon = Sleeper(), Sleeper()
    scheduler.at(late, clock() + 60_000_000)
    scheduler.at(soon, clock() + 1_000)
    async with asyncio.timeout(5):
        await soon.awake.wait()
    assert not late.woken
    scheduler.close()


async def test_what_arrived_before_the_deadline_is_handled_before_it() -> None:
    loop = asyncio.get_running_loop()
    scheduler = Scheduler(clock, loop)
    order: list[str] = []

    class Deadline(Sleeper):
        def on_due(self, now: int) -> None:
            order.append("deadline")
            super().on_due(now)

    ours, theirs = socketpair()
    with ours, theirs:
        ours.setblocking(False)
        loop.add_reader(ours, lambda: order.append(f"message {ours.recv(10)!r}"))
        deadline = Deadline()
        theirs.send(b"in time")
        scheduler.at(deadline, clock())
        async with asyncio.timeout(5):
            await deadline.awake.wait()
        loop.remove_reader(ours)
    assert order == ["message b'in time'", "deadline"]


@given(st.lists(st.tuples(st.integers(0, 4), st.one_of(st.none(), st.integers(0, 100)))), st.integers(0, 100))
async def test_a_batch_wakes_exactly_those_whose_last_wish_is_due(
    wishes: list[tuple[int, int | None]], now: int
) -> None:
    scheduler = Scheduler(lambda: 0, asyncio.get_running_loop())
    scheduler.slack = 60_000_000
    sleepers = [Sleeper() for _ in range(5)]
    last: dict[int, int | None] = {}
    for index, due in wishes:
        scheduler.at(sleepers[index], due)
        last[index] = due
    scheduler.run(now)
    for index, sleeper in enumerate(sleepers):
        due = last.get(index)
        assert sleeper.woken == ([now] if due is not None and due <= now else [])
    scheduler.close()


async def test_who_asks_again_while_it_is_woken_is_woken_again() -> None:
    scheduler = Scheduler(lambda: 0, asyncio.get_running_loop())

    class Again(Sleeper):
        def on_due(self, now: int) -> None:
            super().on_due(now)
            if len(self.woken) < 3:
                scheduler.at(self, now)

    again = Again()
    scheduler.at(again, 5)
    scheduler.run(5)
    assert again.woken == [5, 5, 5]
    scheduler.close()
