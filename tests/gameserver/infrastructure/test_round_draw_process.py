"""Rounds of large Swiss tournaments are drawn in a process beside the game server's."""

import asyncio
import subprocess
import sys
from typing import Any

import pytest

from gameserver.domain.tournament.formats.interface import Contender, RoundToDraw
from gameserver.domain.tournament.formats.swiss_draw import draw
from gameserver.infrastructure.round_draw_process import AT_ONCE_MOST, draw_beside

pytestmark = pytest.mark.anyio


def field(count: int) -> RoundToDraw:
    """A round in which everybody has the same points."""
    return RoundToDraw(tuple(Contender(seed, 0) for seed in range(1, count + 1)), 3)


@pytest.mark.parametrize("count", [AT_ONCE_MOST, AT_ONCE_MOST + 1])
async def test_a_round_is_the_same_whether_it_is_drawn_here_or_beside(count: int) -> None:
    assert await draw_beside(field(count)) == draw(field(count).contenders, 3)


async def test_the_loop_turns_while_a_round_of_256_is_drawn() -> None:
    turns = 0
    drawing_it = asyncio.create_task(draw_beside(field(256)))
    while not drawing_it.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert len(await drawing_it) == 128
    assert turns > 10


async def test_a_process_that_dies_is_an_error_that_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run: Any = subprocess.run
    dies = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
    monkeypatch.setattr(subprocess, "run", lambda _, **more: run(dies, **more))
    with pytest.raises(OSError, match="could not be drawn"):
        await draw_beside(field(64))
