"""Draws the rounds of large Swiss tournaments in a process of its own: one of 256 takes 0.1 to 0.3 s.

The matching is computed by a library that holds the interpreter all the while, so a thread would not do. The process
lives for one round, of which there is one in minutes: 0.2 s of another core, and nothing that has to be looked after.
"""

import asyncio
import pickle
import subprocess
import sys
from typing import Final

from gameserver.domain.tournament.formats.interface import Pairs, RoundToDraw
from gameserver.domain.tournament.formats.swiss_draw import draw
from gameserver.sessions.round_draw import draw_at_once

AT_ONCE_MOST: Final = 32
"""Contenders whose round is drawn on the loop, in at most 5 ms."""
WITHIN_S: Final = 30.0


async def draw_beside(wanted: RoundToDraw) -> Pairs:
    """The round; empty where there is no legal one. Raises OSError when the process cannot be started, or dies."""
    if len(wanted.contenders) <= AT_ONCE_MOST:
        return await draw_at_once(wanted)
    return await asyncio.to_thread(_ask, wanted)


def _ask(wanted: RoundToDraw) -> Pairs:
    command = [sys.executable, "-P", "-m", "gameserver.infrastructure.round_draw_process"]
    try:
        # Both ends are this program: what is unpickled was pickled here.
        done = subprocess.run(command, input=pickle.dumps(wanted), capture_output=True, check=True, timeout=WITHIN_S)
    except subprocess.SubprocessError as error:
        raise OSError(f"a round could not be drawn: {error}") from error
    pairs: Pairs = pickle.loads(done.stdout)
    return pairs


def main() -> None:
    """Draw the round of standard input, and write its pairs to standard output."""
    wanted: RoundToDraw = pickle.load(sys.stdin.buffer)
    sys.stdout.buffer.write(pickle.dumps(draw(wanted.contenders, wanted.rounds_after)))


if __name__ == "__main__":
    main()
